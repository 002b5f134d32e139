// Requests and answers of the port mapper's protocol as bytes.
//
// Erlang counterpart: the EPMD protocol ("Erlang Distribution Protocol", section 1), with the
// requests that epmd 5 and 6 and erl_epmd speak. Every length is checked, and bounded below what
// epmd accepts. Threads: pure functions and values.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::epmd {

/// Bytes of a name, as in Erlang; a longer one is malformed.
inline constexpr size_t name_bytes_max = 255;
/// Bytes of what a node adds to its registration; Erlang sends none. More is malformed.
inline constexpr size_t extra_bytes_max = 255;
/// Bytes of one request after its length field: the longest registration. More is malformed.
inline constexpr size_t request_bytes_max = 13 + name_bytes_max + extra_bytes_max;
/// Bytes of one listing that a client accepts: `names_max` of the longest lines fit.
inline constexpr size_t listing_bytes_max = 512 * 1024;

/// First byte of a request. Fixed by the protocol.
enum class request_kind : uint8_t {
  dump = 100,
  kill = 107,
  names = 110,
  stop = 115,
  alive2 = 120,
  port_please2 = 122,
};

/// First byte of an answer, where it has one. Fixed by the protocol.
enum class response_kind : uint8_t { alive2_x = 118, port2 = 119, alive2 = 121 };

/// What a node registers, and what a look-up returns.
struct node_info {
  std::string name;             ///< The part before `@`.
  uint16_t port = 0;            ///< Where the node listens.
  bool hidden = false;          ///< Node type 72 instead of 77.
  uint8_t protocol = 0;         ///< 0 is TCP over IPv4; Erlang knows no other.
  uint16_t highest_version = 6; ///< Of the distribution; 6 asks for a creation of 32 bits.
  uint16_t lowest_version = 5;
  std::string extra;

  friend bool operator==(const node_info&, const node_info&) = default;
};

/// Registers a node for as long as its connection lasts.
struct alive2_request {
  node_info node;
};
/// Asks for the port of a node.
struct port_please2_request {
  std::string name;
};
/// Asks for all names and ports.
struct names_request {};
/// As names, for people who debug.
struct dump_request {};
/// Asks the port mapper to end.
struct kill_request {};
/// Asks the port mapper to forget a node.
struct stop_request {
  std::string name;
};

using request = std::variant<alive2_request, port_please2_request, names_request, dump_request,
                             kill_request, stop_request>;

/// Answer to a registration.
struct alive2_response {
  bool accepted = false;
  uint32_t creation = 0; ///< Of no meaning unless accepted.

  friend bool operator==(const alive2_response&, const alive2_response&) = default;
};

/// Answer to a look-up: the node, or nothing when the name is not registered.
struct port2_response {
  std::optional<node_info> node;
};

/// One line of a listing.
struct registered_name {
  std::string name;
  uint16_t port = 0;

  friend bool operator==(const registered_name&, const registered_name&) = default;
};

/// Why there is no value yet, or never will be.
enum class decode_error { incomplete, malformed };

/// A value, or why there is none.
template <class T>
using decoded = std::variant<T, decode_error>;

/// Returns whether `x` can be registered: 1 to 255 bytes, no space, no control character, no `@`.
[[nodiscard]] bool valid_name(std::string_view x);

/// Returns the request with its length field. Names longer than the limits are cut.
[[nodiscard]] std::string encode(const request& x);

/// Returns the answer as 118 with 32 bits, or as 121 with 16 for a node that knows no more.
[[nodiscard]] std::string encode(const alive2_response& x, bool wide);
[[nodiscard]] std::string encode(const port2_response& x);
/// Returns the answer to `names_request` of a port mapper that listens at `mapper_port`.
[[nodiscard]] std::string encode_names(uint16_t mapper_port, const std::vector<node_info>& nodes);
/// Returns the answer to `dump_request`.
[[nodiscard]] std::string encode_dump(uint16_t mapper_port, const std::vector<node_info>& nodes);

/// Decodes a request with its length field. A connection carries one, so bytes after it are left
/// alone.
[[nodiscard]] decoded<request> decode_request(std::string_view bytes);
[[nodiscard]] decoded<alive2_response> decode_alive2_response(std::string_view bytes);
[[nodiscard]] decoded<port2_response> decode_port2_response(std::string_view bytes);
/// Decodes a whole listing, which ends with its connection. Lines of another form are skipped.
[[nodiscard]] decoded<std::vector<registered_name>> decode_names(std::string_view bytes);

} // namespace troupe::epmd
