#include "troupe/discovery/multicast_socket.hpp"

#include "troupe/discovery/limits.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29 // Linux 4.20; glibc 2.36 does not name it
#endif

namespace troupe::discovery {

using boost::system::error_code;

namespace {

/// One byte more than a packet may have, so that a longer one is seen to be.
constexpr size_t slot_bytes = limits::packet_bytes_max + 1;
constexpr size_t control_bytes = CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(uint32_t));

/// What one read needs. The thread's, so that sockets hold none.
struct batch {
  struct slot {
    std::array<char, slot_bytes> bytes;
    alignas(cmsghdr) std::array<char, control_bytes> control;
    sockaddr_storage from;
    iovec where;
  };
  std::array<slot, multicast_socket::batch_max> slots;
  std::array<mmsghdr, multicast_socket::batch_max> headers;

  void prepare() {
    for (size_t i = 0; i < slots.size(); ++i) {
      auto& s = slots[i];
      s.where = {s.bytes.data(), s.bytes.size()};
      headers[i] = {};
      auto& h = headers[i].msg_hdr;
      h.msg_name = &s.from;
      h.msg_namelen = sizeof s.from;
      h.msg_iov = &s.where;
      h.msg_iovlen = 1;
      h.msg_control = s.control.data();
      h.msg_controllen = s.control.size();
    }
  }
};

socklen_t address_of(const ip_address& x, uint16_t port, unsigned scope, sockaddr_storage& out) {
  out = {};
  if (x.family == 4) {
    auto& at = reinterpret_cast<sockaddr_in&>(out);
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    std::memcpy(&at.sin_addr, x.bytes.data(), sizeof at.sin_addr);
    return sizeof at;
  }
  auto& at = reinterpret_cast<sockaddr_in6&>(out);
  at.sin6_family = AF_INET6;
  at.sin6_port = htons(port);
  at.sin6_scope_id = scope;
  std::memcpy(&at.sin6_addr, x.bytes.data(), sizeof at.sin6_addr);
  return sizeof at;
}

void read_address(const sockaddr_storage& from, datagram& out) {
  if (from.ss_family == AF_INET) {
    auto& at = reinterpret_cast<const sockaddr_in&>(from);
    out.from.family = 4;
    std::memcpy(out.from.bytes.data(), &at.sin_addr, sizeof at.sin_addr);
    out.port = ntohs(at.sin_port);
  } else {
    auto& at = reinterpret_cast<const sockaddr_in6&>(from);
    out.from.family = 6;
    std::memcpy(out.from.bytes.data(), &at.sin6_addr, sizeof at.sin6_addr);
    out.port = ntohs(at.sin6_port);
  }
}

/// Reads the interface, and how many packets the kernel has dropped so far.
void read_control(msghdr& header, unsigned& interface, uint32_t& dropped) {
  for (auto* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(c), sizeof info);
      interface = static_cast<unsigned>(info.ipi_ifindex);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, CMSG_DATA(c), sizeof info);
      interface = info.ipi6_ifindex;
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
      std::memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
    }
  }
}

bool set(int fd, int level, int name, int value) {
  return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/// Adds or drops a membership.
int change_membership(int fd, const ip_address& group, unsigned interface, bool add) {
  if (group.family == 4) {
    ip_mreqn x{};
    std::memcpy(&x.imr_multiaddr, group.bytes.data(), sizeof x.imr_multiaddr);
    x.imr_ifindex = static_cast<int>(interface);
    return ::setsockopt(fd, IPPROTO_IP, add ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &x, sizeof x);
  }
  ipv6_mreq x{};
  std::memcpy(&x.ipv6mr_multiaddr, group.bytes.data(), sizeof x.ipv6mr_multiaddr);
  x.ipv6mr_interface = interface;
  return ::setsockopt(fd, IPPROTO_IPV6, add ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &x, sizeof x);
}

/// Options of every socket here. Returns whether those took that nothing works without.
bool prepare(int fd, int family) {
  static_cast<void>(set(fd, SOL_SOCKET, SO_RCVBUF, multicast_socket::receive_buffer_bytes));
  static_cast<void>(set(fd, SOL_SOCKET, SO_RXQ_OVFL, 1));
  if (family == 4)
    return set(fd, IPPROTO_IP, IP_PKTINFO, 1) && set(fd, IPPROTO_IP, IP_MULTICAST_TTL, 1)
           && set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1) && set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  static_cast<void>(set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0));
  return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) && set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
         && set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1)
         && set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);
}

