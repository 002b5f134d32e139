#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/words.hpp"

#include <algorithm>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;
using parts = std::vector<term>;

/// An index that may count from the end; `size` or more when it is behind the list.
std::optional<size_t> index_in(const parts& list, int64_t index) {
  auto size = static_cast<int64_t>(list.size());
  if (index < 0)
    index += size;
  if (index < 0 || index >= size)
    return std::nullopt;
  return static_cast<size_t>(index);
}

parts::iterator place(parts& list, size_t index) {
  return list.begin() + static_cast<std::ptrdiff_t>(index);
}

/// Elements of nested lists, in order and without recursion.
term flattened(const term& list, const term& tail) {
  parts result;
  std::vector<const term*> rest{&list};
  while (!rest.empty()) {
    const auto* x = rest.back();
    rest.pop_back();
    for (; x->is(kind::cons); x = &x->head()) {
      if (!x->tail().is_list())
        throw no_clause();
      rest.push_back(&x->tail());
    }
    if (!x->is(kind::nil))
      result.push_back(*x);
  }
  return term::list(result, tail);
}

size_t tuple_index(arguments a, size_t index) {
  auto n = integer_at(a, index);
  if (n < 0)
    throw no_clause();
  return static_cast<size_t>(n);
}

/// Where the first tuple is whose element `position` is `key`.
parts::iterator find_key(parts& list, const term& key, size_t position) {
  return std::ranges::find_if(list, [&](const term& x) {
    return x.is(kind::tuple) && position < x.as_tuple().size()
           && equal_value(x.as_tuple()[position], key);
  });
}

void add_keyed(module_adder m) {
  for (size_t arity : {3, 4})
    m.pure("keyfind", arity, [](arguments a) {
      auto list = list_at(a, 0);
      auto i = find_key(list, a[1], tuple_index(a, 2));
      return i == list.end() ? or_else(a, 3, {}) : *i;
    });
  m.pure("keymember?", 3, [](arguments a) {
    auto list = list_at(a, 0);
    return term{find_key(list, a[1], tuple_index(a, 2)) != list.end()};
  });
  m.pure("keydelete", 3, [](arguments a) {
    auto list = list_at(a, 0);
    if (auto i = find_key(list, a[1], tuple_index(a, 2)); i != list.end())
      list.erase(i);
    return term::list(list);
  });
  m.pure("keytake", 3, [](arguments a) {
    auto list = list_at(a, 0);
    auto i = find_key(list, a[1], tuple_index(a, 2));
    if (i == list.end())
      return term{};
    auto taken = *i;
    list.erase(i);
    return term::tuple({taken, term::list(list)});
  });
  for (std::string_view name : {"keystore", "keyreplace"})
    m.pure(name, 4, [name](arguments a) {
      auto list = list_at(a, 0);
      if (auto i = find_key(list, a[1], tuple_index(a, 2)); i != list.end())
        *i = a[3];
      else if (name == "keystore")
        list.push_back(a[3]);
      return term::list(list);
    });
  m.pure("keysort", 2, [](arguments a) {
    auto list = list_at(a, 0);
    auto n = tuple_index(a, 1);
    for (const auto& x : list)
      if (!x.is(kind::tuple) || n >= x.as_tuple().size())
        throw no_clause();
    std::ranges::stable_sort(list, [&](const term& x, const term& y) {
      return compare(x.as_tuple()[n], y.as_tuple()[n]) < 0;
    });
    return term::list(list);
  });
}

