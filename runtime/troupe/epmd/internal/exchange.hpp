// One request to a port mapper and its answer, over a connection of its own.
//
// Erlang counterpart: the calls inside erl_epmd.
// Threads: transport thread; so are the handlers, which are never called from inside the call that
// takes them.

#pragma once

#include "troupe/result.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::epmd::internal {

using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
using time_point = std::chrono::steady_clock::time_point;

/// Finds the addresses of `host`, a name or an address. IPv4 comes first, as Erlang's default
/// distribution knows nothing else. Errors: `errc::unknown_host`, `errc::timeout`.
void resolve(boost::asio::io_context& io, const std::string& host, uint16_t port,
             time_point deadline, std::function<void(result<endpoints>)> done);

/// What came back. The connection is still open unless the port mapper closed it.
struct answer {
  boost::asio::ip::tcp::socket socket;
  boost::asio::ip::tcp::endpoint from;
  std::string bytes;
};

struct exchange_options {
  endpoints to; ///< Tried in this order.
  std::string request;
  std::function<bool(std::string_view)> complete; ///< Whether these bytes are the whole answer.
  size_t answer_bytes_max = 0;                    ///< Above it `errc::protocol_violation`.
  time_point deadline;
};

class exchange : public std::enable_shared_from_this<exchange> {
public:
  using handler = std::function<void(result<answer>)>;

  /// Connects, sends and collects until the answer is complete or the port mapper closes: then it
  /// is for the caller to see what is missing. Errors: `errc::no_port_mapper`, `errc::timeout`.
  static std::shared_ptr<exchange> start(boost::asio::io_context& io, exchange_options options,
                                         handler done);

  exchange(boost::asio::io_context& io, exchange_options options, handler done);

  /// Gives up; the handler is not called any more.
  void cancel();

private:
  void connect(size_t index);
  void send(const boost::asio::ip::tcp::endpoint& to);
  void receive();
  void finish(result<answer> outcome);
  void fail(errc code);

  exchange_options options_;
  handler done_; // Empty once the outcome is known.
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  boost::asio::ip::tcp::endpoint peer_;
  std::string bytes_;
  std::string chunk_;
};

} // namespace troupe::epmd::internal
