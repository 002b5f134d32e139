// Where log lines go when the program has no better place.
//
// Erlang counterpart: logger_std_h.
// Threads: the functions returned here may be called from any thread.

#pragma once

#include "troupe/internal/node_core.hpp"
#include "troupe/result.hpp"

#include <string>

namespace troupe::internal {

/// Returns a function that appends lines to the file, or to standard error when `path` is empty.
[[nodiscard]] result<node_core::log_function> make_log_sink(const std::string& path);

/// Returns `f` for lines of `lowest` level and above.
[[nodiscard]] node_core::log_function at_level(const std::string& lowest,
                                               node_core::log_function f);

/// Returns `22:13:49.087 [warning] text`, in local time.
[[nodiscard]] std::string format_line(const std::string& level, const std::string& text);

} // namespace troupe::internal
