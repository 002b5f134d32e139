// Finds nodes by the port mapper of their host.
//
// Erlang counterpart: erl_epmd.
// Threads: transport thread.

#pragma once

#include "troupe/dist/resolver.hpp"

#include <boost/asio/io_context.hpp>

namespace troupe::dist {

class mapper_resolver final : public resolver {
public:
  mapper_resolver(boost::asio::io_context& io, uint16_t mapper_port)
    : io_(&io), mapper_port_(mapper_port) {}

  void resolve(const node_name& name, clock::duration timeout, handler done) override;

private:
  boost::asio::io_context* io_;
  uint16_t mapper_port_;
};

} // namespace troupe::dist
