// The cookie's keys, and proofs made with them.
//
// Erlang counterpart: `erlang:md5(Cookie ++ Challenge)` in dist_util. Here the cookie is stretched
// first, so that a recorded handshake is a slow way to guess it, and every use has a key of its
// own. Threads: immutable values.

#pragma once

#include "troupe/cookie.hpp"
#include "troupe/result.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace troupe::dist {

class tls_contexts; // tls_session.hpp

/// Secret bytes, wiped from memory when they go.
class key {
public:
  static constexpr size_t size = 32;

  key() = default;
  key(const key&) = default;
  key& operator=(const key&) = default;
  ~key();

  [[nodiscard]] std::span<const unsigned char, size> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::span<unsigned char, size> bytes() noexcept { return bytes_; }

private:
  std::array<unsigned char, size> bytes_{};
};

/// HMAC-SHA256 of a text.
using mac = std::array<char, 32>;

[[nodiscard]] mac sign(const key& with, std::string_view text);

/// Returns whether `claimed` is what `sign` returns; takes as long for a wrong proof as for a right
/// one.
[[nodiscard]] bool verify(const key& with, std::string_view text, std::string_view claimed);

/// All that a node derives from its cookie. Made once per cookie, shared by all sessions.
class key_ring {
public:
  /// Takes about 100 ms, so that each guess at a cookie does as well. Returns
  /// `errc::invalid_config` for a cookie that is empty or longer than `cookie_bytes_max`.
  [[nodiscard]] static result<std::shared_ptr<const key_ring>> derive(std::string_view cookie);

  key_ring(const key_ring&) = delete;
  key_ring& operator=(const key_ring&) = delete;
  ~key_ring();

  /// Signs both hellos of a session.
  [[nodiscard]] const key& handshake_key() const noexcept { return handshake_key_; }
  /// Signs what nodes announce of themselves.
  [[nodiscard]] const key& discovery_key() const noexcept { return discovery_key_; }
  /// Makes TLS sessions whose pre-shared key comes from the cookie.
  [[nodiscard]] const tls_contexts& tls() const noexcept { return *tls_; }

private:
  key_ring();

  key handshake_key_;
  key discovery_key_;
  std::unique_ptr<const tls_contexts> tls_;
};

} // namespace troupe::dist