void add_indexed(module_adder m) {
  m.pure("delete_at", 2, [](arguments a) {
    auto list = list_at(a, 0);
    if (auto i = index_in(list, integer_at(a, 1)))
      list.erase(place(list, *i));
    return term::list(list);
  });
  m.pure("replace_at", 3, [](arguments a) {
    auto list = list_at(a, 0);
    if (auto i = index_in(list, integer_at(a, 1)))
      list[*i] = a[2];
    return term::list(list);
  });
  m.pure("insert_at", 3, [](arguments a) {
    auto list = list_at(a, 0);
    auto size = static_cast<int64_t>(list.size()), index = integer_at(a, 1);
    index = index < 0 ? std::max<int64_t>(index + size + 1, 0) : std::min(index, size);
    list.insert(place(list, static_cast<size_t>(index)), a[2]);
    return term::list(list);
  });
  for (size_t arity : {2, 3})
    m.pure("pop_at", arity, [](arguments a) {
      auto list = list_at(a, 0);
      auto i = index_in(list, integer_at(a, 1));
      if (!i)
        return term::tuple({or_else(a, 2, {}), a[0]});
      auto taken = list[*i];
      list.erase(place(list, *i));
      return term::tuple({taken, term::list(list)});
    });
}

void add_plain(module_adder m) {
  for (size_t arity : {1, 2}) {
    m.pure("first", arity, [](arguments a) {
      if (!a[0].is_list())
        throw no_clause();
      return a[0].is(kind::cons) ? a[0].head() : or_else(a, 1, {});
    });
    m.pure("last", arity, [](arguments a) {
      auto list = list_at(a, 0);
      return list.empty() ? or_else(a, 1, {}) : list.back();
    });
    m.pure("flatten", arity,
           [](arguments a) { return flattened(a[0], or_else(a, 1, term::empty_list())); });
  }
  m.pure("delete", 2, [](arguments a) {
    auto list = list_at(a, 0);
    if (auto i = std::ranges::find(list, a[1]); i != list.end())
      list.erase(i);
    return term::list(list);
  });
  m.pure("duplicate", 2, [](arguments a) {
    auto n = integer_at(a, 1);
    constexpr int64_t count_max = 10'000'000;
    if (n < 0)
      throw no_clause();
    if (n > count_max)
      throw error(words::system_limit);
    return term::list(parts(static_cast<size_t>(n), a[0]));
  });
  m.pure("wrap", 1, [](arguments a) {
    return a[0].is_list()             ? a[0]
           : a[0].is_atom(words::nil) ? term::empty_list()
                                      : term::list({a[0]});
  });
  m.pure("starts_with?", 2, [](arguments a) {
    auto list = list_at(a, 0), prefix = list_at(a, 1);
    return term{prefix.size() <= list.size()
                && std::equal(prefix.begin(), prefix.end(), list.begin())};
  });
  m.pure("improper?", 1, [](arguments a) { return term{!a[0].to_vector().has_value()}; });
}

void add_list_conversions(module_adder m) {
  m.pure("to_tuple", 1, [](arguments a) { return term::tuple(list_at(a, 0)); });
  m.pure("to_string", 1, [](arguments a) {
    if (!a[0].is_list())
      throw no_clause();
    return term{to_string(a[0])};
  });
  m.pure("to_charlist", 1, [](arguments a) { return term::charlist(to_string(a[0])); });
  for (auto name : {"to_atom", "to_existing_atom"})
    m.pure(name, 1, [](arguments a) { return make_atom(to_string(a[0])); });
  m.pure("to_integer", 1, [](arguments a) {
    auto value = parse_integer(to_string(a[0]));
    if (!value)
      throw bad("list_to_integer", a, "not a textual representation of an integer");
    return term{*value};
  });
  m.pure("to_float", 1, [](arguments a) {
    auto value = parse_real(to_string(a[0]));
    if (!value)
      throw bad("list_to_float", a, "not a textual representation of a float");
    return term{*value};
  });
}

/// `foldl` and `foldr`; `:lists` takes the function first.
template <bool Right, bool FunctionFirst>
task<term> fold(interpreter& i, environment& env, parts args) {
  auto list = list_at(args, FunctionFirst ? 2 : 0);
  const auto& f = args[FunctionFirst ? 0 : 2];
  auto accumulator = args[1];
  if (Right)
    std::ranges::reverse(list);
  for (auto& x : list)
    accumulator = co_await i.apply(f, list_of(std::move(x), accumulator), env);
  co_return accumulator;
}