int open_socket(int family) {
  return ::socket(family == 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

} // namespace

dist::endpoint datagram::source() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(from.family == 4 ? AF_INET : AF_INET6, from.bytes.data(), text.data(), text.size());
  return {with_scope(text.data(), interface), port};
}

struct multicast_socket::state : std::enable_shared_from_this<state> {
  explicit state(const common& x) : with(x), descriptor(*x.io), rest(*x.io) {}

  system_error take_over(int fd) {
    error_code failed;
    descriptor.assign(fd, failed);
    if (failed)
      ::close(fd);
    return failed.value();
  }

  void wait() {
    descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const error_code& failed) {
                            if (!failed && self->open)
                              self->wake_up();
                          });
  }

  void wake_up() {
    auto began = with.time->now();
    auto [believed, rejected] = read();
    if (!open)
      return;
    auto now = with.time->now();
    auto pause = with.pacer->after(now, believed, rejected, now - began);
    if (pause == clock::duration{})
      return wait();
    resting = true;
    rest.expires_after(pause);
    rest.async_wait([self = shared_from_this()](const error_code& cancelled) {
      self->resting = false;
      if (!cancelled && self->open)
        self->wait();
    });
  }

  /// Returns how many packets were believed, and how many were not.
  std::pair<size_t, size_t> read() {
    static thread_local auto buffer = std::make_unique<batch>();
    buffer->prepare();
    auto n = ::recvmmsg(descriptor.native_handle(), buffer->headers.data(), batch_max, MSG_DONTWAIT,
                        nullptr);
    if (n <= 0) // a failed packet of ours, as ICMP tells of it; it is one that is wasted
      return {0, n < 0 && errno != EAGAIN && errno != EINTR ? 1 : 0};
    size_t believed = 0;
    for (size_t i = 0; i < static_cast<size_t>(n) && open; ++i)
      if (take(buffer->headers[i], buffer->slots[i]) == verdict::believed)
        ++believed;
    return {believed, static_cast<size_t>(n) - believed};
  }

  verdict take(mmsghdr& header, const batch::slot& slot) {
    datagram x;
    auto dropped = dropped_before;
    read_control(header.msg_hdr, x.interface, dropped);
    overflowed += dropped - std::exchange(dropped_before, dropped); // may wrap around
    if (interface != 0 && x.interface != interface)
      return verdict::rejected; // an older kernel gave us what came by another interface
    x.bytes = {slot.bytes.data(), header.msg_len};
    read_address(slot.from, x);
    try {
      return with.on_packet(x);
    } catch (const std::exception&) { // out of memory: as if it had been lost on its way
      return verdict::rejected;
    }
  }

  common with;
  boost::asio::posix::stream_descriptor descriptor;
  boost::asio::steady_timer rest;
  ip_address group;
  unsigned interface = 0; // 0: any; it is no multicast.
  uint64_t overflowed = 0;
  uint32_t dropped_before = 0;
  bool resting = false;
  bool open = true;
};

multicast_socket::multicast_socket(std::shared_ptr<state> x) : state_(std::move(x)) {
  state_->wait();
}

multicast_socket::~multicast_socket() {
  error_code ignored;
  state_->open = false;
  state_->descriptor.close(ignored);
  state_->rest.cancel();
}

