#include "troupe/internal/signal_element.hpp"

#include <caf/make_message.hpp>
#include <doctest/doctest.h>

using troupe::signal;
using troupe::internal::make_signal_element;
using troupe::internal::signal_element;

TEST_CASE("signal_element: a signal lies in its element, which is an empty message to CAF") {
  signal x;
  x.type = signal::kind::down;
  x.number = 7;
  auto element = make_signal_element(std::move(x));
  auto* found = signal_element::in(*element);
  REQUIRE(found);
  CHECK(found->type == signal::kind::down);
  CHECK(found->number == 7);
  CHECK(element->content().size() == 0);
  CHECK_FALSE(element->mid.is_request());
  CHECK(element->copy_content_to_message().empty());
}

TEST_CASE("signal_element: a message is none, whatever id a peer gave it") {
  auto id = make_signal_element({})->mid;
  auto message = caf::make_mailbox_element(nullptr, id, {}, 7);
  CHECK(signal_element::in(*message) == nullptr);
  auto empty = caf::make_mailbox_element(nullptr, id, {}, caf::message{});
  CHECK(signal_element::in(*empty) == nullptr);
}
