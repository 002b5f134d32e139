#include "troupe/dictionary.hpp"

#include "troupe/internal/term_order.hpp"

namespace troupe {

bool dictionary::exact::operator()(const term& x, const term& y) const {
  return internal::compare_exact(x, y) < 0;
}

const term* dictionary::find(const term& key) const {
  auto i = entries_.find(key);
  return i == entries_.end() ? nullptr : &i->second;
}

std::optional<term> dictionary::set(const term& key, term value) {
  auto [i, fresh] = entries_.try_emplace(key, value);
  if (fresh)
    return std::nullopt;
  return std::exchange(i->second, std::move(value));
}

std::optional<term> dictionary::erase(const term& key) {
  auto found = entries_.extract(key);
  if (!found)
    return std::nullopt;
  return std::move(found.mapped());
}

std::vector<term_pair> dictionary::clear() {
  auto result = entries();
  entries_.clear();
  return result;
}

std::vector<term> dictionary::keys() const {
  std::vector<term> result;
  for (auto& [key, value] : entries_)
    result.push_back(key);
  return result;
}

std::vector<term> dictionary::keys(const term& value) const {
  std::vector<term> result;
  for (auto& [key, x] : entries_)
    if (x == value)
      result.push_back(key);
  return result;
}

std::vector<term_pair> dictionary::entries() const {
  return {entries_.begin(), entries_.end()};
}

} // namespace troupe
