#include "troupe/internal/timer_table.hpp"

#include "troupe/term.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace troupe;
using namespace std::chrono_literals;
using internal::pending_timer;
using internal::timer_table;

namespace {

const atom node{"a@h"};
constexpr clock::time_point start{};

reference ref(uint64_t id) {
  return {node, 5, id};
}

pid process(uint64_t id) {
  return {node, 5, id};
}

pending_timer timer(uint64_t id, clock::duration after, const pid& to) {
  pending_timer x;
  x.ref = ref(id);
  x.due = start + after;
  x.to = to;
  x.name = to ? atom{} : atom{"somebody"};
  return x;
}

std::vector<uint64_t> ids(const std::vector<pending_timer>& xs) {
  std::vector<uint64_t> result;
  for (auto& x : xs)
    result.push_back(x.ref.id);
  return result;
}

using numbers = std::vector<uint64_t>;

/// The same as a list that is searched from end to end.
struct naive {
  struct entry {
    pending_timer timer;
    uint64_t number;
  };
  std::vector<entry> all;
  uint64_t last = 0;

  void add(const pending_timer& x) { all.push_back({x, ++last}); }
  std::optional<clock::time_point> due(const reference& x) const {
    for (auto& e : all)
      if (e.timer.ref == x)
        return e.timer.due;
    return std::nullopt;
  }
  void cancel(const reference& x) {
    std::erase_if(all, [&](auto& e) { return e.timer.ref == x; });
  }
  void forget(const pid& who) {
    std::erase_if(all, [&](auto& e) { return e.timer.to == who; });
  }
  numbers take_due(clock::time_point now, size_t count_max) {
    std::ranges::sort(all, [](auto& x, auto& y) {
      return std::pair{x.timer.due, x.number} < std::pair{y.timer.due, y.number};
    });
    numbers result;
    while (!all.empty() && result.size() < count_max && all[0].timer.due <= now) {
      result.push_back(all[0].timer.ref.id);
      all.erase(all.begin());
    }
    return result;
  }
  std::optional<clock::time_point> next() const {
    std::optional<clock::time_point> result;
    for (auto& e : all)
      if (!result || e.timer.due < *result)
        result = e.timer.due;
    return result;
  }
};

} // namespace

TEST_CASE("timer_table: what is due comes earliest first, equals in the order they were added") {
  timer_table t;
  CHECK_FALSE(t.next());
  CHECK(t.add(timer(1, 20ms, process(7))));
  CHECK(t.add(timer(2, 10ms, process(7))));
  CHECK(t.add(timer(3, 10ms, {})));
  CHECK(t.next() == start + 10ms);
  CHECK(t.take_due(start + 9ms, 10).empty());
  CHECK(ids(t.take_due(start + 10ms, 1)) == numbers{2});
  CHECK(ids(t.take_due(start + 30ms, 10)) == numbers{3, 1});
  CHECK(t.size() == 0);
  CHECK_FALSE(t.due(ref(1)));
}

TEST_CASE("timer_table: a cancelled timer is gone, and tells when it was due") {
  timer_table t;
  CHECK(t.add(timer(1, 20ms, process(7))));
  CHECK(t.due(ref(1)) == start + 20ms);
  CHECK(t.cancel(ref(1)) == start + 20ms);
  CHECK_FALSE(t.cancel(ref(1)));
  CHECK(t.take_due(start + 1h, 10).empty());
}

TEST_CASE("timer_table: timers to a process that ended go, those to names stay") {
  timer_table t;
  CHECK(t.add(timer(1, 20ms, process(7))));
  CHECK(t.add(timer(2, 20ms, process(8))));
  CHECK(t.add(timer(3, 20ms, {})));
  t.forget(process(7));
  t.forget(process(9));
  t.forget(pid{});
  CHECK_FALSE(t.due(ref(1)));
  CHECK(ids(t.take_due(start + 1h, 10)) == numbers{2, 3});
}

TEST_CASE("timer_table: a full table takes no more, a reference is taken once") {
  timer_table t{2};
  CHECK(t.add(timer(1, 1ms, process(7))));
  CHECK_FALSE(t.add(timer(1, 2ms, process(7))));
  CHECK(t.add(timer(2, 1ms, process(7))));
  CHECK_FALSE(t.add(timer(3, 1ms, process(7))));
  t.cancel(ref(1));
  CHECK(t.add(timer(3, 1ms, process(7))));
  t.clear();
  CHECK(t.size() == 0);
  CHECK_FALSE(t.next());
}

TEST_CASE("timer_table: does what a plain list would do") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    timer_table t;
    naive model;
    auto now = start;
    uint64_t last = 0;
    for (int i = 0; i < 400; ++i) {
      auto any = ref(last == 0 ? 1 : 1 + random() % last);
      auto who = process(1 + random() % 5);
      switch (random() % 8) {
        case 0:
        case 1:
        case 2:
        case 3: {
          auto x = timer(++last, now - start + std::chrono::milliseconds{random() % 50},
                         random() % 4 == 0 ? pid{} : who);
          CHECK(t.add(x));
          model.add(x);
          break;
        }
        case 4: {
          auto due = model.due(any);
          CHECK(t.cancel(any) == due);
          model.cancel(any);
          break;
        }
        case 5:
          if (random() % 4 == 0) {
            t.forget(who);
            model.forget(who);
          }
          break;
        default: {
          now += std::chrono::milliseconds{random() % 10};
          auto count = 1 + random() % 4;
          CHECK(ids(t.take_due(now, count)) == model.take_due(now, count));
        }
      }
      CHECK(t.due(any) == model.due(any));
      CHECK(t.next() == model.next());
      CHECK(t.size() == model.all.size());
    }
  }
}
