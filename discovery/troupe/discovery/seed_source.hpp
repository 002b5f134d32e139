// Peers that the user named on the command line.
//
// Erlang counterpart: libcluster's Epmd strategy with a list of hosts.
// Threads: see source.hpp; immutable.

#pragma once

#include "troupe/discovery/seed.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"

#include <string>
#include <vector>

namespace troupe::discovery {

/// Says once who they are; the names of hosts are looked up at each dial.
class seed_source final : public source {
public:
  /// This node itself is left out.
  seed_source(std::vector<seed> seeds, self_description self);

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  task<> run(process& self, reporter to) override;

private:
  const std::string name_ = "seeds";
  const std::vector<seed> seeds_;
  const self_description self_;
};

} // namespace troupe::discovery
