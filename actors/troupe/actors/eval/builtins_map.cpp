#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/words.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;
using parts = std::vector<term>;

term keys_of(const term& map) {
  parts result;
  for (const auto& [key, value] : map.as_map())
    result.push_back(key);
  return term::list(result);
}

term values_of(const term& map) {
  parts result;
  for (const auto& [key, value] : map.as_map())
    result.push_back(value);
  return term::list(result);
}

/// `{with, without}` the keys that the second argument lists.
std::pair<term, term> split(arguments a) {
  const auto& map = map_at(a, 0);
  auto keys = to_elements(a[1]);
  std::vector<term_pair> chosen, others;
  for (const auto& entry : map.as_map())
    (std::ranges::find(keys, entry.first) != keys.end() ? chosen : others).push_back(entry);
  return {term::map(std::move(chosen)), term::map(std::move(others))};
}

term merged(arguments a) {
  auto left = map_at(a, 0).as_map(), right = map_at(a, 1).as_map();
  std::vector<term_pair> entries{left.begin(), left.end()};
  entries.insert(entries.end(), right.begin(), right.end());
  return term::map(std::move(entries));
}

const term& existing(arguments a, const term& map, const term& key) {
  const auto* value = map_at(a, &map == &a[0] ? 0 : 1).find(key);
  if (!value)
    throw missing_key(key, map);
  return *value;
}

term fetch(const term& map, const term& key) {
  const auto* value = map.find(key);
  return value ? term::tuple({words::ok, *value}) : term{words::error};
}

void add_reading(module_adder m) {
  for (size_t arity : {2, 3})
    m.pure("get", arity, [](arguments a) {
      const auto* value = map_at(a, 0).find(a[1]);
      return value ? *value : or_else(a, 2, {});
    });
  m.pure("fetch", 2, [](arguments a) { return fetch(map_at(a, 0), a[1]); });
  m.pure("fetch!", 2, [](arguments a) { return existing(a, a[0], a[1]); });
  m.pure("has_key?", 2, [](arguments a) { return term{map_at(a, 0).find(a[1]) != nullptr}; });
  m.pure("keys", 1, [](arguments a) { return keys_of(map_at(a, 0)); });
  m.pure("values", 1, [](arguments a) { return values_of(map_at(a, 0)); });
  m.pure("to_list", 1, [](arguments a) { return term::list(to_elements(map_at(a, 0))); });
  m.pure("equal?", 2, [](arguments a) { return term{map_at(a, 0) == map_at(a, 1)}; });
}

void add_changing(module_adder m) {
  m.pure("put", 3, [](arguments a) { return map_at(a, 0).put(a[1], a[2]); });
  m.pure("put_new", 3,
         [](arguments a) { return map_at(a, 0).find(a[1]) ? a[0] : a[0].put(a[1], a[2]); });
  m.pure("replace", 3,
         [](arguments a) { return map_at(a, 0).find(a[1]) ? a[0].put(a[1], a[2]) : a[0]; });
  m.pure("replace!", 3, [](arguments a) {
    existing(a, a[0], a[1]);
    return a[0].put(a[1], a[2]);
  });
  m.pure("delete", 2, [](arguments a) { return map_at(a, 0).erase(a[1]); });
  m.pure("take", 2, [](arguments a) { return split(a).first; });
  m.pure("drop", 2, [](arguments a) { return split(a).second; });
  m.pure("split", 2, [](arguments a) {
    auto [chosen, others] = split(a);
    return term::tuple({chosen, others});
  });
  m.pure("merge", 2, merged);
  for (size_t arity : {2, 3})
    m.pure("pop", arity, [](arguments a) {
      const auto* value = map_at(a, 0).find(a[1]);
      return term::tuple({value ? *value : or_else(a, 2, {}), a[0].erase(a[1])});
    });
  m.pure("pop!", 2, [](arguments a) {
    return term::tuple({existing(a, a[0], a[1]), a[0].erase(a[1])});
  });
  m.pure("new", 0, [](arguments) { return term::map({}); });
  m.pure("new", 1, [](arguments a) { return collect(to_elements(a[0]), term::map({})); });
  m.pure("from_keys", 2, [](arguments a) {
    std::vector<term_pair> entries;
    for (const auto& key : list_at(a, 0))
      entries.emplace_back(key, a[1]);
    return term::map(std::move(entries));
  });
  m.pure("from_struct", 1, [](arguments a) { return map_at(a, 0).erase(words::struct_); });
}

