// to_term and from_term for C++'s own types; included by message.hpp.
//
// Erlang counterpart: none.
// Threads: any thread.

#pragma once

#include "troupe/term.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/unit.hpp>

#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe {

/// Translates between CAF's handles and pids; every node is one.
class actor_bridge {
public:
  virtual ~actor_bridge() = default;
  /// Returns the pid of an actor of this or another node; the null pid for a null handle.
  virtual pid pid_of(const caf::actor_control_block* x) = 0;
  /// Returns a handle to the actor, a proxy when it lives elsewhere; null for a local one that is
  /// gone.
  virtual caf::strong_actor_ptr handle_of(const pid& x) = 0;
};

// -- to a term -----------------------------------------------------------------------------------

template <class T>
concept plain_value
  = std::integral<T> || std::same_as<T, double> || std::same_as<T, float> || std::same_as<
    T, std::string> || std::same_as<T, atom> || std::same_as<T, pid> || std::same_as<T, reference>;

inline term to_term(const term& x, actor_bridge&) {
  return x;
}
template <plain_value T>
term to_term(const T& x, actor_bridge&) {
  if constexpr (std::same_as<T, float>)
    return static_cast<double>(x);
  else
    return x;
}
inline term to_term(caf::atom_value x, actor_bridge&) {
  return atom{to_string(x)};
}
inline term to_term(const caf::unit_t&, actor_bridge&) {
  return atom{"unit"};
}
inline term to_term(const caf::error& x, actor_bridge&) {
  if (!x)
    return atom{"none"};
  return term::tuple(
    {atom{"error"}, static_cast<int64_t>(x.code()), atom{to_string(x.category())}});
}

inline term handle_to_term(const caf::actor_control_block* x, actor_bridge& bridge) {
  auto id = bridge.pid_of(x);
  return id ? term{id} : term{};
}
inline term to_term(const caf::actor& x, actor_bridge& bridge) {
  return handle_to_term(caf::actor_cast<caf::actor_control_block*>(x), bridge);
}
inline term to_term(const caf::strong_actor_ptr& x, actor_bridge& bridge) {
  return handle_to_term(x.get(), bridge);
}
inline term to_term(const caf::actor_addr& x, actor_bridge& bridge) {
  return handle_to_term(caf::actor_cast<caf::actor_control_block*>(x), bridge);
}

template <class T>
term to_term(const std::vector<T>& xs, actor_bridge& bridge);
template <class K, class V>
term to_term(const std::map<K, V>& xs, actor_bridge& bridge);
template <class T>
term to_term(const std::optional<T>& x, actor_bridge& bridge);
template <class... Ts>
term to_term(const std::tuple<Ts...>& x, actor_bridge& bridge);

template <class T>
term to_term(const std::vector<T>& xs, actor_bridge& bridge) {
  std::vector<term> elements;
  elements.reserve(xs.size());
  for (const T& x : xs)
    elements.push_back(to_term(x, bridge));
  return term::list(elements);
}
template <class K, class V>
term to_term(const std::map<K, V>& xs, actor_bridge& bridge) {
  std::vector<term_pair> entries;
  for (auto& [key, value] : xs)
    entries.emplace_back(to_term(key, bridge), to_term(value, bridge));
  return term::map(std::move(entries));
}
template <class T>
term to_term(const std::optional<T>& x, actor_bridge& bridge) {
  return x ? to_term(*x, bridge) : term{};
}
template <class... Ts>
term to_term(const std::tuple<Ts...>& x, actor_bridge& bridge) {
  return std::apply([&](auto&... fields) { return term::tuple({to_term(fields, bridge)...}); }, x);
}

// -- from a term: false when it has another form ------------------------------------------------

