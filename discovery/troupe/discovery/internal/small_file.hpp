// Files that are read and replaced as a whole, without waiting for anybody.
//
// Erlang counterpart: file:read_file and file:write_file.
// Threads: any; every call is one of few system calls on a local file of bounded size.

#pragma once

#include "troupe/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::discovery::internal {

/// Returns the content of a regular file. Errors are parts of a sentence: `errc::invalid_config`.
[[nodiscard]] result<std::string> read_small_file(const std::string& path, size_t bytes_max);

/// Puts `text` where `path` is, for its owner only; whoever reads meanwhile gets the old content or
/// the new one. `temporary` is a path in the same directory that nobody else writes.
[[nodiscard]] std::optional<error>
replace_small_file(const std::string& path, const std::string& temporary, std::string_view text);

/// Returns the directory part of `path`, "." when there is none.
[[nodiscard]] std::string directory_of(const std::string& path);

/// A file descriptor that closes itself.
class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept;
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor();

  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

private:
  int fd_ = -1;
};

} // namespace troupe::discovery::internal