task<term> update(interpreter& i, environment& env, parts args) {
  const auto* old = map_at(args, 0).find(args[1]);
  if (!old && args.size() == 3)
    throw missing_key(args[1], args[0]);
  if (!old)
    co_return args[0].put(args[1], args[2]);
  auto value = co_await i.apply(args.back(), list_of(*old), env);
  co_return args[0].put(args[1], value);
}

/// `put_new_lazy` and `get_lazy`: the function is called when the key is missing.
template <bool Put>
task<term> lazily(interpreter& i, environment& env, parts args) {
  const auto* old = map_at(args, 0).find(args[1]);
  if (old)
    co_return Put ? args[0] : *old;
  parts none;
  auto value = co_await i.apply(args[2], std::move(none), env);
  co_return Put ? args[0].put(args[1], value) : value;
}

task<term> get_and_update(interpreter& i, environment& env, parts args) {
  const auto* old = map_at(args, 0).find(args[1]);
  auto current = old ? *old : term{};
  auto answer = co_await i.apply(args[2], list_of(current), env);
  if (answer.is_tuple(2))
    co_return term::tuple({answer.as_tuple()[0], args[0].put(args[1], answer.as_tuple()[1])});
  if (!answer.is_atom(atom{"pop"}))
    throw error(words::case_clause, answer);
  co_return term::tuple({current, args[0].erase(args[1])});
}

template <bool Keep>
task<term> filter(interpreter& i, environment& env, parts args) {
  std::vector<term_pair> entries;
  for (const auto& [key, value] : map_at(args, 0).as_map()) {
    auto pair = term::tuple({key, value});
    auto yes = co_await i.apply(args[1], list_of(pair), env);
    if (yes.truthy() == Keep)
      entries.emplace_back(key, value);
  }
  co_return term::map(std::move(entries));
}

task<term> merge_with(interpreter& i, environment& env, parts args) {
  auto result = map_at(args, 0);
  for (const auto& [key, value] : map_at(args, 1).as_map()) {
    auto chosen = value;
    if (const auto* old = args[0].find(key))
      chosen = co_await i.apply(args[2], list_of(key, *old, value), env);
    result = result.put(key, std::move(chosen));
  }
  co_return result;
}

task<term> new_with(interpreter& i, environment& env, parts args) {
  static const atom module{"Elixir.Enum"}, name{"map"};
  auto pairs = co_await i.apply(module, name, args, env);
  co_return collect(to_elements(pairs), term::map({}));
}

void add_erlang_maps(module_adder m) {
  for (size_t arity : {2, 3})
    m.pure("get", arity, [](arguments a) {
      const auto* value = map_at(a, 1).find(a[0]);
      return value || a.size() == 3 ? (value ? *value : a[2]) : existing(a, a[1], a[0]);
    });
  m.pure("find", 2, [](arguments a) { return fetch(map_at(a, 1), a[0]); });
  m.pure("put", 3, [](arguments a) { return map_at(a, 2).put(a[0], a[1]); });
  m.pure("remove", 2, [](arguments a) { return map_at(a, 1).erase(a[0]); });
  m.pure("is_key", 2, [](arguments a) { return term{map_at(a, 1).find(a[0]) != nullptr}; });
  m.pure("keys", 1, [](arguments a) { return keys_of(map_at(a, 0)); });
  m.pure("values", 1, [](arguments a) { return values_of(map_at(a, 0)); });
  m.pure("size", 1, [](arguments a) { return term{map_at(a, 0).as_map().size()}; });
  m.pure("to_list", 1, [](arguments a) { return term::list(to_elements(map_at(a, 0))); });
  m.pure("from_list", 1, [](arguments a) { return collect(list_at(a, 0), term::map({})); });
  m.pure("merge", 2, merged);
  m.pure("new", 0, [](arguments) { return term::map({}); });
}

} // namespace

void add_map(module_table& modules) {
  module_adder map{modules, "Elixir.Map"};
  add_reading(map);
  add_changing(map);
  map.waiting("update", 4, update);
  map.waiting("update!", 3, update);
  map.waiting("put_new_lazy", 3, lazily<true>);
  map.waiting("get_lazy", 3, lazily<false>);
  map.waiting("get_and_update", 3, get_and_update);
  map.waiting("filter", 2, filter<true>);
  map.waiting("reject", 2, filter<false>);
  map.waiting("merge", 3, merge_with);
  map.waiting("new", 2, new_with);
  add_erlang_maps({modules, "maps"});
}

} // namespace troupe::actors::eval::builtins
