// The heart of a node: takes every signal to where it belongs, here or on another node.
//
// Erlang counterpart: the emulator's signal delivery.
// Threads: any thread. Holds no lock while calling out; order of signals is that of the calls of
// one thread, and each process, and each connection, acts on one thread at a time.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/fwd.hpp"
#include "troupe/internal/alias_registry.hpp"
#include "troupe/internal/process_table.hpp"
#include "troupe/message.hpp"
#include "troupe/registry.hpp"
#include "troupe/send_options.hpp"
#include "troupe/signal.hpp"
#include "troupe/spawn.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::internal {

class proxy_table;

/// Takes signals to other nodes.
class signal_carrier {
public:
  virtual ~signal_carrier() = default;
  /// `x.to.node` says where to; connects first when needed.
  virtual void carry(signal&& x) = 0;
  /// The same when `how` allows it.
  virtual send_result carry_if(signal x, const send_options& how) = 0;
  /// Asks for a connection; `done` is called with whether there is one, on the transport thread.
  virtual void connect(atom name, std::function<void(bool)> done) = 0;
  /// The same; what is connected is, but a new connection is one of which both nodes keep quiet.
  virtual void connect_hidden(atom name, std::function<void(bool)> done) = 0;
  virtual void ping(atom name, std::function<void(bool)> done) = 0;
  virtual void disconnect(atom name, std::function<void(bool)> done) = 0;
  /// When the connection to a node is busy, `who` gets an answer with `ref` once it is not, or is
  /// lost (MSG-15, MSG-24); else returns false.
  virtual bool hold(atom name, const pid& who, const reference& ref) = 0;
  /// `who` does not want the answer any more.
  virtual void let_go(atom name, const reference& ref) = 0;
};

class node_core final : public actor_bridge {
public:
  /// Starts what a spawn request from outside names, or what the console spawns: the part of the
  /// evaluator that the runtime does not have.
  using apply_function = std::function<task<>(process& self, spawn_what what)>;
  using log_function = std::function<void(const std::string& level, const std::string& text)>;

  node_core(node& facade, caf::actor_system& system, troupe::clock& time, atom name,
            uint32_t creation);
  ~node_core() override;

  // -- constant after the start -----------------------------------------------------------------
  [[nodiscard]] node& facade() const noexcept { return *facade_; }
  [[nodiscard]] caf::actor_system& system() const noexcept { return *system_; }
  [[nodiscard]] troupe::clock& time() const noexcept { return *time_; }
  [[nodiscard]] atom name() const noexcept { return name_; }
  [[nodiscard]] const std::string& name_text() const noexcept { return name_text_; }
  [[nodiscard]] uint32_t creation() const noexcept { return creation_; }
  void carrier(signal_carrier* x) { carrier_ = x; }
  /// Null on a node without a name.
  [[nodiscard]] signal_carrier* carrier() const noexcept { return carrier_; }
  void apply_with(apply_function f) { apply_ = std::move(f); }
  void log_with(log_function f) { log_ = std::move(f); }
  [[nodiscard]] bool is_local(const pid& x) const noexcept {
    return x.node == name_ && x.creation == creation_;
  }

  [[nodiscard]] process_table& processes() noexcept { return processes_; }
  [[nodiscard]] registry& names() noexcept { return names_; }
  [[nodiscard]] alias_registry& aliases() noexcept { return aliases_; }
  [[nodiscard]] timer_service& timers() noexcept { return *timers_; }
  [[nodiscard]] proxy_table& proxies() noexcept { return *proxies_; }
  [[nodiscard]] pid make_pid(uint64_t id) const noexcept { return {name_, creation_, id}; }
  [[nodiscard]] reference make_reference() noexcept {
    return {name_, creation_, ++last_reference_};
  }

  // -- signals ----------------------------------------------------------------------------------
  /// Takes a signal to `x.to` (or the process called `x.name` on `x.to.node`).
  void route(signal&& x, caf::execution_unit* eu = nullptr);
  /// The same for a signal that is for this node.
  void deliver(signal&& x, caf::execution_unit* eu = nullptr);
  /// A message of `from` for this node's `to`, that is nothing else than that.
  void post(const pid& from, uint64_t to, caf::mailbox_element_ptr x, caf::execution_unit* eu);
  /// Answers a signal whose process is gone (rules M-02, L-03).
  void no_such_process(signal x);
  /// Answers a signal that cannot leave because its node cannot be reached (rules M-05, L-04,
  /// SP-08).
  void unreachable(signal x);
  /// What is known of a process of this node, or of a plain actor, without its help; `undefined`
  /// when it has ended.
  [[nodiscard]] term info_from_outside(const pid& who, const term& items);

  // -- processes --------------------------------------------------------------------------------
  struct start_options {
    pid group_leader; ///< Null: the process leads itself.
    pid parent;       ///< Null: no process starts it.
    pid link;         ///< Null: none.
    pid watcher;      ///< Null: none.
    reference monitor;
    atom priority; ///< Null: `normal`.
  };
  /// Makes a process and gives it its relations, but does not run it yet.
  [[nodiscard]] caf::strong_actor_ptr make_process(const root_starter& root, origin_ptr origin,
                                                   const start_options& options,
                                                   caf::execution_unit* eu = nullptr);
  /// The same of what a request names.
  [[nodiscard]] caf::strong_actor_ptr make_process(spawn_what what, const start_options& options,
                                                   caf::execution_unit* eu = nullptr);
  void launch(const caf::strong_actor_ptr& x, caf::execution_unit* eu = nullptr);
  /// A process ended: its name and the timers that send to it go.
  void forget(const pid& who);
  /// The processes that have not ended, by number.
  [[nodiscard]] std::vector<pid> live_processes();
  /// Returns what a process started with `what` runs: the function, or one that dies with `undef`.
  [[nodiscard]] root_function root_of(spawn_what what) const;
  [[nodiscard]] static std::string describe(const spawn_what& what);
  [[nodiscard]] static origin_ptr origin_of(const spawn_what& what);

  // -- messages for people ----------------------------------------------------------------------
  /// One line, or several, on this node's log. Levels: error, warning, info, debug.
  void log(const std::string& level, const std::string& text) const;
  /// Tells of a crash on the log of the group leader's node (rule SP-06L).
  /// `what` is behind `** `, e.g. `(RuntimeError) boom`.
  void report_crash(const pid& leader, const pid& who, std::string what);

  // -- actor_bridge -----------------------------------------------------------------------------
  pid pid_of(const caf::actor_control_block* x) override;
  caf::strong_actor_ptr handle_of(const pid& x) override;

private:
  void deliver_to_actor(const caf::strong_actor_ptr& to, signal x, caf::execution_unit* eu);
  bool resolve_name(signal& x);
  [[nodiscard]] bool is_foreign(const caf::actor_control_block* x) const noexcept;
  void deliver_to_foreign(const caf::strong_actor_ptr& to, signal x, caf::execution_unit* eu);

  node* facade_;
  caf::actor_system* system_;
  troupe::clock* time_;
  atom name_;
  std::string name_text_;
  uint32_t creation_;
  signal_carrier* carrier_ = nullptr;
  apply_function apply_;
  log_function log_;
  std::atomic<uint64_t> last_reference_{0};
  process_table processes_;
  registry names_;
  alias_registry aliases_;
  std::unique_ptr<proxy_table> proxies_;
  std::unique_ptr<timer_service> timers_;
};

} // namespace troupe::internal
