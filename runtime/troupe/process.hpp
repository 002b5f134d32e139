// What a process sees: itself, its mailbox, and the ways to reach others.
//
// Erlang counterpart: the process, with the functions of `erlang` that concern the caller.
// Differences: a body is a coroutine; a process that runs without waiting cannot be ended from
// outside. Threads: confined to the process itself, but for what is marked `any thread`.

#pragma once

#include "troupe/fwd.hpp"
#include "troupe/internal/alias_set.hpp"
#include "troupe/internal/lazy_map.hpp"
#include "troupe/internal/mailbox.hpp"
#include "troupe/internal/process_origin.hpp"
#include "troupe/internal/process_parts.hpp"
#include "troupe/internal/process_state.hpp"
#include "troupe/internal/request_table.hpp"
#include "troupe/io.hpp"
#include "troupe/message.hpp"
#include "troupe/node_name.hpp"
#include "troupe/process_info.hpp"
#include "troupe/process_spawning.hpp"
#include "troupe/send_options.hpp"
#include "troupe/signal.hpp"
#include "troupe/spawn.hpp"
#include "troupe/task.hpp"
#include "troupe/timers.hpp"

#include <caf/actor_config.hpp>
#include <caf/local_actor.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace troupe {

class process final : public internal::process_base,
                      public info_calls,
                      public name_calls,
                      public timer_calls,
                      public process_spawning<process> {
public:
  process(caf::actor_config& cfg, internal::node_core& core, pid leader,
          internal::origin_ptr origin);
  ~process() override;

  // -- who ---------------------------------------------------------------------------------------
  [[nodiscard]] const pid& self() const noexcept { return self_; }
  [[nodiscard]] troupe::node& home() const noexcept;
  [[nodiscard]] const std::string& node_name() const;
  [[nodiscard]] const pid& group_leader() const noexcept { return leader_; }
  void group_leader(const pid& x) { leader_ = x; }
  /// Standard input and output, wherever the group leader is.
  [[nodiscard]] troupe::io io() noexcept { return troupe::io{*this}; }
  /// What the process was started to run, for messages.
  [[nodiscard]] const std::string& initial_function() const noexcept { return origin_->text; }

  // -- send; never fails, never waits (MSG-01 to MSG-06) ----------------------------------------
  /// What is sent faster than a connection carries it is kept in memory, until
  /// `limits::outbound_bytes_hard` closes the connection; `send_paced` waits instead.
  template <class T, class... Ts>
  void send(const pid& to, T&& x, Ts&&... xs) {
    if (to.node == self_.node && to.creation == self_.creation)
      post(to.id, caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::forward<T>(x),
                                            std::forward<Ts>(xs)...));
    else
      send_message(to, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  /// To whoever has the name on `at` when the message arrives.
  template <class T, class... Ts>
  void send(atom name, atom at, T&& x, Ts&&... xs) {
    send_message(name, at, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  /// To the process whose alias `to` is; dropped when it is none, or none any more (MSG-18).
  template <class T, class... Ts>
  void send(const reference& to, T&& x, Ts&&... xs) {
    send_message(to, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  void send_message(const pid& to, caf::message x);
  void send_message(atom name, atom at, caf::message x);
  void send_message(const reference& to, caf::message x);

  // -- receive: selective, in arrival order; what does not match stays --------------------------
  /// Waits for a message of type `T`: one that was sent as `T`, or whose term has the form of `T`.
  template <class T>
  [[nodiscard]] internal::receiving<T> receive() {
    return internal::receiving<T>{*this};
  }
  /// The same, no longer than `timeout`.
  template <class T>
  [[nodiscard]] internal::receiving_for<T> receive_for(clock::duration timeout) {
    return internal::receiving_for<T>{*this, timeout};
  }
  /// Waits for a message, of any type, whose term form `match` accepts.
  [[nodiscard]] task<std::optional<term>> receive_match(std::function<bool(const term&)> match,
                                                        std::optional<clock::duration> timeout
                                                        = {});
  [[nodiscard]] task<> sleep(clock::duration time);
  /// Lets other processes run, and signals to this one act.
  [[nodiscard]] task<> yield();
  /// Takes all messages out of the mailbox, as terms.
  [[nodiscard]] std::vector<term> flush();
  [[nodiscard]] size_t queue_size() const noexcept { return mailbox_.size(); }

  // -- links and monitors -----------------------------------------------------------------------
  void link(const pid& to);
  void unlink(const pid& to);
  [[nodiscard]] std::vector<pid> links() const;
  /// `{:DOWN, ref, :process, pid, reason}` comes once, after the last message of `to`.
  reference monitor(const pid& to, monitor_options how = {});
  reference monitor(atom name, atom at, monitor_options how = {});
  /// Returns whether the monitor was still there. `flush` also removes a DOWN that has come.
  bool demonitor(const reference& ref, bool flush = false);
  /// Makes a reference that others can send to in place of this process, until `unalias`, or the
  /// first message with `alias_life::reply`. At most `limits::aliases_max` at once.
  [[nodiscard]] reference alias(alias_life life = alias_life::explicit_unalias);
  /// Returns whether it was an alias. What did not get into the mailbox yet is dropped.
  bool unalias(const reference& ref);
  /// Sends an exit signal; `kill` cannot be trapped.
  void exit(const pid& to, term reason);
  /// Ends this process: throws, so that destructors run.
  [[noreturn]] void exit(term reason) { throw exit_request{std::move(reason)}; }
  /// Exit signals become messages `{:EXIT, from, reason}`. Returns the old setting.
  bool trap_exit(bool on) { return std::exchange(trap_exit_, on); }
  [[nodiscard]] bool trap_exit() const noexcept { return trap_exit_; }

  // -- spawn; templates in process_spawning.hpp -------------------------------------------------
  using process_spawning<process>::spawn; // CAF's actors have one, too
  /// The form behind the others.
  [[nodiscard]] task<spawned> spawn_what_at(atom at, spawn_what what, spawn_options options);
  /// The same without waiting: the answer comes as a message `{:spawn_reply, ref, :ok, pid}` or
  /// `{:spawn_reply, ref, :error, reason}`, before anything of the new process (SP-07, SP-08). With
  /// `ref`, made before so that `what` can carry it, the request is that.
  reference spawn_request_at(atom at, spawn_what what, spawn_options options, reference ref = {});
  /// Takes a request back; false when the answer has come (SP-09). No answer comes after it, and a
  /// linked process that is started nevertheless ends with `abandoned`. `flush` also removes an
  /// answer that has come.
  bool spawn_request_abandon(const reference& ref, bool flush = false);

  // -- other nodes; each within limits::handshake_timeout ---------------------------------------
  [[nodiscard]] task<bool> ping(atom name);
  [[nodiscard]] task<bool> connect(atom name);
  [[nodiscard]] task<bool> connect_hidden(atom name);
  [[nodiscard]] task<bool> disconnect(atom name);

  // -- for the runtime --------------------------------------------------------------------------
  /// When `timeout` from now is over.
  [[nodiscard]] clock::time_point deadline(clock::duration timeout) const;
  [[nodiscard]] internal::node_core& core() const noexcept { return *core_; }
  [[nodiscard]] actor_bridge* bridge() const noexcept;
  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* eu) override; // any thread
  void launch(caf::execution_unit* eu, bool lazy, bool hide) override;
  resume_result resume(caf::execution_unit* eu, size_t budget) override;
  /// It held up the transport's thread: only the scheduler's threads run it until it is short
  /// again. Any thread.
  void ran_long() noexcept { runs_long_.store(true, std::memory_order_relaxed); }
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;
  void on_destroy() override;
  const char* name() const override { return "troupe.process"; }

private:
  friend struct internal::wait_for;
  friend class internal::node_core;
  friend class internal::process_table;
  friend class process_spawning<process>;
  friend struct internal::info_reader;
  friend class info_calls;
  friend class name_calls;

  pid start_local(internal::root_starter root, internal::origin_ptr origin, spawn_options options,
                  reference monitor = {});
  pid start_what(spawn_what what, spawn_options options, reference monitor);
  void post(uint64_t to, caf::mailbox_element_ptr x);
  task<pid> spawn_pid_at(atom at, spawn_what what, spawn_options options);
  task<term> await_answer(reference ref, bool suspended = false);
  task<bool> ask_carrier(atom name,
                         void (internal::signal_carrier::*what)(atom, std::function<void(bool)>));
  pid start_unreachable(atom at, const spawn_what& what, spawn_options options, reference monitor,
                        const term& why);
  bool begin_wait(internal::receive_op& op);
  void run_soon(caf::execution_unit* eu);
  resume_result run();
  bool run_body();
  bool deliver_next();
  void accept(caf::mailbox_element_ptr x);
  void act_on(signal& x);
  void turn_away(caf::mailbox_element& x);
  void on_exit_signal(signal& x);
  void on_unlink(const signal& x);
  void on_down(signal& x);
  void on_alias_message(signal& x);
  void on_answer(signal& x);
  void on_spawn_reply(const internal::pending_spawn& asked, signal& x);
  void tell_the_end(const term& reason);
  void append(term x);
  reference new_reference() const;
  void watch(const reference& ref, internal::watched x, alias_life alias);
  void monitor_ended(const reference& ref);
  void give_up(const internal::pending_spawn& asked, const reference& ref, const pid& child);
  void begin_death(term reason);
  void die(term reason);
  void arm(clock::time_point t);
  void finish_plain_observers(const term& reason);

  internal::node_core* core_;
  process* next_in_table_ = nullptr; // Guarded by the table.
  pid self_;
  pid leader_;
  internal::origin_ptr origin_;
  internal::mailbox mailbox_;
  fiber body_;
  internal::receive_op* waiting_ = nullptr;
  std::optional<clock::time_point> armed_;
  internal::lazy_map<pid, internal::link_state> links_;
  internal::lazy_map<reference, internal::watched> monitors_;
  internal::lazy_map<reference, internal::observer> watchers_;
  internal::lazy_map<reference, internal::pending_spawn,
                     internal::request_table<internal::pending_spawn>>
    spawns_;
  internal::alias_set aliases_;
  std::unique_ptr<internal::pending_answer> answer_;
  std::unique_ptr<term> dying_; // Why it ends, once that is certain.
  uint64_t last_unlink_ = 0;
  size_t budget_ = 0;
  bool trap_exit_ = false;
  bool launched_ = false;
  bool started_ = false;
  std::atomic<bool> closed_{false};
  std::atomic<bool> runs_long_{false};
};

} // namespace troupe
