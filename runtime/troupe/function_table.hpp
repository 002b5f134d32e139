// The functions of this program that other nodes may start.
//
// Erlang counterpart: the exported functions of loaded modules.
// Threads: fills itself before `main()`; after it, any thread reads.

#pragma once

#include "troupe/fwd.hpp"
#include "troupe/internal/process_origin.hpp"
#include "troupe/task.hpp"
#include "troupe/term.hpp"

#include <atomic>
#include <string>
#include <unordered_map>

namespace troupe {

/// All functions that other nodes may start here, by key.
class function_table {
public:
  using starter = task<> (*)(process& self, term arguments);

  [[nodiscard]] static function_table& get();

  /// Registers; returns true, so that it can initialise a constant. Two functions of one key
  /// (lambdas in unnamed namespaces of two files can clash) make the key unusable, which the
  /// spawner is told.
  bool add(std::string key, starter f);

  /// Returns the function, or null.
  [[nodiscard]] starter find(const std::string& key) const;

  /// How processes that run this function are called; null when there is none of this key.
  [[nodiscard]] internal::origin_ptr origin_of(const std::string& key) const;

private:
  struct entry {
    starter start = nullptr;                                              // Null for a clash.
    mutable std::atomic<const internal::process_origin*> origin{nullptr}; // Once it was asked for.
  };

  std::unordered_map<std::string, entry> functions_;
};

} // namespace troupe
