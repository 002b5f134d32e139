// A server that tells the test what happens to it, and processes that call it.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/actors/server.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace troupe::test {

namespace server = actors::server;
using server::step;

struct counter {
  int64_t count = 0;
  pid told;

  step init(process& self, int64_t start, pid tell) {
    self.trap_exit(true);
    count = start;
    told = tell;
    return step::ok();
  }

  task<step> handle_call(process& self, term request, server::caller from) {
    if (request.is_atom(atom{"next"}))
      co_return step::reply(++count);
    if (request.is_atom(atom{"slow"})) {
      auto pause = self.sleep(std::chrono::seconds{10});
      co_await std::move(pause);
      co_return step::reply(atom{"late"});
    }
    if (request.is_atom(atom{"elsewhere"})) {
      self.spawn([from](process& other) -> task<> { return answer(other, from); });
      co_return step::noreply();
    }
    if (request.is_atom(atom{"wait"}))
      co_return step::reply(atom{"ok"}).within(std::chrono::seconds{3});
    if (request.is_atom(atom{"continue"}))
      co_return step::reply(atom{"ok"}).then(atom{"more"});
    if (request.is_atom(atom{"throw"}))
      throw std::runtime_error("boom");
    if (request.is_atom(atom{"wrong"}))
      co_return step::ok();
    if (request.is_atom(atom{"stop"}))
      co_return step::stop(atom{"because"});
    co_return step::stop(atom{"because"}, atom{"bye"});
  }
  static task<> answer(process& self, server::caller from) {
    server::reply(self, from, atom{"from_elsewhere"});
    co_return;
  }

  void handle_cast(process&, term request) { count += request.as_integer(); }
  void handle_info(process& self, term message) {
    self.send(told, term::tuple({atom{"info"}, message}));
  }
  void handle_continue(process& self, term what) {
    self.send(told, term::tuple({atom{"continued"}, what}));
  }
  void terminate(process& self, term reason) {
    self.send(told, term::tuple({atom{"terminate"}, reason}));
  }
};

/// A server on a node, started by a puppet that is linked to it.
struct server_fixture {
  explicit server_fixture(uint64_t seed) : c{{"a", "b"}, seed} {}

  pid start(const std::string& at, server::options how = {}) {
    auto id = std::make_shared<pid>();
    owner.plays([id, at, how, tell = owner.id()](process& self) -> task<> {
      auto starting
        = server::start_link_at<counter>(self, cluster::name_of(at), how, int64_t{10}, tell);
      auto result = co_await std::move(starting);
      *id = result.id();
    });
    c.run();
    c.call(*id, "server");
    return *id;
  }

  void call(const puppet& who, server::ref to, const std::string& request,
            clock::duration timeout = server::call_timeout) {
    who.plays([to, request, timeout](process& self) -> task<> {
      std::optional<term> why;
      try {
        auto asking = server::call(self, to, atom{request}, timeout);
        auto answer = co_await std::move(asking);
        self.send(self.self(), term::tuple({atom{"answer"}, answer}));
      } catch (exit_request& thrown) {
        why = thrown.reason;
      }
      if (why)
        self.send(self.self(), *why);
    });
  }

  cluster c;
  puppet owner = c.spawn("a", "owner");
  puppet user = c.spawn("a", "user");
};

} // namespace troupe::test
