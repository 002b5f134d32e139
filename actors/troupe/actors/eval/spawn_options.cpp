#include "troupe/actors/eval/spawn_options.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace troupe::actors::eval {

namespace {

template <class T, size_t N>
using words = std::array<std::pair<std::string_view, T>, N>;

template <class T, size_t N>
std::optional<T> find(const words<T, N>& table, const term& x) {
  for (auto& [word, value] : table)
    if (x.is_atom(atom{word}))
      return value;
  return std::nullopt;
}

constexpr words<alias_life, 3> monitor_lives{{{"explicit_unalias", alias_life::explicit_unalias},
                                              {"demonitor", alias_life::demonitor},
                                              {"reply_demonitor", alias_life::reply_demonitor}}};

constexpr words<spawn_replies, 4> replies{{{"yes", spawn_replies::all},
                                           {"no", spawn_replies::none},
                                           {"error_only", spawn_replies::errors},
                                           {"success_only", spawn_replies::successes}}};

bool is_size(const term& x) {
  return x.is(term::kind::integer) && x.as_integer() >= 0;
}

bool is_one_of(const term& x, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](auto name) { return x.is_atom(atom{name}); });
}

/// What concerns the memory and the turns of Erlang's processes.
bool is_tuning(const term& key, const term& value) {
  if (is_one_of(key, {"fullsweep_after", "min_heap_size", "min_bin_vheap_size"}))
    return is_size(value);
  if (key.is_atom(atom{"max_heap_size"}))
    return is_size(value) || value.is(term::kind::map);
  if (key.is_atom(atom{"priority"}))
    return is_one_of(value, {"low", "normal", "high", "max"});
  return key.is_atom(atom{"message_queue_data"}) && is_one_of(value, {"on_heap", "off_heap"});
}

bool read_pair(spawn_options& out, const term& key, const term& value, bool of_request) {
  if (key.is_atom(atom{"monitor"})) {
    auto how = read_monitor_options(value);
    if (how)
      out.watch = std::move(*how);
    out.monitor = true;
    return how.has_value();
  }
  if (of_request && key.is_atom(atom{"reply_tag"})) {
    out.reply_tag = value;
    return true;
  }
  if (of_request && key.is_atom(atom{"reply"})) {
    auto which = find(replies, value);
    out.reply = which.value_or(out.reply);
    return which.has_value();
  }
  if (!is_tuning(key, value))
    return false;
  if (key.is_atom(atom{"priority"}))
    out.priority = value.is_atom(atom{"normal"}) ? atom{} : value.as_atom();
  return true;
}

} // namespace

std::optional<monitor_options> read_monitor_options(const term& list) {
  auto options = list.to_vector();
  if (!options)
    return std::nullopt;
  monitor_options result;
  for (auto& x : *options) {
    if (x.is_tagged(atom{"tag"}, 2)) {
      result.tag = x.as_tuple()[1];
      continue;
    }
    auto life = x.is_tagged(atom{"alias"}, 2) ? find(monitor_lives, x.as_tuple()[1]) : std::nullopt;
    if (!life)
      return std::nullopt;
    result.alias = *life;
  }
  return result;
}

std::optional<alias_life> read_alias_options(const term& list) {
  auto options = list.to_vector();
  if (!options)
    return std::nullopt;
  auto result = alias_life::explicit_unalias;
  for (auto& x : *options) {
    if (!is_one_of(x, {"reply", "explicit_unalias"}))
      return std::nullopt;
    if (x.is_atom(atom{"reply"}))
      result = alias_life::reply;
  }
  return result;
}

std::optional<read_options> read_spawn_options(const term& list, bool of_request) {
  auto options = list.to_vector();
  if (!options)
    return std::nullopt;
  read_options result;
  for (auto& x : *options) { // all of them: the tag of the reply counts behind a bad one, too
    if (x.is_atom(atom{"link"}))
      result.options.link = true;
    else if (x.is_atom(atom{"monitor"}))
      result.options.monitor = true;
    else if (!x.is_tuple(2)
             || !read_pair(result.options, x.as_tuple()[0], x.as_tuple()[1], of_request))
      result.known = false;
  }
  return result;
}

} // namespace troupe::actors::eval
