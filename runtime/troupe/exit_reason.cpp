#include "troupe/exit_reason.hpp"

#include "troupe/inspect.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>

namespace troupe::exit_reason {

namespace {

constexpr auto category = caf::atom("troupe");

} // namespace

caf::error to_caf(const term& reason) {
  if (reason.is_atom(normal))
    return {};
  if (reason.is_atom(kill) || reason.is_atom(killed))
    return caf::exit_reason::kill;
  if (reason.is_atom(shutdown))
    return caf::exit_reason::user_shutdown;
  if (reason.is_atom(noconnection))
    return caf::exit_reason::remote_link_unreachable;
  return {1, category, caf::make_message(inspect_term(reason, {.width = 0}))};
}

term from_caf(const caf::error& x) {
  if (!x)
    return normal;
  if (x == caf::exit_reason::kill)
    return killed;
  if (x == caf::exit_reason::user_shutdown)
    return shutdown;
  if (x == caf::exit_reason::remote_link_unreachable)
    return noconnection;
  return term{to_string(x)};
}

} // namespace troupe::exit_reason
