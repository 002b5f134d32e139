// How two nodes come to know and trust each other, as a state machine: frames in, frames out.
//
// Erlang counterpart: dist_util. Differences: each side's proof covers both sides' names, flags and
// nonces, and the acceptor proves itself first, so that nothing is believed which is not proven.
// Threads: confined to its session.
//
//   dialler                    acceptor
//     hello  ------------------>            who I am, a nonce
//            <------------------  hello     who I am, a nonce, my proof over both hellos
//     auth   ------------------>            my proof over both hellos
//            <------------------  ready     or `reject`, which either side may say at any time

#pragma once

#include "troupe/dist/auth.hpp"
#include "troupe/dist/session.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::dist {

/// Versions of the protocol that this node speaks.
inline constexpr uint8_t protocol_version_min = 1;
inline constexpr uint8_t protocol_version_max = 1;
/// Bits of what a node can do besides; none is given yet.
inline constexpr uint64_t features_supported = 0;

using nonce = std::array<char, 32>;

class handshake {
public:
  struct parameters {
    session::role role = session::role::dialling;
    transport_mode mode = transport_mode::tls;
    identity self;
    std::string expected; ///< The name that was dialled; empty: any.
    /// By the peer's name whose key is to be proven; null: that of the constructor, for all.
    std::shared_ptr<const key_chain> chain;
    std::chrono::milliseconds ticktime{};
    nonce fresh{}; ///< Must come from a cryptographic source of randomness.
    uint8_t version_min = protocol_version_min;
    uint8_t version_max = protocol_version_max;
  };

  /// What is to be done after a frame of the peer.
  struct step {
    std::string reply; ///< The body of a frame to send; empty: none.
    bool authenticated
      = false; ///< The peer has proven the cookie: it is up to the owner to go `up`.
    errc failure = errc::none; ///< The end. `detail` says more.
    bool tell = true;          ///< Whether the peer is to hear of `failure`.
    std::string detail;
  };

  handshake(parameters p, const key& secret);

  /// Returns the dialler's hello.
  [[nodiscard]] const std::string& hello() const noexcept { return own_hello_; }

  [[nodiscard]] step receive(std::string_view frame);

  /// The frame by which an acceptor lets the authenticated peer in.
  [[nodiscard]] static std::string ready();
  /// The frame by which a node says why it does not go on.
  [[nodiscard]] static std::string farewell(session_frame kind, errc why);
  /// Reads what `farewell` wrote, in our own words: where codes say who is meant, the peer's word
  /// is turned.
  [[nodiscard]] static errc read_farewell(std::string_view frame);

  /// What the peer says of itself; believe it once `authenticated`.
  [[nodiscard]] const peer_identity& peer() const noexcept { return peer_; }
  [[nodiscard]] std::chrono::milliseconds peer_ticktime() const noexcept { return peer_ticktime_; }

private:
  enum class stage : uint8_t { hello, auth, ready, done };

  step receive_hello(std::string_view frame);
  step receive_auth(std::string_view proof);
  [[nodiscard]] bool parse_hello(std::string_view body, std::string_view& proof);
  [[nodiscard]] bool speaks_our_version(std::string_view body) const;
  [[nodiscard]] std::string transcript(session::role prover) const;
  [[nodiscard]] std::string proof() const;
  [[nodiscard]] step check_names() const;

  parameters own_;
  key secret_;
  stage stage_;
  std::string own_hello_;  // without the acceptor's proof
  std::string peer_hello_; // the same
  peer_identity peer_;
  std::chrono::milliseconds peer_ticktime_{};
};

} // namespace troupe::dist
