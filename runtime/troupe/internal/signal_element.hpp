// How a signal that is no message travels through a mailbox.
//
// Erlang counterpart: none.
// Threads: a value; moved from the sender's thread to the receiver's.

#pragma once

#include "troupe/signal.hpp"

#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/type_erased_tuple.hpp>

namespace troupe::internal {

/// An element that only processes understand: for CAF its content is empty.
class signal_element final : public caf::mailbox_element {
public:
  explicit signal_element(signal x);

  /// Returns the signal in `x`, or null when that is a message.
  [[nodiscard]] static signal* in(caf::mailbox_element& x);

  caf::type_erased_tuple& content() override;
  const caf::type_erased_tuple& content() const override;
  caf::message move_content_to_message() override { return {}; }
  caf::message copy_content_to_message() const override { return {}; }

private:
  signal content_;
};

[[nodiscard]] caf::mailbox_element_ptr make_signal_element(signal x);

} // namespace troupe::internal
