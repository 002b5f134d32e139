#include "troupe/discovery/link_watch.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cerrno>
#include <utility>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::discovery {

using boost::system::error_code;

namespace {

/// Returns -1 when the system has no such socket.
int open_socket() {
  auto fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd < 0)
    return fd;
  sockaddr_nl at{};
  at.nl_family = AF_NETLINK;
  at.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0)
    return fd;
  ::close(fd);
  return -1;
}

} // namespace

struct link_watch::state : std::enable_shared_from_this<state> {
  state(boost::asio::io_context& io, std::function<void()> f)
    : socket(io), timer(io), changed(std::move(f)) {}

  void wait() {
    socket.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](const error_code& failed) {
                        if (!failed && self->changed)
                          self->read();
                      });
  }

  void read() {
    std::array<char, 8192> dropped;
    ssize_t n = 0;
    do {
      n = ::recv(socket.native_handle(), dropped.data(), dropped.size(), 0);
      // ENOBUFS: more happened than fitted, which is a change as well.
    } while (n > 0 || (n < 0 && (errno == EINTR || errno == ENOBUFS)));
    if (!std::exchange(settling, true)) {
      timer.expires_after(settle_time);
      timer.async_wait([self = shared_from_this()](const error_code& cancelled) {
        self->settling = false;
        if (auto told = self->changed; told && !cancelled) // it may end the watch
          told();
      });
    }
    wait();
  }

  boost::asio::posix::stream_descriptor socket;
  boost::asio::steady_timer timer;
  std::function<void()> changed; // Empty once the watch is gone.
  bool settling = false;
};

link_watch::link_watch(boost::asio::io_context& io, std::function<void()> changed)
  : state_(std::make_shared<state>(io, std::move(changed))) {
  auto fd = open_socket();
  if (fd < 0)
    return;
  error_code failed;
  state_->socket.assign(fd, failed);
  if (failed)
    ::close(fd);
  else
    state_->wait();
}

link_watch::~link_watch() {
  error_code ignored;
  state_->changed = nullptr;
  state_->socket.close(ignored);
  state_->timer.cancel();
}

bool link_watch::works() const noexcept {
  return state_->socket.is_open();
}

} // namespace troupe::discovery
