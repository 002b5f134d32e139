// Nodes of the same user on the same host, by files: needs no network but loopback.
//
// Erlang counterpart: libcluster's LocalEpmd strategy, which asks the port mapper.
// Threads: see source.hpp; one mutex guards the directory.
//
// The files are signed like packets, so that nodes with another cookie or of another cluster are
// not seen. An end is noticed at once, also that of a node that was killed.

#pragma once

#include "troupe/discovery/announcement.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"
#include "troupe/result.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::discovery {

namespace internal {
class local_directory;
}

class local_source final : public source {
public:
  struct options {
    /// Empty: the usual one of this user and network.
    std::string directory;
    /// How often all files are looked at, although nothing was told of them.
    std::chrono::milliseconds interval{5'000};
  };

  /// `around` needs `keys` and `time`; without `io` files are only looked at each interval. Errors:
  /// `errc::unknown_host` when the node listens on a name that has no address.
  [[nodiscard]] static result<std::shared_ptr<local_source>> make(options how, surroundings around);

  ~local_source() override;

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  task<> run(process& self, reporter to) override;
  void farewell() override;

private:
  class watching; // What one run of the process knows.

  local_source(options how, surroundings around);

  std::optional<error> open();
  [[nodiscard]] std::string packet() const;
  /// Returns whether the file is ours now.
  result<bool> publish();
  void withdraw();
  std::vector<std::string> list();
  std::optional<std::string> read(const std::string& file);

  const std::string name_ = "local";
  const options how_;
  const surroundings around_;
  const announcement_codec codec_;

  std::mutex mutex_;                                     // guards all below
  std::unique_ptr<internal::local_directory> directory_; // Null until it can be used.
  bool over_ = false;                                    // After `farewell`.
};

} // namespace troupe::discovery
