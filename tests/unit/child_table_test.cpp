#include "troupe/actors/internal/child_table.hpp"

#include "troupe/actors/internal/child_ending.hpp"
#include "troupe/exit_reason.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::internal;
using supervisor::restart;
using supervisor::strategy;

namespace {

using keys = std::vector<child_key>;

pid pid_of(uint64_t id) {
  return {atom{"a@mem"}, 7, id};
}

child child_of(const char* id, restart how = restart::permanent) {
  child x;
  x.spec.id = atom{id};
  x.spec.restart = how;
  return x;
}

/// a, b (temporary), c, d, with keys from 1 and pids from 11.
child_table table_of(strategy how) {
  child_table t{how};
  for (auto id : {"a", "b", "c", "d"}) {
    auto temporary = std::string{id} == "b";
    auto key = t.add(child_of(id, temporary ? restart::temporary : restart::permanent));
    t.running(key, pid_of(10 + key));
  }
  return t;
}

const term failed = atom{"failed"};
const term shutdown_with = term::tuple({exit_reason::shutdown, atom{"x"}});

} // namespace

TEST_CASE("child_table: a permanent child is restarted and reported whatever its reason") {
  auto x = child_of("a", restart::permanent);
  for (auto& reason : {failed, term{exit_reason::normal}, term{exit_reason::shutdown}}) {
    auto v = child_table::judge(x, reason);
    CHECK(v.restart);
    CHECK(v.report);
  }
}

TEST_CASE("child_table: a transient child is restarted unless it ended as it should") {
  auto x = child_of("a", restart::transient);
  CHECK(child_table::judge(x, failed).restart);
  CHECK(child_table::judge(x, exit_reason::killed).report);
  for (auto& reason : {term{exit_reason::normal}, term{exit_reason::shutdown}, shutdown_with}) {
    auto v = child_table::judge(x, reason);
    CHECK_FALSE(v.restart);
    CHECK_FALSE(v.report);
  }
}

TEST_CASE("child_table: a temporary child is never restarted, its failure is reported") {
  auto x = child_of("a", restart::temporary);
  CHECK_FALSE(child_table::judge(x, failed).restart);
  CHECK(child_table::judge(x, failed).report);
  CHECK_FALSE(child_table::judge(x, shutdown_with).report);
}

TEST_CASE("child_table: one_for_one restarts the child that ended and no other") {
  auto t = table_of(strategy::one_for_one);
  t.restarting(3);
  auto plan = t.plan_restart(3);
  CHECK(plan.stop.empty());
  CHECK(plan.start == keys{3});
}

TEST_CASE("child_table: rest_for_one restarts what was started later, temporary children not") {
  auto t = table_of(strategy::rest_for_one);
  SUBCASE("the first ended") {
    t.restarting(1);
    auto plan = t.plan_restart(1);
    CHECK(plan.stop == keys{4, 3, 2});
    CHECK(plan.start == keys{1, 3, 4});
  }
  SUBCASE("the last ended") {
    t.restarting(4);
    auto plan = t.plan_restart(4);
    CHECK(plan.stop.empty());
    CHECK(plan.start == keys{4});
  }
}

TEST_CASE("child_table: one_for_all restarts all, also those that had ended before") {
  auto t = table_of(strategy::one_for_all);
  t.stopped(1);
  t.restarting(3);
  auto plan = t.plan_restart(3);
  CHECK(plan.stop == keys{4, 2});
  CHECK(plan.start == keys{1, 3, 4});
}

TEST_CASE("child_table: what stopped stays in the table unless it is temporary") {
  auto t = table_of(strategy::one_for_one);
  t.stopped(1);
  t.stopped(2);
  REQUIRE(t.find(1));
  CHECK(t.find(1)->now == child::state::stopped);
  CHECK_FALSE(t.find(1)->id);
  CHECK_FALSE(t.find(2));
  CHECK_FALSE(t.find_pid(pid_of(11)));
  CHECK(t.find_id(atom{"a"}) == child_key{1});
  CHECK_FALSE(t.find_id(atom{"b"}));
}

TEST_CASE("child_table: a child whose start failed keeps the pid that it had") {
  auto t = table_of(strategy::one_for_one);
  t.restarting(3);
  CHECK(t.find_pid(pid_of(13)) == child_key{3});
  t.running(3, pid_of(99));
  CHECK_FALSE(t.find_pid(pid_of(13)));
  CHECK(t.find_pid(pid_of(99)) == child_key{3});
}

TEST_CASE("child_table: children are ended in the opposite of their order") {
  auto t = table_of(strategy::one_for_one);
  t.restarting(3);
  CHECK(t.stop_order() == keys{4, 2, 1});
}

TEST_CASE("child_table: a dynamic table has no ids and forgets what stopped") {
  auto t = table_of(strategy::simple_one_for_one);
  CHECK_FALSE(t.find_id(atom{"a"}));
  CHECK(t.plan_restart(2).start == keys{2});
  t.stopped(1);
  CHECK(t.size() == 3);
}

TEST_CASE("child_table: counts tell workers from supervisors and running ones from all") {
  auto t = table_of(strategy::one_for_one);
  auto x = child_of("s");
  x.spec.type = supervisor::child_type::supervisor;
  t.add(x);
  auto counts = t.count();
  CHECK(counts.specs == 5);
  CHECK(counts.active == 4);
  CHECK(counts.supervisors == 1);
  CHECK(counts.workers == 4);
}

TEST_CASE("child_ending: which reasons are right for a child that was told to end") {
  CHECK(is_good_ending(false, true, exit_reason::shutdown));
  CHECK_FALSE(is_good_ending(false, true, exit_reason::normal));
  CHECK_FALSE(is_good_ending(false, true, shutdown_with));
  CHECK(is_good_ending(false, false, exit_reason::normal));
  CHECK(is_good_ending(false, false, shutdown_with));
  CHECK_FALSE(is_good_ending(false, false, exit_reason::killed));
  CHECK(is_good_ending(true, true, exit_reason::killed));
  CHECK_FALSE(is_good_ending(true, true, exit_reason::shutdown));
  CHECK(is_good_ending(true, false, exit_reason::shutdown));
}
