#include "troupe/actors/rpc.hpp"

#include "troupe/actors/internal/call_outcome.hpp"
#include "troupe/actors/internal/rex.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node.hpp"

namespace troupe::actors::rpc {

namespace {

/// Runs on the node of the name. Whoever is asked answers only once the message is in the mailbox.
task<bool> deliver(process& self, atom name, term message) {
  auto who = self.core().names().whereis(name);
  if (who)
    self.send(*who, std::move(message));
  co_return who.has_value();
}

} // namespace

task<term> call_what(process& self, atom at, spawn_what what, timeout limit) {
  auto calling = erpc::call_what(self, at, std::move(what), limit);
  auto done = co_await std::move(calling);
  co_return internal::rpc_value_of(done);
}

task<std::pair<std::vector<term>, std::vector<atom>>>
multicall_what(process& self, std::vector<atom> at, spawn_what what, timeout limit) {
  auto calling = erpc::multicall_what(self, at, std::move(what), limit);
  auto done = co_await std::move(calling);
  co_return internal::split(at, done);
}

task<std::optional<term>> yield_what(process& self, erpc::request r, timeout limit) {
  auto waiting = erpc::wait_response(self, r, limit);
  auto done = co_await std::move(waiting);
  if (!done)
    co_return std::nullopt;
  co_return internal::rpc_value_of(*done);
}

std::vector<atom> all_nodes(process& self) {
  std::vector<atom> result{self.self().node};
  auto others = self.home().nodes();
  result.insert(result.end(), others.begin(), others.end());
  return result;
}

void abcast(process& self, const std::vector<atom>& at, atom name, const term& message) {
  for (auto node : at)
    self.send(name, node, message);
}

task<delivery> sbcast(process& self, std::vector<atom> at, atom name, term message, timeout limit) {
  auto calling = erpc::multicall(self, at, remote<deliver>(self, name, std::move(message)), limit);
  auto done = co_await std::move(calling);
  delivery result;
  for (size_t i = 0; i < at.size(); ++i)
    (done[i] && *done[i] ? result.good : result.bad).push_back(at[i]);
  co_return result;
}

task<term> block_call_what(process& self, atom at, spawn_what what, timeout limit) {
  auto calling = erpc::call_what(self, at, internal::in_rex(self, what), limit);
  auto done = co_await std::move(calling);
  co_return internal::rpc_value_of(done);
}

} // namespace troupe::actors::rpc
