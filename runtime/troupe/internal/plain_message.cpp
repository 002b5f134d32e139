#include "troupe/internal/plain_message.hpp"

#include "troupe/dist/proxy.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/message.hpp"

#include <caf/actor_cast.hpp>
#include <caf/atom.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message_builder.hpp>

#include <string>

namespace troupe::internal {

namespace {

void append_atom(caf::message_builder& out, atom x) {
  std::string text{x.text()};
  if (text == "true" || text == "false") {
    out.append(text == "true");
    return;
  }
  // CAF packs ten characters of an alphabet of its own into a number, and drops the rest in
  // silence.
  auto packed = caf::atom_from_string(text);
  if (!text.empty() && to_string(packed) == text)
    out.append(packed);
  else
    out.append(std::move(text));
}

bool append_handle(caf::message_builder& out, const pid& x, actor_bridge& bridge) {
  auto handle = bridge.handle_of(x);
  if (!handle || dynamic_cast<dist::proxy*>(handle->get()))
    return false;
  out.append(caf::actor_cast<caf::actor>(handle));
  return true;
}

bool append(caf::message_builder& out, const term& x, actor_bridge& bridge) {
  switch (x.type()) {
    case term::kind::integer: out.append(x.as_integer()); return true;
    case term::kind::real: out.append(x.as_real()); return true;
    case term::kind::binary: out.append(std::string{x.as_binary()}); return true;
    case term::kind::atom: append_atom(out, x.as_atom()); return true;
    case term::kind::pid: return append_handle(out, x.as_pid(), bridge);
    default: return false;
  }
}

} // namespace

std::optional<caf::message> to_plain_message(const caf::message& x, actor_bridge& bridge) {
  auto plain = true;
  for (size_t i = 0; i < x.size(); ++i)
    plain = plain && x.type(i).first != 0;
  if (plain)
    return x;
  auto content = message_to_term(x.content(), bridge);
  caf::message_builder out;
  if (!content.is(term::kind::tuple))
    return append(out, content, bridge) ? std::optional{out.move_to_message()} : std::nullopt;
  for (auto& element : content.as_tuple())
    if (!append(out, element, bridge))
      return std::nullopt;
  return out.move_to_message();
}

// -- of node_core ---------------------------------------------------------------------------------

bool node_core::is_foreign(const caf::actor_control_block* x) const noexcept {
  return x->nid != system_->node();
}

void node_core::deliver_to_foreign(const caf::strong_actor_ptr& to, signal x,
                                   caf::execution_unit* eu) {
  auto plain = to_plain_message(x.payload, *this);
  if (!plain)
    return log("warning", "a message to " + to_string(to)
                            + " is lost: plain CAF programs know numbers, atoms, strings and"
                              " processes of this node only");
  auto mid = x.number == 0 ? caf::make_message_id() : caf::message_id{x.number};
  auto sender = is_local(x.from) ? handle_of(x.from) : nullptr; // others are not reached from there
  to->enqueue(caf::make_mailbox_element(std::move(sender), mid, {}, std::move(*plain)), eu);
}

} // namespace troupe::internal
