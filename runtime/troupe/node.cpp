#include "troupe/node.hpp"

#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/build_id.hpp"
#include "troupe/internal/log_sink.hpp"
#include "troupe/internal/node_impl.hpp"
#include "troupe/limits.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <future>
#include <thread>

namespace troupe {

namespace {

const atom logger_name{"logger"};

/// Prints what other nodes say about processes whose group leader is here.
task<> run_logger(process& self) {
  static const atom tag{"crash"};
  for (;;) {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    if (!x.is_tagged(tag, 3) || !x.as_tuple()[1].is(term::kind::pid)
        || !x.as_tuple()[2].is(term::kind::binary))
      continue;
    auto& who = x.as_tuple()[1].as_pid();
    self.core().log("error", "Process " + inspect_pid(who, self.self()) + " on node "
                               + inspect_atom(who.node) + " raised an exception\n** "
                               + std::string{x.as_tuple()[2].as_binary()});
  }
}

} // namespace

// -- starting -----------------------------------------------------------------------------------

result<std::unique_ptr<node>> node::start(const config& how, log_function log) {
  return start(how, parts{}, std::move(log));
}

result<std::unique_ptr<node>> node::start(const config& how, const parts& on, log_function log) {
  std::unique_ptr<node> result{new node{std::make_unique<impl>(how, on)}};
  auto& x = *result->impl_;
  if (!log) {
    auto sink = internal::make_log_sink(how.log_file);
    if (!sink)
      return sink.error();
    log = std::move(*sink);
  }
  x.make_core(*result, internal::at_level(how.log_level, std::move(log)));
  if (on.prepare)
    on.prepare(*result);
  if (!how.name.empty())
    if (auto failed = x.join_network())
      return *failed;
  auto logger = result->spawn(run_logger);
  x.core->names().add(logger_name, logger);
  return result;
}

node::node(std::unique_ptr<impl> x) : impl_(std::move(x)) {}

node::~node() {
  stop();
}

// -- looking ------------------------------------------------------------------------------------

const std::string& node::name() const noexcept {
  return impl_->core->name_text();
}

bool node::is_alive() const noexcept {
  return impl_->kernel != nullptr;
}

const dist::endpoint& node::address() const noexcept {
  return impl_->address;
}

const config& node::configuration() const noexcept {
  return impl_->how;
}

std::vector<atom> node::nodes(dist::node_class which) const {
  if (impl_->kernel)
    return impl_->kernel->nodes(which);
  if (which == dist::node_class::self || which == dist::node_class::known)
    return {impl_->core->name()};
  return {};
}

internal::node_core& node::core() noexcept {
  return *impl_->core;
}

dist::net_kernel* node::kernel() noexcept {
  return impl_->kernel.get();
}

boost::asio::io_context* node::transport_io() noexcept {
  return impl_->given.drive ? nullptr : &impl_->io;
}

clock& node::time() noexcept {
  return *impl_->time;
}

caf::actor_system& node::system() noexcept {
  return impl_->system->get();
}

pid node::pid_of(const caf::actor& x) {
  return core().pid_of(caf::actor_cast<caf::actor_control_block*>(x));
}

caf::actor node::handle_of(const pid& x) {
  return caf::actor_cast<caf::actor>(core().handle_of(x));
}

// -- other nodes --------------------------------------------------------------------------------

bool node::ping(std::string_view peer) {
  return impl_->ask(peer, &internal::signal_carrier::ping);
}

bool node::connect(std::string_view peer) {
  return impl_->ask(peer, &internal::signal_carrier::connect);
}

bool node::disconnect(std::string_view peer) {
  return impl_->ask(peer, &internal::signal_carrier::disconnect);
}

void node::monitor_nodes(const pid& who, const dist::node_monitor::options& opts, bool on) {
  if (impl_->kernel)
    impl_->kernel->monitor_nodes(who, opts, on);
}

void node::monitor_node(const pid& who, atom peer, bool on) {
  if (impl_->kernel)
    impl_->kernel->monitor_node(who, peer, on);
}

// -- processes ----------------------------------------------------------------------------------

std::vector<pid> node::processes() {
  return core().live_processes();
}

void node::default_group_leader(const pid& x) {
  std::lock_guard guard{impl_->mutex};
  impl_->group_leader = x;
}

pid node::spawn_root(const internal::root_starter& root, internal::origin_ptr origin) {
  internal::node_core::start_options start;
  {
    std::lock_guard guard{impl_->mutex};
    start.group_leader = impl_->group_leader;
  }
  auto x = core().make_process(root, std::move(origin), start);
  auto id = core().make_pid(x->id());
  core().launch(x);
  return id;
}

// -- stopping -----------------------------------------------------------------------------------

int node::wait() {
  std::unique_lock guard{impl_->mutex};
  impl_->changed.wait(guard, [this] { return impl_->stop_status.has_value(); });
  return *impl_->stop_status;
}

void node::request_stop(int status) {
  std::lock_guard guard{impl_->mutex};
  if (!impl_->stop_status)
    impl_->stop_status = status;
  impl_->changed.notify_all();
}

std::vector<std::string> node::stop() {
  return impl_->stop();
}

} // namespace troupe
