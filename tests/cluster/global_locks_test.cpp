#include "support/global_bench.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace troupe;
using namespace std::chrono_literals;
using test::global_bench;
namespace global = actors::global;

constexpr uint64_t seeds = 10;

namespace {

const std::vector<std::string> three{"a", "b", "c"};
const term lock{atom{"lock"}}, me{atom{"me"}}, you{atom{"you"}};

/// A process that takes the lock and keeps it.
struct holder {
  holder(global_bench& g, const std::string& at, const term& requester)
    : who(g.c.spawn(at, "holder")), got(std::make_shared<std::optional<bool>>()) {
    who.plays([=, out = got](process& self) -> task<> {
      auto locking
        = global::set_lock(self, {lock, requester}, global::all_nodes(self), global::forever);
      *out = co_await std::move(locking);
    });
  }

  test::puppet who;
  std::shared_ptr<std::optional<bool>> got;
};

} // namespace

TEST_CASE("global_names: a lock is one requester's on all nodes (G-15)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    holder x{g, "a", me};
    g.c.run();
    CHECK(*x.got == true);
    for (auto& at : three) {
      CHECK_FALSE(g.set_lock(at, lock, you));
      CHECK(g.set_lock(at, lock, me)); // again, by another process, which ends
      CHECK(g.set_lock(at, atom{"other"}, you));
    }
    g.c.run();
    CHECK_FALSE(g.set_lock("b", lock, you));
    x.who.plays([](process& self) -> task<> {
      auto freeing = global::del_lock(self, {lock, me}, global::all_nodes(self));
      co_await std::move(freeing);
    });
    g.c.run();
    CHECK(g.set_lock("b", lock, you));
  }
}

TEST_CASE("global_names: the end of the holder, or of its node, gives a lock back (G-15)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    holder x{g, "a", me};
    g.c.run();
    holder waits{g, "b", you};
    g.c.advance(5s);
    CHECK_FALSE(waits.got->has_value());
    if (seed % 2 == 0)
      g.c.kill("a");
    else
      g.c.at("a").spawn([id = x.who.id()](process& self) -> task<> {
        self.exit(id, atom{"kill"});
        co_return;
      });
    g.c.advance(10s);
    CHECK(*waits.got == true);
  }
}

TEST_CASE("global_names: trans runs one after the other, and gives the lock back (G-15)") {
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    CAPTURE(seed);
    global_bench g{three, seed};
    g.connect();
    auto inside = std::make_shared<int>(0);
    auto most = std::make_shared<int>(0);
    auto work = [=](process& self) -> task<bool> {
      auto body
        = [](process& me_, std::shared_ptr<int> now, std::shared_ptr<int> max) -> task<int> {
        *max = std::max(*max, ++*now);
        auto pausing = me_.sleep(20ms);
        co_await std::move(pausing);
        co_return --*now;
      };
      auto running = global::trans(self, {lock, self.self()}, body(self, inside, most),
                                   global::all_nodes(self));
      auto done = co_await std::move(running);
      co_return done.has_value();
    };
    std::vector<std::shared_ptr<global_bench::waiting<bool>>> all;
    for (auto& at : three)
      for (int i = 0; i < 2; ++i)
        all.push_back(g.begin<bool>(at, work));
    g.c.run_until([&] { return std::ranges::all_of(all, [](auto& x) { return x->done; }); }, 2min);
    for (auto& x : all)
      CHECK(x->value == true);
    CHECK(*most == 1);
    holder x{g, "a", me};
    g.c.run();
    auto refused = g.ask<bool>("b", [](process& self) -> task<bool> {
      auto body = []() -> task<bool> { co_return true; };
      auto running = global::trans(self, {lock, you}, body(), global::all_nodes(self), 0);
      auto done = co_await std::move(running);
      co_return done.has_value();
    });
    CHECK(refused == false); // aborted
  }
}
