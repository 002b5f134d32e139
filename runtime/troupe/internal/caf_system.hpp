// The CAF actor system of a node, set up for processes.
//
// Erlang counterpart: the emulator's schedulers.
// Threads: made and destroyed on one thread.

#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstddef>

namespace troupe::internal {

class caf_system {
public:
  struct options {
    size_t threads = 2;
    bool deterministic = false; ///< CAF's test coordinator: runs only when told to.
    bool io = false;            ///< CAF's io module, with a thread of its own.
  };

  explicit caf_system(const options& opts);
  ~caf_system();

  [[nodiscard]] caf::actor_system& get() noexcept { return system_; }

private:
  struct settings : caf::actor_system_config {
    explicit settings(const options& opts);
  };

  settings settings_;
  caf::actor_system system_;
};

} // namespace troupe::internal
