// The directory where the nodes of one user on one host leave word of themselves.
//
// Erlang counterpart: the port mapper, without a program that has to run.
// Threads: any; every call is a few system calls on a local file system. `publish` and `withdraw`
// not at once.
//
// Each node has two files: one with its announcement, and an empty one, `<file>.lock`, which it
// keeps locked for as long as it lives. The kernel drops the lock however the node ends, so files
// whose lock is free are of the dead. Whoever finds such files removes them, under that same lock.

#pragma once

#include "troupe/discovery/internal/small_file.hpp"
#include "troupe/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::discovery::internal {

/// Returns `$XDG_RUNTIME_DIR/troupe/nodes`, or `/tmp/troupe-<uid>/nodes` where the former is not
/// there or not ours.
[[nodiscard]] std::string local_base_directory();

/// Returns a word for the network that this program sees: two containers or network namespaces may
/// share files, but 127.0.0.1 is another machine in each.
[[nodiscard]] std::string network_id();

class local_directory {
public:
  /// Makes `path`, and the directories above it that are missing, for this user only. The error is
  /// a whole sentence: the last three directories of the path must be ours, and closed to others.
  [[nodiscard]] static result<local_directory> open(const std::string& path);

  enum class published : uint8_t {
    done,
    taken, ///< A program that lives has the file, or looks at it just now: try again.
  };
  /// Writes `text` into `file`, and locks it. Errors are whole sentences.
  [[nodiscard]] result<published> publish(const std::string& file, std::string_view text);
  /// Removes what was published, and unlocks.
  void withdraw();
  /// Whether what was published is still there.
  [[nodiscard]] bool is_published() const;

  /// Returns the files of nodes, without their locks; limits::peers_max at the most. A lock that
  /// the dead left alone is removed.
  [[nodiscard]] std::vector<std::string> list() const;
  /// Returns what `file` says, if its node lives; else removes it.
  [[nodiscard]] std::optional<std::string> read(const std::string& file) const;

  /// Returns the file that a name in the directory belongs to: that of a lock, or itself; empty for
  /// what is nobody's.
  [[nodiscard]] static std::string file_of(std::string_view name);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
  explicit local_directory(std::string path) : path_(std::move(path)) {}

  std::string at(const std::string& name) const { return path_ + '/' + name; }
  bool removed_as_dead(const std::string& file) const;

  std::string path_;
  std::string file_; // Published.
  descriptor lock_;  // Of it; closed: nothing is published.
};

} // namespace troupe::discovery::internal
