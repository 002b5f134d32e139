// The cookies of this node: one for all, and others for single nodes.
//
// Erlang counterpart: auth, behind erlang:set_cookie/1,2 and get_cookie/0,1. Difference: single
// cookies are limits::node_cookies_max at the most.
// Threads: not synchronised; guarded by net_kernel's mutex.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/dist/key_chain.hpp"

#include <map>
#include <memory>
#include <string>

namespace troupe::dist {

/// A cookie and what is derived from it.
struct cookie {
  std::string text;
  std::shared_ptr<const key_ring> keys;
};

class cookie_table {
public:
  explicit cookie_table(cookie common) : common_(std::move(common)) { refresh(); }

  /// For all nodes without a cookie of their own (rule COOKIE-08).
  void set(cookie x);
  /// For `node` alone; false when the table is full, and then nothing changes.
  [[nodiscard]] bool set(atom node, cookie x);

  /// The cookie that is good for `node` (rule COOKIE-07).
  [[nodiscard]] const cookie& of(atom node) const;
  [[nodiscard]] const cookie& common() const noexcept { return common_; }
  /// Keys that were derived from this text already, or null: deriving them again would be slow.
  [[nodiscard]] std::shared_ptr<const key_ring> keys_of(const std::string& text) const;
  /// What the next handshake goes by.
  [[nodiscard]] const std::shared_ptr<const key_chain>& chain() const noexcept { return chain_; }

private:
  void refresh();

  cookie common_;
  std::map<atom, cookie> own_; // Bounded by limits::node_cookies_max.
  std::shared_ptr<const key_chain> chain_;
};

} // namespace troupe::dist
