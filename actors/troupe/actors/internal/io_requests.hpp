// What the requests of the I/O protocol ask for.
//
// Erlang counterpart: the request part of the I/O protocol.
// Threads: values and pure functions.

#pragma once

#include "troupe/term.hpp"

#include <string>
#include <variant>
#include <vector>

namespace troupe::actors::internal {

struct put_chars {
  std::string text;
};
struct get_line {
  std::string prompt;
  bool console = false; ///< `{:get_console_line, prompt}`, of the console itself.
};
struct console_prompt { ///< `{:console_prompt, prompt}` changes the prompt of that read.
  std::string prompt;
};
struct get_chars {
  std::string prompt;
  int64_t count = 0;
};
struct get_geometry {
  bool columns = false;
};
struct get_options {};
struct set_options {
  std::vector<term> options;
};
struct batch {
  std::vector<term> requests;
};
/// The request is wrong or not supported; what is answered instead.
struct refusal {
  term reply;
};

using io_request = std::variant<put_chars, get_line, get_chars, console_prompt, get_geometry,
                                get_options, set_options, batch, refusal>;

/// Decodes a request: both the forms with an encoding and the old ones without.
[[nodiscard]] io_request decode_request(const term& x);

/// Returns `{:error, reason}`.
[[nodiscard]] term io_error(std::string_view reason);

/// Options of a group leader that programs set and read (rule IO-14).
struct io_options {
  bool binary = true;
  bool echo = true;
  std::string encoding = "unicode";

  /// Applies `setopts`; returns `:ok` or `{:error, :enotsup}`, in which case nothing is changed.
  term set(const std::vector<term>& options);
  /// The answer to `getopts`.
  [[nodiscard]] term list() const;
  /// Text as reads return it: a binary, or a list of characters.
  [[nodiscard]] term text(const std::string& x) const;
};

} // namespace troupe::actors::internal
