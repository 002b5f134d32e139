// IO, :io, and the console's own helpers.

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/process_host.hpp"
#include "troupe/inspect.hpp"
#include "troupe/node.hpp"

namespace troupe::actors::eval {

namespace {

const atom ok{"ok"};
const atom unicode{"unicode"};

/// The server behind a device: `:stdio` is the group leader, else a name or a pid.
term server_of(process& self, const term& device) {
  if (device.is_atom(atom{"stdio"}) || device.is_atom(atom{"standard_io"}))
    return self.group_leader();
  if (device.is_atom(atom{"stderr"}))
    return atom{"standard_error"};
  return device;
}

/// Output: errors raise, as Erlang's io does (rule IO-05).
task<term> put(process& self, term device, std::string text) {
  auto request = term::tuple({atom{"put_chars"}, unicode, std::move(text)});
  auto sending = io::request(self, server_of(self, device), std::move(request));
  auto reply = co_await std::move(sending);
  if (!reply.is_tagged(atom{"error"}, 2))
    co_return reply;
  auto& reason = reply.as_tuple()[1];
  if (reason.is_atom(atom{"terminated"}) || reason.is_atom(atom{"calling_self"}))
    throw error(reason);
  throw bad_argument();
}

task<std::string> text_of(interpreter& run, environment& env, term x) {
  if (x.is_list())
    if (auto text = x.to_text())
      co_return *text;
  std::vector<term> args(1, x);
  auto converting = run.apply(atom{"Elixir.Kernel"}, atom{"to_string"}, std::move(args), env);
  auto result = co_await std::move(converting);
  co_return std::string{result.as_binary()};
}

builtin writer(bool newline) {
  return [newline](interpreter& run, environment& env, std::vector<term> args) -> task<term> {
    auto device = args.size() > 1 ? args[0] : term{atom{"stdio"}};
    auto converting = text_of(run, env, args.back());
    auto text = co_await std::move(converting);
    if (newline)
      text += "\n";
    auto putting = put(process_of(env), device, std::move(text));
    auto result = co_await std::move(putting);
    co_return result;
  };
}

inspect_options options_of(process& self, const term& given) {
  inspect_options opts;
  opts.viewer = self.self();
  for (auto& x : given.to_vector().value_or(std::vector<term>{})) {
    if (!x.is_tuple(2))
      continue;
    auto& value = x.as_tuple()[1];
    auto number = value.is(term::kind::integer) && value.as_integer() >= 0
                    ? static_cast<size_t>(value.as_integer())
                    : 0;
    if (x.as_tuple()[0].is_atom(atom{"limit"}))
      opts.limit = number;
    else if (x.as_tuple()[0].is_atom(atom{"width"}))
      opts.width = number;
  }
  return opts;
}

std::string label_of(process& self, const term& given) {
  for (auto& x : given.to_vector().value_or(std::vector<term>{}))
    if (x.is_tuple(2) && x.as_tuple()[0].is_atom(atom{"label"})) {
      auto& label = x.as_tuple()[1];
      return (label.is(term::kind::binary) ? std::string{label.as_binary()}
                                           : inspect_term(label, options_of(self, given)))
             + ": ";
    }
  return {};
}

/// IO.inspect([device,] item [, options]) prints and returns the item.
task<term> inspect_io(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto has_device = args.size() == 3;
  auto device = has_device ? args[0] : term{atom{"stdio"}};
  auto item = args[has_device ? 1 : 0];
  auto given = args.size() > 1 ? args.back() : term::empty_list();
  auto text = label_of(self, given) + inspect_term(item, options_of(self, given)) + "\n";
  auto putting = put(self, device, std::move(text));
  co_await std::move(putting);
  co_return item;
}

/// Kernel.inspect needs to know for whom pids are local.
task<term> inspect_text(interpreter&, environment& env, std::vector<term> args) {
  auto opts = options_of(process_of(env), args.size() > 1 ? args[1] : term::empty_list());
  auto text = inspect_term(args[0], opts);
  co_return text;
}

task<term> gets(interpreter& run, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto device = args.size() > 1 ? args[0] : term{atom{"stdio"}};
  auto converting = text_of(run, env, args.back());
  auto prompt = co_await std::move(converting);
  auto request = term::tuple({atom{"get_line"}, unicode, std::move(prompt)});
  auto asking = io::request(self, server_of(self, device), std::move(request));
  auto reply = co_await std::move(asking);
  co_return reply;
}

/// IO.read(:line) and IO.getn(prompt, count).
task<term> read(interpreter&, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto device = args.size() > 1 ? args[0] : term{atom{"stdio"}};
  if (!args.back().is_atom(atom{"line"}) && !args.back().is_atom(atom{"eof"}))
    throw bad_argument();
  auto request = term::tuple({atom{"get_line"}, unicode, term::empty_list()});
  auto asking = io::request(self, server_of(self, device), std::move(request));
  auto reply = co_await std::move(asking);
  co_return reply;
}

/// IO.getn([device,] prompt [, count]); two arguments are a prompt and a count if they can be.
task<term> getn(interpreter& run, environment& env, std::vector<term> args) {
  auto& self = process_of(env);
  auto has_device = args.size() == 3 || (args.size() == 2 && !args[1].is(term::kind::integer));
  auto device = has_device ? args[0] : term{atom{"stdio"}};
  if (has_device)
    args.erase(args.begin());
  auto converting = text_of(run, env, args[0]);
  auto prompt = co_await std::move(converting);
  auto count = args.size() > 1 ? args[1] : term{1};
  if (!count.is(term::kind::integer) || count.as_integer() < 0)
    throw bad_argument();
  auto request = term::tuple({atom{"get_chars"}, unicode, std::move(prompt), std::move(count)});
  auto asking = io::request(self, server_of(self, device), std::move(request));
  auto reply = co_await std::move(asking);
  co_return reply;
}

/// Prints and drops all messages in the mailbox.
task<term> flush(interpreter&, environment& env, std::vector<term>) {
  auto& self = process_of(env);
  for (auto& x : self.flush()) {
    auto text = inspect_term(x, options_of(self, term::empty_list())) + "\n";
    auto putting = put(self, atom{"stdio"}, std::move(text));
    co_await std::move(putting);
  }
  co_return ok;
}

} // namespace

void add_io_modules(module_table& m) {
  for (size_t arity : {1, 2}) {
    m.add("Elixir.IO", "puts", arity, writer(true));
    m.add("Elixir.IO", "write", arity, writer(false));
    m.add("io", "put_chars", arity, writer(false));
    m.add("Elixir.IO", "gets", arity, gets);
    m.add("io", "get_line", arity, gets);
    m.add("Elixir.IO", "read", arity, read);
    m.add("Elixir.Kernel", "inspect", arity, inspect_text);
  }
  for (size_t arity : {1, 2, 3})
    m.add("Elixir.IO", "inspect", arity, inspect_io);
  for (size_t arity : {1, 2, 3})
    m.add("Elixir.IO", "getn", arity, getn);
  m.add("Elixir.Kernel", "flush", 0, flush);
  m.add("Elixir.IEx.Helpers", "flush", 0, flush);
}

} // namespace troupe::actors::eval
