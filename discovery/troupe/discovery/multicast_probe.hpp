// Looks whether multicast works here, and who else is on the network: for `troupe doctor`.
//
// Erlang counterpart: none.
// Threads: everything on the thread that runs the io_context.
//
// Needs no node. What it sends is an answer to nobody: it comes back if the network works, and
// nodes drop it, so that the probe is no peer of anybody. Who else is there tells of itself: with
// few nodes each within 3 s, with many about ten a second.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/discovery/announcement.hpp"
#include "troupe/discovery/multicast_options.hpp"
#include "troupe/discovery/multicast_wire.hpp"
#include "troupe/dist/auth.hpp"
#include "troupe/result.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace troupe::discovery {

class multicast_probe {
public:
  /// What was found out about an interface.
  struct interface_result {
    usable_interface what;
    std::map<int, multicast_wire::health> protocols; ///< By 4 and 6.
  };
  /// A packet that was heard.
  struct heard {
    enum class kind : uint8_t {
      authentic,   ///< Of our cluster, with our cookie.
      mismatching, ///< Of our cluster, with another cookie.
      foreign,     ///< Of another cluster.
      unreadable,  ///< No announcement, or of a version that we do not read.
    };
    kind what = kind::unreadable;
    std::string from;                             ///< `address:port`
    std::string interface;                        ///< Its name, if it is one that is used.
    std::optional<announcement> content;          ///< Of an authentic one.
    std::chrono::milliseconds clock_difference{}; ///< Their clock minus ours; of an authentic one.
  };
  struct handlers {
    /// Once for each usable interface, when the probe was heard back or loopback_time has passed.
    std::function<void(const interface_result&)> on_interface;
    std::function<void(const heard&)> on_packet;
    /// Behind all `on_interface` of the start. `why` says why multicast cannot work; empty: it can.
    std::function<void(const std::string& why)> on_checked;
  };
  struct parts {
    boost::asio::io_context* io = nullptr;
    clock* time = nullptr; ///< On the same io_context.
    multicast_options how;
    std::string cluster;
    dist::key key;
    dist::endpoint listens{"::", 0}; ///< As the node in question would listen.
  };

  /// Errors: `errc::invalid_config`, `errc::unknown_host`.
  [[nodiscard]] static result<std::unique_ptr<multicast_probe>> make(parts x, handlers told);
  ~multicast_probe();
  multicast_probe(const multicast_probe&) = delete;
  multicast_probe& operator=(const multicast_probe&) = delete;

  /// Joins, sends, and listens until the probe is destroyed, which no handler may do.
  void start();

private:
  struct state;
  explicit multicast_probe(std::shared_ptr<state> x);
  std::shared_ptr<state> state_;
};

} // namespace troupe::discovery
