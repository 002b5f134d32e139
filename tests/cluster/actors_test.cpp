#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/dist/proxy.hpp"
#include "troupe/exit_reason.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

using record = std::shared_ptr<texts>;
using job = std::function<void(caf::event_based_actor*)>;

constexpr auto pass_on = caf::atom("pass_on");
constexpr auto stop = caf::atom("stop");

/// Doubles numbers, answers handles with a greeting, passes handles on, stops.
caf::behavior server(caf::event_based_actor* self) {
  return {
    [](int x) { return 2 * x; },
    [self](const caf::actor& back) { self->send(back, "hello"); },
    [self](caf::atom_value what, const caf::actor& to, const caf::actor& other) {
      if (what == pass_on)
        self->send(to, other);
    },
    [self](caf::atom_value what, int code) {
      if (what == stop)
        self->quit(code == 0 ? caf::error{} : caf::error{caf::exit_reason::user_shutdown});
    },
  };
}

/// Runs a job and writes down what comes.
caf::behavior client(caf::event_based_actor* self, const record& out, const job& what) {
  self->set_down_handler(
    [out](caf::down_msg& x) { out->push_back("down " + to_string(x.reason)); });
  self->set_exit_handler(
    [out](caf::exit_msg& x) { out->push_back("exit " + to_string(x.reason)); });
  what(self);
  return {
    [out](const std::string& x) { out->push_back(x); },
    [out, self](const caf::actor& x) { out->push_back(x == self ? "myself" : "another"); },
  };
}

void ask(caf::event_based_actor* self, const caf::actor& whom, int x, const record& out) {
  self->request(whom, 5s, x)
    .then([out](int y) { out->push_back(std::to_string(y)); },
          [out](const caf::error& why) { out->push_back(to_string(why)); });
}

struct fixture {
  explicit fixture(uint64_t seed) : c{{"a", "b"}, seed} {
    local = c.at("b").system().spawn(server);
    remote = as_seen_from("a", "b", local);
  }
  ~fixture() {
    for (auto& x : clients)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    caf::anon_send_exit(local, caf::exit_reason::kill);
    c.run();
  }
  caf::actor as_seen_from(const std::string& viewer, const std::string& home, const caf::actor& x) {
    return c.at(viewer).handle_of(c.at(home).pid_of(x));
  }
  /// Starts a client on a that does `what`.
  caf::actor run(const job& what) {
    auto x = c.at("a").system().spawn(client, out, what);
    clients.push_back(x);
    c.run();
    return x;
  }
  texts heard() { return std::exchange(*out, {}); }

  cluster c;
  record out = std::make_shared<texts>();
  caf::actor local, remote;
  std::vector<caf::actor> clients;
};

} // namespace

TEST_CASE("proxy: requests are answered, and fail when nobody is there") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    CHECK(f.remote != f.local);
    CHECK(f.remote == f.as_seen_from("a", "b", f.local));
    f.run([&](auto* self) {
      for (auto i : {1, 2, 3})
        ask(self, f.remote, i, f.out);
    });
    CHECK(f.heard() == texts{"2", "4", "6"});
    caf::anon_send(f.local, stop, 0);
    f.c.run();
    f.run([&](auto* self) { ask(self, f.remote, 1, f.out); });
    CHECK(f.heard() == texts{to_string(caf::make_error(caf::sec::request_receiver_down))});
    f.c.cut("a", "b");
    f.c.run();
    f.run([&](auto* self) { ask(self, f.remote, 1, f.out); });
    CHECK(f.heard() == texts{to_string(caf::make_error(caf::sec::no_route_to_receiving_node))});
  }
}

TEST_CASE(
  "proxy: a request that is lost with the connection times out, and the handle stays good") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.c.ping("a", "b");
    f.c.freeze("b");
    f.run([&](auto* self) { ask(self, f.remote, 1, f.out); });
    f.c.cut("a", "b", cluster::ending::reset);
    f.c.thaw("b");
    f.c.advance(4900ms);
    CHECK(f.heard().empty());
    f.c.advance(200ms);
    CHECK(f.heard() == texts{to_string(caf::make_error(caf::sec::request_timeout))});
    f.c.heal("a", "b");
    f.run([&](auto* self) { ask(self, f.remote, 1, f.out); });
    CHECK(f.heard() == texts{"2"});
  }
}

