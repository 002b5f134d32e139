// What `rex` is to run, kept beside the messages that ask for it.
//
// Erlang counterpart: none; there a request carries its function. Here whoever knows the cookie may
// send to `rex`, too, but what it runs came through the gate for what peers may spawn.
// Threads: any thread; one mutex, held while nothing else is called.

#pragma once

#include "troupe/pid.hpp"
#include "troupe/signal.hpp"

#include <map>
#include <mutex>
#include <optional>

namespace troupe::actors::internal {

struct pending_call {
  pid from;
  pid leader;
  spawn_what what;
};

/// By the reference of the call. There is an entry for each process that waits for `rex`.
class pending_calls {
public:
  [[nodiscard]] static pending_calls& get() {
    static pending_calls table;
    return table;
  }
  void put(const reference& id, pending_call x) {
    std::lock_guard guard{mutex_};
    calls_.emplace(id, std::move(x));
  }
  /// Nothing: nobody asked for it here, or it is done.
  [[nodiscard]] std::optional<pending_call> take(const reference& id) {
    std::lock_guard guard{mutex_};
    auto found = calls_.extract(id);
    return found ? std::optional{std::move(found.mapped())} : std::nullopt;
  }

private:
  std::mutex mutex_; // guards calls_
  std::map<reference, pending_call> calls_;
};

/// Takes a call back when the process that waits for it ends.
class pending_call_guard {
public:
  explicit pending_call_guard(const reference& id) : id_(id) {}
  ~pending_call_guard() { static_cast<void>(pending_calls::get().take(id_)); }
  pending_call_guard(const pending_call_guard&) = delete;
  pending_call_guard& operator=(const pending_call_guard&) = delete;

private:
  reference id_;
};

} // namespace troupe::actors::internal
