#include "troupe/actors/eval/exception_texts.hpp"
#include "troupe/actors/eval/exceptions.hpp"
#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

#include <set>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;
using texts::shown;

constexpr size_t arity_max = 255;
/// Exits within exits are written out to this depth.
constexpr int exit_depth_max = 16;

std::string exception_name(const term& exception) {
  return inspect_atom(exception.find(words::struct_)->as_atom());
}

std::string banner(const term& exception, const pid& viewer) {
  return "(" + exception_name(exception) + ") " + exception_message(exception, viewer);
}

/// `file:line: ` of a stack line, when it has them.
std::string place_of(const term& location) {
  const auto* file = quoted::option(location, words::file);
  const auto* line = quoted::option(location, words::line);
  auto name = file ? file->to_text() : std::nullopt;
  if (!name || name->empty())
    return {};
  return *name + (line ? ":" + shown(*line, {}) : "") + ": ";
}

/// One line of a stack without indent; nothing when it is none.
std::optional<std::string> stack_line(const term& entry, const pid& viewer) {
  if (!entry.is_tuple(4))
    return std::nullopt;
  auto parts = entry.as_tuple();
  if (!parts[0].is(kind::atom) || !parts[1].is(kind::atom)
      || !(parts[2].is_list() || parts[2].is(kind::integer)) || !parts[3].is_list())
    return std::nullopt;
  return place_of(parts[3]) + format_mfa(parts[0].as_atom(), parts[1].as_atom(), parts[2], viewer);
}

/// Whether `reason` is what Erlang's own failures look like, so that a stack can be expected.
bool is_error_reason(const term& reason) {
  if (is_exception(reason) || reason.is_tagged(atom{"nocatch"}, 2)
      || reason.is_tagged(atom{"erpc"}, 2))
    return true;
  auto exception = normalize(reason, {});
  return exception_name(exception) != "ErlangError";
}

class exit_text {
public:
  explicit exit_text(const pid& viewer) : viewer_(viewer) {}

  std::string format(const term& reason, const std::string& joiner, int depth = 0) const {
    if (!reason.is_tuple(2) || depth == exit_depth_max)
      return plain(reason);
    auto parts = reason.as_tuple();
    if (auto raised = exception_with_stack(parts[0], parts[1], joiner))
      return *raised;
    if (parts[0].is_atom(words::shutdown) && is_failed_child(parts[1]))
      return failed_child(parts[1].as_tuple(), joiner, depth);
    if (auto call = call_text(parts[1]))
      return "exited in: " + *call + joiner + "** (EXIT) "
             + format(parts[0], joiner + "    ", depth + 1);
    return plain(reason);
  }

private:
  std::optional<std::string> exception_with_stack(const term& reason, const term& stack,
                                                  const std::string& joiner) const {
    // Code that the console evaluates has no stack where Erlang's has lines of its evaluator.
    if (!stack.is(kind::cons) && !(stack.is(kind::nil) && is_error_reason(reason)))
      return std::nullopt;
    auto result
      = "an exception was raised:" + joiner + "** " + banner(normalize(reason, stack), viewer_);
    for (const auto* entry : quoted::elements(stack)) {
      auto line = stack_line(*entry, viewer_);
      if (!line)
        return std::nullopt;
      result += joiner + "    " + *line;
    }
    return result;
  }

  static bool is_failed_child(const term& x) {
    return x.is_tagged(atom{"failed_to_start_child"}, 3);
  }

  std::string failed_child(std::span<const term> parts, const std::string& joiner,
                           int depth) const {
    return "shutdown: failed to start child: " + shown(parts[1], viewer_) + joiner + "** (EXIT) "
           + format(parts[2], joiner + "    ", depth + 1);
  }

  std::optional<std::string> call_text(const term& x) const {
    if (!x.is_tuple(3))
      return std::nullopt;
    auto parts = x.as_tuple();
    if (!parts[0].is(kind::atom) || !parts[1].is(kind::atom) || !parts[2].is_list()
        || quoted::length(parts[2]) > arity_max)
      return std::nullopt;
    return format_mfa(parts[0].as_atom(), parts[1].as_atom(), parts[2], viewer_);
  }

  std::string plain(const term& reason) const {
    if (reason.is(kind::atom))
      return word(reason);
    if (!reason.is_tuple(2) || !reason.as_tuple()[0].is(kind::atom))
      return shown(reason, viewer_);
    auto tag = reason.as_tuple()[0].as_atom().text();
    const auto& value = reason.as_tuple()[1];
    if (tag == "nodedown" && value.is(kind::atom))
      return "no connection to " + std::string{value.as_atom().text()};
    static constexpr std::pair<std::string_view, std::string_view> known[]{
      {"shutdown", "shutdown: "},
      {"already_started", "already started: "},
      {"bad_return_value", "bad return value: "},
      {"bad_call", "bad call: "},
      {"bad_cast", "bad cast: "},
    };
    for (const auto& [name, text] : known)
      if (name == tag)
        return std::string{text} + shown(value, viewer_);
    return shown(reason, viewer_);
  }

  std::string word(const term& reason) const {
    static constexpr std::pair<std::string_view, std::string_view> known[]{
      {"normal", "normal"},
      {"shutdown", "shutdown"},
      {"killed", "killed"},
      {"timeout", "time out"},
      {"calling_self", "process attempted to call itself"},
      {"noconnection", "no connection"},
      {"noproc", "no process: the process is not alive or there's no process currently associated "
                 "with the given name, possibly because its application isn't started"},
    };
    for (const auto& [name, text] : known)
      if (name == reason.as_atom().text())
        return std::string{text};
    return shown(reason, viewer_);
  }

  const pid& viewer_;
};

} // namespace

std::string format_mfa(atom module, atom function, const term& args, const pid& viewer) {
  auto name = inspect_atom(function);
  if (name.starts_with(":"))
    name.erase(0, 1);
  auto result = inspect_atom(module) + "." + name;
  if (!args.is_list())
    return result + "/" + shown(args, viewer);
  std::string list;
  for (const auto* arg : quoted::elements(args))
    list += (list.empty() ? "" : ", ") + shown(*arg, viewer);
  return result + "(" + list + ")";
}

std::string format_failure(const failure& f, const pid& viewer, detail how) {
  if (f.type == failure::kind::exit)
    return "(exit) " + format_exit(f.reason, viewer);
  if (f.type == failure::kind::thrown)
    return "(throw) " + shown(f.reason, viewer);
  auto exception = normalize(f.reason, f.stack);
  auto result = banner(exception, viewer);
  return how == detail::shell ? result + blame(exception, f.stack, viewer) : result;
}

std::string format_stack(const failure& f, const pid& viewer, detail how) {
  std::string result;
  bool first = true;
  for (const auto* entry : quoted::elements(f.stack)) {
    auto shown_entry = *entry;
    bool top = std::exchange(first, false);
    if (entry->is_tuple(4)) {
      auto parts = entry->as_tuple();
      if (parts[0].is_atom(atom{"erl_eval"}))
        continue; // The evaluator's own lines, which iex leaves out.
      bool told = how == detail::shell && top && f.reason.is_atom(words::function_clause);
      if (told && parts[2].is_list())
        shown_entry = term::tuple({parts[0], parts[1], quoted::length(parts[2]), parts[3]});
    }
    if (auto line = stack_line(shown_entry, viewer))
      result += "    " + *line + "\n";
  }
  return result;
}

std::string format_exit(const term& reason, const pid& viewer) {
  return exit_text{viewer}.format(reason, "\n    ");
}

} // namespace troupe::actors::eval
