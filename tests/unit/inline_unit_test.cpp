#include "troupe/internal/inline_unit.hpp"

#include "support/job.hpp"
#include "troupe/internal/caf_system.hpp"
#include "troupe/internal/write_batch.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace troupe::internal;
using troupe::test::job;

namespace {

/// A unit whose scheduler runs nothing: what is handed over stays in its queue.
struct fixture {
  caf_system system{{1, true, false}};
  inline_unit unit{&system.get()};

  ~fixture() {
    unit.hand_over();
    handed_over().clear();
  }
  std::deque<caf::resumable*>& handed_over() {
    return static_cast<caf::scheduler::test_coordinator&>(system.get().scheduler()).jobs;
  }
};

} // namespace

TEST_CASE("inline_unit: runs what waits in its order, and what comes meanwhile behind it") {
  fixture x;
  std::string order;
  job third{[&](auto*) { order += '3'; }};
  job first{[&](auto* unit) {
    order += '1';
    unit->exec_later(&third);
  }};
  job second{[&](auto*) { order += '2'; }};
  CHECK(x.unit.empty());
  x.unit.exec_later(&first);
  x.unit.exec_later(&second);
  CHECK_FALSE(x.unit.empty());
  x.unit.run();
  CHECK(order == "123");
  CHECK(x.unit.empty());
  CHECK(x.handed_over().empty());
  CHECK(first.references == 0); // the one that came with the job
}

TEST_CASE("inline_unit: who wants to go on goes on elsewhere, with its reference") {
  fixture x;
  job one{{}, caf::resumable::resume_later};
  x.unit.exec_later(&one);
  x.unit.run();
  CHECK(one.runs == 1);
  CHECK(one.references == 1);
  REQUIRE(x.handed_over().size() == 1);
  CHECK(x.handed_over().front() == &one);
}

TEST_CASE("inline_unit: what is left of a batch that takes long goes to the scheduler") {
  fixture x;
  job busy{[](auto*) {
    auto until = std::chrono::steady_clock::now() + 2 * inline_unit::batch_max;
    while (std::chrono::steady_clock::now() < until) {
    }
  }};
  job rest;
  x.unit.exec_later(&busy);
  x.unit.exec_later(&rest);
  x.unit.run();
  CHECK(busy.runs == 1);
  CHECK(rest.runs == 0);
  CHECK(x.handed_over().size() == 1);
}

TEST_CASE("inline_unit: one that gave up takes nothing until it begins again") {
  fixture x;
  job waits, late, later;
  x.unit.exec_later(&waits);
  x.unit.give_up();
  x.unit.exec_later(&late);
  CHECK(x.unit.empty());
  CHECK(x.handed_over().size() == 2);
  x.unit.begin();
  x.unit.exec_later(&later);
  CHECK_FALSE(x.unit.empty());
  x.unit.run();
  CHECK(later.runs == 1);
  CHECK(waits.runs == 0);
}

TEST_CASE("inline_unit: a process that loses the transport has the others run elsewhere") {
  fixture x;
  job other, woken;
  job slow{[&](auto* unit) {
    x.unit.give_up(); // as the thread that takes over does meanwhile
    unit->exec_later(&woken);
  }};
  x.unit.exec_later(&slow);
  x.unit.exec_later(&other);
  x.unit.run();
  CHECK(other.runs + woken.runs == 0);
  CHECK(x.handed_over().size() == 2);
}

TEST_CASE("inline_unit: what its processes send leaves together") {
  fixture x;
  write_batch* first_batch = nullptr;
  write_batch* second_batch = nullptr;
  job first{[&](auto*) { first_batch = write_batch::current(); }};
  job second{[&](auto*) { second_batch = write_batch::current(); }};
  x.unit.exec_later(&first);
  x.unit.exec_later(&second);
  x.unit.run();
  CHECK(first_batch != nullptr);
  CHECK(first_batch == second_batch);
  CHECK(write_batch::current() == nullptr);
}
