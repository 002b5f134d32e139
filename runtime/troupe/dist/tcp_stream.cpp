#include "troupe/dist/tcp_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

namespace troupe::dist {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

/// What one read takes at the most. The buffer is the thread's, so that a thousand idle connections
/// hold none.
constexpr size_t read_bytes = 256 * 1024;

/// Who has read so much lets others that wait for the processor go first.
constexpr size_t bulk_bytes = read_bytes / 2;

/// Pieces that one system call sends at the most.
constexpr size_t runs_max = 64;

/// How long a closed stream may still deliver what was written.
constexpr std::chrono::seconds linger{1};

/// What the kernel takes before it could send it: a short message waits behind all that, whatever
/// overtakes whom before. More is not needed to keep a connection busy, however far the peer is;
/// what is sent and not acknowledged comes on top.
constexpr int unsent_bytes_max = 128 * 1024;

/// A peer that answers within this is near: on this machine, or next to it.
constexpr std::chrono::microseconds near_time{250};
/// To a near peer no more than this is under way. It is read before it could run out, and lets the
/// sender rest early, so that it and the processes beside it have their turn. For others the kernel
/// finds out how much they need.
constexpr int near_buffer_bytes = 256 * 1024;

/// Has the kernel queue little, so that short messages are fast beside long ones. What it refuses
/// is no failure.
void keep_queues_short(int fd) {
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes_max, sizeof unsent_bytes_max);
  tcp_info seen{};
  socklen_t bytes = sizeof seen;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &seen, &bytes) == 0 && seen.tcpi_rtt > 0
      && std::chrono::microseconds{seen.tcpi_rtt} <= near_time)
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &near_buffer_bytes, sizeof near_buffer_bytes);
}

} // namespace

struct tcp_stream::state : std::enable_shared_from_this<state> {
  explicit state(tcp::socket s) : socket(std::move(s)), timer(socket.get_executor()) {}

  /// The wait owns the handler, which owns the stream: an io_context that goes while it waits lets
  /// go of both. If the handler were ours, nobody would.
  void read_more(std::shared_ptr<stream_handler> owner) {
    socket.async_wait(tcp::socket::wait_read,
                      [self = shared_from_this(), owner](const error_code& failed) {
                        if (!failed)
                          self->read(owner);
                      });
  }

  void read(const std::shared_ptr<stream_handler>& owner) {
    static thread_local auto buffer = std::make_unique<std::array<char, read_bytes>>();
    if (handler.expired())
      return;
    auto n = ::recv(socket.native_handle(), buffer->data(), buffer->size(), MSG_DONTWAIT);
    if (n > 0) {
      owner->on_bytes({buffer->data(), static_cast<size_t>(n)});
      if (static_cast<size_t>(n) >= bulk_bytes)
        std::this_thread::yield();
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      return end();
    }
    if (!handler.expired())
      read_more(owner);
  }

  /// Sends `bytes` from `sent` on; returns whether nothing is left. With the mutex held.
  bool send(const pieces& bytes) {
    while (sent < bytes.size()) {
      std::array<iovec, runs_max> runs; // not filled: the first `count` are
      size_t count = 0;
      bytes.each(sent, bytes.size() - sent, [&](std::string_view run) {
        runs[count++] = {const_cast<char*>(run.data()), run.size()};
        return count < runs.size();
      });
      msghdr message{};
      message.msg_iov = runs.data();
      message.msg_iovlen = count;
      auto n = ::sendmsg(socket.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno != EAGAIN; // a broken connection shows itself to the reader
      sent += static_cast<size_t>(n);
    }
    return true;
  }

  void wait_writable() {
    socket.async_wait(tcp::socket::wait_write,
                      [self = shared_from_this()](const error_code& failed) {
                        if (failed)
                          return;
                        {
                          std::lock_guard guard{self->mutex};
                          if (self->closed)
                            return;
                          if (!self->send(self->rest))
                            return self->wait_writable();
                          self->rest = {};
                          self->sent = 0;
                          if (self->closing)
                            ::shutdown(self->socket.native_handle(), SHUT_WR);
                        }
                        if (auto owner = self->handler.lock())
                          owner->on_writable();
                      });
  }

  void end() {
    {
      std::lock_guard guard{mutex};
      if (closed)
        return;
      closed = true;
      error_code ignored;
      socket.close(ignored);
    }
    timer.cancel();
    if (auto owner = std::exchange(handler, {}).lock())
      owner->on_closed();
  }

  tcp::socket socket;
  boost::asio::steady_timer timer;
  std::weak_ptr<stream_handler> handler; // Transport thread; expired once the stream has ended.
  std::mutex mutex;                      // guards all below, and the socket's life
  pieces rest;                           // What the socket did not take.
  size_t sent = 0;                       // Of `rest`.
  bool closing = false;
  bool closed = false;
};

tcp_stream::tcp_stream(tcp::socket socket) {
  error_code ignored;
  auto peer = socket.remote_endpoint(ignored);
  remote_ = {peer.address().to_string(ignored), peer.port()};
  socket.set_option(tcp::no_delay{true}, ignored);
  keep_queues_short(socket.native_handle());
  state_ = std::make_shared<state>(std::move(socket));
}

tcp_stream::~tcp_stream() {
  boost::asio::post(state_->socket.get_executor(), [s = state_] {
    s->handler.reset();
    s->end();
  });
}

void tcp_stream::attach(std::shared_ptr<stream_handler> handler) {
  state_->handler = handler;
  state_->read_more(std::move(handler));
}

bool tcp_stream::write(pieces&& bytes) {
  auto& s = *state_;
  std::lock_guard guard{s.mutex};
  if (s.closed)
    return true;
  s.sent = 0;
  if (s.send(bytes))
    return true;
  s.rest = std::move(bytes);
  boost::asio::post(s.socket.get_executor(), [self = state_] { self->wait_writable(); });
  return false;
}

void tcp_stream::close() {
  boost::asio::post(state_->socket.get_executor(), [s = state_] {
    {
      std::lock_guard guard{s->mutex};
      if (s->closed || s->closing)
        return;
      s->closing = true;
      if (s->rest.empty())
        ::shutdown(s->socket.native_handle(), SHUT_WR);
    }
    // The other side closes when it has read all; then our reader sees the end.
    s->timer.expires_after(linger);
    s->timer.async_wait([s](const error_code& cancelled) {
      if (!cancelled)
        s->end();
    });
  });
}

} // namespace troupe::dist
