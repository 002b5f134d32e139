#include "troupe/actors/server.hpp"

#include "support/server_fixture.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::test;
using namespace std::chrono_literals;

constexpr uint64_t seeds = 20;

namespace {

using server::step;

/// What `init` does is its argument.
struct starter {
  task<step> init(process& self, term what) {
    if (what.is_atom(atom{"ignore"}))
      co_return step::ignore();
    if (what.is_atom(atom{"exit"}))
      self.exit(atom{"y"});
    if (what.is_atom(atom{"throw"}))
      throw std::runtime_error("x");
    if (what.is_atom(atom{"wrong"}))
      co_return step::noreply();
    if (what.is_atom(atom{"slow"})) {
      auto pause = self.sleep(10s);
      co_await std::move(pause);
    }
    co_return step::stop(what);
  }
};

struct bare {
  int value = 0;
  step handle_call(process&, term, server::caller) { return step::reply(value); }
};

} // namespace

TEST_CASE("server: one that traps exits terminates with its parent") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    server_fixture f{seed};
    server::options how;
    auto witness = f.c.spawn("a", "witness");
    auto starter = f.c.spawn("a", "starter");
    starter.plays([how, tell = witness.id(), seed](process& self) -> task<> {
      auto at = cluster::name_of(seed % 2 == 0 ? "a" : "b");
      auto starting = server::start_link_at<counter>(self, at, how, int64_t{1}, tell);
      co_await std::move(starting);
    });
    f.c.run();
    starter.does([](process& self) { self.exit(exit_reason::shutdown); });
    f.c.run();
    CHECK(witness.mail() == texts{"{:terminate, :shutdown}"});
  }
}

TEST_CASE("server: what init says is what the start yields, and the exit follows") {
  struct {
    term what;
    const char* result;
    const char* reason;
  } cases[] = {
    {atom{"r"}, "{:error, :r}", ":r"},
    {atom{"normal"}, "{:error, :normal}", ":normal"},
    {atom{"ignore"}, ":ignore", ":normal"},
    {atom{"exit"}, "{:error, :y}", ":y"},
    {atom{"throw"}, "{:error, {%RuntimeError{message: \"x\"}, []}}",
     "{%RuntimeError{message: \"x\"}, []}"},
    {atom{"wrong"}, "{:error, {:bad_return_value, :noreply}}", "{:bad_return_value, :noreply}"},
    {atom{"slow"}, "{:error, :timeout}", ""},
  };
  for (auto& x : cases)
    for (bool there : {false, true}) {
      CAPTURE(x.result);
      CAPTURE(there);
      server_fixture f{3};
      f.user.plays([what = x.what, there](process& self) -> task<> {
        server::options how;
        how.init_timeout = 3s;
        auto at = cluster::name_of(there ? "b" : "a");
        auto starting = server::start_link_at<starter>(self, at, how, what);
        auto result = co_await std::move(starting);
        self.send(self.self(), result.to_term());
      });
      f.c.advance(5s);
      auto mail = f.user.mail();
      std::string reason{x.reason};
      REQUIRE(mail.size() == (reason.empty() ? 1 : 2));
      std::ranges::sort(mail, {}, [&](auto& t) { return t != x.result; });
      CHECK(mail[0] == x.result);
      if (!reason.empty())
        CHECK(mail[1] == "{:EXIT, :unknown, " + reason + "}");
    }
}

TEST_CASE("server: the name is taken once, and a node that is not there is noconnection") {
  server_fixture f{4};
  server::options named;
  named.name = atom{"one"};
  f.c.cut("a", "b");
  f.user.plays([named](process& self) -> task<> {
    for (int i = 0; i < 2; ++i) {
      auto starting = server::start<bare>(self, named, i);
      auto result = co_await std::move(starting);
      self.send(self.self(), result ? term{atom{"ok"}} : result.reason().as_tuple()[0]);
    }
    auto asking = server::call<int>(self, named.name, atom{"value"});
    self.send(self.self(), co_await std::move(asking));
    auto starting = server::start_link_at<bare>(self, cluster::name_of("b"), named, 1);
    auto result = co_await std::move(starting);
    self.send(self.self(), result.to_term());
  });
  f.c.run();
  CHECK(f.user.mail() == texts{":ok", ":already_started", "0", "{:error, :noconnection}"});
}

TEST_CASE("server: multi_call has the answers of the nodes in order, and the nodes without") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    server_fixture f{seed};
    server::options named;
    named.name = atom{"counter"};
    f.start("b", named);
    f.start("a", named);
    f.c.start("c", {});
    f.user.plays([](process& self) -> task<> {
      std::vector<atom> nodes;
      for (auto name : {"a", "zz", "b", "c"})
        nodes.push_back(cluster::atom_of(name));
      server::abcast(self, nodes, atom{"counter"}, 5);
      auto asking = server::multi_call(self, nodes, atom{"counter"}, atom{"next"});
      auto answers = co_await std::move(asking);
      for (auto& [node, value] : answers.replies)
        self.send(self.self(), term::tuple({node, value}));
      for (auto node : answers.bad_nodes)
        self.send(self.self(), term{node});
    });
    f.c.run();
    CHECK(f.user.mail() == texts{"{:a@mem, 16}", "{:b@mem, 16}", ":zz@mem", ":c@mem"});
  }
}

TEST_CASE("server: multi_call gives up together, and no answer comes later") {
  server_fixture f{5};
  server::options named;
  named.name = atom{"counter"};
  f.start("b", named);
  f.start("a", named);
  f.user.plays([](process& self) -> task<> {
    std::vector<atom> nodes{cluster::atom_of("a"), cluster::atom_of("b")};
    auto asking = server::multi_call(self, nodes, atom{"counter"}, atom{"slow"}, 3s);
    auto answers = co_await std::move(asking);
    self.send(self.self(), term{answers.bad_nodes.size()});
  });
  f.c.advance(4s);
  CHECK(f.user.mail() == texts{"2"});
  f.c.advance(60s);
  CHECK(f.user.mail().empty());
}

TEST_CASE("server: stop has it terminate, and waits for that") {
  server_fixture f{6};
  auto id = f.start("b");
  auto stop = [id](process& self) -> task<> {
    auto stopping = server::stop(self, id);
    co_await std::move(stopping);
    self.send(self.self(), term{atom{"stopped"}});
  };
  f.user.plays(stop);
  f.c.run();
  CHECK(f.owner.mail() == texts{"{:terminate, :normal}", "{:EXIT, :server, :normal}"});
  CHECK(f.user.mail() == texts{":stopped"});
  f.user.plays(stop);
  f.c.run();
  CHECK_FALSE(f.user.is_alive()); // of noproc
}
