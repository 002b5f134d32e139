// HMAC-SHA256 with a key that is prepared once, for many short texts.
//
// Erlang counterpart: none.
// Threads: immutable; any thread may sign at the same time.

#pragma once

#include "troupe/dist/auth.hpp"

#include <memory>
#include <optional>
#include <string_view>

struct evp_md_ctx_st; // of OpenSSL

namespace troupe::discovery::internal {

/// Signs as `dist::sign` does, but five times as fast: that one looks its algorithm up at every
/// call, and a flood of packets has to be cheap. Copies share what is prepared.
class keyed_hash {
public:
  explicit keyed_hash(const dist::key& with);

  /// Returns nothing only without memory.
  [[nodiscard]] std::optional<dist::mac> sign(std::string_view text) const;
  /// Returns whether `claimed`, of 16 bytes or more, is how the signature of `text` begins; takes
  /// as long for a wrong one as for a right one.
  [[nodiscard]] bool verify(std::string_view text, std::string_view claimed) const;

private:
  // The hash after the first block, which the key fills: of the inner and of the outer round.
  std::shared_ptr<const evp_md_ctx_st> inner_;
  std::shared_ptr<const evp_md_ctx_st> outer_;
};

} // namespace troupe::discovery::internal
