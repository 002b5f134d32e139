#include "troupe/dist/tcp_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace troupe::dist {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

/// What one read takes at the most. The buffer is the thread's, so that a thousand idle connections
/// hold none.
constexpr size_t read_bytes = 256 * 1024;

/// Pieces that one system call sends at the most.
constexpr size_t runs_max = 64;

/// How long a closed stream may still deliver what was written.
constexpr std::chrono::seconds linger{1};

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
