#include "troupe/actors/eval/enumeration.hpp"

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

#include <algorithm>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

bool is_struct(const term& x) {
  const auto* name = x.is(kind::map) ? x.find(words::struct_) : nullptr;
  return name && name->is(kind::atom);
}

uint64_t distance(int64_t low, int64_t high) {
  return static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
}

} // namespace

uint64_t range_bounds::size() const noexcept {
  if (step > 0)
    return first > last ? 0 : distance(first, last) / static_cast<uint64_t>(step) + 1;
  return first < last ? 0 : distance(last, first) / (0 - static_cast<uint64_t>(step)) + 1;
}

bool range_bounds::contains(int64_t x) const noexcept {
  if (step > 0)
    return first <= x && x <= last && distance(first, x) % static_cast<uint64_t>(step) == 0;
  return last <= x && x <= first && distance(x, first) % (0 - static_cast<uint64_t>(step)) == 0;
}

std::optional<range_bounds> as_range(const term& x) {
  if (!is_struct(x) || !x.find(words::struct_)->is_atom(words::range_module))
    return std::nullopt;
  auto number = [&](atom name) {
    const auto* value = x.find(name);
    return value ? value->get_if<int64_t>() : nullptr;
  };
  const auto* first = number(words::first);
  const auto* last = number(words::last);
  const auto* step = number(words::step);
  if (!first || !last || (step && *step == 0))
    return std::nullopt;
  return range_bounds{*first, *last, step ? *step : *first <= *last ? 1 : -1};
}

term make_range(const std::vector<term>& bounds) {
  if (bounds.size() != 2 && bounds.size() != 3)
    throw bad_argument();
  if (!std::ranges::all_of(bounds, [](auto& x) { return x.is(kind::integer); })) {
    auto text = inspect_term(bounds[0]) + ".." + inspect_term(bounds[1]);
    if (bounds.size() == 2)
      throw exception("ArgumentError",
                      "ranges (first..last) expect both sides to be integers, got: " + text);
    throw exception("ArgumentError",
                    "ranges (first..last//step) expect both sides to be integers and "
                    "the step to be a non-zero integer, got: "
                      + text + "//" + inspect_term(bounds[2]));
  }
  auto first = bounds[0].as_integer(), last = bounds[1].as_integer();
  auto step = bounds.size() > 2 ? bounds[2].as_integer() : first <= last ? 1 : -1;
  if (step == 0)
    throw exception("ArgumentError",
                    "ranges (first..last//step) expect both sides to be integers and "
                    "the step to be a non-zero integer, got: "
                      + inspect_term(bounds[0]) + ".." + inspect_term(bounds[1]) + "//0");
  std::vector<term_pair> entries;
  entries.emplace_back(words::struct_, words::range_module);
  entries.emplace_back(words::first, first);
  entries.emplace_back(words::last, last);
  entries.emplace_back(words::step, step);
  return term::map(std::move(entries));
}

enumeration::enumeration(term collection) : collection_(std::move(collection)) {
  if (collection_.is_list()) {
    list_ = collection_;
  } else if (auto range = as_range(collection_)) {
    range_ = *range;
    left_ = range_->size();
  } else if (!collection_.is(kind::map) || is_struct(collection_)) {
    throw no_protocol("Enumerable", collection_);
  }
}

std::optional<term> enumeration::next() {
  if (range_) {
    if (left_ == 0)
      return std::nullopt;
    auto value = range_->first;
    if (--left_ > 0)
      range_->first += range_->step;
    return term{value};
  }
  if (collection_.is(kind::map)) {
    if (index_ == collection_.as_map().size())
      return std::nullopt;
    const auto& [key, value] = collection_.as_map()[index_++];
    return term::tuple({key, value});
  }
  if (list_.is(kind::nil))
    return std::nullopt;
  if (!list_.is(kind::cons))
    throw no_clause();
  auto value = list_.head();
  list_ = term{list_.tail()};
  return value;
}

std::vector<term> enumeration::rest() {
  std::vector<term> result;
  while (auto x = next())
    result.push_back(std::move(*x));
  return result;
}

std::vector<term> to_elements(const term& collection) {
  return enumeration{collection}.rest();
}

uint64_t count_of(const term& collection) {
  if (auto range = as_range(collection))
    return range->size();
  enumeration elements{collection};
  uint64_t n = 0;
  while (elements.next())
    ++n;
  return n;
}

bool is_member(const term& collection, const term& x) {
  if (auto range = as_range(collection)) {
    const auto* number = x.get_if<int64_t>();
    return number && range->contains(*number);
  }
  enumeration elements{collection};
  while (auto element = elements.next())
    if (*element == x)
      return true;
  return false;
}

term collect(const std::vector<term>& elements, const term& into) {
  if (into.is_list()) {
    auto all = into.to_vector();
    if (!all)
      throw bad_argument();
    all->insert(all->end(), elements.begin(), elements.end());
    return term::list(*all);
  }
  if (into.is(kind::binary)) {
    std::string text{into.as_binary()};
    for (const auto& element : elements) {
      if (!element.is(kind::binary))
        throw exception("ArgumentError", "collecting into a binary requires a bitstring, got: "
                                           + inspect_term(element));
      text += element.as_binary();
    }
    return term{std::move(text)};
  }
  if (!into.is(kind::map) || is_struct(into))
    throw no_protocol("Collectable", into);
  std::vector<term_pair> entries{into.as_map().begin(), into.as_map().end()};
  for (const auto& element : elements) {
    if (!element.is_tuple(2))
      throw exception("ArgumentError", "collecting into a map requires {key, value} tuples, got: "
                                         + inspect_term(element));
    entries.emplace_back(element.as_tuple()[0], element.as_tuple()[1]);
  }
  return term::map(std::move(entries));
}

} // namespace troupe::actors::eval
