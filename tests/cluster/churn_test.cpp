#include "support/cluster.hpp"
#include "support/texts.hpp"

#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::puppet;
using test::texts;

constexpr uint64_t seeds = 20;

namespace {

const std::array<std::string, 3> names{"a", "b", "c"};

task<> rest(process& self) {
  auto waiting = self.receive<term>();
  co_await std::move(waiting);
}

/// Three nodes to which everything happens, and on each a process that watches others and counts.
class churn {
public:
  explicit churn(uint64_t seed) : c_({"a", "b", "c"}, seed, quick()), random_(seed) {
    for (auto& n : names)
      settle_in(n);
  }

  void one_thing() {
    trouble();
    for (int i = 0; i < 3; ++i)
      relate();
    c_.advance(std::chrono::milliseconds{random_() % 2500});
  }

  void calm_down() {
    for (auto& n : names) {
      c_.thaw(n);
      for (auto& m : names)
        c_.heal(n, m);
    }
    c_.advance(30s);
    c_.ping({{"a", "b"}, {"b", "c"}, {"c", "a"}});
    c_.advance(30s);
    CHECK(c_.nodes("a") == "b c");
    CHECK(c_.nodes("b") == "a c");
    CHECK(c_.nodes("c") == "a b");
    for (auto& [n, x] : homes_)
      x.target.does([](process& self) { self.exit(atom{"end"}); });
    c_.advance(30s);
  }

  void check() {
    for (auto& [n, x] : homes_) {
      CAPTURE(n);
      auto mail = x.watcher.mail();
      auto count = [&](const std::string& start) {
        return std::ranges::count_if(mail, [&](auto& t) { return t.starts_with(start); });
      };
      CHECK(count("{:DOWN, ") == x.asked->monitors);
      CHECK(count("{:spawn_reply, ") == x.asked->spawns);
      CHECK(count("{:EXIT, ") <= x.asked->links);
      auto counts = c_.at(n).kernel()->snapshot();
      CHECK(counts.connections == 2);
      CHECK(counts.handshakes == 0);
      CHECK(counts.links == 0);
      CHECK(counts.monitors == 0);
      CHECK(counts.spawns == 0);
      CHECK(counts.held == 0);
    }
  }

private:
  struct tally {
    int monitors = 0, links = 0, spawns = 0;
  };
  struct home {
    puppet watcher, target;
    std::shared_ptr<tally> asked;
  };

  static cluster::settings quick() {
    cluster::settings result;
    result.ticktime = 4s;
    return result;
  }

  const std::string& any() { return names[random_() % names.size()]; }

  void settle_in(const std::string& n) {
    homes_[n] = {c_.spawn(n, "watcher"), c_.spawn(n, "target", false), std::make_shared<tally>()};
    targets_.push_back(homes_[n].target.id());
  }

  void trouble() {
    auto& n = any();
    auto& m = any();
    if (n == m)
      return;
    switch (random_() % 12) {
      case 0: return c_.cut(n, m);
      case 1: return c_.cut(n, m, cluster::ending::reset);
      case 2: return c_.silence(n, m);
      case 3: return c_.network().mute(n, m);
      case 4: return c_.freeze(n);
      case 5: return c_.thaw(n);
      case 6: c_.stop(n); break;
      case 7: c_.kill(n); break;
      case 8: c_.power_off(n); break;
      default: return c_.heal(n, m);
    }
    c_.advance(std::chrono::milliseconds{random_() % 2000});
    c_.restart(n);
    settle_in(n);
  }

  void relate() {
    auto& x = homes_.at(any());
    auto to = targets_[random_() % targets_.size()];
    x.watcher.does([to, asked = x.asked, what = random_() % 4](process& self) {
      switch (what) {
        case 0:
          self.monitor(to);
          ++asked->monitors;
          return;
        case 1:
          self.link(to);
          ++asked->links;
          return;
        case 2: return self.unlink(to);
        case 3:
          self.spawn_request_at(to.node, internal::call_of<internal::named<rest>>(*self.bridge()),
                                {});
          ++asked->spawns;
          return;
      }
    });
  }

  cluster c_;
  std::mt19937_64 random_;
  std::map<std::string, home> homes_;
  std::vector<pid> targets_;
};

} // namespace

TEST_CASE("net_kernel: whatever happens, each monitor fires once, each request is answered once, "
          "and nodes agree") {
  for (uint64_t seed = 0; seed < 2 * seeds; ++seed) {
    CAPTURE(seed);
    churn c{seed};
    for (int i = 0; i < 25; ++i)
      c.one_thing();
    c.calm_down();
    c.check();
  }
}
