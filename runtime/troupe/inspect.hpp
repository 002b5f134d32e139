// Terms as text, exactly as iex prints them.
//
// Erlang counterpart: Elixir's `inspect/2` with iex's options.
// Threads: any thread.

#pragma once

#include "troupe/term.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

struct inspect_options {
  /// Columns after which containers break over lines; 0 means never.
  size_t width = 80;
  /// Most elements of one container that are printed before `...`; 0 means all.
  size_t limit = 50;
  /// The node (and its creation) whose pids print as `#PID<0.N.S>`. Pids of other nodes print with
  /// a number that stands for that node in this program, given in the order in which they are met.
  pid viewer{};
};

/// Returns `x` as iex would print it.
[[nodiscard]] std::string inspect_term(const term& x, const inspect_options& options = {});

/// Returns `#PID<A.N.S>` as seen from `viewer`.
[[nodiscard]] std::string inspect_pid(const pid& x, const pid& viewer);

/// Reads `<A.N.S>`, as it was printed for `viewer`, back; nothing for other text, and for a node
/// whose pids were never printed. A node that was restarted is taken as it was printed last.
[[nodiscard]] std::optional<pid> read_pid(std::string_view text, const pid& viewer);

/// Returns `:ok`, `:"a b"`, `nil`, `true`, `Enum` (for `Elixir.Enum`), ...
[[nodiscard]] std::string inspect_atom(atom x);

/// Returns the shortest text that reads back as the same number, in Elixir's form: `1.0`, `1.0e23`.
[[nodiscard]] std::string inspect_real(double x);

/// Returns `text` in double quotes with Elixir's escapes; bytes that are not printable UTF-8 make
/// `inspect_term` use `<<1, 2>>` instead.
[[nodiscard]] std::string inspect_string(std::string_view text);

} // namespace troupe
