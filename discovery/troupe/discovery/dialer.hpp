// When which peer is dialled: paced, with full-jitter pauses, one side of a pair first.
//
// Erlang counterpart: none; net_kernel dials when asked to, at once.
// Threads: not synchronised (pure); confined to the discovery process.

#pragma once

#include "troupe/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe::discovery {

/// Keys are names of nodes, or addresses of nodes whose name is not known. Of two nodes that see
/// each other, the one that `goes_first` names dials at once and the other 0.3 to 0.5 s later, if
/// there is no connection by then. A dial that fails is tried again after a pause that is drawn
/// between nothing and a bound that doubles (limits::backoff_first to backoff_last). A connection
/// that is lost within `stable` counts as a dial that failed.
class dialer {
public:
  /// A connection of that age makes the pauses begin anew.
  static constexpr std::chrono::seconds stable{30};
  /// A dial of that age begins again at a sign of life: its first packets were lost, most likely.
  static constexpr std::chrono::milliseconds slow_dial{500};

  dialer(std::string self, std::function<uint64_t()> random);

  /// Whether `x` is the one of the two that dials first; the same on both.
  [[nodiscard]] static bool goes_first(const std::string& x, const std::string& other);

  /// `key`, which is not connected, is to be. Harmless when it is wanted already.
  void want(const std::string& key, clock::time_point now);
  /// The same, with a sign of life: the pause is over. Returns true when the dial that is under way
  /// is so old that it should begin again. So that a peer that is heard and cannot be reached is
  /// not dialled at each of its words, a sign counts again only after the bound of the pause.
  bool alive(const std::string& key, clock::time_point now);
  /// Gives a key up, with what is known of its dials, unless it is connected.
  void forget(const std::string& key);

  void failed(const std::string& key, clock::time_point now);
  /// A connection is up; after a while its pauses begin anew.
  void connected(const std::string& key, clock::time_point now);

  /// Takes those whose time has come, as many as the limits allow; each is in flight until
  /// `failed`, `connected` or `forget`.
  [[nodiscard]] std::vector<std::string> due(clock::time_point now);
  /// `time_point::max()`: not before something happens.
  [[nodiscard]] clock::time_point next() const;
  [[nodiscard]] size_t in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] bool is_wanted(const std::string& key) const;

private:
  enum class state : uint8_t { waiting, flying, up };
  struct target;
  using table = std::unordered_map<std::string, target>;
  /// By when they are due; equal times keep the order of the calls.
  using queue = std::multimap<clock::time_point, table::value_type*>;
  struct target {
    state what = state::up;
    bool paused = false; // It waits because a dial failed, not because the peer goes first.
    unsigned failures = 0;
    queue::iterator turn{};          // While it waits.
    clock::time_point since{};       // When the dial or the connection began.
    clock::time_point sign_counts{}; // When a sign of life counts again.
  };

  table::value_type* make(const std::string& key, clock::time_point now);
  void wait(table::value_type& x, clock::duration pause, clock::time_point now);
  void stop_waiting(target& x);
  void leave_flight(target& x);
  void forget_stable(clock::time_point now);
  [[nodiscard]] clock::duration turn_of(const std::string& key);
  [[nodiscard]] clock::duration below(clock::duration bound);
  [[nodiscard]] static clock::duration bound_of(unsigned failures);

  const std::string self_;
  std::function<uint64_t()> random_;
  table targets_; // Bounded by twice limits::peers_max: wanted, and connected for a short time.
  queue queue_;   // Those that wait.
  std::deque<std::pair<clock::time_point, std::string>> young_; // Connections, the oldest first.
  size_t in_flight_ = 0;
  double tokens_ = 0;
  clock::time_point refilled_{};
};

} // namespace troupe::discovery
