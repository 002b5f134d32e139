#include "troupe/internal/node_impl.hpp"

#include "troupe/dist/auth.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/build_id.hpp"
#include "troupe/internal/timer_service.hpp"
#include "troupe/limits.hpp"

#include <algorithm>
#include <future>

namespace troupe {

namespace {

constexpr const char* no_name = "nonode@nohost";

/// Erlang's creations are above 3, so that none looks like one of an old emulator (rule PID-12).
uint32_t new_creation(clock& time) {
  for (;;)
    if (auto x = static_cast<uint32_t>(time.random()); x > 3)
      return x;
}

} // namespace

node::impl::impl(const config& c, const parts& p) : how(c), given(p), time(p.time) {
  if (real()) {
    own_clock = std::make_unique<dist::asio_clock>(io);
    own_wires = std::make_unique<dist::tcp_transport>(io);
    own_names = std::make_unique<dist::mapper_resolver>(io, c.epmd_port);
    time = own_clock.get();
    work.emplace(io.get_executor());
  }
  auto threads
    = c.threads > 0 ? c.threads : std::max<size_t>(2, std::thread::hardware_concurrency());
  system = std::make_unique<internal::caf_system>(
    internal::caf_system::options{threads, !real(), real() && c.caf_io});
}

void node::impl::make_core(node& facade, log_function log) {
  atom name{how.name.empty() ? std::string_view{no_name} : std::string_view{how.name}};
  core = std::make_unique<internal::node_core>(facade, system->get(), *time, name,
                                               new_creation(*time));
  core->log_with(std::move(log));
  if (real()) {
    loop = std::make_unique<internal::transport_loop>(io);
    loop->start(system->get());
  }
}

/// Calls `begin(done)` and waits until `done` was called; false when it took longer than `limit`.
template <class F>
bool node::impl::await(clock::duration limit, F&& begin) {
  auto signalled = std::make_shared<std::promise<void>>();
  auto once = std::make_shared<std::atomic<bool>>(false);
  begin([signalled, once] {
    if (!once->exchange(true))
      signalled->set_value();
  });
  auto future = signalled->get_future();
  if (!real()) {
    given.drive();
    return future.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }
  return future.wait_for(limit) == std::future_status::ready;
}

result<std::shared_ptr<const dist::key_ring>> node::impl::keys_of_cookie() const {
  if (given.keys)
    return given.keys;
  auto secret = how.secret();
  if (!secret)
    return secret.error();
  return dist::key_ring::derive(*secret);
}

std::optional<error> node::impl::join_network() {
  auto keys = keys_of_cookie();
  if (!keys)
    return keys.error();
  dist::net_kernel::options opts;
  auto build = given.build_id.empty() ? internal::build_id() : given.build_id;
  opts.setup.self = {how.name, core->creation(), how.hidden, std::move(build)};
  opts.setup.keys = *keys;
  opts.setup.mode = how.transport;
  opts.setup.ticktime = how.ticktime;
  opts.setup.handshake_timeout = limits::handshake_timeout;
  opts.connect_all = how.connect_all;
  opts.cookie = how.cookie.empty() && given.keys ? std::string{} : *how.secret();
  opts.dialling = how.dialling;
  opts.make_keys = given.make_keys;
  auto& wires = real() ? static_cast<dist::transport&>(*own_wires) : *given.wires;
  auto& names = real() ? static_cast<dist::resolver&>(*own_names) : *given.names;
  kernel = std::make_unique<dist::net_kernel>(*core, wires, names, *time, opts);
  if (auto failed = apply_settings())
    return failed;
  core->carrier(kernel.get());
  auto at = how.listen;
  if (at.host.empty())
    at.host = std::string{node_name{how.name}.host()};
  auto bound = kernel->listen(at);
  if (!bound)
    return bound.error();
  address = *bound;
  return real() ? register_name() : std::nullopt;
}

std::optional<error> node::impl::register_name() {
  epmd::registration_options opts{node_name{how.name}};
  opts.listen_port = address.port;
  opts.mapper_port = how.epmd_port;
  opts.hidden = how.hidden;
  opts.creation = core->creation();
  opts.everywhere = address.host == "0.0.0.0" || address.host == "::";
  registration = std::make_unique<epmd::registration>(
    io, opts, [this](epmd::registration_event what, const std::string& text) {
      core->log(what == epmd::registration_event::lost || what == epmd::registration_event::refused
                  ? "warning"
                  : "debug",
                text);
    });
  std::optional<error> failed;
  auto answered
    = await(epmd::registration::start_timeout + std::chrono::seconds{1}, [&](auto done) {
        time->post([&, done] { // the transport thread runs already
          registration->start([&failed, done](result<uint32_t> x) {
            if (!x)
              failed = x.error();
            done();
          });
        });
      });
  if (!answered)
    return error{errc::timeout,
                 "the port mapper at port " + std::to_string(how.epmd_port) + " does not answer"};
  return failed;
}

bool node::impl::ask(std::string_view peer,
                     void (internal::signal_carrier::*what)(atom, std::function<void(bool)>)) {
  auto name = atom::try_make(peer);
  if (!kernel || !name)
    return false;
  auto answer = std::make_shared<std::atomic<bool>>(false);
  auto in_time = await(2 * limits::handshake_timeout + std::chrono::seconds{1}, [&](auto done) {
    (*kernel.*what)(*name, [answer, done](bool ok) {
      *answer = ok;
      done();
    });
  });
  return in_time && *answer;
}

// -- stopping -----------------------------------------------------------------------------------

bool node::impl::wait_for_processes(clock::duration time_left) {
  if (!real()) {
    given.drive();
    return core->processes().size() == 0;
  }
  return core->processes().wait_until_empty(time_left);
}

std::vector<std::string> node::impl::end_processes() {
  auto signal_all = [this](atom reason) {
    for (auto& x : core->processes().all()) {
      signal s;
      s.type = signal::kind::exit;
      s.from = core->make_pid(0);
      s.to = core->make_pid(x->id());
      s.value = reason;
      core->deliver(std::move(s));
    }
  };
  signal_all(exit_reason::shutdown);
  if (wait_for_processes(limits::stop_grace))
    return {};
  signal_all(exit_reason::kill);
  if (wait_for_processes(limits::stop_grace / 2))
    return {};
  std::vector<std::string> left;
  for (auto& x : core->processes().all()) {
    auto* p = static_cast<process*>(x->get());
    left.push_back(inspect_pid(p->self(), p->self()) + " " + p->initial_function());
  }
  return left;
}

std::vector<std::string> node::impl::stop() {
  {
    std::lock_guard guard{mutex};
    if (std::exchange(stopped, true))
      return {};
  }
  std::vector<std::string> left;
  if (core) {
    if (registration)
      await(std::chrono::seconds{1}, [this](auto done) {
        time->post([this, done] {
          registration->stop();
          done();
        });
      });
    // Connections first: peers learn `noconnection`, as of a node that halts, and not our way of
    // stopping.
    if (kernel)
      await(std::chrono::seconds{1}, [this](auto done) { kernel->stop(done); });
    core->timers().stop();
    left = end_processes();
  }
  work.reset();
  if (loop && !loop->stop()) {
    static_cast<void>(loop.release());
    if (left.empty()) // no process, then; it uses the system nevertheless
      left.emplace_back("an actor of CAF that runs without waiting");
  }
  if (left.empty())
    system.reset(); // stops the scheduler's threads, which may still use the rest
  else
    static_cast<void>(system.release()); // its threads never come back; the program must end
  return left;
}

} // namespace troupe
