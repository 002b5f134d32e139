// Keeps a node registered with the port mapper of its own host.
//
// Erlang counterpart: erl_epmd, and what starts epmd when none runs. Differences: the host is the
// address behind the node's own host part; where nobody serves it, the node does so itself; a
// registration that was lost is renewed at once (erl_epmd: every 2 s), by taking the serving over
// when need be. Threads: transport thread, or before it runs; handlers run on the transport thread.

#pragma once

#include "troupe/epmd/port_mapper_client.hpp"
#include "troupe/node_name.hpp"
#include "troupe/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace troupe::epmd {

/// What happened to a registration, for the log.
enum class registration_event {
  registered, ///< A port mapper has the name.
  serving,    ///< This node serves the port mapper, and has the name.
  lost,       ///< The port mapper went away; the registration is being renewed.
  refused,    ///< The name was taken while it was lost; told once, tried until it is free.
};

struct registration_options {
  node_name name;
  uint16_t listen_port = 0;
  uint16_t mapper_port = default_mapper_port;
  bool hidden = false;
  /// The node listens on all addresses: so does a port mapper that it serves, if nobody has the
  /// port at one of them. It outlives a change of the host's address then.
  bool everywhere = false;
  /// The node's own creation, or 0 to take the one that the port mapper hands out. It is kept when
  /// the registration is renewed, as in Erlang.
  uint32_t creation = 0;
};

class registration {
public:
  /// Gets the event and a sentence about it.
  using event_handler = std::function<void(registration_event, const std::string&)>;
  /// Gets the node's creation.
  using start_handler = std::function<void(result<uint32_t>)>;

  /// Pause between attempts to renew; each is up to a quarter shorter or longer.
  static constexpr std::chrono::milliseconds retry_interval{250};
  /// One attempt: a port mapper that takes longer is taken for dead.
  static constexpr std::chrono::milliseconds attempt_timeout{1'000};
  /// The first registration in all, the host's name included.
  static constexpr std::chrono::milliseconds start_timeout{5'000};

  registration(boost::asio::io_context& io, registration_options options, event_handler on_event);
  ~registration();
  registration(const registration&) = delete;
  registration& operator=(const registration&) = delete;

  /// Registers, and stays registered until `stop`. `done` is called once; after an error nothing is
  /// tried any more. Errors: `errc::name_in_use` at once, `errc::unknown_host`,
  /// `errc::cannot_listen` when nobody serves the address and it is not ours to serve,
  /// `errc::no_port_mapper` when something else has the port, `errc::timeout`.
  void start(start_handler done);

  /// Frees the name and stops serving; those who were served notice and take over. Handlers are not
  /// called any more. May be called twice.
  void stop();

  [[nodiscard]] bool registered() const;
  [[nodiscard]] bool serving() const;

private:
  class core;
  std::shared_ptr<core> core_; // Shared with what asio has under way.
};

} // namespace troupe::epmd
