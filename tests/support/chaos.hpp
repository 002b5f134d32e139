// A cluster to which everything happens, chosen by a seed, and the record of what its processes
// did and saw.
//
// Erlang counterpart: none.
// Threads: the test's. One run at a time.

#pragma once

#include "support/chaos_model.hpp"
#include "support/cluster.hpp"

#include <caf/actor_control_block.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test::chaos {

class run {
public:
  explicit run(uint64_t seed);
  ~run();
  run(const run&) = delete;
  run& operator=(const run&) = delete;

  /// Plays the whole run, ends all processes and looks what is left.
  void play();
  [[nodiscard]] const history& record() const noexcept { return history_; }

  // -- for its processes ------------------------------------------------------------------------
  void begin(process& self, size_t who);
  void end(size_t who, std::string reason);
  /// Takes all messages that have come.
  void catch_up(process& self, size_t who);
  void take(size_t who, const term& x);
  /// What the process was told to do next and has not done yet.
  [[nodiscard]] task<> obey(process& self, size_t who);

private:
  enum class deed : uint8_t {
    send,
    send_name,
    link,
    unlink,
    monitor,
    monitor_name,
    demonitor,
    exit_other,
    exit_self,
    trap,
    spawn_here,
    spawn_there,
    request_spawn,
    add_name,
    remove_name,
    observe,
    watch_node
  };
  struct order {
    deed what{};
    size_t other = 0;
    size_t node = 0;
    uint64_t number = 0;
    atom name{};
    term reason{};
    spawn_options how{};
    bool flag = false;
  };
  struct machine {
    std::string name;
    unsigned life = 0;
    size_t processes = 0; // Of the runtime itself.
    size_t names = 0;
    bool up = false;
    bool frozen = false;
    clock::time_point since{};
    std::vector<caf::strong_actor_ptr> handles; // Held on this node.
  };
  struct actor {
    pid id;
    bool alive = false;
    std::deque<size_t> orders;
    std::map<uint64_t, reference> monitors;
  };

  void note(event x);
  size_t new_process(size_t node);
  void bind(const pid& x, size_t who);
  size_t process_of(const pid& x);
  size_t node_of(atom name) const;
  bool counts(size_t who) const;
  void settle(size_t node);
  void populate(size_t node);
  void start_process(size_t node);
  void tell(size_t who, order x);
  size_t below(size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  size_t any_process(bool alive);
  static std::array<deed, 44> make_deeds();
  order any_order(size_t who);
  void any_trouble();
  void network_trouble(size_t x, size_t y);
  void trouble(size_t x, size_t y, bool begins);
  void end_node(size_t x, bool power);
  void start_node(size_t x);
  void mend_some();
  void mend_all();
  void give_up_links();
  void relate_anew();
  void finale();
  void look_what_is_left();

  void reach(process& self, size_t who, const order& x);
  void relate(process& self, size_t who, const order& x);
  void leave(process& self, size_t who, const order& x);
  void name(process& self, size_t who, const order& x);
  static void observe_with(run* x);
  void observe(process& self, size_t who, const order& x);
  void watch_node(process& self, size_t who, const order& x);
  void release_handles(size_t node);
  task<> spawn_and_wait(process& self, size_t who, order x);
  void spawn_here(process& self, size_t who, const order& x);
  void request(process& self, size_t who, const order& x);
  void failed_to_spawn(size_t who, size_t child, const pid& dummy, const order& x);

  history history_;
  std::mt19937_64 random_;
  std::vector<machine> machines_; // From 1, as in the record.
  std::vector<actor> actors_;     // As `history::processes`.
  std::vector<order> orders_;
  std::map<pid, size_t> known_;
  std::map<std::pair<size_t, uint32_t>, unsigned> lives_;
  std::map<reference, uint64_t> monitors_;
  std::map<reference, std::pair<uint64_t, order>> requests_;
  std::vector<std::pair<size_t, size_t>>
    broken_; // Pairs of nodes between which something is wrong.
  uint64_t last_number_ = 0;
  bool quiet_ = false;
  unsigned violence_ = 0; // 0: none.
  size_t crowd_ = 1;      // Processes to which most happens.
  clock::time_point start_{};
  cluster cluster_;
};

/// Plays the seed and returns what was wrong, with the last events; empty when nothing was.
[[nodiscard]] std::string play(uint64_t seed);

} // namespace troupe::test::chaos
