#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/characters.hpp"
#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"

#include <algorithm>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;
using parts = std::vector<term>;

/// Elements that a negative amount leaves, counted from the front: what `take` and `drop` share.
size_t cut(const parts& all, int64_t amount) {
  auto size = static_cast<int64_t>(all.size());
  auto at = amount < 0 ? std::max<int64_t>(size + amount, 0) : std::min(amount, size);
  return static_cast<size_t>(at);
}

term front(const parts& all, size_t n) {
  return term::list(std::span{all}.first(n));
}

term back(const parts& all, size_t from) {
  return term::list(std::span{all}.subspan(from));
}

/// Takes no more of an endless range than it must.
term take(arguments a) {
  auto amount = integer_at(a, 1);
  if (amount < 0) {
    auto all = to_elements(a[0]);
    return back(all, cut(all, amount));
  }
  enumeration elements{a[0]};
  parts result;
  while (amount-- > 0) {
    auto x = elements.next();
    if (!x)
      break;
    result.push_back(std::move(*x));
  }
  return term::list(result);
}

term drop(arguments a) {
  auto all = to_elements(a[0]);
  auto at = cut(all, integer_at(a, 1));
  return integer_at(a, 1) < 0 ? front(all, at) : back(all, at);
}

term split(arguments a) {
  auto all = to_elements(a[0]);
  auto at = cut(all, integer_at(a, 1));
  return term::tuple({front(all, at), back(all, at)});
}

std::optional<term> element_at(const term& where, int64_t index) {
  if (index < 0)
    index += static_cast<int64_t>(count_of(where));
  if (index < 0)
    return std::nullopt;
  enumeration elements{where};
  auto x = elements.next();
  for (; x && index > 0; --index)
    x = elements.next();
  return x;
}

term slice(arguments a) {
  auto all = to_elements(a[0]);
  auto size = static_cast<int64_t>(all.size());
  int64_t start = 0, length = 0;
  if (a.size() == 3) {
    start = integer_at(a, 1);
    length = integer_at(a, 2);
  } else if (auto range = as_range(a[1])) {
    start = range->first < 0 ? std::max<int64_t>(range->first + size, 0) : range->first;
    auto last = range->last < 0 ? range->last + size : std::min(range->last, size - 1);
    length = last - start + 1;
  } else {
    throw no_clause();
  }
  auto bounds = slice_bounds(start, length, all.size());
  if (!bounds)
    return term::empty_list();
  return term::list(std::span{all}.subspan(bounds->first, bounds->second));
}

term chunk_every(arguments a) {
  auto all = to_elements(a[0]);
  auto count = integer_at(a, 1), step = a.size() > 2 ? integer_at(a, 2) : count;
  if (count < 1 || step < 1)
    throw no_clause();
  auto leftover = or_else(a, 3, term::empty_list());
  auto size = static_cast<int64_t>(all.size());
  parts chunks;
  for (int64_t at = 0; at < size; at += step) {
    auto n = std::min(count, size - at);
    parts chunk{all.begin() + at, all.begin() + at + n};
    if (n < count && leftover.is_atom(atom{"discard"}))
      break;
    for (const auto* p = &leftover; n < count && p->is(kind::cons); p = &p->tail(), ++n)
      chunk.push_back(p->head());
    chunks.push_back(term::list(chunk));
    if (at + count >= size && step >= count)
      break;
  }
  return term::list(chunks);
}

std::string join(arguments a) {
  auto separator = a.size() > 1 ? std::string{text_at(a, 1)} : std::string{};
  std::string result;
  bool first = true;
  for (const auto& x : to_elements(a[0])) {
    if (!std::exchange(first, false))
      result += separator;
    result += to_string(x);
  }
  return result;
}

term zip_lists(const parts& lists) {
  std::vector<enumeration> rows;
  for (const auto& list : lists)
    rows.emplace_back(list);
  parts result;
  for (bool more = !rows.empty(); more;) {
    parts tuple;
    for (auto& row : rows)
      if (auto x = row.next())
        tuple.push_back(std::move(*x));
    more = tuple.size() == rows.size();
    if (more)
      result.push_back(term::tuple(std::move(tuple)));
  }
  return term::list(result);
}

term unzip(arguments a) {
  parts left, right;
  for (const auto& x : to_elements(a[0])) {
    if (!x.is_tuple(2))
      throw no_clause();
    left.push_back(x.as_tuple()[0]);
    right.push_back(x.as_tuple()[1]);
  }
  return term::tuple({term::list(left), term::list(right)});
}

