// Names and locks that all connected nodes share.
//
// Erlang counterpart: global (G-01 to G-18). Differences: names change one by one, not all under
// one lock; a lock that cannot be had is tried again sooner; a change of a name gives up after
// internal::global_turn_timeout, the resolver of a conflict after global_resolver_timeout.
// Threads: the coroutines are confined to the process that calls them; `start` any thread.
//
// Every node has one process for it, `global_name_server`. A name belongs to the node of its
// holder, which tells all others; what a node knew of a lost one goes with the connection. When two
// halves of a cluster meet that gave a name to two processes, a resolver decides, once. Nodes that
// do not connect to all (`connect_all`), and hidden connections, take no part (MESH-02, HID-05).

#pragma once

#include "troupe/actors/remote_call.hpp"
#include "troupe/process.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::actors::global {

/// Starts the node's process; harmless when it runs. `run` and the console do.
void start(node& at);

// -- resolvers ------------------------------------------------------------------------------------

/// Decides who keeps a name that two processes hold.
class resolver {
public:
  /// `random_exit`.
  resolver();

  /// Kills the process on the node with the greater name; the other one keeps the name (G-09).
  [[nodiscard]] static resolver random_exit();
  /// Sends `{:global_name_conflict, name}` to it instead (G-10).
  [[nodiscard]] static resolver random_notify();
  /// Sends `{:global_name_conflict, name, other}` to both; nobody keeps the name (G-11).
  [[nodiscard]] static resolver notify_all();
  /// `task<pid> Fn(process&, term name, pid, pid)`: who it returns keeps the name; the null pid, or
  /// a failure, means nobody (G-12). Runs on one of the two nodes, which both must have it.
  template <auto Fn>
  [[nodiscard]] static resolver of() {
    using function = internal::named_call<Fn>;
    static_cast<void>(internal::callable<function>::registered);
    return native(typeid(function).name());
  }
  /// A fun of the evaluator with three arguments, or `{module, function}`.
  [[nodiscard]] static resolver of(term callable);

  [[nodiscard]] const term& to_term() const noexcept { return method_; }

private:
  explicit resolver(term method) : method_(std::move(method)) {}
  static resolver native(const char* key);

  term method_;
};

/// The standard ones as functions: return who keeps the name, or `none`.
[[nodiscard]] term random_exit_name(process& self, const term& name, const pid& x, const pid& y);
[[nodiscard]] term random_notify_name(process& self, const term& name, const pid& x, const pid& y);
[[nodiscard]] term notify_all_name(process& self, const term& name, const pid& x, const pid& y);

// -- names; without the node's process the caller ends with `{:noproc, call}` ---------------------

/// Gives a name, which is any term. When it yields true all connected nodes know it; false: a node
/// knows another holder, or the process has another name, which is logged as an error (G-05). The
/// process may live anywhere; one that has ended is soon gone again (G-14).
[[nodiscard]] task<bool> register_name(process& self, term name, pid who, resolver how = {});
/// The same whoever has the name, and whatever other name the process has (G-06).
[[nodiscard]] task<> re_register_name(process& self, term name, pid who, resolver how = {});
/// Takes the name from whoever has it, on any node.
[[nodiscard]] task<> unregister_name(process& self, term name);

[[nodiscard]] task<std::optional<pid>> whereis_name(process& self, term name);
[[nodiscard]] task<std::vector<term>> registered_names(process& self);
/// Sends to the holder and yields it. Without one the caller ends with `{:badarg, {name, message}}`
/// (G-08).
[[nodiscard]] task<pid> send(process& self, term name, term message);
/// The same without waiting; without a holder the message is lost. Messages that are passed on to
/// one name keep their order.
void pass_on(process& self, const term& name, term message);
/// Waits until this node has the names of all nodes that are connected now, and of those in their
/// meshes, unless they cannot be connected (G-02). Ends the caller with `timeout` after
/// pg::call_timeout.
[[nodiscard]] task<> sync(process& self);

/// Ends all connections of this node, and no others (MESH-08); yields the nodes.
[[nodiscard]] task<std::vector<atom>> disconnect(process& self);

// -- locks ----------------------------------------------------------------------------------------

/// What is locked, and for whom: who asks again as the same requester has the lock already.
struct lock_id {
  term resource;
  term requester;
};

inline constexpr size_t forever = std::numeric_limits<size_t>::max();

/// This node and all visible ones.
[[nodiscard]] std::vector<atom> all_nodes(process& self);

/// Takes a lock on all of `nodes` that are there, or on none: then it is tried `retries` times
/// more, after pauses that grow up to 8 s. The end of the process gives it back (G-15).
[[nodiscard]] task<bool> set_lock(process& self, lock_id id, std::vector<atom> nodes,
                                  size_t retries = forever);
[[nodiscard]] task<> del_lock(process& self, lock_id id, std::vector<atom> nodes);

/// Runs `body`, a `task<T>`, under a lock and yields its value; nothing when the lock was not to be
/// had: Erlang's `aborted`. What `body` throws passes, and the lock is given back.
template <class T>
[[nodiscard]] task<std::optional<T>> trans(process& self, lock_id id, task<T> body,
                                           std::vector<atom> nodes, size_t retries = forever) {
  auto locking = set_lock(self, id, nodes, retries);
  auto locked = co_await std::move(locking);
  if (!locked)
    co_return std::nullopt;
  std::optional<T> result;
  std::exception_ptr failed;
  try {
    result = co_await std::move(body);
  } catch (...) {
    failed = std::current_exception();
  }
  auto unlocking = del_lock(self, id, nodes);
  co_await std::move(unlocking);
  if (failed)
    std::rethrow_exception(failed);
  co_return result;
}

} // namespace troupe::actors::global
