// Who wants to know of nodes that come and go.
//
// Erlang counterpart: net_kernel:monitor_nodes/1,2 and erlang:monitor_node/2.
// Threads: not synchronised; guarded by net_kernel's mutex.

#pragma once

#include "troupe/errc.hpp"
#include "troupe/pid.hpp"
#include "troupe/term.hpp"

#include <compare>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::dist {

/// The word for `why` in a nodedown message (rule NM-02e).
[[nodiscard]] atom nodedown_reason(errc why);

class node_monitor {
public:
  /// Which nodes, and in which form the messages come.
  struct options {
    enum class nodes : uint8_t { visible, hidden, all };
    enum class form : uint8_t { pair, list, map };
    nodes which = nodes::visible;
    form shape = form::pair;
    bool node_type = false;
    bool reason = false;
    bool connection_id = false;
    friend auto operator<=>(const options&, const options&) = default;
  };
  /// A message for a process.
  using notice = std::pair<pid, term>;

  /// Each call gives one more copy of every message.
  void subscribe(const pid& who, const options& opts) { ++subscribers_[{who, opts}]; }
  /// Ends all subscriptions of `who` with these options.
  void unsubscribe(const pid& who, const options& opts) { subscribers_.erase({who, opts}); }

  /// One `{:nodedown, node}` when `node` goes; calls stack.
  void watch(const pid& who, atom node) { ++watchers_[node][who]; }
  /// Takes one call back.
  void unwatch(const pid& who, atom node);

  /// `id` is the number of the connection.
  [[nodiscard]] std::vector<notice> node_up(atom node, bool hidden, uint64_t id = 0) const;
  /// For `monitor_nodes`.
  [[nodiscard]] std::vector<notice> node_down(atom node, bool hidden, errc why,
                                              uint64_t id = 0) const;
  /// For `monitor_node`; these fire once.
  [[nodiscard]] std::vector<notice> take_watchers(atom node);

  /// Forgets processes for which `gone` is true; called before subscriptions are added.
  void prune(const std::function<bool(const pid&)>& gone);
  [[nodiscard]] size_t size() const noexcept;

private:
  struct event {
    std::string_view name;
    atom node;
    bool hidden = false;
    uint64_t connection = 0;
    const errc* why = nullptr; // Of an end.
  };
  static term info(const options& opts, const event& x);
  std::vector<notice> notices(const event& x) const;

  std::map<std::pair<pid, options>, size_t> subscribers_;
  std::map<atom, std::map<pid, size_t>> watchers_; // No empty map is kept.
};

} // namespace troupe::dist
