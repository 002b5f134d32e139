// What the multicast source does on the transport thread: filters packets before its process sees
// them, and fills in what depends on the moment.
//
// Erlang counterpart: the port behind a gen_udp socket.
// Threads: transport thread, but for what is marked.

#pragma once

#include "troupe/discovery/beacon.hpp"
#include "troupe/discovery/internal/inbox.hpp"
#include "troupe/discovery/multicast_wire.hpp"
#include "troupe/discovery/packet_filter.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace troupe::discovery::internal {

/// What the process is told.
struct heard_packet {
  announcement what;
  beacon::place from;
};
struct changed_interface {
  unsigned index = 0;
};
using multicast_news = std::variant<heard_packet, changed_interface>;

/// What outlives a crash of the process: peers remember our sequence numbers, and we theirs.
struct multicast_memory {
  multicast_memory(const surroundings& around);

  const announcement_codec codec; // Any thread.
  packet_filter filter;
  uint32_t sequence = 0;
  clock::time_point mismatch_at{}; // No earlier is a wrong key told of again.
};

class multicast_shell : public std::enable_shared_from_this<multicast_shell> {
public:
  /// Somebody with another key is told of so often.
  static constexpr std::chrono::seconds mismatch_interval{10};
  /// A goodbye is said three times, because packets get lost.
  static constexpr int goodbyes = 3;
  static constexpr std::chrono::milliseconds goodbye_pause{30};

  struct parts {
    surroundings around; ///< With a numeric host in `self.listens`.
    multicast_settings settings;
    std::function<uint64_t()> wall_ms;
    std::shared_ptr<multicast_memory> memory;
    std::shared_ptr<inbox<multicast_news>> out;
    reporter to;
    announcement goodbye;
  };
  explicit multicast_shell(parts x);

  // -- any thread -------------------------------------------------------------------------------
  void start();
  void send(std::vector<beacon::outgoing> packets);
  /// Nothing is sent any more but goodbyes.
  void say_goodbye(std::shared_ptr<std::promise<void>> done);
  /// The process ended: frees the sockets, and touches nothing of the process any more.
  void close();

private:
  multicast_wire::handlers handlers();
  multicast_socket::verdict take(const datagram& x);
  void transmit(const beacon::outgoing& x);
  void answer(announcement x, const datagram& to);
  std::string complete(announcement& x, const usable_interface* via);
  void goodbye_again(int left, std::shared_ptr<std::promise<void>> done);
  void tell_mismatch(const datagram& x);
  void tell_skew(const announcement& x, std::chrono::seconds skew);

  const parts parts_;
  std::shared_ptr<multicast_wire> wire_;
  std::atomic<bool> closed_{false}; // Any thread.
  bool leaving_ = false;
  bool started_ = false;
};

} // namespace troupe::discovery::internal