void add_element_functions(module_adder m) {
  for (size_t arity : {2, 3})
    m.pure("at", arity, [](arguments a) {
      return element_at(a[0], integer_at(a, 1)).value_or(or_else(a, 2, {}));
    });
  m.pure("fetch", 2, [](arguments a) {
    auto x = element_at(a[0], integer_at(a, 1));
    return x ? term::tuple({words::ok, *x}) : term{words::error};
  });
  m.pure("fetch!", 2, [](arguments a) {
    auto x = element_at(a[0], integer_at(a, 1));
    if (!x)
      throw exception("Enum.OutOfBoundsError", "out of bounds error");
    return *x;
  });
  m.pure("member?", 2, [](arguments a) { return term{is_member(a[0], a[1])}; });
  m.pure("empty?", 1, [](arguments a) { return term{!enumeration{a[0]}.next()}; });
  m.pure("count", 1, [](arguments a) { return term{count_of(a[0])}; });
  m.pure("take", 2, take);
  m.pure("drop", 2, drop);
  m.pure("split", 2, split);
  m.pure("slice", 2, slice);
  m.pure("slice", 3, slice);
  for (size_t arity : {2, 3, 4})
    m.pure("chunk_every", arity, chunk_every);
  m.pure("take_every", 2, [](arguments a) {
    parts result;
    auto all = to_elements(a[0]);
    auto step = integer_at(a, 1);
    if (step < 0)
      throw no_clause();
    for (size_t i = 0; step > 0 && i < all.size(); i += static_cast<size_t>(step))
      result.push_back(all[i]);
    return term::list(result);
  });
}

void add_whole_functions(module_adder m) {
  m.pure("to_list", 1,
         [](arguments a) { return a[0].is_list() ? a[0] : term::list(to_elements(a[0])); });
  m.pure("reverse", 1, [](arguments a) {
    auto all = to_elements(a[0]);
    std::ranges::reverse(all);
    return term::list(all);
  });
  m.pure("reverse", 2, [](arguments a) {
    auto all = to_elements(a[0]);
    std::ranges::reverse(all);
    return term::list(all, a[1].is_list() ? a[1] : term::list(to_elements(a[1])));
  });
  m.pure("concat", 1, [](arguments a) {
    parts result;
    for (const auto& list : to_elements(a[0]))
      for (auto& x : to_elements(list))
        result.push_back(std::move(x));
    return term::list(result);
  });
  m.pure("concat", 2, [](arguments a) {
    auto right = a[1].is_list() ? a[1] : term::list(to_elements(a[1]));
    return term::list(to_elements(a[0]), right);
  });
  m.pure("sum", 1, [](arguments a) {
    term result = 0;
    for (const auto& x : to_elements(a[0]))
      result = add(x, result);
    return result;
  });
  m.pure("product", 1, [](arguments a) {
    term result = 1;
    for (const auto& x : to_elements(a[0]))
      result = multiply(x, result);
    return result;
  });
  m.pure("join", 1, [](arguments a) { return term{join(a)}; });
  m.pure("join", 2, [](arguments a) { return term{join(a)}; });
  m.pure("into", 2, [](arguments a) { return collect(to_elements(a[0]), a[1]); });
  m.pure("zip", 1, [](arguments a) { return zip_lists(to_elements(a[0])); });
  m.pure("zip", 2, zip_lists);
  m.pure("unzip", 1, unzip);
}

void add_neighbours(module_adder m) {
  m.pure("dedup", 1, [](arguments a) {
    parts result;
    for (auto& x : to_elements(a[0]))
      if (result.empty() || !(result.back() == x))
        result.push_back(std::move(x));
    return term::list(result);
  });
  m.pure("intersperse", 2, [](arguments a) {
    parts result;
    for (auto& x : to_elements(a[0])) {
      if (!result.empty())
        result.push_back(a[1]);
      result.push_back(std::move(x));
    }
    return term::list(result);
  });
}

} // namespace

void add_enum(module_table& modules) {
  module_adder m{modules, "Elixir.Enum"};
  add_element_functions(m);
  add_whole_functions(m);
  add_neighbours(m);
  module_adder list{modules, "Elixir.List"};
  list.pure("zip", 1, [](arguments a) { return zip_lists(list_at(a, 0)); });
}

} // namespace troupe::actors::eval::builtins
