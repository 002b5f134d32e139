#include "troupe/internal/signal_element.hpp"

#include <utility>

namespace troupe::internal {

namespace {

/// The id of no message of CAF: most others are told apart without a look at their content.
constexpr caf::message_id mark{caf::message_id::default_async_value
                               | caf::message_id::answered_flag_mask};

/// The content of all signals, and of nothing else. Never changed.
caf::empty_type_erased_tuple& no_content() {
  static caf::empty_type_erased_tuple result;
  return result;
}

} // namespace

signal_element::signal_element(signal x)
  : mailbox_element(nullptr, mark, {}), content_(std::move(x)) {}

signal* signal_element::in(caf::mailbox_element& x) {
  // A peer chooses the ids of its requests: the id alone proves nothing.
  if (x.mid != mark || &x.content() != &no_content())
    return nullptr;
  return &static_cast<signal_element&>(x).content_;
}

caf::type_erased_tuple& signal_element::content() {
  return no_content();
}

const caf::type_erased_tuple& signal_element::content() const {
  return no_content();
}

caf::mailbox_element_ptr make_signal_element(signal x) {
  return caf::mailbox_element_ptr{new signal_element{std::move(x)}};
}

} // namespace troupe::internal
