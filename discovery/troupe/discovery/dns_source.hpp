// Peers that DNS lists: the addresses of a name, or the services of one.
//
// Erlang counterpart: libcluster's DNSPoll, Kubernetes.DNS and Kubernetes.DNSSRV strategies.
// Threads: see source.hpp; immutable, but for what `run` keeps.
//
// Fits names with one address per node: headless services of Kubernetes, services of Docker.

#pragma once

#include "troupe/discovery/dns_client.hpp"
#include "troupe/discovery/dns_spec.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::discovery {

class dns_source final : public source {
public:
  struct options {
    dns_spec spec;
    std::vector<dist::endpoint> servers; ///< None: those of /etc/resolv.conf.
    uint16_t mapper_port = 4369;
  };

  /// `around` needs `io` and `time`.
  dns_source(options how, surroundings around);

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  task<> run(process& self, reporter to) override;

private:
  const std::string name_;
  const options how_;
  const surroundings around_;
};

} // namespace troupe::discovery
