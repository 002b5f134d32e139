#include "troupe/actors/run.hpp"

#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/global_names.hpp"
#include "troupe/actors/stop_signals.hpp"
#include "troupe/actors/terminal_device.hpp"
#include "troupe/exit_reason.hpp"

#include <boost/program_options.hpp>

#include <atomic>
#include <cstdlib>
#include <iostream>

namespace troupe::actors {

namespace {

namespace po = boost::program_options;

/// Waits for the program's process, so that its end can become an exit status.
task<> watch(process& self, troupe::internal::root_function root) {
  self.trap_exit(true);
  auto child = self.spawn_link(
    [](process& inner, troupe::internal::root_function f) -> task<> {
      auto body = f(inner);
      co_await std::move(body);
    },
    std::move(root));
  std::function<bool(const term&)> ended = [child](const term& x) {
    return x.is_tagged(atom{"EXIT"}, 3)
           && (x.as_tuple()[1] == term{child} || x.as_tuple()[1].as_pid().id == 0);
  };
  auto waiting = self.receive_match(std::move(ended));
  auto x = co_await std::move(waiting);
  self.home().request_stop(x->as_tuple()[2].is_atom(exit_reason::normal) ? 0 : 1);
}

int finish(node& at, int status, const extensions& parts) {
  for (auto& x : parts)
    x->stop();
  auto left = at.stop();
  for (auto& who : left)
    std::cerr << "process " << who << " did not stop: it runs without waiting\n";
  if (!left.empty())
    std::_Exit(3);
  return status;
}

/// The options of the node and of its extensions, which read theirs here.
result<config> read_options(const po::variables_map& values, const extensions& parts) {
  auto how = config::read(values);
  for (auto& x : parts)
    if (how)
      if (auto failed = x->read(values, *how))
        return *failed;
  return how;
}

} // namespace

int run_process(int argc, const char* const* argv, troupe::internal::root_function root,
                const extensions& parts) {
  po::options_description known{"Options"};
  config::describe(known);
  for (auto& x : parts)
    x->describe(known);
  known.add_options()("help", po::bool_switch(), "print this and leave");
  po::variables_map values;
  auto parsed = parse_options(argc, argv, known, values);
  auto how = parsed ? read_options(values, parts) : result<config>{parsed.error()};
  if (!how) {
    std::cerr << how.error().context << "\n";
    return 2;
  }
  if (values["help"].as<bool>()) {
    std::cout << known;
    return 0;
  }
  std::atomic<node*> running{nullptr};
  std::atomic<bool> asked{false};
  stop_signals on_stop{[&](int) {
    asked = true;
    if (auto* at = running.load())
      at->request_stop(0);
  }};
  node::parts on;
  on.prepare = eval::install; // A peer that knows the name may spawn at once.
  auto started = node::start(*how, on);
  if (!started) {
    std::cerr << started.error().context << "\n";
    return 1;
  }
  auto& at = **started;
  running = &at;
  if (asked)
    at.request_stop(0);
  global::start(at);
  auto screen = std::make_shared<terminal>();
  start_group_leader(at, std::make_shared<terminal_device>(screen));
  for (auto& x : parts)
    if (auto failed = x->start(at)) {
      screen->stop();
      std::cerr << failed->context << "\n";
      return finish(at, 1, parts);
    }
  at.spawn(watch, std::move(root));
  auto status = at.wait();
  running = nullptr;
  screen->stop();
  return finish(at, status, parts);
}

} // namespace troupe::actors
