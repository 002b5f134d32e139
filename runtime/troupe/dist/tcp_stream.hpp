// One TCP connection as a stream.
//
// Erlang counterpart: an inet port.
// Threads: `write` from any thread, the rest on the transport thread. One mutex guards what `write`
// uses.
//
// A write goes straight to the socket from the calling thread; only what the socket does not take
// waits for the transport thread. That saves the hand-over of every message on an idle connection.

#pragma once

#include "troupe/dist/transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <mutex>
#include <string>

namespace troupe::dist {

class tcp_stream final : public stream {
public:
  explicit tcp_stream(boost::asio::ip::tcp::socket socket);
  ~tcp_stream() override;

  void attach(std::shared_ptr<stream_handler> handler) override;
  bool write(pieces&& bytes) override;
  void close() override;
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

private:
  struct state;
  std::shared_ptr<state> state_; // Shared with what asio has under way.
  endpoint remote_;
};

} // namespace troupe::dist
