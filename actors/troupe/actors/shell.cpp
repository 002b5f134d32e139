#include "troupe/actors/shell.hpp"

#include "troupe/actors/eval/parser.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace troupe::actors {

namespace {

const atom tag_eval{"eval"};
const atom tag_quiet{"eval_quietly"}; // Prints failures only; has the name of a file, too.
const atom tag_evaluated{"evaluated"};
const atom tag_exit{"EXIT"};
const atom tag_down{"DOWN"};
const atom tag_reply{"io_reply"};
const atom tag_request{"io_request"};

using options_ptr = std::shared_ptr<const shell_options>;

// -- the process that evaluates -----------------------------------------------------------------

std::string describe(const eval::failure& f, const pid& viewer) {
  auto text = "** " + eval::format_failure(f, viewer) + "\n";
  return text + eval::format_stack(f, viewer);
}

task<bool> evaluate(process& self, const options_ptr& opts, eval::interpreter& run,
                    eval::environment& env, term command) {
  auto quiet = command.is_tagged(tag_quiet, 4);
  std::optional<eval::failure> failed;
  std::string text;
  try {
    auto evaluating = run.evaluate(command.as_tuple()[2], env);
    auto value = co_await std::move(evaluating);
    inspect_options how;
    how.viewer = self.self();
    if (!quiet)
      text = inspect_term(value, how) + "\n";
  } catch (eval::failure& f) {
    failed = std::move(f);
  }
  if (failed) {
    text = describe(*failed, self.self());
    if (opts->on_error) {
      opts->on_error(text);
      co_return false;
    }
  }
  if (text.empty())
    co_return true;
  auto printing = self.io().put_chars(std::move(text));
  co_await std::move(printing);
  co_return !failed;
}

task<> run_evaluator(process& self, options_ptr opts, pid server) {
  eval::process_host host{self};
  eval::interpreter run{eval::all_modules()};
  eval::environment env;
  env.process = &host;
  std::function<bool(const term&)> is_command
    = [](const term& x) { return x.is_tagged(tag_eval, 3) || x.is_tagged(tag_quiet, 4); };
  for (;;) {
    auto waiting = self.receive_match(is_command);
    auto command = co_await std::move(waiting);
    auto parts = command->as_tuple();
    env.line = static_cast<int>(parts[1].as_integer());
    env.file = parts.size() == 4 ? std::string{parts[3].as_binary()} : "iex";
    auto evaluating = evaluate(self, opts, run, env, *command);
    auto ok = co_await std::move(evaluating);
    self.send(server, term::tuple({tag_evaluated, ok}));
  }
}

// -- the process that reads ---------------------------------------------------------------------

struct session {
  process& self;
  options_ptr opts;
  pid evaluator;
  int line = 1;
  size_t failures = 0;
  std::string pending; ///< Lines of an expression that goes on.

  session(process& p, options_ptr o) : self(p), opts(std::move(o)) {}

  void start_evaluator() {
    evaluator = self.spawn_link(run_evaluator, opts, self.self());
    line = 1;
    pending.clear();
  }

