#include "troupe/discovery/read_pacer.hpp"

#include <doctest/doctest.h>

using troupe::discovery::read_pacer;
using namespace std::chrono_literals;

namespace {

const troupe::clock::time_point start{1h};

} // namespace

TEST_CASE("read_pacer: after a believed packet, or none at all, reading goes on at once") {
  read_pacer pacer;
  CHECK(pacer.after(start, 1, 63, 1ms) == 0ms);
  CHECK(pacer.after(start, 1, 0, 1ms) == 0ms);
  CHECK(pacer.after(start, 0, 0, 1ms) == 0ms);
}

TEST_CASE("read_pacer: a read that brought nothing but rejected packets is followed by a rest") {
  read_pacer pacer;
  CHECK(pacer.after(start, 0, 1, 0ms) == read_pacer::rest_min);
  CHECK(pacer.after(start + 1s, 0, 64, 1ms) == 9ms);
  CHECK(pacer.after(start + 2s, 0, 64, 1s) == read_pacer::rest_max);
}

TEST_CASE("read_pacer: all sockets together spend no more than a tenth of the time") {
  read_pacer pacer;
  constexpr auto took = 500us;
  troupe::clock::time_point ready[3] = {start, start, start};
  troupe::clock::duration wasted{};
  auto now = start;
  while (now < start + 10s) {
    auto* next = &ready[0];
    for (auto& x : ready)
      if (x < *next)
        next = &x;
    now = std::max(now, *next) + took;
    wasted += took;
    *next = now + pacer.after(now, 0, 64, took);
  }
  CHECK(wasted <= (now - start) / 10 + 3 * took); // the first reads are free
}
