// Where the cookie comes from when it is not an option.
//
// Erlang counterpart: auth's handling of `~/.erlang.cookie`; the same rule that nobody else may
// read it, but 256 random bits instead of twenty letters. Threads: any thread; reads and writes
// files.

#pragma once

#include "troupe/result.hpp"

#include <cstddef>
#include <string>

namespace troupe {

/// A longer one is refused; Erlang's is an atom.
inline constexpr size_t cookie_bytes_max = 255;

/// Reads a cookie, without the line's end. Returns `errc::invalid_config` with a sentence for the
/// user when others can read the file, when it cannot be read, or when what is in it is no cookie.
[[nodiscard]] result<std::string> read_cookie_file(const std::string& path);

/// Reads `.troupe.cookie` in the directory `home`, or makes it when there is none. Of several nodes
/// that do so at once one makes it and all return the same.
[[nodiscard]] result<std::string> read_or_make_default_cookie(const std::string& home);

} // namespace troupe
