// Many nodes on one network segment, in virtual time: what discovery does without sockets,
// processes and threads, with the real classes for everything else.
//
// Erlang counterpart: none.
// Threads: the test's.
//
// The segment loses packets for each receiver by itself and delivers the others within 1 ms. A
// dial takes up to 10 ms and succeeds, unless the two nodes are cut off from each other: then it is
// tried again as TCP does, and fails after 5 s. All randomness comes from one seed, so the same
// seed gives the same run.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/discovery/announcement.hpp"
#include "troupe/discovery/beacon.hpp"
#include "troupe/discovery/gossip.hpp"
#include "troupe/discovery/peer_table.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::test {

class discovery_simulation {
public:
  struct settings {
    size_t nodes = 0;
    double loss = 0; ///< For each packet and receiver, 0 to 1.
    uint64_t seed = 1;
  };

  explicit discovery_simulation(settings x);
  ~discovery_simulation();

  /// Starts nodes `first` up to `end` (not included) at random moments within `spread` from now.
  void start(size_t first, size_t end, clock::duration spread);
  /// From now on the first `size` nodes and the others do not reach each other; links break.
  void cut(size_t size);
  void heal() { cut_ = 0; }
  void run(clock::duration time);
  /// Runs until every started node is linked with every other. Returns how long that took, or
  /// nothing if it took longer than `most`.
  std::optional<clock::duration> run_until_mesh(clock::duration most);

  [[nodiscard]] bool is_mesh() const noexcept;
  [[nodiscard]] size_t links() const noexcept { return links_; }
  /// Packets sent since the start, a multicast counts once.
  [[nodiscard]] uint64_t packets() const noexcept { return packets_; }
  [[nodiscard]] uint64_t packets_peak() const; ///< In one second of the run.
  [[nodiscard]] uint64_t letters() const noexcept { return letters_; }
  [[nodiscard]] uint64_t letter_peers() const noexcept { return letter_peers_; }
  [[nodiscard]] uint64_t dials() const noexcept { return dials_; }
  [[nodiscard]] const discovery::peer_table& table(size_t which) const;
  [[nodiscard]] const std::vector<discovery::discovery_event>& events(size_t which) const;
  /// Changes with everything that happened, in which order and when.
  [[nodiscard]] uint64_t fingerprint() const noexcept { return fingerprint_; }

private:
  struct node;
  struct event;
  /// Steps of the clock: what happens within one counts as at once.
  static constexpr std::chrono::microseconds step{100};
  static constexpr size_t ring_size = 16'384;

  void push(clock::duration delay, event x);
  void push_at(uint64_t at, event x);
  void advance();
  void handle(event& x);
  void wake(uint32_t who);
  void plan(uint32_t who);
  void apply(uint32_t who, const discovery::peer_table::outcome& x);
  void show_view(node& x);
  void speak(uint32_t who, std::vector<discovery::beacon::outgoing> what);
  void hear(uint32_t who, event& x);
  void tell(uint32_t who, std::vector<discovery::gossip::outgoing> what);
  void take_letter(uint32_t who, event& x);
  void dial(uint32_t who, uint32_t whom);
  void dial_due(event& x);
  void link(uint32_t x, uint32_t y);
  void link_up(uint32_t who, uint32_t whom);
  void link_down(uint32_t who, uint32_t whom);
  [[nodiscard]] std::vector<discovery::told_peer> list(const node& x) const;
  [[nodiscard]] bool apart(uint32_t x, uint32_t y) const noexcept {
    return cut_ != 0 && (x < cut_) != (y < cut_);
  }
  [[nodiscard]] uint64_t wall_ms() const;
  [[nodiscard]] clock::duration below(clock::duration bound);
  void note(uint64_t what);

  const settings how_;
  std::mt19937_64 random_;
  discovery::announcement_codec codec_;
  std::vector<std::unique_ptr<node>> nodes_;
  std::unordered_map<std::string, uint32_t> by_name_;
  std::unordered_map<std::string, uint32_t> by_host_;
  std::vector<std::vector<event>> ring_; // What happens soon, by step.
  std::map<uint64_t, std::vector<event>> later_;
  uint64_t now_step_ = 0;
  clock::time_point now_;
  size_t cut_ = 0;
  size_t started_ = 0;
  size_t links_ = 0;
  uint64_t packets_ = 0;
  uint64_t letters_ = 0;
  uint64_t letter_peers_ = 0;
  uint64_t dials_ = 0;
  uint64_t fingerprint_ = 0;
  std::map<uint64_t, uint64_t> packets_by_second_;
};

} // namespace troupe::test
