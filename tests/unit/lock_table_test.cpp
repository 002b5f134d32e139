#include "troupe/actors/internal/lock_table.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::internal;

namespace {

const pid p{atom{"a@x"}, 5, 1}, q{atom{"a@x"}, 5, 2};
const term lock{atom{"lock"}}, me{atom{"me"}}, you{atom{"you"}};

} // namespace

TEST_CASE("lock_table: one requester has a lock, as often as it asks (G-15)") {
  lock_table t;
  CHECK(t.take(lock, me, p));
  CHECK(t.take(lock, me, p));
  CHECK_FALSE(t.take(lock, you, q));
  CHECK(t.requester_of(lock) == me);
  t.give(lock, you, p); // not the requester
  t.give(lock, me, q);  // not a holder
  CHECK_FALSE(t.take(lock, you, q));
  t.give(lock, me, p); // once is enough
  CHECK(t.take(lock, you, q));
  CHECK_FALSE(t.is_holder(p));
}

TEST_CASE("lock_table: processes that are one requester share a lock, the last one frees it") {
  lock_table t;
  CHECK(t.take(lock, me, p));
  CHECK(t.take(lock, me, q));
  t.give(lock, me, p);
  CHECK_FALSE(t.take(lock, you, p));
  t.gone(q);
  CHECK(t.take(lock, you, p));
}

TEST_CASE("lock_table: the end of a process gives back all its locks") {
  lock_table t;
  CHECK(t.take(lock, me, p));
  CHECK(t.take(1, me, p));
  CHECK(t.take(2, you, q));
  t.gone(p);
  t.gone(p);
  CHECK(t.size() == 1);
  CHECK_FALSE(t.requester_of(lock));
  CHECK(t.is_holder(q));
}
