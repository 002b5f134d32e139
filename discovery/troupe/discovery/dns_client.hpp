// Questions to DNS servers that never block: c-ares on the transport thread.
//
// Erlang counterpart: inet_res.
// Threads: transport thread, or before it runs.
//
// Over UDP with EDNS, and over TCP when the answer was cut. Servers are asked in their order; the
// next one when one fails, refuses, or is silent, but not when it says that there is no such name.

#pragma once

#include "troupe/discovery/dns_records.hpp"
#include "troupe/dist/transport.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::discovery {

class dns_client {
public:
  struct options {
    /// Numeric addresses; none: those of /etc/resolv.conf, three at the most.
    std::vector<dist::endpoint> servers;
    /// For the first attempt with one server; the second one takes twice as long.
    std::chrono::milliseconds timeout{1'000};
    unsigned attempts = 2;
  };
  using handler = std::function<void(dns_answer)>;

  dns_client(boost::asio::io_context& io, options how);
  /// Questions under way are answered all the same.
  ~dns_client();
  dns_client(const dns_client&) = delete;
  dns_client& operator=(const dns_client&) = delete;

  /// Asks for `name`, which is completed with the search list of /etc/resolv.conf unless it ends
  /// with a dot. Calls `done` once, never from inside the call.
  void ask(const std::string& name, dns_type type, handler done);

private:
  class impl;
  std::shared_ptr<impl> impl_;
};

} // namespace troupe::discovery