TEST_CASE("proxy: handles travel in messages, through third nodes, and home again") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    f.c.start("c", {});
    auto third = f.c.at("c").system().spawn(server);
    auto third_here = f.as_seen_from("a", "c", third);
    // To b, which greets; to b, which sends it on to c, which greets; to b and back.
    f.run([&](auto* self) {
      self->send(f.remote, caf::actor{self});
      self->send(f.remote, pass_on, third_here, caf::actor{self});
      self->send(f.remote, pass_on, caf::actor{self}, caf::actor{self});
      self->send(f.remote, pass_on, caf::actor{self}, third_here);
    });
    auto heard = f.heard();
    std::ranges::sort(heard);
    CHECK(heard == texts{"another", "hello", "hello", "myself"});
    CHECK(f.c.nodes("c") == "a b");
    caf::anon_send_exit(third, caf::exit_reason::kill);
  }
}

TEST_CASE("proxy: monitors and links carry the reason") {
  const auto noproc = to_string(exit_reason::to_caf(exit_reason::noproc));
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    auto killed = seed % 3 == 1;
    f.run([&](auto* self) {
      self->monitor(f.remote);
      if (!killed) // CAF's actors cannot trap that
        self->link_to(f.remote);
    });
    caf::error reason = caf::exit_reason::remote_link_unreachable;
    if (seed % 3 == 0) {
      caf::anon_send(f.local, stop, 1);
      reason = caf::exit_reason::user_shutdown;
    } else if (killed) {
      caf::anon_send_exit(f.local, caf::exit_reason::kill);
      reason = caf::exit_reason::kill;
    } else {
      f.c.cut("a", "b"); // ends the server, which is linked and does not trap exits
    }
    f.c.run();
    auto heard = f.heard();
    std::ranges::sort(heard);
    texts expected{"down " + to_string(reason)};
    if (!killed)
      expected.push_back("exit " + to_string(reason));
    CHECK(heard == expected);
    f.c.heal("a", "b");
    f.run([&](auto* self) { self->monitor(f.remote); });
    CHECK(f.heard() == texts{"down " + noproc});
  }
}

TEST_CASE("proxy: the end of a plain actor ends the processes that it is linked with") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    auto x = f.c.spawn("b", "x");
    auto remote_process = f.c.at("a").handle_of(x.id());
    auto linked = f.run([&](auto* self) { self->link_to(remote_process); });
    f.c.call(f.c.at("a").pid_of(linked), "linked");
    x.does([to = f.c.at("a").pid_of(linked)](process& self) { self.monitor(to); });
    f.c.run();
    caf::anon_send_exit(linked, caf::exit_reason::kill);
    f.c.run();
    auto mail = x.mail();
    std::ranges::sort(mail);
    CHECK(mail == texts{"{:DOWN, :ref, :process, :linked, :killed}", "{:EXIT, :linked, :killed}"});
  }
}

TEST_CASE("proxy: monitors and links that are given up leave nothing behind") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    fixture f{seed};
    auto x = f.c.spawn("a", "x");
    auto monitors = [&] { return f.c.at("b").kernel()->snapshot().monitors; };
    for (int i = 0; i < 20; ++i) {
      f.run([&](auto* self) {
        self->monitor(f.remote);
        self->demonitor(f.remote);
        self->quit();
      });
      x.does([to = f.c.at("b").pid_of(f.local)](process& self) {
        auto ref = self.monitor(to);
        self.link(to);
        self.unlink(to);
        self.demonitor(ref, true);
      });
      f.c.run();
    }
    CHECK(monitors() <= 1);
    CHECK(f.c.at("b").kernel()->snapshot().links == 0);
    auto before = f.c.network().counters().bytes;
    caf::anon_send_exit(f.local, caf::exit_reason::kill);
    f.c.run();
    CHECK(f.c.network().counters().bytes - before < 200); // one DOWN, and not twenty
    CHECK(monitors() == 0);
    CHECK(x.mail().empty());
  }
}

TEST_CASE("proxy: tables do not grow with actors that come and go") {
  fixture f{1};
  constexpr int rounds = 100;
  constexpr int clients = 100;
  for (int i = 0; i < rounds; ++i) {
    for (int n = 0; n < clients; ++n)
      f.c.at("a").system().spawn([&f](caf::event_based_actor* self) {
        self->monitor(f.remote);
        self->request(f.remote, caf::infinite, 1).then([&f, self](int) {
          self->send(f.remote, caf::actor{self});
        });
        return caf::behavior{[self](const std::string&) { self->quit(); }};
      });
    f.c.run();
  }
  CHECK(f.c.at("a").core().proxies().size() == 1);
  CHECK(f.c.at("b").core().proxies().size() == 0);
  CHECK(f.c.at("a").core().processes().exposed() == 0);
  CHECK(f.c.at("b").core().processes().exposed() == 1);
  for (auto name : {"a", "b"})
    CHECK(f.c.at(name).kernel()->snapshot().links == 0);
  CHECK(f.c.at("b").kernel()->snapshot().monitors <= 1);
}
