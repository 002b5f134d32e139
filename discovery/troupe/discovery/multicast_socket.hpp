// One UDP socket of discovery: of a group on one interface, or for everything that is no multicast.
//
// Erlang counterpart: gen_udp with {active, N}.
// Threads: transport thread.
//
// Why one socket per interface and protocol: a socket may be in 20 groups at the most, and only so
// it is known by which interface a packet came. Packets to one node cannot come to the port of the
// group, because the kernel gives them to any of the processes that share it: they go to a socket
// with a port of its own, from which everything is sent.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/discovery/interfaces.hpp"
#include "troupe/discovery/read_pacer.hpp"
#include "troupe/result.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace troupe::discovery {

/// A packet as it came.
struct datagram {
  std::span<const char> bytes; ///< Valid during the call.
  ip_address from;
  uint16_t port = 0;
  unsigned interface = 0; ///< By which it came.

  /// The sender, in the form in which it can be answered and dialled.
  [[nodiscard]] dist::endpoint source() const;
};

class multicast_socket {
public:
  /// What came of a packet.
  enum class verdict : uint8_t {
    believed,
    own,      ///< Our own, heard back.
    rejected, ///< Anything else; reading rests when there is nothing better, see read_pacer.
  };
  using handler = std::function<verdict(const datagram&)>;
  /// What the sockets of one node share.
  struct common {
    boost::asio::io_context* io = nullptr;
    clock* time = nullptr;
    std::shared_ptr<read_pacer> pacer;
    handler on_packet;
  };
  /// A failed call, as the system numbers it; 0: none.
  using system_error = int;

  /// Packets that are read at once.
  static constexpr size_t batch_max = 64;
  /// Asked of the system, which may give less: the default one holds some 250 packets.
  static constexpr int receive_buffer_bytes = 1024 * 1024;

  /// Hears what is sent to `group` on `interface`, other processes of this machine included.
  [[nodiscard]] static std::pair<std::unique_ptr<multicast_socket>, system_error>
  join(const common& with, const ip_address& group, uint16_t port, unsigned interface);
  /// Sends, and hears what is sent back.
  [[nodiscard]] static std::pair<std::unique_ptr<multicast_socket>, system_error>
  unicast(const common& with, int family);
  ~multicast_socket();
  multicast_socket(const multicast_socket&) = delete;
  multicast_socket& operator=(const multicast_socket&) = delete;

  /// Leaves the group and joins it again at once, so that switches that watch who is in which
  /// group, but have nobody who asks, do not forget this node.
  [[nodiscard]] system_error rejoin();

  struct destination {
    ip_address to;
    uint16_t port = 0;
    unsigned interface = 0; ///< Leaves by this one, without asking the routes; 0: they decide.
    ip_address source;      ///< any(): the system chooses.
  };
  /// Multicasts go one hop far.
  [[nodiscard]] system_error send(std::string_view packet, const destination& x);

  /// Reads once, at the most `batch_max`, whatever the pace is.
  void read_now();
  /// Whether reading rests, so that something may wait unread.
  [[nodiscard]] bool resting() const noexcept;
  /// Packets that came while the buffer was full.
  [[nodiscard]] uint64_t overflowed() const noexcept;

private:
  struct state;
  explicit multicast_socket(std::shared_ptr<state> x);
  std::shared_ptr<state> state_;
};

} // namespace troupe::discovery
