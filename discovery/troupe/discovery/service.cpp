#include "troupe/discovery/service.hpp"

#include "troupe/discovery/internal/coordinator.hpp"
#include "troupe/discovery/internal/shared.hpp"
#include "troupe/discovery/internal/source_factory.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/discovery/multicast_options.hpp"

#include <chrono>
#include <future>

namespace troupe::discovery {

namespace {

uint64_t new_instance(clock& time) {
  for (;;)
    if (auto x = time.random(); x != 0)
      return x;
}

surroundings surroundings_of(node& home, const options& opts) {
  auto& how = home.configuration();
  surroundings x;
  x.self.name = home.name();
  x.self.instance = new_instance(home.time());
  x.self.incarnation = system_wall_ms();
  x.self.creation = home.core().creation();
  x.self.hidden = how.hidden;
  x.self.short_names = how.short_names;
  x.self.listens = home.address();
  x.cluster = opts.cluster;
  x.keys = home.kernel()->keys();
  x.time = &home.time();
  x.io = home.transport_io();
  x.book = std::make_shared<address_book>();
  return x;
}

/// The answer to a process that waits.
struct readiness_answer {
  reference ref;
  bool ready = false;
};
TROUPE_MESSAGE(readiness_answer, ref, ready);

} // namespace

service::service(std::shared_ptr<internal::shared> x) : shared_(std::move(x)) {}

result<std::unique_ptr<service>> service::start(node& home, options opts) {
  if (!home.is_alive())
    return error{errc::invalid_config,
                 "a node without a name cannot be found: give one with --name or --sname"};
  auto x = std::make_shared<internal::shared>();
  x->home = &home;
  x->around = surroundings_of(home, opts);
  auto sources = internal::make_sources(opts, x->around, home.configuration());
  if (!sources)
    return sources.error();
  x->sources = std::move(*sources);
  x->opts = std::move(opts);
  x->process = home.spawn(internal::run_coordinator, x);
  x->reports = std::make_shared<internal::inbox<report>>(home, x->process, limits::reports_max);
  x->commands
    = std::make_shared<internal::inbox<internal::command>>(home, x->process, limits::reports_max);
  if (x->opts.connect != connect_policy::none)
    home.kernel()->find_with(
      [book = x->around.book](std::string_view name) { return book->find(std::string{name}); });
  home.send(x->process, internal::begin{});
  return std::unique_ptr<service>{new service{x}};
}

void service::stop() {
  if (shared_->stopped.exchange(true))
    return;
  shared_->commands->push([](internal::coordinator& c) { c.quiet(); });
  for (auto& x : shared_->sources)
    x->farewell();
}

service::~service() {
  stop();
}

bool service::await_ready(const readiness& what) {
  auto answer = std::make_shared<std::promise<bool>>();
  auto future = answer->get_future();
  auto deadline = shared_->around.time->now() + what.timeout;
  shared_->commands->push([answer, deadline, what](internal::coordinator& c) {
    c.wait_ready({what.min_peers, what.stable_for, deadline,
                  [answer](bool ready) { answer->set_value(ready); }});
  });
  auto patience = what.timeout + std::chrono::seconds{1};
  return future.wait_for(patience) == std::future_status::ready && future.get();
}

task<bool> service::await_ready(process& self, readiness what) {
  auto ref = self.core().make_reference();
  auto deadline = shared_->around.time->now() + what.timeout;
  auto answer = [home = shared_->home, who = self.self(), ref](bool ready) {
    home->send(who, readiness_answer{ref, ready});
  };
  shared_->commands->push([answer, deadline, what](internal::coordinator& c) {
    c.wait_ready({what.min_peers, what.stable_for, deadline, answer});
  });
  std::function<bool(const term&)> ours = [ref](const term& x) {
    return x.is_tagged(atom{"readiness_answer"}, 3) && x.as_tuple()[1] == term{ref};
  };
  auto waiting = self.receive_match(std::move(ours), what.timeout + std::chrono::seconds{1});
  auto x = co_await std::move(waiting);
  co_return x && x->as_tuple()[2].truthy();
}

void service::subscribe(const pid& who) {
  shared_->commands->push([who](internal::coordinator& c) { c.subscribe(who); });
}

void service::unsubscribe(const pid& who) {
  shared_->commands->push([who](internal::coordinator& c) { c.unsubscribe(who); });
}

std::vector<known_peer> service::peers() const {
  return shared_->around.book->snapshot();
}

} // namespace troupe::discovery
