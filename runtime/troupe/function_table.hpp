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

  class entry {
  public:
    explicit entry(starter f) : start_(f) {}
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry();
    [[nodiscard]] starter start() const noexcept { return start_; }
    /// How processes that run this function are called. `key` is that of the entry.
    [[nodiscard]] internal::origin_ptr origin(const std::string& key) const;

  private:
    friend class function_table;

    starter start_;                                                        // Null for a clash.
    mutable std::atomic<const internal::process_origin*> origin_{nullptr}; // Once it was asked for.
  };

  /// Returns the function; null when there is none, or two.
  [[nodiscard]] const entry* find(const std::string& key) const;

private:
  std::unordered_map<std::string, entry> functions_;
};

} // namespace troupe
