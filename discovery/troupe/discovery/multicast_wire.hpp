// All sockets of multicast: keeps to the interfaces as they come and go, and finds out whether
// packets get through.
//
// Erlang counterpart: none.
// Threads: transport thread; the constructor on any.
//
// Every interface has to show that it works: what was multicast on it must be heard back within
// `loopback_time`. What does not work is told in words, once per change, and tried again.

#pragma once

#include "troupe/discovery/interfaces.hpp"
#include "troupe/discovery/link_watch.hpp"
#include "troupe/discovery/multicast_options.hpp"
#include "troupe/discovery/multicast_socket.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::discovery {

class multicast_wire : public std::enable_shared_from_this<multicast_wire> {
public:
  static constexpr std::chrono::milliseconds loopback_time{200};
  /// Switches forget after 260 s who is in a group.
  static constexpr std::chrono::seconds rejoin_interval{120};
  /// How often what failed is tried again.
  static constexpr std::chrono::seconds retry_interval{5};

  struct handlers {
    multicast_socket::handler on_packet;
    std::function<void(const usable_interface&)> on_up;
    std::function<void(const usable_interface&)> on_changed; ///< Its addresses did.
    std::function<void(const usable_interface&)> on_down;
    /// Why an interface does not work; empty: it works now.
    std::function<void(const usable_interface&, const std::string& why)> on_trouble;
    /// Why no interface works; empty: one does. Told when that changes, and at the start.
    std::function<void(const std::string& why)> on_state;
  };

  /// `listens` has a numeric host.
  multicast_wire(boost::asio::io_context& io, multicast_settings settings, dist::endpoint listens,
                 clock& time, handlers told);

  /// Joins on all usable interfaces and begins to watch them.
  void open();
  /// Nothing is told any more.
  void close();

  /// Those with their sockets open, by index.
  [[nodiscard]] std::vector<usable_interface> interfaces() const;
  /// Protocols that an interface has, of which `family` is preferred; 0: all.
  [[nodiscard]] std::vector<int> families(unsigned interface, int family) const;

  /// Sends to the group; what goes wrong is told by `on_trouble`.
  void multicast(unsigned interface, int family, std::string_view packet);
  /// Sends to one node; nobody is told whether it came.
  void unicast(const dist::endpoint& to, unsigned interface, std::string_view packet);

  /// What is known about one protocol on one interface.
  struct health {
    bool joined = false;
    bool heard = false; ///< A packet of our own came back.
    std::string problem;
  };
  [[nodiscard]] std::map<int, health> check(unsigned interface) const;
  /// Packets that came while a buffer was full.
  [[nodiscard]] uint64_t overflowed() const;

private:
  enum class echo : uint8_t { unknown, awaited, heard, missing };
  struct lane {
    std::unique_ptr<multicast_socket> in; // Null: cannot join.
    std::string join_problem;
    std::string send_problem;
    echo back = echo::unknown;
    uint64_t overflowed = 0; // When the echo began to be awaited.
    [[nodiscard]] std::string problem(int family) const;
  };
  struct link {
    usable_interface what;
    std::map<int, lane> lanes;
    std::string told;
  };

  [[nodiscard]] const std::optional<ip_address>& group(int family) const;
  multicast_socket::verdict take(const datagram& x);
  [[nodiscard]] multicast_socket* sender(int family);
  void look();
  void adopt(const usable_interface& x);
  void drop_absent(const std::vector<usable_interface>& present);
  void open_lanes(link& x);
  void join(link& x, int family, lane& y);
  void await_echo(unsigned interface, int family, lane& x);
  void judge(unsigned interface, int family);
  void tell_troubles();
  [[nodiscard]] std::string state_text() const;
  void schedule();
  void keep_house();

  boost::asio::io_context* io_;
  const multicast_settings settings_;
  const dist::endpoint listens_;
  clock* time_;
  handlers told_;
  multicast_socket::common common_;
  std::map<unsigned, link> links_;                           // Bounded by interfaces_max.
  std::map<int, std::unique_ptr<multicast_socket>> senders_; // By family.
  std::optional<link_watch> watch_;
  boost::asio::steady_timer house_;
  clock::time_point rejoin_at_{};
  std::string list_problem_;
  std::optional<std::string> state_told_;
  bool open_ = false;
};

} // namespace troupe::discovery