task<term> update_at(interpreter& i, environment& env, parts args) {
  auto list = list_at(args, 0);
  if (auto index = index_in(list, integer_at(args, 1)))
    list[*index] = co_await i.apply(args[2], list_of(list[*index]), env);
  co_return term::list(list);
}

/// `Enum`'s function of the same name, with the arguments swapped.
template <size_t Answer>
task<term> through_enum(interpreter& i, environment& env, parts args) {
  static const atom module{"Elixir.Enum"}, names[]{atom{"map"}, atom{"filter"}, atom{"each"}};
  auto list = list_at(args, 1);
  if (!args[0].is(kind::fun))
    throw no_clause();
  auto result = co_await i.apply(module, names[Answer], list_of(term::list(list), args[0]), env);
  co_return result;
}

term sequence(arguments a) {
  auto first = integer_at(a, 0), last = integer_at(a, 1);
  auto step = a.size() > 2 ? integer_at(a, 2) : 1;
  constexpr uint64_t count_max = 10'000'000;
  range_bounds bounds{first, last, step};
  if (step == 0)
    throw no_clause();
  if (bounds.size() > count_max)
    throw error(words::system_limit);
  parts result;
  for (auto n = bounds.size(); n > 0; --n, first += step) {
    result.emplace_back(first);
    if (n == 1)
      break;
  }
  return term::list(result);
}

void add_erlang_lists(module_adder m) {
  m.pure("seq", 2, sequence);
  m.pure("seq", 3, sequence);
  m.pure("nth", 2, [](arguments a) {
    auto list = list_at(a, 1);
    auto n = integer_at(a, 0);
    if (n < 1 || n > static_cast<int64_t>(list.size()))
      throw no_clause();
    return list[static_cast<size_t>(n - 1)];
  });
  m.pure("reverse", 1, [](arguments a) {
    auto list = list_at(a, 0);
    std::ranges::reverse(list);
    return term::list(list);
  });
  m.pure("sort", 1, [](arguments a) {
    auto list = list_at(a, 0);
    std::ranges::stable_sort(list, [](auto& x, auto& y) { return compare(x, y) < 0; });
    return term::list(list);
  });
  m.pure("sum", 1, [](arguments a) {
    term result = 0;
    for (const auto& x : list_at(a, 0))
      result = add(result, x);
    return result;
  });
  m.pure("member", 2, [](arguments a) {
    auto list = list_at(a, 1);
    return term{std::ranges::find(list, a[0]) != list.end()};
  });
  m.pure("keyfind", 3, [](arguments a) {
    auto list = list_at(a, 2);
    auto n = integer_at(a, 1);
    if (n < 1)
      throw no_clause();
    auto i = find_key(list, a[0], static_cast<size_t>(n - 1));
    return i == list.end() ? term{false} : *i;
  });
  m.pure("flatten", 1, [](arguments a) { return flattened(a[0], term::empty_list()); });
  m.waiting("foldl", 3, fold<false, true>);
  m.waiting("foldr", 3, fold<true, true>);
  m.waiting("map", 2, through_enum<0>);
  m.waiting("filter", 2, through_enum<1>);
  m.waiting("foreach", 2, through_enum<2>);
}

} // namespace

void add_list(module_table& modules) {
  module_adder list{modules, "Elixir.List"};
  add_keyed(list);
  add_indexed(list);
  add_plain(list);
  add_list_conversions(list);
  list.waiting("foldl", 3, fold<false, false>);
  list.waiting("foldr", 3, fold<true, false>);
  list.waiting("update_at", 3, update_at);
  add_erlang_lists({modules, "lists"});
}

} // namespace troupe::actors::eval::builtins
