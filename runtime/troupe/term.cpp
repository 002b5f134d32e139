#include "troupe/term.hpp"

#include "troupe/internal/term_order.hpp"
#include "troupe/internal/utf8.hpp"

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

// -- destruction ----------------------------------------------------------------------------------

/// Parts of dead containers that wait to be destroyed; lives in the outermost destructor of this
/// thread, so that neither long lists nor deep nesting use up the stack.
thread_local std::vector<term>* graveyard = nullptr;

bool holds_terms(const term& x) {
  using enum term::kind;
  return x.is(cons) || x.is(tuple) || x.is(map) || x.is(fun);
}

/// Calls `f(bury)`, where `bury(part)` destroys the part of a dying container now or later.
template <class Function>
void destroy_parts(Function f) {
  auto bury = [](term& x) {
    if (holds_terms(x))
      graveyard->push_back(std::move(x));
  };
  if (graveyard) {
    f(bury);
    return;
  }
  std::vector<term> pending;
  graveyard = &pending;
  f(bury);
  while (!pending.empty()) {
    // Taken out first: its destructor may grow the vector.
    auto x = std::move(pending.back());
    pending.pop_back();
  }
  graveyard = nullptr;
}

struct tuple_body {
  std::vector<term> elements;
  explicit tuple_body(std::vector<term> xs) : elements(std::move(xs)) {}
  tuple_body(const tuple_body&) = delete;
  tuple_body& operator=(const tuple_body&) = delete;
  ~tuple_body() {
    if (std::ranges::any_of(elements, holds_terms))
      destroy_parts([this](auto bury) { std::ranges::for_each(elements, bury); });
  }
};

struct map_body {
  std::vector<term_pair> entries;
  explicit map_body(std::vector<term_pair> xs) : entries(std::move(xs)) {}
  map_body(const map_body&) = delete;
  map_body& operator=(const map_body&) = delete;
  ~map_body() {
    destroy_parts([this](auto bury) {
      for (auto& [key, value] : entries) {
        bury(key);
        bury(value);
      }
    });
  }
};

bool key_less(const term_pair& x, const term& key) {
  return internal::compare_exact(x.first, key) < 0;
}

/// Returns where `key` is, or where it would be inserted.
auto locate(std::span<const term_pair> entries, const term& key) {
  auto i = std::lower_bound(entries.begin(), entries.end(), key, key_less);
  return std::pair{i, i != entries.end() && i->first == key};
}

} // namespace

cons_cell::~cons_cell() {
  if (holds_terms(head) || holds_terms(tail)) {
    destroy_parts([this](auto bury) {
      bury(head);
      bury(tail);
    });
  }
}

// -- making ---------------------------------------------------------------------------------------

term::term(bool x) {
  static const troupe::atom texts[] = {troupe::atom{"false"}, troupe::atom{"true"}};
  value_ = texts[x];
}

term::term(troupe::fun x) : value_(std::make_shared<const troupe::fun>(std::move(x))) {}

term::term(std::string x) : value_(std::make_shared<const std::string>(std::move(x))) {}

term::term(std::string_view x) : term(std::string{x}) {}

term::term(const char* x) : term(std::string{x}) {}

term term::tuple(std::vector<term> elements) {
  auto body = std::make_shared<const tuple_body>(std::move(elements));
  return term{variant{tuple_ptr{body, &body->elements}}};
}

term term::tuple(std::initializer_list<term> elements) {
  return tuple(std::vector<term>{elements});
}

term term::list(std::span<const term> elements, term tail) {
  for (auto i = elements.rbegin(); i != elements.rend(); ++i)
    tail = cons(*i, std::move(tail));
  return tail;
}

term term::list(std::initializer_list<term> elements) {
  return list(std::span{elements.begin(), elements.size()});
}

term term::empty_list() noexcept {
  return term{variant{nil_t{}}};
}

term term::cons(term head, term tail) {
  return term{variant{std::make_shared<const cons_cell>(std::move(head), std::move(tail))}};
}

