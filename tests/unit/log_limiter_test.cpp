#include "troupe/dist/log_limiter.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace troupe;
using dist::log_limiter;

namespace {

/// Asks until a line is not allowed; returns how many were.
size_t use_up(log_limiter& limiter, clock::time_point now) {
  size_t n = 0;
  while (limiter.ask(now).allowed)
    ++n;
  return n;
}

} // namespace

TEST_CASE("log_limiter: so many lines a second are allowed, from the first moment on") {
  for (auto start : {clock::time_point{}, clock::time_point{} + 1h}) {
    log_limiter limiter;
    CHECK(use_up(limiter, start) == limits::peer_log_lines_per_second);
    CHECK_FALSE(limiter.ask(start + 999ms).allowed);
  }
}

TEST_CASE("log_limiter: the first line of the next second says how many were left out, once") {
  log_limiter limiter;
  clock::time_point now{};
  use_up(limiter, now);
  limiter.ask(now);
  limiter.ask(now + 500ms);
  auto next = limiter.ask(now + 1s);
  CHECK(next.allowed);
  CHECK(next.left_out == 3);
  CHECK(limiter.ask(now + 1s).left_out == 0);
}

TEST_CASE("log_limiter: a quiet time does not save lines up") {
  log_limiter limiter;
  CHECK(use_up(limiter, clock::time_point{} + 1h) == limits::peer_log_lines_per_second);
}
