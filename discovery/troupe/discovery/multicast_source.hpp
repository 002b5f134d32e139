// Nodes of the local network announce themselves to a multicast group and hear each other there.
//
// Erlang counterpart: nodefinder, libcluster's Gossip strategy.
// Threads: as source.hpp says. Its process decides (beacon); sockets and the filter are on the
// transport thread (multicast_shell).
//
// A flood of packets without a key costs at most a tenth of one core, see read_pacer.

#pragma once

#include "troupe/discovery/multicast_options.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"
#include "troupe/result.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace troupe::discovery {

namespace internal {
class multicast_shell;
struct multicast_memory;
} // namespace internal

class multicast_source final : public source {
public:
  /// Errors: `errc::invalid_config` for options that make no sense, `errc::unknown_host` when the
  /// node listens on a name that has no address.
  [[nodiscard]] static result<std::shared_ptr<multicast_source>> make(multicast_options how,
                                                                      surroundings around);

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  task<> run(process& self, reporter to) override;
  void farewell() override;

private:
  class running; // The sockets of one run of the process.

  multicast_source(multicast_settings settings, std::function<uint64_t()> wall_ms,
                   surroundings around);

  const std::string name_ = "multicast";
  const multicast_settings settings_;
  const std::function<uint64_t()> wall_ms_;
  const surroundings around_;
  const std::shared_ptr<internal::multicast_memory> memory_;
  cluster_view view_; // What the process was told last, for its next life.

  std::mutex mutex_;                                 // guards all below
  std::shared_ptr<internal::multicast_shell> shell_; // Null while no process runs.
};

} // namespace troupe::discovery
