// A process that starts other processes, starts them again when they fail, and ends them in order.
//
// Erlang counterpart: supervisor, and Elixir's DynamicSupervisor as `simple_one_for_one`.
// Differences: after `kill` a child is waited for no longer than `kill_wait_max`; `auto_shutdown`
// and code change do not exist; start functions are C++ ones, so a specification does not cross to
// a supervisor on another node.
// Threads: the coroutines are confined to the process that calls them.
//
//   supervisor::flags how{supervisor::strategy::rest_for_one, 3};
//   std::vector<supervisor::child_spec> children{
//     {atom{"store"}, supervisor::child_server<store>({})},
//     {atom{"clock"}, supervisor::child_process(tick, 5)}};
//   auto starting = supervisor::start_link(self, how, children);
//   auto started = co_await std::move(starting);
//
// A child may live on another node: its start function spawns it there. When the connection breaks
// it counts as ended with `noconnection`, and is started again as the specification says; the old
// one has lost its supervisor and gets the exit as well.

#pragma once

#include "troupe/actors/child_spec.hpp"
#include "troupe/actors/internal/child_start.hpp"
#include "troupe/actors/server.hpp"

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace troupe::actors::supervisor {

/// How long a supervisor waits for a child that it has killed; longer than a silent node takes to
/// be found down. Above it the child is reported and given up.
inline constexpr std::chrono::seconds kill_wait_max{90};

/// Starts a supervisor with its children, in order, and links to it. When a child does not start,
/// those before it are ended again: `{:error, {:shutdown, {:failed_to_start_child, id, reason}}}`.
/// It traps exits, ends with its parent, and with `shutdown` when there are too many restarts.
[[nodiscard]] task<start_result>
start_link(process& self, flags how, std::vector<child_spec> children, server::options named = {});

// -- requests; each waits for the supervisor, who may be starting or ending children --------------

/// Starts one more child, after the others. Yields `ignore` when its start was ignored; the error
/// is `{:already_started, pid}`, `:already_present`, `:max_children`, or `{reason, specification}`.
/// A dynamic supervisor takes it as DynamicSupervisor does: the id does not matter. A supervisor on
/// another node cannot: `:remote_supervisor`.
[[nodiscard]] task<start_result> start_child(process& self, server::ref to, child_spec child);
/// Starts one more child of a `simple_one_for_one` supervisor.
[[nodiscard]] task<start_result> start_child(process& self, server::ref to,
                                             std::vector<term> extra);
/// Ends a child, by id, or by pid in a dynamic supervisor. Yields `:ok`, or
/// `{:error, :not_found | :simple_one_for_one}`.
[[nodiscard]] task<term> terminate_child(process& self, server::ref to, term id);
/// Starts a child that does not run; the error is `:running`, `:restarting`, `:not_found`,
/// `:simple_one_for_one`, or what its start says.
[[nodiscard]] task<start_result> restart_child(process& self, server::ref to, term id);
/// Forgets a child that does not run. Yields `:ok`, or an error as with `restart_child`.
[[nodiscard]] task<term> delete_child(process& self, server::ref to, term id);

struct child_info {
  term id;    ///< `:undefined` in a dynamic supervisor.
  term child; ///< A pid, `:undefined` or `:restarting`.
  child_type type = child_type::worker;
};
/// The last started first; in a dynamic supervisor the first.
[[nodiscard]] task<std::vector<child_info>> which_children(process& self, server::ref to);

struct child_counts {
  size_t specs = 0;
  size_t active = 0;
  size_t supervisors = 0;
  size_t workers = 0;
};
[[nodiscard]] task<child_counts> count_children(process& self, server::ref to);

// -- start functions ------------------------------------------------------------------------------
// The extra arguments of `start_child` come behind the others, as one `std::vector<term>`, where
// the function (or `S::init`) takes that; elsewhere they fail with `badarity`.

/// Spawns `f(process&, args...)`; the child counts as started at once.
template <class F, class... As>
[[nodiscard]] start_function child_process(F f, As... as) {
  return [=](process& self, std::vector<term> extra) {
    return internal::start_process(self, std::move(extra), f, as...);
  };
}

/// The same on the node `at`, whose program must have `Fn` too; takes no extra arguments.
template <auto Fn, class... As>
[[nodiscard]] start_function child_process_at(node_name at, As... as) {
  return [=](process& self, std::vector<term> extra) {
    using function = troupe::internal::named<Fn>;
    auto what = troupe::internal::call_of<function>(*self.bridge(), as...);
    return internal::start_process_at(self, std::move(extra), atom{at.text()}, std::move(what));
  };
}

/// Starts a server, see `server::start_link`.
template <class S, class... As>
[[nodiscard]] start_function child_server(server::options how, As... as) {
  return [=](process& self, std::vector<term> extra) {
    return internal::start_server<S>(self, std::move(extra), how, as...);
  };
}

/// Starts a server on the node `at`, see `server::start_link_at`; takes no extra arguments.
template <class S, class... As>
[[nodiscard]] start_function child_server_at(node_name at, server::options how, As... as) {
  return [=](process& self, std::vector<term> extra) {
    return internal::start_server_at<S>(self, std::move(extra), at, how, as...);
  };
}

/// Starts a supervisor; give the child the type `supervisor`.
[[nodiscard]] start_function child_supervisor(flags how, std::vector<child_spec> children,
                                              server::options named = {});

} // namespace troupe::actors::supervisor
