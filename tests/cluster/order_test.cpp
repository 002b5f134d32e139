#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

texts numbers(int from, int to) {
  texts result;
  for (auto i = from; i <= to; ++i)
    result.push_back(std::to_string(i));
  return result;
}

} // namespace

TEST_CASE("peer: what is sent before there is a connection arrives in order") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    c.at("b").core().names().add(atom{"y"}, y.id());
    x.does([to = y.id()](process& self) {
      for (int i = 1; i <= 500; ++i) {
        if (i % 3 == 0)
          self.send(atom{"y"}, to.node, term{i});
        else
          self.send(to, term{i});
      }
    });
    c.run();
    CHECK(y.mail() == numbers(1, 500));
    CHECK(c.network().counters().streams == 1);
    CHECK(c.at("a").kernel()->snapshot().held == 0);
  }
}

TEST_CASE("peer: what cannot be sent is told to who must know") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    c.silence("a", "b");
    auto before = c.now();
    x.does([to = y.id()](process& self) {
      self.send(to, term{1});
      self.link(to);
      self.monitor(to);
      self.exit(to, atom{"lost"});
      self.send(self.self(), term{atom{"went_on"}});
    });
    c.run();
    CHECK(x.mail() == texts{":went_on"});
    CHECK(c.run_until([&] { return c.at("a").kernel()->snapshot().held == 0; }));
    CHECK(c.now() - before >= 7s);
    c.run();
    CHECK(x.mail()
          == texts{"{:EXIT, :y, :noconnection}", "{:DOWN, :ref, :process, :y, :noconnection}"});
    CHECK(y.mail().empty());
    CHECK(y.is_alive());
    CHECK(c.log("a").empty());
  }
}

TEST_CASE("connection: messages, exits and downs of one process to another keep their order") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    y.does([to = x.id()](process& self) {
      self.monitor(to);
      self.link(to);
    });
    c.run();
    texts expected;
    x.does([to = y.id(), seed](process& self) {
      std::mt19937_64 random{seed};
      for (int i = 0; i < 300; ++i) {
        switch (random() % 3) {
          case 0: self.send(to, term{i}); break;
          case 1: self.exit(to, term::tuple({atom{"e"}, term{i}})); break;
          case 2:
            self.send(to, term::tuple({term{i}, std::string(i % 20 == 0 ? 150'000 : 10, 'x')}));
            break;
        }
      }
      self.exit(atom{"done"});
    });
    std::mt19937_64 random{seed};
    for (int i = 0; i < 300; ++i) {
      switch (random() % 3) {
        case 0: expected.push_back(std::to_string(i)); break;
        case 1: expected.push_back("{:EXIT, :x, {:e, " + std::to_string(i) + "}}"); break;
        case 2: expected.push_back("{" + std::to_string(i) + ", \"xxxxxxxxxx"); break;
      }
    }
    c.run();
    auto mail = y.mail();
    for (auto& line : mail)
      if (line.ends_with("\"}") || line.ends_with("...}"))
        line = line.substr(0, line.find('"') + 11);
    REQUIRE(mail.size() == 302);
    auto ends = texts(mail.end() - 2, mail.end());
    std::ranges::sort(ends);
    CHECK(ends == texts{"{:DOWN, :ref, :process, :x, :done}", "{:EXIT, :x, :done}"});
    mail.resize(300);
    CHECK(mail == expected);
  }
}

TEST_CASE("outbox: a long message holds up those of its own sender only") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto z = c.spawn("a", "z");
    auto y = c.spawn("b", "y");
    CHECK(c.ping("a", "b"));
    x.does([to = y.id(), other = z.id()](process& self) {
      self.send(to, term::tuple({atom{"long"}, std::string(8'000'000, 'x')}));
      self.send(to, term{atom{"behind"}});
      self.send(other, term{atom{"go"}});
    });
    z.plays([to = y.id()](process& self) -> task<> {
      auto waiting = self.receive<term>();
      co_await std::move(waiting);
      self.send(to, term{atom{"quick"}});
    });
    c.run();
    auto mail = y.mail();
    REQUIRE(mail.size() == 3);
    CHECK(mail[0] == ":quick");
    CHECK(mail[1].starts_with("{:long, "));
    CHECK(mail[2] == ":behind");
  }
}

TEST_CASE("connection: a break loses the end of what was sent, never the middle, and never twice") {
  for (uint64_t seed = 0; seed < 3 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    CHECK(c.ping("a", "b"));
    c.run();
    std::mt19937_64 random{seed};
    for (int i = 1; i <= 50; ++i)
      x.does([i, to = y.id()](process& self) { self.send(to, term{i}); });
    c.advance(std::chrono::microseconds{random() % 3000});
    c.cut("a", "b", cluster::ending::reset);
    c.advance(std::chrono::microseconds{random() % 3000});
    c.heal("a", "b");
    for (int i = 51; i <= 60; ++i)
      x.does([i, to = y.id()](process& self) { self.send(to, term{i}); });
    c.advance(10s);
    auto mail = y.mail();
    auto first
      = texts(mail.begin(), std::ranges::find_if(mail, [](auto& t) { return std::stoi(t) > 50; }));
    auto second = texts(mail.begin() + static_cast<ptrdiff_t>(first.size()), mail.end());
    CHECK(first == numbers(1, static_cast<int>(first.size())));
    // Those after the break may have gone into the connection that was about to break.
    CHECK(second == numbers(61 - static_cast<int>(second.size()), 60));
  }
}

TEST_CASE("node_core: a message to nobody is dropped in silence") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    y.does([](process& self) { self.exit(exit_reason::normal); });
    c.run();
    x.does([to = y.id()](process& self) {
      self.send(to, term{1});
      self.send(atom{"nobody"}, to.node, term{1});
      self.send(atom{"nobody"}, self.self().node, term{1});
      self.exit(to, atom{"reason"});
      self.unlink(to);
    });
    c.run();
    CHECK(x.mail().empty());
    CHECK(c.log("a").empty());
    CHECK(c.log("b").empty());
    CHECK(c.nodes("a") == "b");
  }
}
