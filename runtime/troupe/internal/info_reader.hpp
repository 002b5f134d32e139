// Reads single items about a process: of itself, or what can be seen from outside.
//
// Erlang counterpart: the items of process_info/2.
// Threads: `read` confined to the process; `read_from_outside` any thread.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/fwd.hpp"
#include "troupe/signal.hpp"
#include "troupe/term.hpp"

#include <vector>

namespace troupe::internal {

struct info_reader {
  [[nodiscard]] static const std::vector<atom>& items();
  /// `item` is one of `items`; anything else is `undefined`.
  [[nodiscard]] static term read(process& x, atom item);
  /// The same of a process that does not answer: what it alone knows is `undefined`.
  [[nodiscard]] static term read_from_outside(const process& x, atom item);
  /// Returns `{module, function, arity}` of what a process was started to run.
  [[nodiscard]] static term initial_call(const spawn_what& what);

private:
  using getter = term (*)(process& x);
  struct entry {
    atom name;
    getter get;
  };
  static const std::vector<entry>& entries();
  static std::vector<entry> make_entries();
  static term status(process& x);
  static term messages(process& x);
  static term links(process& x);
  static term monitors(process& x);
  static term monitored_by(process& x);
  static term dictionary(process& x);
  static term memory(process& x);
  static term registered_name(const process& x);
  static term parent(const process& x);
};

} // namespace troupe::internal
