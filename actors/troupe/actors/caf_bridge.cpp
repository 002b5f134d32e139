#include "troupe/actors/caf_bridge.hpp"

#include "troupe/actors/internal/caf_dialler.hpp"
#include "troupe/node.hpp"

#include <utility>

namespace troupe::actors::caf_bridge {

namespace {

using internal::caf_dialler;

error not_loaded() {
  return {errc::invalid_config,
          "CAF's io module is not loaded: start the node with --caf-io, or config::caf_io"};
}

bool is_loaded(process& self) {
  return self.home().transport_io() && self.home().system().has_middleman();
}

std::string text_of(const dist::endpoint& at) {
  return at.host + ":" + std::to_string(at.port);
}

/// Waits for what a caf_dialler says. The extra time is for its own deadline to come first.
task<result<term>> wait_for_answer(process& self, reference ref, clock::duration limit) {
  auto waiting = self.receive_match([ref](const term& x) { return caf_dialler::is_answer(x, ref); },
                                    limit + std::chrono::milliseconds{500});
  auto answer = co_await std::move(waiting);
  static_cast<void>(self.unalias(ref)); // an answer from now on is dropped
  if (!answer)
    co_return error{errc::timeout, "CAF's io module does not answer"};
  co_return caf_dialler::read(*answer);
}

} // namespace

task<result<uint16_t>> publish(process& self, pid who, dist::endpoint at, clock::duration limit) {
  if (!is_loaded(self))
    co_return not_loaded();
  auto handle = self.core().is_local(who) ? self.core().handle_of(who) : nullptr;
  if (!handle)
    co_return error{errc::node_unreachable, "what is to be published is no process of this node"};
  if (at.host.empty())
    at.host = "127.0.0.1";
  auto ref = self.alias(alias_life::reply);
  caf_dialler::publish(self.core(), handle, at, limit, ref);
  auto waiting = wait_for_answer(self, ref, limit);
  auto answer = co_await std::move(waiting);
  if (!answer)
    co_return answer.error();
  at.port = static_cast<uint16_t>(answer->as_integer());
  self.core().log("warning", "plain CAF programs reach a process at " + text_of(at)
                               + ": their protocol authenticates nobody");
  co_return at.port;
}

task<result<bool>> unpublish(process& self, pid who, uint16_t port, clock::duration limit) {
  if (!is_loaded(self))
    co_return not_loaded();
  auto handle = self.core().is_local(who) ? self.core().handle_of(who) : nullptr;
  if (!handle)
    co_return error{errc::cannot_listen, "that is no process of this node"};
  auto ref = self.alias(alias_life::reply);
  caf_dialler::unpublish(self.core(), handle, port, limit, ref);
  auto waiting = wait_for_answer(self, ref, limit);
  auto answer = co_await std::move(waiting);
  if (!answer)
    co_return answer.error();
  co_return true;
}

task<result<pid>> remote_actor(process& self, dist::endpoint at, clock::duration limit) {
  if (!is_loaded(self))
    co_return not_loaded();
  auto ref = self.alias(alias_life::reply);
  caf_dialler::dial(self.core(), *self.home().transport_io(), at, limit, ref);
  auto waiting = wait_for_answer(self, ref, limit);
  auto answer = co_await std::move(waiting);
  if (!answer)
    co_return answer.error();
  co_return answer->as_pid();
}

} // namespace troupe::actors::caf_bridge
