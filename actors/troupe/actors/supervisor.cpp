#include "troupe/actors/supervisor.hpp"

#include "troupe/actors/internal/supervisor_process.hpp"

#include <chrono>
#include <memory>

namespace troupe::actors {

namespace {

const atom supervisor_module{"Elixir.Supervisor"};

/// Asks a supervisor, however long it takes.
task<term> request(process& self, server::ref to, term what) {
  return server::call(self, std::move(to), std::move(what), infinity);
}

task<start_result> request_start(process& self, server::ref to, term what) {
  auto asking = request(self, std::move(to), std::move(what));
  auto answer = co_await std::move(asking);
  co_return start_result::from_term(answer);
}

term with_id(const char* what, term id) {
  return term::tuple({atom{what}, std::move(id)});
}

size_t count_of(const term& counts, size_t which) {
  auto entries = counts.to_vector();
  if (!entries || which >= entries->size() || !(*entries)[which].is_tuple(2))
    return 0;
  auto& n = (*entries)[which].as_tuple()[1];
  return n.is(term::kind::integer) ? static_cast<size_t>(n.as_integer()) : 0;
}

} // namespace

// -- values ---------------------------------------------------------------------------------------

namespace supervisor {

term to_term(restart x) {
  static constexpr const char* names[] = {"permanent", "transient", "temporary"};
  return atom{names[static_cast<size_t>(x)]};
}

term to_term(child_type x) {
  return atom{x == child_type::worker ? "worker" : "supervisor"};
}

term shutdown::to_term() const {
  if (is_brutal())
    return atom{"brutal_kill"};
  if (time_ == infinity)
    return atom{"infinity"};
  return std::chrono::duration_cast<std::chrono::milliseconds>(time_).count();
}

supervisor::shutdown child_spec::shutdown_or_default() const {
  if (shutdown)
    return *shutdown;
  return type == child_type::worker ? clock::duration{std::chrono::seconds{5}} : infinity;
}

// -- start and requests ---------------------------------------------------------------------------

task<start_result> start_link(process& self, flags how, std::vector<child_spec> children,
                              server::options named) {
  auto body = std::make_shared<internal::supervisor_body>(how, std::move(children));
  internal::server_start start{self.self(), true, named.name};
  std::shared_ptr<internal::server_body> base = std::move(body);
  auto child = self.spawn_link(&internal::run_server, std::move(base), start);
  return await_init(self, child, named.init_timeout);
}

task<start_result> start_child(process& self, server::ref to, child_spec child) {
  auto node = to.id() ? to.id().node : to.node();
  if (node != atom{} && node != self.self().node)
    co_return start_result::error(atom{"remote_supervisor"});
  auto shown
    = term::tuple({supervisor_module, atom{"start_child"}, term::list({to.to_term(), child.id})});
  auto send = [&self, to, child](const server::caller& from) {
    internal::local_call what;
    what.from = from;
    what.request = child;
    if (to.id())
      self.send(to.id(), std::move(what));
    else
      self.send(to.name(), self.self().node, std::move(what));
  };
  auto asking = internal::ask(self, to, send, shown, infinity);
  auto answer = co_await std::move(asking);
  co_return start_result::from_term(answer);
}

task<start_result> start_child(process& self, server::ref to, std::vector<term> extra) {
  return request_start(self, std::move(to), with_id("start_child", term::list(extra)));
}

task<term> terminate_child(process& self, server::ref to, term id) {
  return request(self, std::move(to), with_id("terminate_child", std::move(id)));
}

task<start_result> restart_child(process& self, server::ref to, term id) {
  return request_start(self, std::move(to), with_id("restart_child", std::move(id)));
}

task<term> delete_child(process& self, server::ref to, term id) {
  return request(self, std::move(to), with_id("delete_child", std::move(id)));
}

task<std::vector<child_info>> which_children(process& self, server::ref to) {
  auto asking = request(self, std::move(to), atom{"which_children"});
  auto answer = co_await std::move(asking);
  std::vector<child_info> result;
  for (const term* i = &answer; i->is(term::kind::cons); i = &i->tail())
    if (i->head().is_tuple(4)) {
      auto parts = i->head().as_tuple();
      child_info x;
      x.id = parts[0];
      x.child = parts[1];
      x.type = parts[2].is_atom(atom{"worker"}) ? child_type::worker : child_type::supervisor;
      result.push_back(std::move(x));
    }
  co_return result;
}

task<child_counts> count_children(process& self, server::ref to) {
  auto asking = request(self, std::move(to), atom{"count_children"});
  auto answer = co_await std::move(asking);
  child_counts result;
  result.specs = count_of(answer, 0);
  result.active = count_of(answer, 1);
  result.supervisors = count_of(answer, 2);
  result.workers = count_of(answer, 3);
  co_return result;
}

start_function child_supervisor(flags how, std::vector<child_spec> children,
                                server::options named) {
  return [=](process& self, std::vector<term> extra) {
    return extra.empty() ? start_link(self, how, children, named)
                         : internal::refuse(std::move(extra));
  };
}

} // namespace supervisor

// -- what start functions do ----------------------------------------------------------------------

start_result internal::badarity(const std::vector<term>& extra) {
  return start_result::error(term::tuple({atom{"badarity"}, term::list(extra)}));
}

task<start_result> internal::refuse(std::vector<term> extra) {
  co_return badarity(extra);
}

task<start_result> internal::start_process_at(process& self, std::vector<term> extra, atom at,
                                              spawn_what what) {
  if (!extra.empty())
    co_return badarity(extra);
  spawn_options linked;
  linked.link = true;
  auto starting = self.spawn_what_at(at, std::move(what), linked);
  auto started = co_await std::move(starting);
  co_return start_result::ok(started.id);
}

} // namespace troupe::actors