term term::map(std::vector<term_pair> entries) {
  std::ranges::stable_sort(entries, [](const auto& x, const auto& y) {
    return internal::compare_exact(x.first, y.first) < 0;
  });
  // From the back, so that the last of equal keys is the one that stays.
  auto same = [](const auto& x, const auto& y) { return x.first == y.first; };
  auto keep = std::unique(entries.rbegin(), entries.rend(), same).base();
  entries.erase(entries.begin(), keep);
  auto body = std::make_shared<const map_body>(std::move(entries));
  return term{variant{map_ptr{body, &body->entries}}};
}

term term::charlist(std::string_view utf8) {
  std::vector<term> result;
  while (!utf8.empty()) {
    if (auto c = internal::take_code_point(utf8)) {
      result.emplace_back(static_cast<int64_t>(*c));
    } else {
      result.emplace_back(static_cast<unsigned char>(utf8[0]));
      utf8.remove_prefix(1);
    }
  }
  return list(result);
}

// -- asking ---------------------------------------------------------------------------------------

bool term::is_atom(troupe::atom x) const noexcept {
  auto* value = std::get_if<troupe::atom>(&value_);
  return value && *value == x;
}

bool term::is_tuple(size_t arity) const noexcept {
  auto* value = std::get_if<tuple_ptr>(&value_);
  return value && (*value)->size() == arity;
}

bool term::is_tagged(troupe::atom tag, size_t arity) const noexcept {
  return arity > 0 && is_tuple(arity) && std::get<tuple_ptr>(value_)->front().is_atom(tag);
}

bool term::truthy() const noexcept {
  static const troupe::atom no{"false"};
  return !is_atom(troupe::atom{}) && !is_atom(no);
}

const fun& term::as_fun() const {
  return *std::get<std::shared_ptr<const troupe::fun>>(value_);
}

std::string_view term::as_binary() const {
  return *std::get<std::shared_ptr<const std::string>>(value_);
}

std::span<const term> term::as_tuple() const {
  return *std::get<tuple_ptr>(value_);
}

std::span<const term_pair> term::as_map() const {
  return *std::get<map_ptr>(value_);
}

const term& term::head() const {
  return std::get<std::shared_ptr<const cons_cell>>(value_)->head;
}

const term& term::tail() const {
  return std::get<std::shared_ptr<const cons_cell>>(value_)->tail;
}

const term* term::find(const term& key) const& {
  auto [i, found] = locate(as_map(), key);
  return found ? &i->second : nullptr;
}

term term::put(term key, term value) const {
  auto entries = as_map();
  auto [i, found] = locate(entries, key);
  std::vector<term_pair> result;
  result.reserve(entries.size() + 1);
  result.assign(entries.begin(), i);
  result.emplace_back(std::move(key), std::move(value));
  result.insert(result.end(), i + (found ? 1 : 0), entries.end());
  auto body = std::make_shared<const map_body>(std::move(result));
  return term{variant{map_ptr{body, &body->entries}}};
}

term term::erase(const term& key) const {
  auto entries = as_map();
  auto [i, found] = locate(entries, key);
  if (!found)
    return *this;
  std::vector<term_pair> result{entries.begin(), i};
  result.insert(result.end(), i + 1, entries.end());
  auto body = std::make_shared<const map_body>(std::move(result));
  return term{variant{map_ptr{body, &body->entries}}};
}

std::optional<std::vector<term>> term::to_vector() const {
  std::vector<term> result;
  const term* rest = this;
  for (; rest->is(kind::cons); rest = &rest->tail())
    result.push_back(rest->head());
  if (!rest->is(kind::nil))
    return std::nullopt;
  return result;
}

std::optional<std::string> term::to_text() const {
  if (!is_list() && !is(kind::binary))
    return std::nullopt;
  std::string result;
  std::vector<const term*> rest{this};
  while (!rest.empty()) {
    const auto& x = *rest.back();
    rest.pop_back();
    if (x.is(kind::binary)) {
      result += x.as_binary();
    } else if (x.is(kind::cons)) {
      if (x.tail().is(kind::integer))
        return std::nullopt;
      rest.push_back(&x.tail());
      rest.push_back(&x.head());
    } else if (x.is(kind::integer) && internal::valid_code_point(x.as_integer())) {
      internal::append_code_point(result, static_cast<char32_t>(x.as_integer()));
    } else if (!x.is(kind::nil)) {
      return std::nullopt;
    }
  }
  return result;
}

} // namespace troupe
