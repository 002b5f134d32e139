// A supervisor whose parent and whose children tell the test what happens to them.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/actors/supervisor.hpp"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

namespace server = actors::server;
namespace supervisor = actors::supervisor;
using actors::infinity;
using actors::start_result;
using supervisor::child_spec;
using supervisor::flags;
using supervisor::restart;
using supervisor::strategy;

/// Tells `watcher` of its start and of its end, and ends as it is told.
inline task<> worker(process& self, atom name, pid watcher) {
  self.trap_exit(true);
  self.send(watcher, term::tuple({atom{"up"}, name, self.node_name() == "b@mem"}));
  for (;;) {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    if (x.is_atom(atom{"stubborn"})) {
      auto pause = self.sleep(std::chrono::hours{1000});
      co_await std::move(pause);
    }
    auto exits = x.is_tagged(atom{"EXIT"}, 3);
    auto reason = exits ? x.as_tuple()[2] : x;
    if (exits)
      self.send(watcher, term::tuple({atom{"down"}, name, reason}));
    self.exit(reason);
  }
}

/// For `simple_one_for_one`.
inline task<> dynamic_worker(process& self, pid watcher, std::vector<term> extra) {
  auto working = worker(self, extra.at(0).as_atom(), watcher);
  co_await std::move(working);
}

/// Starts a worker, but for the starts with numbers from `first` to `last`, which fail.
inline supervisor::start_function flaky(std::shared_ptr<int> starts, int first, int last,
                                        pid watcher) {
  return [=](process& self, std::vector<term>) {
    auto n = ++*starts;
    // A function that takes no extra arguments refuses them.
    std::vector<term> extra(n >= first && n <= last ? 1 : 0);
    return supervisor::child_process(worker, atom{"flaky"}, watcher)(self, std::move(extra));
  };
}

struct supervisor_fixture {
  explicit supervisor_fixture(uint64_t seed) : c{{"a", "b"}, seed} {}

  child_spec child(const std::string& name, restart how = restart::permanent) {
    child_spec x;
    x.id = atom{name};
    x.start = supervisor::child_process(worker, atom{name}, watcher.id());
    x.restart = how;
    return x;
  }

  /// Starts a supervisor linked to `parent`; what that gets is `{:started, result}`.
  pid start(flags how, std::vector<child_spec> children) {
    auto id = std::make_shared<pid>();
    parent.plays([=](process& self) -> task<> {
      auto starting = supervisor::start_link(self, how, children);
      auto result = co_await std::move(starting);
      *id = result.id();
      if (!result)
        self.send(self.self(), term::tuple({atom{"started"}, result.to_term()}));
    });
    c.run();
    c.call(*id, "sup");
    sup = *id;
    return *id;
  }

  /// Pids by id, as `which_children` has them now.
  pid child_pid(const std::string& id) {
    auto result = std::make_shared<pid>();
    user.plays([result, id, to = sup](process& self) -> task<> {
      auto asking = supervisor::which_children(self, to);
      auto children = co_await std::move(asking);
      for (auto& x : children)
        if (x.id == term{atom{id}} && x.child.is(term::kind::pid))
          *result = x.child.as_pid();
    });
    c.run();
    return *result;
  }
  void tell(const std::string& id, const term& what) {
    user.does([what, to = child_pid(id)](process& self) { self.send(to, what); });
    c.run();
  }
  static void forget(const puppet& x) { static_cast<void>(x.mail()); }
  /// Asks as the console would, and returns the answer.
  std::string ask(const term& request) {
    forget(user);
    user.plays([request, to = sup](process& self) -> task<> {
      auto asking = server::call(self, to, request, infinity);
      auto answer = co_await std::move(asking);
      self.send(self.self(), answer);
    });
    c.run();
    auto mail = user.mail();
    return mail.empty() ? "" : mail[0];
  }
  std::string ask(const char* what, const term& argument) {
    return ask(term::tuple({atom{what}, argument}));
  }
  bool is_alive() {
    auto& node = c.at("a");
    return static_cast<bool>(node.core().processes().find(sup.id).handle);
  }

  cluster c;
  puppet parent = c.spawn("a", "parent");
  puppet watcher = c.spawn("a", "watcher");
  puppet user = c.spawn("a", "user");
  pid sup;
};

inline texts up(std::initializer_list<const char*> names) {
  texts result;
  for (auto name : names)
    result.push_back(std::string{"{:up, :"} + name + ", false}");
  return result;
}

} // namespace troupe::test
