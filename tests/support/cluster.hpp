// A whole cluster in one thread on a virtual clock: same seed, same run.
//
// Erlang counterpart: peer nodes of a test suite.
// Threads: the test's.
//
// Whatever could run next (a process, a timer, a chunk that arrives) is chosen by the seed. Time
// moves only when nothing is left to do at the present one.

#pragma once

#include "support/memory_network.hpp"
#include "support/virtual_clock.hpp"

#include "troupe/node.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

class cluster;

/// A process that does what the test says and writes down what it gets.
class puppet {
public:
  using part = std::function<task<>(process& self)>;

  [[nodiscard]] const pid& id() const noexcept { return state_->id; }
  [[nodiscard]] bool is_alive() const;
  /// Whether it has done all that it was told.
  [[nodiscard]] bool is_idle() const { return state_->done == state_->script.size(); }
  /// Runs `f` in the process, after what it was told before.
  void does(std::function<void(process& self)> f) const;
  /// The same for what waits.
  void plays(part f) const;
  /// Returns what it got since the last call, as Elixir prints it: processes by their names in the
  /// test, references as `:ref`.
  [[nodiscard]] std::vector<std::string> mail() const;
  /// The same as it came.
  [[nodiscard]] std::vector<term> terms() const { return std::exchange(state_->mail, {}); }

private:
  friend class cluster;
  struct state {
    cluster* owner = nullptr;
    std::string home;
    pid id;
    std::vector<term> mail;
    std::vector<part> script;
    size_t done = 0;
  };
  static task<> act(process& self, std::shared_ptr<state> mine);

  std::shared_ptr<state> state_;
};

class cluster {
public:
  struct settings {
    std::string cookie = "monster";
    bool hidden = false;
    bool connect_all = true;
    bool prevent_overlapping_partitions = true;
    std::string build_id{}; ///< Empty: that of the test program.
    std::chrono::milliseconds ticktime{60'000};
    std::function<void(config&)> adjust{}; ///< Changes what else there is in a configuration.
  };

  /// Starts nodes `a@mem` and so on for the names `a` and so on.
  cluster(std::vector<std::string> names, uint64_t seed);
  cluster(std::vector<std::string> names, uint64_t seed, const settings& how);
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  void start(const std::string& name, const settings& how);
  [[nodiscard]] node& at(const std::string& name);
  [[nodiscard]] memory_network& network() noexcept { return net_; }
  [[nodiscard]] clock::time_point now() const { return *now_; }

  // -- time -------------------------------------------------------------------------------------
  /// Runs until no process has anything to do and no packet is under way.
  void run();
  /// Runs for this long, at the end of which packets may be under way.
  void advance(clock::duration time);
  /// Runs, and lets time pass, until `done`; false when it is not after `limit`.
  bool run_until(const std::function<bool()>& done,
                 clock::duration limit = std::chrono::seconds{30});

  // -- trouble ----------------------------------------------------------------------------------
  using ending = memory_network::ending;
  void cut(const std::string& x, const std::string& y, ending how = ending::orderly) {
    net_.cut(x, y, how);
  }
  void silence(const std::string& x, const std::string& y) { net_.silence(x, y); }
  void heal(const std::string& x, const std::string& y) { net_.heal(x, y); }
  /// The program stands still; its machine takes what comes.
  void freeze(const std::string& name) { lives_.at(name)->frozen = true; }
  void thaw(const std::string& name) { lives_.at(name)->frozen = false; }
  /// Ends a node as its user would.
  std::vector<std::string> stop(const std::string& name);
  /// Ends a node without its having a say.
  void kill(const std::string& name, ending how = ending::orderly);
  /// The same with the machine under it.
  void power_off(const std::string& name);
  /// Starts a node that was ended, or is killed now, again.
  void restart(const std::string& name);

  // -- what a user does -------------------------------------------------------------------------
  bool ping(const std::string& from, const std::string& to);
  /// All at once.
  std::vector<bool> ping(const std::vector<std::pair<std::string, std::string>>& pairs);
  bool connect(const std::string& from, const std::string& to);
  bool disconnect(const std::string& from, const std::string& to);
  /// Visible nodes of a node, as "b c".
  [[nodiscard]] std::string nodes(const std::string& of,
                                  dist::node_class which = dist::node_class::visible);
  /// Starts a process that the test calls `name`; it traps exits when `trap_exit`.
  puppet spawn(const std::string& at, const std::string& name, bool trap_exit = true);
  /// A process that the test knows and did not start.
  void call(const pid& x, const std::string& name) { names_[x] = name; }
  [[nodiscard]] static atom atom_of(const std::string& name) { return atom{name + "@mem"}; }
  [[nodiscard]] static node_name name_of(const std::string& name) {
    return node_name{name + "@mem"};
  }

  /// Returns `x` as text, see `puppet::mail`.
  [[nodiscard]] std::string text_of(const term& x) const;
  /// Lines that a node logged since the last call, "error: text".
  std::vector<std::string> log(const std::string& name);
  /// Changes with every step of a run.
  [[nodiscard]] uint64_t fingerprint() const noexcept { return fingerprint_; }

private:
  struct life {
    settings how;
    std::unique_ptr<virtual_clock> time;
    std::vector<std::string> log;
    std::unique_ptr<troupe::node> node;
    bool frozen = false;
    bool runs() const { return node && !frozen; }
  };
  using question = void (internal::signal_carrier::*)(atom, std::function<void(bool)>);

  bool step();
  bool step_alone(life& x);
  bool run_job(life& x);
  bool leap(clock::time_point limit);
  std::optional<clock::time_point> next() const;
  void catch_up(life& x);
  void remove(const std::string& name);
  bool ask(const std::string& from, const std::string& to, question what);
  term named(const term& x) const;

  shared_time now_;
  std::mt19937_64 random_;
  memory_network net_;
  dist::transport_mode mode_;
  std::map<std::string, std::unique_ptr<life>> lives_;
  std::map<pid, std::string> names_;
  life* alone_ = nullptr; // Only this one runs.
  uint64_t fingerprint_ = 0;
};

} // namespace troupe::test
