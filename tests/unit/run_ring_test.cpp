#include "troupe/internal/run_ring.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using troupe::internal::run_ring;

namespace {

/// Jobs are only passed on here, never looked into.
run_ring::job numbered(uintptr_t i) {
  return reinterpret_cast<run_ring::job>(i);
}

uintptr_t number(run_ring::job x) {
  return reinterpret_cast<uintptr_t>(x);
}

} // namespace

TEST_CASE("run_ring: jobs come out in the order in which they went in") {
  run_ring ring;
  CHECK(ring.pop() == nullptr);
  for (uintptr_t i = 1; i <= 3; ++i)
    CHECK(ring.push(numbered(i)));
  CHECK(ring.size() == 3);
  for (uintptr_t i = 1; i <= 3; ++i)
    CHECK(number(ring.pop()) == i);
  CHECK(ring.pop() == nullptr);
  CHECK(ring.size() == 0);
}

TEST_CASE("run_ring: a full one takes no more, until there is room") {
  run_ring ring;
  for (uintptr_t i = 1; i <= run_ring::capacity; ++i)
    CHECK(ring.push(numbered(i)));
  CHECK_FALSE(ring.push(numbered(1)));
  CHECK(number(ring.pop()) == 1);
  CHECK(ring.push(numbered(run_ring::capacity + 1)));
  CHECK_FALSE(ring.push(numbered(1)));
}

TEST_CASE("run_ring: the older half goes, and of an odd number the greater one") {
  run_ring ring;
  run_ring::batch half;
  CHECK(ring.take_half(half) == 0);
  for (uintptr_t i = 1; i <= 5; ++i)
    CHECK(ring.push(numbered(i)));
  REQUIRE(ring.take_half(half) == 3);
  for (uintptr_t i = 0; i < 3; ++i)
    CHECK(number(half[i]) == i + 1);
  CHECK(ring.take_half(half) == 1);
  CHECK(number(half[0]) == 4);
  CHECK(number(ring.pop()) == 5);
  CHECK(ring.take_half(half) == 0);
}

TEST_CASE("run_ring: while others take halves, each job is had exactly once") {
  constexpr uintptr_t count = 200'000;
  run_ring ring;
  std::vector<std::atomic<int>> had(count + 1);
  std::atomic<bool> ended{false};
  auto thief = [&] {
    run_ring::batch half;
    while (!ended)
      for (size_t i = 0, n = ring.take_half(half); i < n; ++i)
        ++had[number(half[i])];
  };
  std::thread first{thief};
  std::thread second{thief};
  for (uintptr_t i = 1; i <= count; ++i) {
    while (!ring.push(numbered(i)))
      if (auto x = ring.pop())
        ++had[number(x)];
    if (i % 3 == 0)
      if (auto x = ring.pop())
        ++had[number(x)];
  }
  while (auto x = ring.pop())
    ++had[number(x)];
  ended = true;
  first.join();
  second.join();
  size_t wrong = 0;
  for (uintptr_t i = 1; i <= count; ++i)
    wrong += had[i] != 1;
  CHECK(wrong == 0);
}
