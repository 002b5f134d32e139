// The values that servers and their callers pass: whom to ask, who asked, what to do next.
//
// Erlang counterpart: gen_server's ServerRef, From, and the tuples that callbacks return.
// Threads: immutable values.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/node_name.hpp"
#include "troupe/pid.hpp"
#include "troupe/term.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace troupe::actors::server {

/// A server: its pid, its name on the own node, its name on another, or its global name.
class ref {
public:
  ref(const pid& x) : id_(x) {}
  ref(atom name) : name_(name) {}
  ref(atom name, atom node) : name_(name), node_(node) {}
  ref(atom name, const node_name& node) : name_(name), node_(node.text()) {}
  /// Whoever has the name in the cluster, see actors/global_names; for `call` and `cast`.
  [[nodiscard]] static ref global(term name) {
    ref result{atom{}};
    result.global_ = std::move(name);
    return result;
  }

  [[nodiscard]] const pid& id() const noexcept { return id_; }
  [[nodiscard]] atom name() const noexcept { return name_; }
  /// Nil: that of who asks.
  [[nodiscard]] atom node() const noexcept { return node_; }
  [[nodiscard]] const std::optional<term>& global_name() const noexcept { return global_; }
  /// Returns `pid`, `name`, `{name, node}` or `{:global, name}`.
  [[nodiscard]] term to_term() const;

private:
  pid id_; // Null: the name counts.
  atom name_;
  atom node_;
  std::optional<term> global_;
};

/// Who asked, and how the answer finds back: `{pid, tag}`.
class caller {
public:
  caller() = default;
  caller(const pid& id, term tag) : id_(id), tag_(std::move(tag)) {}

  [[nodiscard]] const pid& id() const noexcept { return id_; }
  [[nodiscard]] const term& tag() const noexcept { return tag_; }
  [[nodiscard]] term to_term() const { return term::tuple({id_, tag_}); }
  [[nodiscard]] static std::optional<caller> from_term(const term& x);

private:
  pid id_;
  term tag_;
};

/// What a server does after a callback.
class step {
public:
  enum class kind : uint8_t { ok, ignore, reply, noreply, stop };

  /// Of `init`: ready.
  [[nodiscard]] static step ok() { return step{kind::ok}; }
  /// Of `init`: end normally; the starter gets `:ignore`.
  [[nodiscard]] static step ignore() { return step{kind::ignore}; }
  /// Of `handle_call`: the answer.
  [[nodiscard]] static step reply(term answer);
  /// Of `handle_call`: somebody answers later, see `server::reply`. Elsewhere: go on.
  [[nodiscard]] static step noreply() { return step{kind::noreply}; }
  /// End with `reason`; in `init` it is the error of the start.
  [[nodiscard]] static step stop(term reason);
  /// Of `handle_call`: end, and answer after `terminate`.
  [[nodiscard]] static step stop(term reason, term answer);

  /// When no message comes for that long, `handle_info` gets `:timeout`.
  [[nodiscard]] step within(clock::duration timeout) &&;
  /// `handle_continue` gets `what` before any message.
  [[nodiscard]] step then(term what) &&;

  [[nodiscard]] kind type() const noexcept { return kind_; }
  [[nodiscard]] const std::optional<term>& answer() const noexcept { return answer_; }
  [[nodiscard]] const term& reason() const noexcept { return reason_; }
  [[nodiscard]] const std::optional<clock::duration>& timeout() const noexcept { return timeout_; }
  [[nodiscard]] const std::optional<term>& continuation() const noexcept { return continuation_; }
  /// Returns the tuple of gen_server, without the state.
  [[nodiscard]] term to_term() const;

private:
  explicit step(kind x) : kind_(x) {}

  kind kind_;
  std::optional<term> answer_;
  term reason_;
  std::optional<clock::duration> timeout_;
  std::optional<term> continuation_;
};

} // namespace troupe::actors::server