std::pair<std::unique_ptr<multicast_socket>, multicast_socket::system_error>
multicast_socket::join(const common& with, const ip_address& group, uint16_t port,
                       unsigned interface) {
  auto fd = open_socket(group.family);
  if (fd < 0)
    return {nullptr, errno};
  auto x = std::make_shared<state>(with);
  if (auto failed = x->take_over(fd))
    return {nullptr, failed};
  x->group = group;
  x->interface = interface;
  sockaddr_storage at;
  // Bound to the group, so that packets to other groups and to the host itself do not come here.
  auto size = address_of(group, port, interface, at);
  if (!set(fd, SOL_SOCKET, SO_REUSEADDR, 1) || !prepare(fd, group.family)
      || ::bind(fd, reinterpret_cast<const sockaddr*>(&at), size) != 0
      || change_membership(fd, group, interface, true) != 0)
    return {nullptr, errno};
  return {std::unique_ptr<multicast_socket>{new multicast_socket{x}}, 0};
}

std::pair<std::unique_ptr<multicast_socket>, multicast_socket::system_error>
multicast_socket::unicast(const common& with, int family) {
  auto fd = open_socket(family);
  if (fd < 0)
    return {nullptr, errno};
  auto x = std::make_shared<state>(with);
  if (auto failed = x->take_over(fd))
    return {nullptr, failed};
  ip_address any;
  any.family = family;
  sockaddr_storage at;
  auto size = address_of(any, 0, 0, at);
  if (!prepare(fd, family) || ::bind(fd, reinterpret_cast<const sockaddr*>(&at), size) != 0)
    return {nullptr, errno};
  return {std::unique_ptr<multicast_socket>{new multicast_socket{x}}, 0};
}

multicast_socket::system_error multicast_socket::rejoin() {
  auto fd = state_->descriptor.native_handle();
  // The interface may have lost the membership: only that we are in at the end matters.
  static_cast<void>(change_membership(fd, state_->group, state_->interface, false));
  return change_membership(fd, state_->group, state_->interface, true) == 0 ? 0 : errno;
}

multicast_socket::system_error multicast_socket::send(std::string_view packet,
                                                      const destination& x) {
  sockaddr_storage to;
  iovec what{const_cast<char*>(packet.data()), packet.size()};
  alignas(cmsghdr) std::array<char, control_bytes> control{};
  msghdr header{};
  header.msg_name = &to;
  header.msg_namelen = address_of(x.to, x.port, x.interface, to);
  header.msg_iov = &what;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  auto v4 = x.to.family == 4;
  header.msg_controllen = v4 ? CMSG_SPACE(sizeof(in_pktinfo)) : CMSG_SPACE(sizeof(in6_pktinfo));
  auto* c = CMSG_FIRSTHDR(&header);
  if (v4) {
    in_pktinfo info{};
    info.ipi_ifindex = static_cast<int>(x.interface);
    std::memcpy(&info.ipi_spec_dst, x.source.bytes.data(), sizeof info.ipi_spec_dst);
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(c), &info, sizeof info);
  } else {
    in6_pktinfo info{};
    info.ipi6_ifindex = x.interface;
    if (x.source.family == 6)
      std::memcpy(&info.ipi6_addr, x.source.bytes.data(), sizeof info.ipi6_addr);
    c->cmsg_level = IPPROTO_IPV6;
    c->cmsg_type = IPV6_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(c), &info, sizeof info);
  }
  auto n = ::sendmsg(state_->descriptor.native_handle(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  return n < 0 ? errno : 0;
}

void multicast_socket::read_now() {
  auto alive = state_; // a handler may drop this socket
  static_cast<void>(alive->read());
}

bool multicast_socket::resting() const noexcept {
  return state_->resting;
}

uint64_t multicast_socket::overflowed() const noexcept {
  return state_->overflowed;
}

} // namespace troupe::discovery
