#include "troupe/send_options.hpp"

#include "troupe/internal/node_core.hpp"
#include "troupe/process.hpp"

#include <array>

namespace troupe {

namespace {

/// A process that ends while it is held leaves nothing behind.
struct held_place {
  internal::signal_carrier& carrier;
  atom node;
  reference ref;
  ~held_place() { carrier.let_go(node, ref); }
};

} // namespace

send_result name_calls::send_on(const send_options& how, const pid& to, atom name, caf::message x,
                                const reference& alias) {
  auto& self = *static_cast<process*>(this);
  signal s;
  s.type = alias            ? signal::kind::send_alias
           : name == atom{} ? signal::kind::send
                            : signal::kind::send_name;
  s.ref = alias;
  s.from = self.self();
  s.to = to;
  s.name = name;
  s.payload = std::move(x);
  if (to.node == self.self().node) {
    self.core().route(std::move(s), self.context());
    return send_result::ok;
  }
  if (auto* carrier = self.core().carrier())
    return carrier->carry_if(std::move(s), how);
  return how.noconnect ? send_result::noconnect : send_result::ok; // rule NAME-01e
}

task<> name_calls::wait_while_busy(atom node) {
  auto& self = *static_cast<process*>(this);
  auto* carrier = self.core().carrier();
  if (!carrier || node == self.self().node)
    co_return;
  auto ref = self.core().make_reference();
  if (!carrier->hold(node, self.self(), ref))
    co_return;
  held_place place{*carrier, node, ref};
  auto waiting = self.await_answer(ref, true);
  co_await std::move(waiting);
}

bool name_calls::register_name(atom name) {
  return register_name(name, static_cast<process*>(this)->self());
}

bool name_calls::register_name(atom name, const pid& who) {
  static const std::array none{atom{}, atom{"undefined"}, atom{"true"}, atom{"false"}};
  auto& core = static_cast<process*>(this)->core();
  for (auto x : none)
    if (x == name)
      return false;
  if (!core.is_local(who) || !core.processes().find(who.id).handle)
    return false;
  return core.names().add(name, who);
}

bool name_calls::unregister_name(atom name) {
  return static_cast<process*>(this)->core().names().remove(name);
}

std::optional<pid> name_calls::whereis(atom name) const {
  return static_cast<const process*>(this)->core().names().whereis(name);
}

std::vector<atom> name_calls::registered() const {
  return static_cast<const process*>(this)->core().names().names();
}

} // namespace troupe