  [[nodiscard]] std::string prompt() const {
    if (!opts->interactive)
      return {};
    return (pending.empty() ? opts->prompt : std::string(3, '.')) + "(" + self.node_name() + ")"
           + std::to_string(line) + "> ";
  }
};

/// The node ends this process: exit signals are trapped, so it must do so itself.
bool is_stop(const term& x) {
  return x.is_tagged(tag_exit, 3) && x.as_tuple()[1].is(term::kind::pid)
         && x.as_tuple()[1].as_pid().id == 0;
}

bool is_exit_of(const term& x, const pid& who) {
  return x.is_tagged(tag_exit, 3) && x.as_tuple()[1] == term{who};
}

task<> report(session& s, std::string text) {
  if (s.opts->on_error) {
    s.opts->on_error(text);
    co_return;
  }
  auto printing = s.self.io().put_chars(std::move(text));
  co_await std::move(printing);
}

task<> on_evaluator_exit(session& s, term reason) {
  ++s.failures;
  auto text = "** (EXIT from " + inspect_pid(s.evaluator, s.self.self())
              + ") shell process exited with reason: " + eval::explain_exit(reason, s.self.self())
              + "\n";
  if (s.opts->interactive)
    text = text + "\n" + s.opts->banner;
  s.start_evaluator();
  auto reporting = report(s, std::move(text));
  co_await std::move(reporting);
}

/// Has something evaluated; ends when that is done or its process is gone.
task<> run_command(session& s, term command) {
  s.self.send(s.evaluator, std::move(command));
  std::function<bool(const term&)> concerns_us = [&s](const term& x) {
    return x.is_tagged(tag_evaluated, 2) || is_exit_of(x, s.evaluator) || is_stop(x);
  };
  auto waiting = s.self.receive_match(concerns_us);
  auto x = co_await std::move(waiting);
  if (is_stop(*x))
    s.self.exit(x->as_tuple()[2]);
  if (x->is_tagged(tag_evaluated, 2)) {
    s.failures += x->as_tuple()[1].truthy() ? 0 : 1;
    s.line += x->as_tuple()[1].truthy() ? 1 : 0; // as iex, which repeats the number after an error
    co_return;
  }
  auto telling = on_evaluator_exit(s, x->as_tuple()[2]);
  co_await std::move(telling);
}

/// The way out of an expression that has no end in sight, as in iex.
bool is_break(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r') || line.ends_with(' '))
    line.remove_suffix(1);
  return line == "#iex:break";
}

/// Takes one more line; evaluates when the expression is whole. `last`: nothing will follow.
task<> take_line(session& s, std::string text, bool last) {
  if (!s.pending.empty() && is_break(text)) {
    s.pending.clear();
    ++s.failures;
    auto reporting = report(s, "** (TokenMissingError) iex:" + std::to_string(s.line)
                                 + ": incomplete expression\n");
    co_await std::move(reporting);
    co_return;
  }
  s.pending += text;
  auto parsed = eval::parse(s.pending, "iex", s.line);
  if (auto* more = std::get_if<eval::incomplete>(&parsed)) {
    if (!last)
      co_return;
    parsed = more->otherwise;
  }
  s.pending.clear();
  if (auto* wrong = std::get_if<eval::syntax_error>(&parsed)) {
    ++s.failures;
    auto reporting = report(s, "** (" + wrong->type + ") " + wrong->message + "\n");
    co_await std::move(reporting);
    co_return;
  }
  auto& quoted = std::get<term>(parsed);
  static const auto nothing
    = term::tuple({atom{"__block__"}, term::empty_list(), term::empty_list()});
  if (quoted == nothing)
    co_return;
  auto running = run_command(s, term::tuple({tag_eval, s.line, quoted}));
  co_await std::move(running);
}

/// Evaluates a whole file.
task<> run_script(session& s, shell_options::script x) {
  auto parsed = eval::parse(x.text, x.name, 1);
  if (auto* more = std::get_if<eval::incomplete>(&parsed))
    parsed = more->otherwise;
  if (auto* wrong = std::get_if<eval::syntax_error>(&parsed)) {
    ++s.failures;
    auto reporting = report(s, "** (" + wrong->type + ") " + wrong->message + "\n");
    co_await std::move(reporting);
    co_return;
  }
  auto running = run_command(s, term::tuple({tag_quiet, 1, std::get<term>(parsed), x.name}));
  co_await std::move(running);
}

/// Reads a line; nothing at the end of input. The evaluator may die meanwhile.
task<std::optional<std::string>> read_line(session& s) {
  auto leader = s.self.group_leader();
  auto ref = s.self.monitor(leader);
  auto ask = term::tuple({atom{"get_console_line"}, s.prompt()});
  s.self.send(leader, term::tuple({tag_request, s.self.self(), ref, std::move(ask)}));
  std::function<bool(const term&)> concerns_us = [&](const term& x) {
    return ((x.is_tagged(tag_reply, 3) || x.is_tagged(tag_down, 5)) && x.as_tuple()[1] == term{ref})
           || is_exit_of(x, s.evaluator) || is_stop(x);
  };
  for (;;) {
    auto waiting = s.self.receive_match(concerns_us);
    auto x = co_await std::move(waiting);
    if (is_stop(*x))
      s.self.exit(x->as_tuple()[2]);
    if (x->is_tagged(tag_exit, 3)) {
      auto telling = on_evaluator_exit(s, x->as_tuple()[2]);
      co_await std::move(telling);
      auto change = term::tuple({atom{"console_prompt"}, s.prompt()});
      auto changing = io::request(s.self, term{leader}, std::move(change));
      co_await std::move(changing);
      continue;
    }
    s.self.demonitor(ref, true);
    auto line = x->is_tagged(tag_reply, 3) ? x->as_tuple()[2] : term{};
    if (!line.is(term::kind::binary))
      co_return std::nullopt;
    std::string text{line.as_binary()};
    co_return text;
  }
}

task<> run_shell(process& self, options_ptr opts) {
  self.trap_exit(true);
  session s{self, opts};
  s.start_evaluator();
  if (opts->interactive) {
    auto printing = self.io().put_chars(opts->banner);
    co_await std::move(printing);
  }
  for (auto& text : opts->expressions) {
    auto taking = take_line(s, text, true);
    co_await std::move(taking);
  }
  for (auto& x : opts->scripts) {
    auto running = run_script(s, x);
    co_await std::move(running);
  }
  while (opts->read) {
    auto reading = read_line(s);
    auto text = co_await std::move(reading);
    auto end = !text.has_value();
    if (end && s.pending.empty())
      break;
    auto taking = take_line(s, std::move(text).value_or(""), end);
    co_await std::move(taking);
    if (end)
      break;
  }
  self.unlink(s.evaluator);
  self.exit(s.evaluator, exit_reason::kill);
  if (opts->on_end)
    opts->on_end(s.failures);
}

} // namespace

pid start_shell(node& at, shell_options options) {
  return at.spawn(run_shell, std::make_shared<const shell_options>(std::move(options)));
}

} // namespace troupe::actors
