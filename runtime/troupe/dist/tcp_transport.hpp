// Byte streams over TCP, by Boost.Asio.
//
// Erlang counterpart: inet_tcp_dist.
// Threads: as the contract in transport.hpp says; the io_context is run by one thread.

#pragma once

#include "troupe/dist/transport.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace troupe::dist {

class tcp_transport final : public transport {
public:
  explicit tcp_transport(boost::asio::io_context& io);
  ~tcp_transport() override;

  result<endpoint> listen(const endpoint& at, accept_handler on_accept) override;
  void connect(const endpoint& to, clock::duration timeout, connect_handler done) override;
  void stop_listening() override;

private:
  struct listener;
  boost::asio::io_context* io_;
  std::shared_ptr<listener> listener_;
};

} // namespace troupe::dist
