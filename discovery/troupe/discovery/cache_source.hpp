// Peers of the node's last life: a restart needs neither multicast nor DNS.
//
// Erlang counterpart: none; the snapshot of serf is the model.
// Threads: see source.hpp; one mutex guards the file.

#pragma once

#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"
#include "troupe/result.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace troupe::discovery {

class cache_source final : public source {
public:
  struct options {
    std::string path;
    /// How often the file is written, if anything changed.
    std::chrono::milliseconds interval{10'000};
    /// How long a peer of the file is believed to be there.
    std::chrono::milliseconds lifetime{300'000};
  };

  /// `around` needs `book` and `time`.
  cache_source(options how, surroundings around);

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  task<> run(process& self, reporter to) override;
  void farewell() override;

private:
  void read(const reporter& to);
  result<bool> write();

  const std::string name_;
  const options how_;
  const surroundings around_;

  std::mutex mutex_;     // guards all below, and the file
  uint64_t version_ = 0; // Of the address book, when it was written last.
  std::string content_;  // What is in the file, as far as it is good.
};

} // namespace troupe::discovery
