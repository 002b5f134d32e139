#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/words.hpp"

#include <algorithm>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;
using parts = std::vector<term>;

bool is_pair(const term& x) {
  return x.is_tuple(2) && x.as_tuple()[0].is(kind::atom);
}

bool has_key(const term& pair, const term& key) {
  return pair.is_tuple(2) && pair.as_tuple()[0] == key;
}

bool is_keyword(const term& x) {
  auto list = x.to_vector();
  return list && std::ranges::all_of(*list, is_pair);
}

parts without(parts list, const term& key) {
  std::erase_if(list, [&](const term& x) { return has_key(x, key); });
  return list;
}

/// The pairs whose keys are among `keys`, or are not.
term chosen(arguments a, bool among) {
  auto list = list_at(a, 0);
  auto keys = list_at(a, 1);
  std::erase_if(list, [&](const term& x) {
    return !is_pair(x) || (std::ranges::find(keys, x.as_tuple()[0]) != keys.end()) != among;
  });
  return term::list(list);
}

term put_first(arguments a) {
  auto list = without(list_at(a, 0), a[1]);
  list.insert(list.begin(), term::tuple({a[1], a[2]}));
  return term::list(list);
}

term merge(arguments a) {
  auto result = list_at(a, 0), right = list_at(a, 1);
  if (!is_keyword(a[0]) || !is_keyword(a[1]))
    throw exception("ArgumentError", "expected a keyword list as the first and second argument");
  for (const auto& pair : right)
    result = without(std::move(result), pair.as_tuple()[0]);
  result.insert(result.end(), right.begin(), right.end());
  return term::list(result);
}

term member(arguments a, size_t position) {
  parts result;
  for (const auto& pair : list_at(a, 0)) {
    if (!is_pair(pair))
      throw no_clause();
    result.push_back(pair.as_tuple()[position]);
  }
  return term::list(result);
}

/// Access to a map, a keyword list or nil.
const term* access(arguments a) {
  bool keywords = a[0].is_list() && (a[1].is(kind::atom) || a[0].is(kind::nil));
  if (a[0].is_list() && !keywords)
    throw exception(
      "ArgumentError",
      "the Access calls for keywords expect the key to be an atom, got: "
        + to_string(a[1].is_number() || a[1].is(kind::binary) ? a[1] : term{"another term"}));
  if (!keywords && !a[0].is(kind::map) && !a[0].is_atom(words::nil))
    throw no_clause();
  return lookup(a[0], a[1]);
}

void add_access(module_adder m) {
  for (size_t arity : {2, 3})
    m.pure("get", arity, [](arguments a) {
      auto all = a;
      all.resize(3);
      try {
        const auto* value = access(all);
        return value ? *value : all[2];
      } catch (failure& f) {
        if (f.reason.is_atom(words::function_clause)) {
          auto line = term::tuple(
            {atom{"Elixir.Access"}, atom{"get"}, term::list(all), term::empty_list()});
          f.stack = term::list({line});
        }
        throw;
      }
    });
  m.pure("fetch", 2, [](arguments a) {
    const auto* value = access(a);
    return value ? term::tuple({words::ok, *value}) : term{words::error};
  });
}

void add_reading(module_adder m) {
  for (size_t arity : {2, 3})
    m.pure("get", arity, [](arguments a) {
      if (!a[0].is_list() || !a[1].is(kind::atom))
        throw no_clause();
      const auto* value = lookup(a[0], a[1]);
      return value ? *value : or_else(a, 2, {});
    });
  m.pure("fetch", 2, [](arguments a) {
    const auto* value = lookup(term::list(list_at(a, 0)), a[1]);
    return value ? term::tuple({words::ok, *value}) : term{words::error};
  });
  m.pure("fetch!", 2, [](arguments a) {
    const auto* value = lookup(a[0], a[1]);
    if (!value)
      throw missing_key(a[1], a[0]);
    return *value;
  });
  m.pure("get_values", 2, [](arguments a) {
    parts result;
    for (const auto& pair : list_at(a, 0))
      if (has_key(pair, a[1]))
        result.push_back(pair.as_tuple()[1]);
    return term::list(result);
  });
  m.pure("has_key?", 2, [](arguments a) { return term{lookup(a[0], a[1]) != nullptr}; });
  m.pure("keyword?", 1, [](arguments a) { return term{is_keyword(a[0])}; });
  m.pure("keys", 1, [](arguments a) { return member(a, 0); });
  m.pure("values", 1, [](arguments a) { return member(a, 1); });
  m.pure("to_list", 1, [](arguments a) { return a[0]; });
}

void add_changing(module_adder m) {
  m.pure("put", 3, put_first);
  m.pure("put_new", 3, [](arguments a) { return lookup(a[0], a[1]) ? a[0] : put_first(a); });
  m.pure("delete", 2, [](arguments a) { return term::list(without(list_at(a, 0), a[1])); });
  m.pure("take", 2, [](arguments a) { return chosen(a, true); });
  m.pure("drop", 2, [](arguments a) { return chosen(a, false); });
  m.pure("merge", 2, merge);
  for (size_t arity : {2, 3})
    m.pure("pop", arity, [](arguments a) {
      const auto* value = lookup(a[0], a[1]);
      auto rest = term::list(without(list_at(a, 0), a[1]));
      return term::tuple({value ? *value : or_else(a, 2, {}), rest});
    });
  m.pure("new", 0, [](arguments) { return term::empty_list(); });
  m.pure("new", 1, [](arguments a) {
    parts result;
    for (auto& pair : to_elements(a[0])) {
      if (!is_pair(pair))
        throw no_clause();
      result = without(std::move(result), pair.as_tuple()[0]);
      result.push_back(std::move(pair));
    }
    return term::list(result);
  });
}

} // namespace

void add_keyword(module_table& modules) {
  module_adder keyword{modules, "Elixir.Keyword"};
  add_reading(keyword);
  add_changing(keyword);
  add_access({modules, "Elixir.Access"});
}

} // namespace troupe::actors::eval::builtins
