// What the start functions of supervisor.hpp do.
//
// Erlang counterpart: the functions that child specifications name.
// Threads: confined to the supervisor's process.

#pragma once

#include "troupe/actors/server.hpp"

#include <type_traits>
#include <utility>
#include <vector>

namespace troupe::actors::internal {

/// `{:error, {:badarity, extra}}`: nothing takes the extra arguments.
[[nodiscard]] start_result badarity(const std::vector<term>& extra);

/// Spawns `what` with a link on the node `at`.
task<start_result> start_process_at(process& self, std::vector<term> extra, atom at,
                                    spawn_what what);

task<start_result> refuse(std::vector<term> extra);

template <class F, class... As>
task<start_result> start_process(process& self, std::vector<term> extra, F f, As... as) {
  if constexpr (std::is_invocable_r_v<task<>, F&, process&, As..., std::vector<term>>) {
    co_return start_result::ok(self.spawn_link(std::move(f), std::move(as)..., std::move(extra)));
  } else {
    if (!extra.empty())
      co_return badarity(extra);
    co_return start_result::ok(self.spawn_link(std::move(f), std::move(as)...));
  }
}

template <class S, class... As>
concept takes_extra = requires(S& s, process& self, As... as, std::vector<term> extra) {
  s.init(self, as..., extra);
};

template <class S, class... As>
task<start_result> start_server(process& self, std::vector<term> extra, server::options how,
                                As... as) {
  if constexpr (takes_extra<S, As...>) {
    return server::start_link<S>(self, how, std::move(as)..., std::move(extra));
  } else {
    if (!extra.empty())
      return refuse(std::move(extra));
    return server::start_link<S>(self, how, std::move(as)...);
  }
}

template <class S, class... As>
task<start_result> start_server_at(process& self, std::vector<term> extra, node_name at,
                                   server::options how, As... as) {
  if (!extra.empty())
    return refuse(std::move(extra));
  return server::start_link_at<S>(self, std::move(at), how, std::move(as)...);
}

} // namespace troupe::actors::internal
