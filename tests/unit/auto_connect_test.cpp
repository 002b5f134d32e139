#include "troupe/dist/auto_connect.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace troupe;
using namespace troupe::dist;

namespace {

const atom a{"a@h"};
const atom b{"b@h"};

} // namespace

TEST_CASE("auto_connect: always, never, and until a connection was lost") { // CONN-11, CONN-11c
  auto_connect_policy always{auto_connect::always}, never{auto_connect::never},
    once{auto_connect::once};
  for (auto* x : {&always, &never, &once})
    x->lost(a);
  CHECK(always.allows(a));
  CHECK_FALSE(never.allows(a));
  CHECK_FALSE(never.allows(b));
  CHECK_FALSE(once.allows(a));
  CHECK(once.allows(b));
  for (auto* x : {&never, &once})
    x->connected(a);
  CHECK_FALSE(never.allows(a));
  CHECK(once.allows(a));
}

TEST_CASE("auto_connect: it remembers so many nodes and no more, the latest among them") {
  auto_connect_policy once{auto_connect::once};
  for (size_t i = 0; i < 2 * limits::connections_max; ++i) {
    atom name{"n" + std::to_string(i) + "@h"};
    once.lost(name);
    CHECK_FALSE(once.allows(name));
  }
  size_t barred = 0;
  for (size_t i = 0; i < 2 * limits::connections_max; ++i)
    barred += once.allows(atom{"n" + std::to_string(i) + "@h"}) ? 0 : 1;
  CHECK(barred == limits::connections_max);
}
