// Values that a process keeps by keys, for code that has no other place for them.
//
// Erlang counterpart: the process dictionary: put/2, get/1, erase/1, get_keys/0,1. Empty in a new
// process (SP-12). Keys are told apart as `===` does: 1 and 1.0 are two.
// Threads: confined to the process.

#pragma once

#include "troupe/internal/lazy_map.hpp"
#include "troupe/message.hpp"
#include "troupe/term.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace troupe {

class dictionary {
public:
  explicit dictionary(actor_bridge& bridge) : bridge_(&bridge) {}

  /// Returns the value of `key`; null when there is none. Valid until the next change.
  [[nodiscard]] const term* find(const term& key) const;
  /// Returns the value of `key` as a `T`; nothing when there is none, or it has another form.
  template <class T>
  [[nodiscard]] std::optional<T> get(const term& key) const {
    const auto* found = find(key);
    if constexpr (std::is_same_v<T, term>) {
      return found ? std::optional<T>{*found} : std::nullopt;
    } else {
      T value{};
      if (!found || !from_term(*found, value, *bridge_))
        return std::nullopt;
      return value;
    }
  }
  /// Sets a value of any registered type; returns the old one.
  template <class T>
  std::optional<term> put(const term& key, T&& value) {
    if constexpr (std::is_convertible_v<T, term>)
      return set(key, std::forward<T>(value));
    else
      return set(key, to_term(value, *bridge_));
  }
  /// Removes a key; returns its value.
  std::optional<term> erase(const term& key);
  /// Removes all; returns what was there, in the order of the keys.
  std::vector<term_pair> clear();

  [[nodiscard]] std::vector<term> keys() const;
  /// Returns the keys whose value is `value`.
  [[nodiscard]] std::vector<term> keys(const term& value) const;
  /// Returns all, in the order of the keys.
  [[nodiscard]] std::vector<term_pair> entries() const;
  [[nodiscard]] size_t size() const noexcept { return entries_.size(); }

private:
  struct exact {
    bool operator()(const term& x, const term& y) const;
  };
  std::optional<term> set(const term& key, term value);

  actor_bridge* bridge_;
  internal::lazy_map<term, term, std::map<term, term, exact>> entries_;
};

} // namespace troupe
