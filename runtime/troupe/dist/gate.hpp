// What a peer's first bytes are, before anything is set aside for it.
//
// Erlang counterpart: none; a distribution port that meets a stranger waits for the rest of its
// message. Threads: pure function.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::dist {

/// What both sides of a plain connection say before their first frame.
inline constexpr std::string_view plain_magic = "TRPE";

enum class first_words : uint8_t {
  incomplete, ///< More bytes will tell.
  tls,        ///< A TLS handshake record.
  tls_alert,  ///< A TLS node that refuses what it got.
  plain,      ///< `plain_magic`.
  erlang,     ///< The name message of Erlang's own handshake.
  http,       ///< A request or an answer.
  other,
};

/// At the latest `first_words_bytes_max` bytes are not `incomplete`.
inline constexpr size_t first_words_bytes_max = 4;

[[nodiscard]] first_words classify(std::string_view bytes);

} // namespace troupe::dist
