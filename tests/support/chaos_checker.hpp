// The parts of the chaos model: one function for each family of rules.
//
// Erlang counterpart: none.
// Threads: a value that looks at a history, which must outlive it.

#pragma once

#include "support/chaos_model.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test::chaos {

class checker {
public:
  explicit checker(const history& h);

  void names();
  void messages();
  void completeness();
  void node_events();
  void spawns();
  void monitors();
  void links();
  void observers();
  void watched_nodes();
  void deaths();
  void leaks();

  std::vector<std::string> found;

private:
  static constexpr size_t never = static_cast<size_t>(-1);
  using pair = std::pair<size_t, size_t>;

  struct fate {
    size_t began = never, ended = never;
    std::string reason;
  };
  struct interval {
    time_point from, to;
  };
  struct watch {
    size_t at = 0, who = 0, other = 0, node = 0;
    std::string name;
    size_t fired = never, given_up = never;
    bool by_spawn = false, refused = false;
  };
  /// What concerns a link between two processes.
  struct relation {
    std::vector<size_t> events;
  };

  void complain(size_t at, const std::string& text);
  const event& at(size_t i) const { return h_->events[i]; }
  const identity& who(size_t p) const { return h_->processes[p]; }
  bool same_node(size_t p, size_t q) const;
  bool troubled(size_t x, size_t y, time_point from, time_point to) const;
  bool troubled_between(size_t p, size_t q, time_point from, time_point to) const {
    return troubled(who(p).node, who(q).node, from, to);
  }
  size_t node_ended(size_t p) const;
  size_t gone(size_t p) const;
  bool stays(size_t p) const { return gone(p) == never && fates_[p].began != never; }
  bool ended_with(size_t p, const std::string& reason) const;
  bool traps_throughout(size_t p, size_t from, size_t to) const;
  bool saw_up_before(size_t p, size_t node, size_t at) const;
  bool saw_down_between(size_t p, size_t node, size_t from, size_t to) const;
  bool held_name(size_t p, const std::string& name, size_t from, size_t to) const;
  [[nodiscard]] bool someone_keeps_name(size_t node, const std::string& name, size_t from) const;
  std::optional<size_t> exit_sent(size_t from, size_t to, const std::string& reason) const;
  std::optional<std::string> wrong_reason(size_t p, size_t q, size_t op, size_t seen) const;
  std::optional<std::string> wrong_reason_of_name(const watch& w, size_t seen) const;
  void order(size_t i, std::map<pair, size_t>& last, size_t from, size_t position);
  void check_gap(size_t i, size_t from, size_t last, size_t position);
  void fire(size_t i, std::map<uint64_t, watch>& watches);
  void check_unfired(const watch& w);
  [[nodiscard]] bool before_its_link(size_t i) const;
  void check_link(size_t p, size_t q, const relation& r);
  void check_broken_link(size_t p, size_t q, const relation& r);
  bool has_cause(size_t p) const;

  const history* h_;
  size_t finish_;
  std::vector<fate> fates_;
  std::map<pair, size_t> lives_ended_; // Of (node, life).
  std::map<pair, size_t> lives_started_;
  std::map<pair, std::vector<interval>> troubles_;
  std::map<uint64_t, size_t> sends_;
  std::map<uint64_t, size_t> seen_;                   // Messages, where they were got.
  std::map<pair, std::vector<size_t>> sends_between_; // By pid.
  std::map<pair, std::vector<size_t>> exits_between_;
  std::map<pair, std::vector<size_t>> node_events_; // Of (process, node).
  std::map<size_t, std::vector<size_t>> traps_;
  struct holding {
    size_t who, from, to;
  };
  std::map<std::pair<size_t, std::string>, std::vector<holding>> holders_; // Of (node, name).
  std::map<pair, size_t> spawn_asked_;                     // Of (parent, child), as messages.
  std::map<pair, std::pair<size_t, bool>> spawn_answered_; // And whether there is a child.
  std::map<pair, relation> relations_;                     // The smaller process first.
};

} // namespace troupe::test::chaos
