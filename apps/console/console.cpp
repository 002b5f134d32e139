#include "console.hpp"

#include "console_io.hpp"
#include "node_report.hpp"

#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/global_names.hpp"
#include "troupe/actors/shell.hpp"
#include "troupe/actors/stop_signals.hpp"
#include "troupe/actors/terminal_device.hpp"
#include "troupe/internal/log_sink.hpp"
#include "troupe/node.hpp"

#include <atomic>
#include <cstdlib>
#include <iostream>

namespace troupe::console {

namespace {

std::string banner(node& at) {
  return "Troupe " TROUPE_VERSION " - node " + at.name()
         + "\n"
           "Interactive console in Elixir's syntax - press Ctrl+D to leave\n";
}

actors::shell_options shell_of(const options& opts, node& at, const actors::terminal& screen) {
  actors::shell_options shell;
  shell.expressions = opts.expressions;
  shell.scripts = opts.scripts;
  auto status_counts = !opts.expressions.empty() || !opts.scripts.empty();
  shell.read = !status_counts;
  shell.interactive = shell.read && screen.interactive();
  shell.banner = banner(at);
  if (!shell.interactive)
    shell.on_error = [](const std::string& text) { std::cerr << text << std::flush; };
  shell.on_end = [&at, status_counts, stay = opts.no_halt](size_t failures) {
    if (!stay)
      at.request_stop(status_counts && failures > 0 ? 1 : 0);
  };
  return shell;
}

/// Ends the program even when a process would not.
int finish(node& at, int status, const extensions& parts) {
  for (auto& x : parts)
    x->stop();
  auto left = at.stop();
  for (auto& who : left)
    std::cerr << "troupe: process " << who << " did not stop: it runs without waiting\n";
  if (!left.empty())
    std::_Exit(status == 0 ? 3 : status);
  return status;
}

} // namespace

int run(const options& opts, const extensions& parts) {
  std::atomic<node*> running{nullptr};
  std::atomic<bool> asked{false};
  actors::stop_signals on_stop{[&](int) {
    asked = true;
    if (auto* at = running.load())
      at->request_stop(0);
  }};
  actors::terminal_options how;
  how.on_interrupt = [&running](size_t times) { // the first one drops the line, the second leaves
    if (auto* at = running.load(); at && times > 1)
      at->request_stop(0);
  };
  auto screen = std::make_shared<actors::terminal>(std::move(how));
  node::log_function log;
  if (screen->interactive() && opts.node.log_file.empty())
    log = [screen](const std::string& level, const std::string& text) {
      screen->write("\n" + internal::format_line(level, text) + "\n");
    };
  node::parts on;
  on.prepare = actors::eval::install; // A peer that knows the name may spawn at once.
  auto started = node::start(opts.node, on, log);
  if (!started) {
    screen->stop();
    std::cerr << "troupe: " << started.error().context << "\n";
    return 1;
  }
  auto& at = **started;
  running = &at;
  if (asked)
    at.request_stop(0);
  actors::global::start(at);
  actors::start_group_leader(at, std::make_shared<actors::terminal_device>(screen));
  actors::start_io_server(at, std::make_shared<error_device>(), atom{"standard_error"});
  if (opts.no_halt && !screen->interactive())
    report_nodes(at);
  for (auto& x : parts)
    if (auto failed = x->start(at)) {
      screen->stop();
      std::cerr << "troupe: " << failed->context << "\n";
      return finish(at, 1, parts);
    }
  actors::start_shell(at, shell_of(opts, at, *screen));
  auto status = at.wait();
  running = nullptr;
  screen->stop();
  return finish(at, status, parts);
}

} // namespace troupe::console
