#include "troupe/dist/monitor_table.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using dist::monitor_table;

namespace {

const pid local{atom{"a@h"}, 11, 1};
const pid remote{atom{"b@h"}, 22, 1};

reference ours(uint64_t id) {
  return {atom{"a@h"}, 11, id};
}

monitor_table::entry outgoing(uint64_t id) {
  return {ours(id), local, remote, {}, true};
}

} // namespace

TEST_CASE("monitor_table: n monitors of one process are n entries") {
  monitor_table monitors;
  monitors.add(outgoing(1));
  monitors.add(outgoing(2));
  CHECK(monitors.size() == 2);
}

TEST_CASE("monitor_table: a monitor that was removed is returned with what is known of it") {
  monitor_table monitors;
  monitors.add({ours(1), local, {}, atom{"logger"}, true});
  auto x = monitors.remove(ours(1));
  REQUIRE(x);
  CHECK(x->ref == ours(1));
  CHECK(x->local == local);
  CHECK_FALSE(x->remote);
  CHECK(x->name == atom{"logger"});
  CHECK(x->outgoing);
  CHECK_FALSE(monitors.remove(ours(1)));
}

TEST_CASE("monitor_table: equal numbers of two nodes are different monitors") {
  monitor_table monitors;
  monitors.add(outgoing(1));
  monitors.add({{atom{"b@h"}, 22, 1}, local, remote, {}, false});
  CHECK(monitors.size() == 2);
  CHECK_FALSE(monitors.remove({atom{"b@h"}, 22, 1})->outgoing);
  CHECK(monitors.remove(ours(1))->outgoing);
}

TEST_CASE("monitor_table: the loss of a connection takes every monitor once, oldest first") {
  monitor_table monitors;
  for (uint64_t id : {3, 1, 2})
    monitors.add(outgoing(id));
  auto all = monitors.take_all();
  REQUIRE(all.size() == 3);
  for (uint64_t i = 0; i < 3; ++i)
    CHECK(all[i].ref == ours(i + 1));
  CHECK(monitors.size() == 0);
  CHECK(monitors.take_all().empty());
}
