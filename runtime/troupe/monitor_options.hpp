// How a monitor tells of an end, and how long an alias takes messages.
//
// Erlang counterpart: the options of alias/1 and monitor/3. Differences: `reply` is a life like the
// others, as it ends with the first message or with `unalias`, whichever comes first.
// Threads: values.

#pragma once

#include "troupe/term.hpp"

#include <cstdint>
#include <optional>

namespace troupe {

/// How long messages to an alias arrive. It always ends with its process, and with `unalias`.
enum class alias_life : uint8_t {
  none,             ///< There is no alias.
  explicit_unalias, ///< As long as its process does not give it up.
  reply,            ///< Until the first message has come through it.
  demonitor,        ///< Until the monitor that it belongs to is gone: given up, or its DOWN came.
  reply_demonitor,  ///< The same; the first message through it takes the monitor away.
};

struct monitor_options {
  alias_life alias = alias_life::none; ///< The monitor's reference is an alias of the watcher.
  std::optional<term> tag{};           ///< What DOWN has in place of `:DOWN` (rule M-13).
};

} // namespace troupe
