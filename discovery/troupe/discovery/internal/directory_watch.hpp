// Tells of what changes in a directory, by inotify.
//
// Erlang counterpart: none.
// Threads: any; the handler runs on the transport thread, and may run once more while the watch is
// being destroyed.
//
// It is the directory that is watched, not a file: a file that is replaced by renaming, or that is
// a symbolic link into a directory that is swapped (as Kubernetes does), is another file
// afterwards.

#pragma once

#include "troupe/result.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::discovery::internal {

/// What changed. Files are named as they are in the directory.
struct directory_change {
  std::vector<std::string> files;
  bool all = false; ///< Anything may have changed.
};

class directory_watch {
public:
  using handler = std::function<void(directory_change)>;

  /// Errors are parts of a sentence.
  [[nodiscard]] static result<std::unique_ptr<directory_watch>>
  start(boost::asio::io_context& io, const std::string& directory, handler on_change);
  ~directory_watch();
  directory_watch(const directory_watch&) = delete;
  directory_watch& operator=(const directory_watch&) = delete;

  /// Whether the directory is gone, or was moved, so that nothing more will be told.
  [[nodiscard]] bool lost() const;

private:
  class impl;
  explicit directory_watch(std::shared_ptr<impl> x);
  std::shared_ptr<impl> impl_;
};

} // namespace troupe::discovery::internal
