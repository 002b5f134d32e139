// What nodes say of themselves in a datagram, and its bytes.
//
// Erlang counterpart: none.
// Threads: values; a codec is immutable after construction.
//
// The format is in discovery/PROTOCOL.md. Nothing of a packet is read before its proof is right,
// but for a fixed header; nothing is allocated before that either.

#pragma once

#include "troupe/dist/auth.hpp"
#include "troupe/dist/transport.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::discovery {

namespace internal {
class keyed_hash;
}

struct announcement {
  /// Numbers of the wire: append only.
  enum class kind : uint8_t {
    hello = 1,     ///< New here: whoever knows peers answers.
    announce = 2,  ///< Still here.
    reply = 3,     ///< The answer to a hello, to its sender only.
    goodbye = 4,   ///< This life of the node ends.
    challenge = 5, ///< "Prove that this is not a replay": carries a nonce.
    response = 6,  ///< The same nonce back.
  };
  kind what = kind::announce;
  bool hidden = false;
  bool short_names = false;
  uint64_t instance = 0;    ///< Random number of the sender's life; never 0.
  uint64_t incarnation = 0; ///< When that life began, in ms since 1970.
  uint32_t sequence = 0;    ///< Grows with every packet of an instance, begins at 1.
  uint64_t wall_ms = 0;     ///< The sender's clock, in ms since 1970.
  /// The next `announce` comes within it; rounded up to steps of 100 ms.
  std::chrono::milliseconds interval{};
  std::string name; ///< `name@host`
  uint32_t creation = 0;
  /// Numeric addresses, those of the interface that the packet left by first. On the wire they have
  /// no scope: `%eth0` is cut off.
  std::vector<dist::endpoint> endpoints;
  uint32_t known = 0;           ///< Peers that the sender knows.
  uint64_t digest = 0;          ///< Of their instances; see `cluster_view`.
  uint64_t to = 0;              ///< The instance that is meant by reply, challenge and response.
  std::array<char, 16> nonce{}; ///< Of challenge and response; others do not carry it.

  friend bool operator==(const announcement&, const announcement&) = default;
};

/// Why a packet is not believed; in the order in which it is checked.
enum class drop : uint8_t {
  none,
  size,      ///< Too short, or above limits::packet_bytes_max.
  magic,     ///< Something else.
  version,   ///< A version that we do not read.
  foreign,   ///< Another cluster's.
  mac,       ///< Of our cluster, but with another key.
  malformed, ///< The key is right and the content is not: a faulty node.
  self,      ///< Our own.
  replayed,  ///< Seen before.
  stale,     ///< Its clock is too far off, or its life is over: could be a replay.
  rate,      ///< Too many newcomers.
};
inline constexpr size_t drop_count = 11;
[[nodiscard]] std::string_view to_string(drop x);

class announcement_codec {
public:
  /// `cluster` keeps clusters apart; who only knows it can read names, but not forge packets.
  announcement_codec(const dist::key& key, std::string_view cluster);

  /// Returns the packet. Endpoints that do not fit or are above limits::endpoints_max are left out,
  /// from the last on, and so are those that are no numeric address with a port.
  [[nodiscard]] std::string encode(const announcement& x) const;
  /// Returns what it says, or why not: `size` to `malformed`.
  [[nodiscard]] std::variant<announcement, drop> decode(std::span<const char> packet) const;

private:
  std::shared_ptr<const internal::keyed_hash> hash_;
  std::array<char, 8> tag_{}; // What the cluster's packets have in clear.
};

} // namespace troupe::discovery
