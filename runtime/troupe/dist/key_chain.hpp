// Which cookie's keys are for whom: those of single nodes, and the common ones for all others.
//
// Erlang counterpart: auth's table of cookies, as one handshake sees it.
// Threads: immutable; a session keeps the chain with which it began (rule COOKIE-06).

#pragma once

#include "troupe/dist/auth.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::dist {

class key_chain {
public:
  using ring = std::shared_ptr<const key_ring>;
  using by_name = std::map<std::string, ring, std::less<>>;

  explicit key_chain(ring common, by_name own = {});

  /// The keys for `node`: its own, else the common ones.
  [[nodiscard]] const ring& of(std::string_view node) const;
  [[nodiscard]] const ring& common() const noexcept { return common_; }
  /// The TLS contexts whose pre-shared key a dialler means by `psk_identity`; null when none of
  /// ours is meant. Costs one HMAC per cookie.
  [[nodiscard]] const tls_contexts* meant_by(std::string_view psk_identity) const;

private:
  ring common_;
  by_name own_;
  std::vector<ring> others_; // Each ring of `own_` once.
};

} // namespace troupe::dist
