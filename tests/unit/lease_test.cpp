#include "troupe/internal/lease.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using troupe::internal::lease;

TEST_CASE("lease: a loan that nobody took over is reclaimed, and cannot be taken afterwards") {
  lease x;
  CHECK_FALSE(lease::is_lent(x.look()));
  CHECK_FALSE(x.take_over(x.look())); // the holder keeps what it did not lend
  auto lent = x.lend();
  auto seen = x.look();
  CHECK(lease::is_lent(seen));
  CHECK(x.reclaim(lent));
  CHECK_FALSE(x.take_over(seen));
  CHECK_FALSE(x.reclaim(lent));
}

TEST_CASE("lease: a loan is taken over once, and then the lender has it no more") {
  lease x;
  auto lent = x.lend();
  auto seen = x.look();
  CHECK(x.take_over(seen));
  CHECK_FALSE(x.take_over(seen));
  CHECK_FALSE(x.reclaim(lent));
  CHECK_FALSE(lease::is_lent(x.look()));
}

TEST_CASE("lease: a newer loan looks different from the one before") {
  lease x;
  auto first = x.lend();
  auto seen = x.look();
  CHECK(x.look() == seen); // nothing happened
  CHECK(x.reclaim(first));
  CHECK(x.look() != seen);
  auto second = x.lend();
  CHECK(x.look() != seen);
  CHECK_FALSE(x.take_over(seen)); // who watched the first loan does not get the second
  CHECK(x.reclaim(second));
}

TEST_CASE("lease: of two threads one holds it at a time, and sees what the other did") {
  constexpr int turns = 2'000;
  lease x;
  int done = 0; // of who holds it; no atomic, so that a sanitizer sees a mistake
  std::atomic<int> takeovers{0};
  auto work = [&](bool holds) {
    for (;;) {
      if (!holds) {
        auto seen = x.look();
        if (!lease::is_lent(seen)) {
          std::this_thread::yield();
          continue;
        }
        if (!(holds = x.take_over(seen)))
          continue;
        ++takeovers;
      }
      auto mine = done < turns ? ++done : done;
      auto lent = x.lend();
      if (mine == turns) // lent for ever, so that the other one ends, too
        return;
      if (mine % 64 == 0)
        std::this_thread::yield();
      holds = x.reclaim(lent);
    }
  };
  std::thread other{[&] { work(false); }};
  work(true);
  other.join();
  CHECK(done == turns);
}
