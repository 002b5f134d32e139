// The process behind a supervisor: does what the child table decides.
//
// Erlang counterpart: the callbacks of supervisor.erl, which is a gen_server.
// Threads: confined to the supervisor's process.

#pragma once

#include "troupe/actors/internal/child_ending.hpp"
#include "troupe/actors/internal/child_table.hpp"
#include "troupe/actors/internal/server_process.hpp"
#include "troupe/actors/restart_window.hpp"

#include <optional>
#include <vector>

namespace troupe::actors::internal {

class supervisor_body final : public server_body {
public:
  supervisor_body(supervisor::flags how, std::vector<supervisor::child_spec> children);

  task<step> init(process& self) override;
  task<step> handle_call(process& self, term request, caller from) override;
  task<step> handle_local_call(process& self, std::any request, caller from) override;
  task<step> handle_cast(process& self, term request) override;
  task<step> handle_info(process& self, term message) override;
  task<step> handle_continue(process& self, term what) override;
  task<step> terminate(process& self, term reason) override;

private:
  struct failure {
    child_key key = 0;
    term reason;
  };

  [[nodiscard]] std::optional<term> check() const;
  /// Tells people what happened to a child, as the supervisor of Erlang does.
  void report(process& self, const char* what, const child& x, const term& reason) const;

  /// Runs the start function; `start_all` also reports what failed, and goes no further.
  task<start_result> start(process& self, child_key key);
  task<std::optional<failure>> start_all(process& self, std::vector<child_key> keys);
  task<> end_all(process& self, std::vector<child_key> keys);
  /// One after the other, but for a dynamic supervisor.
  task<> end_in_order(process& self, std::vector<child_key> keys);
  task<step> restart(process& self, child_key key);
  task<step> add(process& self, child x);
  task<step> terminate_child(process& self, term id);
  task<step> restart_child(process& self, term id);
  step delete_child(const term& id);
  [[nodiscard]] term which_children() const;
  [[nodiscard]] term count_children() const;

  supervisor::flags how_;
  std::vector<supervisor::child_spec>
    first_; // Children of the start; the pattern of a dynamic one.
  child_table table_;
  restart_window window_;
};

} // namespace troupe::actors::internal
