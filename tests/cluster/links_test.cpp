#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

void link(const puppet& x, const puppet& y) {
  x.does([to = y.id()](process& self) { self.link(to); });
}

void end(const puppet& x, const term& reason) {
  x.does([reason](process& self) { self.exit(reason); });
}

} // namespace

TEST_CASE("link_table: a linked process on another node hears the true reason, once") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto victim = c.spawn("b", "victim", false);
    link(x, y);
    link(x, y);
    link(x, victim);
    c.run();
    auto reason = term::tuple({atom{"because"}, term{1}});
    end(y, reason);
    c.run();
    CHECK(x.mail() == texts{"{:EXIT, :y, {:because, 1}}"});
    x.does([](process& self) { self.exit(atom{"gone"}); });
    c.run();
    CHECK_FALSE(victim.is_alive());
    CHECK(c.at("a").kernel()->snapshot().links == 0);
    CHECK(c.at("b").kernel()->snapshot().links == 0);
  }
}

TEST_CASE("link_table: normal ends nobody, kill over a link is killed") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y", false);
    auto z = c.spawn("a", "z");
    link(x, y);
    link(y, z);
    c.run();
    if (seed % 4 == 0) {
      z.does([to = y.id()](process& self) { self.exit(to, exit_reason::normal); });
      c.run();
      CHECK(y.is_alive());
    }
    if (seed % 4 == 1) {
      end(y, exit_reason::normal);
      c.run();
      CHECK(x.mail() == texts{"{:EXIT, :y, :normal}"});
    }
    if (seed % 4 == 2) {
      y.does([](process& self) { self.trap_exit(true); });
      z.does([to = y.id()](process& self) { self.exit(to, exit_reason::kill); });
      c.run();
      CHECK(x.mail() == texts{"{:EXIT, :y, :killed}"});
      CHECK(z.mail() == texts{"{:EXIT, :y, :killed}"});
    }
    if (seed % 4 == 3) {
      end(y, exit_reason::kill);
      c.run();
      CHECK(x.mail() == texts{"{:EXIT, :y, :kill}"});
    }
  }
}

TEST_CASE(
  "link_table: a lost connection tells both ends noconnection, and a new one restores nothing") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    auto z = c.spawn("b", "z");
    link(x, y);
    link(z, x);
    c.run();
    if (seed % 3 == 0) {
      c.cut("a", "b");
    } else if (seed % 3 == 1) {
      c.cut("a", "b", cluster::ending::reset);
    } else {
      c.silence("a", "b");
      c.advance(80s);
    }
    c.run();
    auto mail = x.mail();
    std::ranges::sort(mail);
    CHECK(mail == texts{"{:EXIT, :y, :noconnection}", "{:EXIT, :z, :noconnection}"});
    CHECK(y.mail() == texts{"{:EXIT, :x, :noconnection}"});
    CHECK(z.mail() == texts{"{:EXIT, :x, :noconnection}"});
    c.heal("a", "b");
    CHECK(c.ping("a", "b"));
    end(y, atom{"late"});
    c.run();
    CHECK(x.mail().empty());
    for (auto name : {"a", "b"})
      CHECK(c.at(name).kernel()->snapshot().links == 0);
  }
}

TEST_CASE("link_table: link to nobody is noproc, to nowhere noconnection") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    end(y, exit_reason::normal);
    c.run();
    link(x, y);
    c.run();
    CHECK(x.mail() == texts{"{:EXIT, :y, :noproc}"});
    c.cut("a", "b");
    c.run();
    link(x, y);
    c.run();
    CHECK(x.mail() == texts{"{:EXIT, :y, :noconnection}"});
  }
}

TEST_CASE("process: after unlink no exit comes, whatever was under way") {
  for (uint64_t seed = 0; seed < 5 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    link(x, y);
    c.run();
    // The two cross each other somewhere.
    end(y, atom{"gone"});
    x.does([to = y.id()](process& self) {
      self.unlink(to);
      self.send(self.self(), term{atom{"unlinked"}});
    });
    c.run();
    auto mail = x.mail();
    REQUIRE(!mail.empty());
    CHECK(mail.back() == ":unlinked");
    CHECK(mail.size() <= 2);
    for (auto name : {"a", "b"})
      CHECK(c.at(name).kernel()->snapshot().links == 0);
  }
}

TEST_CASE("process: links and unlinks from both ends in any order leave both ends of one mind") {
  for (uint64_t seed = 0; seed < 10 * seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b"}, seed};
    auto x = c.spawn("a", "x");
    auto y = c.spawn("b", "y");
    std::mt19937_64 random{seed};
    for (int i = 0; i < 6; ++i) {
      auto mine = random() % 2 == 0;
      auto& from = mine ? x : y;
      auto& to = mine ? y : x;
      from.does([other = to.id(), on = random() % 2 == 0](process& self) {
        if (on)
          self.link(other);
        else
          self.unlink(other);
      });
      if (random() % 2 == 0)
        c.run();
    }
    auto rounds = random() % 3;
    if (rounds > 0)
      c.run();
    for (uint64_t i = 0; i < rounds; ++i) // each is one more chance for a stale signal
      x.does([other = y.id()](process& self) {
        self.unlink(other);
        self.link(other);
      });
    c.run();
    auto links_of = [&](const puppet& p) {
      auto result = std::make_shared<size_t>();
      p.does([result](process& self) { *result = self.links().size(); });
      c.run();
      return *result;
    };
    auto links = links_of(x);
    CHECK(links_of(y) == links);
    if (rounds > 0)
      CHECK(links == 1);
    for (auto name : {"a", "b"})
      CHECK(c.at(name).kernel()->snapshot().links == links);
    CHECK(x.mail().empty());
    CHECK(y.mail().empty());
    end(y, atom{"gone"});
    c.run();
    CHECK(x.mail().size() == links);
  }
}

TEST_CASE("process: exits travel along a chain of links across nodes") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    cluster c{{"a", "b", "c"}, seed};
    auto x = c.spawn("a", "x", false);
    auto y = c.spawn("b", "y", false);
    auto z = c.spawn("a", "z");
    auto w = c.spawn("c", "w", false);
    link(x, y);
    link(y, w);
    link(w, z);
    c.run();
    end(x, atom{"spark"});
    c.run();
    CHECK(z.mail() == texts{"{:EXIT, :w, :spark}"});
    CHECK_FALSE(y.is_alive());
    CHECK_FALSE(w.is_alive());
  }
}
