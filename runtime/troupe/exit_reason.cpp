#include "troupe/exit_reason.hpp"

#include "troupe/inspect.hpp"
#include "troupe/spawn.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>

namespace troupe::exit_reason {

namespace {

constexpr auto category = caf::atom("troupe");

} // namespace

term of(const std::exception& thrown) {
  static const atom struct_key{"__struct__"};
  static const atom exception_key{"__exception__"};
  auto fields = term::map({{struct_key, atom{"Elixir.RuntimeError"}},
                           {exception_key, true},
                           {atom{"message"}, thrown.what()}});
  return term::tuple({fields, term::empty_list()});
}

term of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const exit_request& x) {
    return x.reason;
  } catch (const std::exception& x) {
    return of(x);
  } catch (...) {
    return term::tuple({atom{"nocatch"}, term::empty_list()});
  }
}

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
