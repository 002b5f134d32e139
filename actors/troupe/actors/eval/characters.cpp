#include "troupe/actors/eval/characters.hpp"

#include "troupe/actors/eval/utf8.hpp"

#include <algorithm>

namespace troupe::actors::eval {

namespace {

constexpr bool between(char32_t x, char32_t low, char32_t high) {
  return low <= x && x <= high;
}

char32_t upper(char32_t x) {
  if (between(x, 'a', 'z') || (between(x, 0xE0, 0xFE) && x != 0xF7) || between(x, 0x3B1, 0x3C1)
      || between(x, 0x3C3, 0x3CB) || between(x, 0x430, 0x44F))
    return x - 32;
  if (between(x, 0x450, 0x45F))
    return x - 80;
  return between(x, 0x100, 0x137) && x % 2 == 1 && x != 0x131 ? x - 1 : x;
}

char32_t lower(char32_t x) {
  if (between(x, 'A', 'Z') || (between(x, 0xC0, 0xDE) && x != 0xD7) || between(x, 0x391, 0x3A1)
      || between(x, 0x3A3, 0x3AB) || between(x, 0x410, 0x42F))
    return x + 32;
  if (between(x, 0x400, 0x40F))
    return x + 80;
  return between(x, 0x100, 0x137) && x % 2 == 0 && x != 0x130 ? x + 1 : x;
}

template <class Change>
std::string changed(std::string_view text, Change change) {
  std::string result;
  for (auto c : characters(text)) {
    auto point = utf8::decode(c, 0);
    if (point.size == 0)
      result += c;
    else if (point.value == 0xDF && change(U'a') == U'A')
      result += "SS";
    else
      utf8::append(result, change(point.value));
  }
  return result;
}

/// White space as `String.trim` sees it.
bool is_space(std::string_view c) {
  auto point = utf8::decode(c, 0);
  auto x = point.value;
  return point.size > 0
         && (between(x, 9, 13) || x == ' ' || x == 0x85 || x == 0xA0 || x == 0x1680
             || between(x, 0x2000, 0x200A) || x == 0x2028 || x == 0x2029 || x == 0x202F
             || x == 0x205F || x == 0x3000);
}

} // namespace

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> result;
  for (size_t i = 0; i < text.size();) {
    auto size = std::max<size_t>(utf8::decode(text, i).size, 1);
    result.push_back(text.substr(i, size));
    i += size;
  }
  return result;
}

std::string upcase(std::string_view text) {
  return changed(text, upper);
}

std::string downcase(std::string_view text) {
  return changed(text, lower);
}

bool is_valid_text(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto size = utf8::decode(text, i).size;
    if (size == 0)
      return false;
    i += size;
  }
  return true;
}

std::string_view trimmed(std::string_view text, bool leading, bool trailing) {
  auto all = characters(text);
  size_t begin = 0, end = all.size();
  while (leading && begin < end && is_space(all[begin]))
    ++begin;
  while (trailing && begin < end && is_space(all[end - 1]))
    --end;
  if (begin == end)
    return {};
  auto from = static_cast<size_t>(all[begin].data() - text.data());
  auto to = static_cast<size_t>(all[end - 1].data() - text.data()) + all[end - 1].size();
  return text.substr(from, to - from);
}

std::vector<std::string_view> split_text(std::string_view text,
                                         const std::vector<std::string_view>& separators,
                                         size_t parts_max) {
  std::vector<std::string_view> result;
  while (parts_max == 0 || result.size() + 1 < parts_max) {
    size_t at = text.npos, size = 0;
    for (auto separator : separators) {
      auto found = separator.empty() ? text.npos : text.find(separator);
      if (found < at || (found == at && found != text.npos && separator.size() > size)) {
        at = found;
        size = separator.size();
      }
    }
    if (at == text.npos)
      break;
    result.push_back(text.substr(0, at));
    text.remove_prefix(at + size);
  }
  result.push_back(text);
  return result;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> result;
  const char* begin = nullptr;
  const char* end = nullptr;
  for (auto c : characters(text)) {
    if (!is_space(c)) {
      begin = begin ? begin : c.data();
      end = c.data() + c.size();
    } else if (begin) {
      result.emplace_back(begin, end);
      begin = nullptr;
    }
  }
  if (begin)
    result.emplace_back(begin, end);
  return result;
}

std::optional<std::pair<size_t, size_t>> slice_bounds(int64_t start, int64_t length, size_t size) {
  auto total = static_cast<int64_t>(size);
  if (start < 0)
    start = std::max<int64_t>(start + total, 0);
  if (start > total || length <= 0)
    return std::nullopt;
  return std::pair{static_cast<size_t>(start),
                   static_cast<size_t>(std::min(length, total - start))};
}

} // namespace troupe::actors::eval
