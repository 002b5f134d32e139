#include "troupe/dist/congestion.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <set>
#include <vector>

using namespace troupe;
using dist::congestion;
using dist::held_sender;

namespace {

held_sender sender(uint64_t number) {
  return {{atom{"a@h"}, 11, number}, {atom{"a@h"}, 11, 100 + number}};
}

using senders = std::vector<held_sender>;

} // namespace

TEST_CASE("congestion: it begins above the limit and ends below half of it") {
  congestion x{1000};
  CHECK_FALSE(x.is_busy());
  x.grew(1000);
  CHECK_FALSE(x.is_busy());
  x.grew(1001);
  CHECK(x.is_busy());
  x.grew(900); // still
  CHECK(x.is_busy());
  CHECK(x.shrank(500).empty());
  CHECK(x.is_busy());
  CHECK(x.shrank(499).empty());
  CHECK_FALSE(x.is_busy());
  x.grew(700); // not again before the limit
  CHECK_FALSE(x.is_busy());
  x.grew(5000);
  CHECK(x.is_busy());
}

TEST_CASE("congestion: nobody waits when there is nothing to wait for") {
  congestion x{1000};
  CHECK_FALSE(x.hold(sender(1)));
  x.grew(2000);
  CHECK(x.hold(sender(1)));
  CHECK(x.shrank(400) == senders{sender(1)});
  CHECK_FALSE(x.hold(sender(2)));
  CHECK(x.size() == 0);
}

TEST_CASE("congestion: all who wait go on together, once, in order (MSG-15)") {
  congestion x{1000};
  x.grew(2000);
  for (uint64_t i : {1, 2, 3})
    CHECK(x.hold(sender(i)));
  CHECK(x.shrank(600).empty());
  CHECK(x.size() == 3);
  CHECK(x.shrank(0) == senders{sender(1), sender(2), sender(3)});
  CHECK(x.shrank(0).empty());
  CHECK(x.end().empty());
}

TEST_CASE("congestion: who ends while it waits is forgotten") {
  congestion x{1000};
  x.grew(2000);
  for (uint64_t i : {1, 2, 3})
    CHECK(x.hold(sender(i)));
  x.forget(sender(2).ref);
  x.forget(sender(9).ref);
  CHECK(x.size() == 2);
  CHECK(x.shrank(0) == senders{sender(1), sender(3)});
}

TEST_CASE("congestion: the loss of the connection frees all who wait (MSG-24)") {
  congestion x{1000};
  x.grew(2000);
  CHECK(x.hold(sender(1)));
  CHECK(x.end() == senders{sender(1)});
  CHECK_FALSE(x.is_busy());
  CHECK_FALSE(x.hold(sender(2)));
}

TEST_CASE("congestion: whoever began to wait goes on exactly once or gave up") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    congestion x{1000};
    size_t queued = 0;
    uint64_t last = 0;
    std::set<uint64_t> waiting;
    auto go = [&](const senders& who) {
      for (auto& s : who)
        CHECK(waiting.erase(s.who.id) == 1);
      CHECK((who.empty() || waiting.empty()));
    };
    for (int step = 0; step < 500; ++step) {
      switch (random() % 4) {
        case 0:
          queued += random() % 600;
          x.grew(queued);
          break;
        case 1:
          queued -= random() % (queued + 1);
          go(x.shrank(queued));
          break;
        case 2:
          if (x.hold(sender(++last)))
            waiting.insert(last);
          break;
        default:
          if (!waiting.empty() && random() % 2 == 0) {
            x.forget(sender(*waiting.begin()).ref);
            waiting.erase(waiting.begin());
          }
      }
      CHECK(x.size() == waiting.size());
      CHECK((waiting.empty() || x.is_busy()));
      CHECK((queued <= 1000 || x.is_busy()));
    }
    go(x.end());
    CHECK(waiting.empty());
  }
}
