// Standard input and output of a process, wherever its group leader is.
//
// Erlang counterpart: io, with the requests of the I/O protocol.
// Threads: confined to the process it belongs to.

#pragma once

#include "troupe/fwd.hpp"
#include "troupe/task.hpp"
#include "troupe/term.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace troupe {

class io {
public:
  explicit io(process& owner) : owner_(&owner) {}

  /// Writes a line; done when the group leader has taken it. Yields `:ok`, or `{:error, reason}`:
  /// `terminated` when the group leader or its node is gone (IO-06).
  template <class... As>
  [[nodiscard]] task<term> println(fmt::format_string<As...> format, As&&... as) {
    return put_chars(fmt::format(format, std::forward<As>(as)...) + "\n");
  }
  template <class... As>
  [[nodiscard]] task<term> print(fmt::format_string<As...> format, As&&... as) {
    return put_chars(fmt::format(format, std::forward<As>(as)...));
  }
  [[nodiscard]] task<term> put_chars(std::string text);

  /// Reads a line. Yields it as a binary with its newline, `:eof`, or `{:error, reason}`.
  [[nodiscard]] task<term> get_line(std::string prompt);
  /// Reads `count` characters.
  [[nodiscard]] task<term> get_chars(std::string prompt, int64_t count);

  /// Sends any request of the I/O protocol to `server` and yields its reply.
  [[nodiscard]] static task<term> request(process& self, term server, term what);

private:
  process* owner_;
};

} // namespace troupe