inline bool from_term(const term& t, term& x, actor_bridge&) {
  x = t;
  return true;
}
template <std::integral T>
bool from_term(const term& t, T& x, actor_bridge&) {
  if constexpr (std::same_as<T, bool>) {
    x = t.is_atom(atom{"true"});
    return x || t.is_atom(atom{"false"});
  } else {
    if (!t.is(term::kind::integer) || !std::in_range<T>(t.as_integer())) {
      // Unsigned 64-bit values above 2^63 travel as their two's complement.
      if constexpr (!std::same_as<T, uint64_t>)
        return false;
      if (!t.is(term::kind::integer))
        return false;
    }
    x = static_cast<T>(t.as_integer());
    return true;
  }
}
template <std::floating_point T>
bool from_term(const term& t, T& x, actor_bridge&) {
  if (!t.is_number())
    return false;
  x = static_cast<T>(t.is(term::kind::real) ? t.as_real() : static_cast<double>(t.as_integer()));
  return true;
}
bool from_term(const term& t, std::string& x, actor_bridge&);
bool from_term(const term& t, atom& x, actor_bridge&);
bool from_term(const term& t, pid& x, actor_bridge&);
bool from_term(const term& t, reference& x, actor_bridge&);
bool from_term(const term& t, caf::atom_value& x, actor_bridge&);
bool from_term(const term& t, caf::unit_t& x, actor_bridge&);
bool from_term(const term& t, caf::error& x, actor_bridge&);
bool from_term(const term& t, caf::strong_actor_ptr& x, actor_bridge& bridge);
bool from_term(const term& t, caf::actor& x, actor_bridge& bridge);
bool from_term(const term& t, caf::actor_addr& x, actor_bridge& bridge);

template <class T>
bool from_term(const term& t, std::vector<T>& xs, actor_bridge& bridge);
template <class K, class V>
bool from_term(const term& t, std::map<K, V>& xs, actor_bridge& bridge);
template <class T>
bool from_term(const term& t, std::optional<T>& x, actor_bridge& bridge);
template <class... Ts>
bool from_term(const term& t, std::tuple<Ts...>& x, actor_bridge& bridge);

template <class T>
bool from_term(const term& t, std::vector<T>& xs, actor_bridge& bridge) {
  xs.clear();
  auto* i = &t;
  for (; i->is(term::kind::cons); i = &i->tail()) {
    T x{};
    if (!from_term(i->head(), x, bridge))
      return false;
    xs.push_back(std::move(x));
  }
  return i->is(term::kind::nil);
}
template <class K, class V>
bool from_term(const term& t, std::map<K, V>& xs, actor_bridge& bridge) {
  xs.clear();
  if (!t.is(term::kind::map))
    return false;
  for (auto& [key, value] : t.as_map()) {
    K k{};
    V v{};
    if (!from_term(key, k, bridge) || !from_term(value, v, bridge))
      return false;
    xs.emplace(std::move(k), std::move(v));
  }
  return true;
}
template <class T>
bool from_term(const term& t, std::optional<T>& x, actor_bridge& bridge) {
  x.reset();
  return t.is_atom(atom{}) || from_term(t, x.emplace(), bridge);
}
template <class... Ts>
bool from_term(const term& t, std::tuple<Ts...>& x, actor_bridge& bridge) {
  if (!t.is_tuple(sizeof...(Ts)))
    return false;
  size_t i = 0;
  return std::apply(
    [&](auto&... fields) { return (from_term(t.as_tuple()[i++], fields, bridge) && ...); }, x);
}

namespace internal {

template <class... Ts>
term record_to_term(const char* tag, actor_bridge& bridge, const Ts&... fields) {
  return term::tuple({atom{tag}, to_term(fields, bridge)...});
}

template <class... Ts>
bool record_from_term(const char* tag, const term& t, [[maybe_unused]] actor_bridge& bridge,
                      Ts&... fields) {
  if (!t.is_tagged(atom{tag}, sizeof...(Ts) + 1))
    return false;
  [[maybe_unused]] size_t i = 1;
  return (from_term(t.as_tuple()[i++], fields, bridge) && ...);
}

} // namespace internal

} // namespace troupe
