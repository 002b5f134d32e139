#include "troupe/internal/turn_order.hpp"

#include <doctest/doctest.h>

using troupe::internal::turn_order;

TEST_CASE("turn_order: each so-many-th turn begins with the common queue") {
  turn_order order;
  for (uint32_t round = 0; round < 3; ++round) {
    for (uint32_t i = 1; i < turn_order::common_turns; ++i)
      CHECK_FALSE(order.next_is_common());
    CHECK(order.next_is_common());
  }
}

TEST_CASE("turn_order: the slot is shut after so many turns until others were served") {
  turn_order order;
  for (uint32_t i = 0; i < turn_order::slot_turns; ++i) {
    CHECK(order.slot_allowed());
    order.took_from_slot();
  }
  CHECK_FALSE(order.slot_allowed());
  order.others_served();
  CHECK(order.slot_allowed());
}
