// What a process sees: itself, its mailbox, and the ways to reach others.
//
// Erlang counterpart: the process, with the functions of `erlang` that concern the caller.
// Differences: a body is a coroutine; a process that runs without waiting cannot be ended from
// outside. Threads: confined to the process itself, but for what is marked `any thread`.

#pragma once

#include "troupe/fwd.hpp"
#include "troupe/internal/mailbox.hpp"
#include "troupe/internal/process_parts.hpp"
#include "troupe/io.hpp"
#include "troupe/message.hpp"
#include "troupe/node_name.hpp"
#include "troupe/signal.hpp"
#include "troupe/spawn.hpp"
#include "troupe/task.hpp"

#include <caf/actor_config.hpp>
#include <caf/local_actor.hpp>
#include <caf/resumable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace troupe {

class process final : public internal::process_base {
public:
  process(caf::actor_config& cfg, internal::node_core& core, pid leader, std::string init);
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
  [[nodiscard]] const std::string& initial_function() const noexcept { return init_; }

  // -- send; never fails, never waits (MSG-01 to MSG-06) ----------------------------------------
  template <class T, class... Ts>
  void send(const pid& to, T&& x, Ts&&... xs) {
    send_message(to, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  /// To whoever has the name on `at` when the message arrives.
  template <class T, class... Ts>
  void send(atom name, atom at, T&& x, Ts&&... xs) {
    send_message(name, at, caf::make_message(std::forward<T>(x), std::forward<Ts>(xs)...));
  }
  void send_message(const pid& to, caf::message x);
  void send_message(atom name, atom at, caf::message x);

  // -- receive: selective, in arrival order; what does not match stays --------------------------
  /// Waits for a message of type `T`: one that was sent as `T`, or whose term has the form of `T`.
  template <class T>
  [[nodiscard]] task<T> receive() {
    internal::receive_value<T> op{*this};
    co_await internal::wait_for{*this, op};
    co_return std::move(*op.value);
  }
  /// The same, no longer than `timeout`.
  template <class T>
  [[nodiscard]] task<std::optional<T>> receive_for(clock::duration timeout) {
    internal::receive_value<T> op{*this};
    op.deadline = deadline(timeout);
    co_await internal::wait_for{*this, op};
    co_return std::move(op.value);
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
  reference monitor(const pid& to);
  reference monitor(atom name, atom at);
  /// Returns whether the monitor was still there. `flush` also removes a DOWN that has come.
  bool demonitor(const reference& ref, bool flush = false);
  /// Sends an exit signal; `kill` cannot be trapped.
  void exit(const pid& to, term reason);
  /// Ends this process: throws, so that destructors run.
  [[noreturn]] void exit(term reason) { throw exit_request{std::move(reason)}; }
  /// Exit signals become messages `{:EXIT, from, reason}`. Returns the old setting.
  bool trap_exit(bool on) { return std::exchange(trap_exit_, on); }
  [[nodiscard]] bool trap_exit() const noexcept { return trap_exit_; }

  // -- spawn ------------------------------------------------------------------------------------
  /// Starts `f(process&, args...)` on this node, with this process's group leader.
  template <class F, class... As>
  pid spawn(F f, As&&... as) {
    return start_local(internal::root_of(std::move(f), std::forward<As>(as)...),
                       internal::name_of<F>(), {});
  }
  template <class F, class... As>
  pid spawn_link(F f, As&&... as) {
    return start_local(internal::root_of(std::move(f), std::forward<As>(as)...),
                       internal::name_of<F>(), {.link = true});
  }
  /// Starts a captureless lambda on the node `at`, which must run the same program. Yields the new
  /// pid once the node has answered; when it cannot be reached, a pid of this node that has ended
  /// with `noconnection` (SP-03).
  template <class F, class... As>
  [[nodiscard]] task<pid> spawn_at(troupe::node_name at, F, As... as) {
    return spawn_pid_at(atom{at.text()}, internal::call_of<F>(*bridge(), std::move(as)...), {});
  }
  /// Starts the function `Fn` on the node `at`; the programs need only both have it.
  template <auto Fn, class... As>
  [[nodiscard]] task<pid> spawn_at(troupe::node_name at, As... as) {
    return spawn_pid_at(atom{at.text()},
                        internal::call_of<internal::named<Fn>>(*bridge(), std::move(as)...), {});
  }
  struct spawned {
    pid id;
    reference monitor; ///< Null when not asked for.
  };
  /// The form behind the others.
  [[nodiscard]] task<spawned> spawn_what_at(atom at, spawn_what what, spawn_options options);
  /// The same without waiting: the answer comes as a message
  /// `{:spawn_reply, ref, :ok, pid}` or `{:spawn_reply, ref, :error, reason}`.
  reference spawn_request_at(atom at, spawn_what what, spawn_options options);

  // -- other nodes; each within limits::handshake_timeout ---------------------------------------
  [[nodiscard]] task<bool> ping(atom name);
  [[nodiscard]] task<bool> connect(atom name);
  [[nodiscard]] task<bool> connect_hidden(atom name);
  [[nodiscard]] task<bool> disconnect(atom name);

  // -- for the runtime --------------------------------------------------------------------------
  [[nodiscard]] internal::node_core& core() const noexcept { return *core_; }
  [[nodiscard]] actor_bridge* bridge() const noexcept;
  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* eu) override; // any thread
  void launch(caf::execution_unit* eu, bool lazy, bool hide) override;
  resume_result resume(caf::execution_unit* eu, size_t budget) override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;
  void on_destroy() override;
  const char* name() const override { return "troupe.process"; }

private:
  friend struct internal::wait_for;
  friend class internal::node_core;

  struct link_state {
    bool active = false;
    uint64_t unlinking
      = 0; // Id of an unlink that is not acknowledged; exits are ignored till then.
  };
  struct watcher {
    pid who;
    atom name; // By which it found us, or nil.
  };
  struct watched {
    pid to; // Null when watched by name on another node.
    atom name;
    atom node;
  };

  struct pending_spawn {
    spawn_options options;
    bool as_message = false;
  };
  struct pending_answer {
    reference ref;
    std::optional<term> value;
  };

  clock::time_point deadline(clock::duration timeout) const;
  pid start_local(internal::root_function root, std::string init, spawn_options options,
                  reference monitor = {});
  task<pid> spawn_pid_at(atom at, spawn_what what, spawn_options options);
  task<term> await_answer(reference ref);
  task<bool> ask_carrier(atom name,
                         void (internal::signal_carrier::*what)(atom, std::function<void(bool)>));
  pid start_unreachable(atom at, const spawn_what& what, spawn_options options, reference monitor,
                        const term& why);
  bool begin_wait(internal::receive_op& op);
  bool run_body();
  bool deliver_next();
  void accept(caf::mailbox_element_ptr x);
  void act_on(signal x);
  void on_exit_signal(signal& x);
  void on_unlink(const signal& x);
  void on_down(signal& x);
  void on_answer(signal& x);
  void tell_the_end(const term& reason);
  void append(term x);
  void begin_death(term reason);
  void die(term reason);
  void arm(clock::time_point t);
  void finish_plain_observers(const term& reason);

  internal::node_core* core_;
  pid self_;
  pid leader_;
  std::string init_;
  internal::mailbox mailbox_;
  fiber body_;
  internal::root_function root_;
  internal::receive_op* waiting_ = nullptr;
  std::optional<clock::time_point> armed_;
  std::map<pid, link_state> links_;
  std::map<reference, watched> monitors_;
  std::map<reference, watcher> watchers_;
  std::map<reference, pending_spawn> spawns_;
  std::optional<pending_answer> answer_;
  std::optional<term> dying_;
  uint64_t last_unlink_ = 0;
  size_t budget_ = 0;
  bool trap_exit_ = false;
  bool launched_ = false;
  bool started_ = false;
  bool closed_ = false;
};

} // namespace troupe
