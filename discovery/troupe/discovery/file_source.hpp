// Peers that a file lists, as long as it lists them.
//
// Erlang counterpart: libcluster's ErlangHosts strategy, which reads `.hosts.erlang` once.
// Threads: see source.hpp; immutable, but for what `run` keeps.
//
// A change takes effect at once. A file that is missing, unreadable or wrong changes nothing.

#pragma once

#include "troupe/discovery/peer_file.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace troupe::discovery {

class file_source final : public source {
public:
  struct options {
    std::string path;
    uint16_t mapper_port = 4369; ///< Of the hosts in the file.
    /// How often the file is read although nothing was told of it (network file systems do not
    /// tell), and the hosts' port mappers are asked.
    std::chrono::milliseconds interval{30'000};
  };

  /// `around` needs `time`; without `io` the file is only read at each interval.
  file_source(options how, surroundings around);

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  task<> run(process& self, reporter to) override;

private:
  class reading; // What one run of the process knows.

  const std::string name_;
  const options how_;
  const surroundings around_;
};

} // namespace troupe::discovery
