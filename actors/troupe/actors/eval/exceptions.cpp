#include "troupe/actors/eval/exceptions.hpp"

#include "troupe/actors/eval/exception_texts.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

#include <map>
#include <vector>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

using texts::message_function;

struct definition {
  std::vector<std::string_view> fields; // Besides those every exception has; nil unless given.
  std::string_view text;                // What `message` starts as; empty means nil.
  message_function say = nullptr;       // Null: the field `message`.
};

const std::map<std::string_view, definition>& definitions() {
  static const std::map<std::string_view, definition> result{
    {"RuntimeError", {{"message"}, "runtime error", nullptr}},
    {"ArgumentError", {{"message"}, "argument error", nullptr}},
    {"ArithmeticError", {{"message"}, "bad argument in arithmetic expression", nullptr}},
    {"SystemLimitError", {{"message"}, "a system limit has been reached", nullptr}},
    {"Enum.EmptyError", {{"message"}, "empty error", nullptr}},
    {"Enum.OutOfBoundsError", {{"message"}, "out of bounds error", nullptr}},
    {"CompileError", {{"file", "line", "description"}, {}, texts::compile}},
    {"SyntaxError", {{"file", "line", "column", "description"}, {}, texts::compile}},
    {"TokenMissingError", {{"file", "line", "column", "description"}, {}, texts::compile}},
    {"BadBooleanError", {{"term", "operator"}, {}, texts::bad_boolean}},
    {"BadArityError", {{"function", "args"}, {}, texts::bad_arity}},
    {"BadFunctionError", {{"term"}, {}, texts::bad_function}},
    {"BadMapError", {{"term"}, {}, texts::bad_map}},
    {"BadStructError", {{"struct", "term"}, {}, texts::bad_struct}},
    {"MatchError", {{"term"}, {}, texts::match}},
    {"CaseClauseError", {{"term"}, {}, texts::case_clause}},
    {"WithClauseError", {{"term"}, {}, texts::with_clause}},
    {"TryClauseError", {{"term"}, {}, texts::try_clause}},
    {"CondClauseError", {{}, {}, texts::cond_clause}},
    {"FunctionClauseError",
     {{"module", "function", "arity", "kind", "args", "clauses"}, {}, texts::function_clause}},
    {"UndefinedFunctionError",
     {{"module", "function", "arity", "reason", "message"}, {}, texts::undefined_function}},
    {"KeyError", {{"key", "term", "message"}, {}, texts::missing_key}},
    {"ErlangError", {{"original", "reason"}, {}, texts::erlang}},
    {"Protocol.UndefinedError", {{"protocol", "value", "description"}, {}, texts::no_protocol}},
  };
  return result;
}

const definition* find_definition(atom module) {
  auto name = module.text();
  if (!name.starts_with("Elixir."))
    return nullptr;
  auto i = definitions().find(name.substr(7));
  return i == definitions().end() ? nullptr : &i->second;
}

term make(std::string_view name, std::vector<term_pair> fields) {
  std::vector<term> list;
  for (auto& [key, value] : fields)
    list.push_back(term::tuple({key, std::move(value)}));
  return new_exception(atom{"Elixir." + std::string{name}}, term::list(list)).value_or(term{});
}

/// The innermost line of a stack, when it is one.
const term* top_of(const term& stack) {
  return stack.is(kind::cons) && stack.head().is_tuple(4) ? &stack.head() : nullptr;
}

term bad_argument(const term& stack) {
  const auto* top = top_of(stack);
  const auto* info = top ? quoted::option(top->as_tuple()[3], words::error_info) : nullptr;
  const auto* texts = info && info->is(kind::map) ? info->find(words::arguments) : nullptr;
  if (!texts)
    return make("ArgumentError", {});
  return make("ArgumentError", {{words::message, term{texts::argument_lines(*texts)}}});
}

/// Module, function and arity of the innermost line as fields.
std::vector<term_pair> place(const term& stack) {
  const auto* top = top_of(stack);
  if (!top)
    return {};
  auto parts = top->as_tuple();
  auto arity = parts[2].is_list() ? term{quoted::length(parts[2])} : parts[2];
  std::vector<term_pair> result;
  result.emplace_back(words::module, parts[0]);
  result.emplace_back(words::function, parts[1]);
  result.emplace_back(words::arity, arity);
  const auto* reason = quoted::option(parts[3], words::reason); // Only of `undef`.
  if (reason && reason->is_atom(words::not_exported))
    result.emplace_back(words::reason, *reason);
  return result;
}

/// Reasons that are one atom.
term normalize_word(atom reason, const term& stack) {
  if (reason == words::badarg)
    return bad_argument(stack);
  if (reason == words::badarith)
    return make("ArithmeticError", {});
  if (reason == words::system_limit)
    return make("SystemLimitError", {});
  if (reason == words::cond_clause)
    return make("CondClauseError", {});
  if (reason == words::undef)
    return make("UndefinedFunctionError", place(stack));
  if (reason == words::function_clause)
    return make("FunctionClauseError", place(stack));
  return make("ErlangError", {{words::original, reason}});
}

struct tagged {
  std::string_view tag;
  std::string_view exception;
  std::vector<std::string_view> fields; // Elements behind the tag, in order.
};

/// Reasons that are a tuple with a tag; nil for others.
term normalize_tuple(std::span<const term> parts) {
  static const std::vector<tagged> table{
    {"badmatch", "MatchError", {"term"}},
    {"case_clause", "CaseClauseError", {"term"}},
    {"with_clause", "WithClauseError", {"term"}},
    {"try_clause", "TryClauseError", {"term"}},
    {"badfun", "BadFunctionError", {"term"}},
    {"badmap", "BadMapError", {"term"}},
    {"badkey", "KeyError", {"key"}},
    {"badkey", "KeyError", {"key", "term"}},
    {"badbool", "BadBooleanError", {"operator", "term"}},
    {"badstruct", "BadStructError", {"struct", "term"}},
  };
  if (parts.empty() || !parts[0].is(kind::atom))
    return {};
  if (parts.size() == 2 && parts[0].is_atom(words::badarity) && parts[1].is_tuple(2)) {
    auto call = parts[1].as_tuple();
    return make("BadArityError", {{words::function, call[0]}, {words::args, call[1]}});
  }
  if (parts.size() == 3 && parts[0].is_atom(words::badkey) && parts[2].is_atom(words::nil)) {
    auto text
      = "key " + texts::shown(parts[1], {}) + " not found in: nil" + std::string{texts::dot_hint};
    return make("KeyError", {{words::key, parts[1]}, {words::message, term{text}}});
  }
  for (const auto& row : table) {
    if (row.tag != parts[0].as_atom().text() || row.fields.size() + 1 != parts.size())
      continue;
    std::vector<term_pair> fields;
    for (size_t i = 0; i < row.fields.size(); ++i)
      fields.emplace_back(atom{row.fields[i]}, parts[i + 1]);
    return make(row.exception, std::move(fields));
  }
  return {};
}

} // namespace

bool is_exception(const term& x) {
  if (!x.is(kind::map))
    return false;
  const auto* name = x.find(words::struct_);
  const auto* mark = x.find(words::exception);
  return name && name->is(kind::atom) && mark && mark->is_atom(words::true_);
}

std::optional<term> new_exception(atom module, const term& argument) {
  const auto* known = find_definition(module);
  if (!known)
    return std::nullopt;
  std::vector<term_pair> entries;
  entries.emplace_back(words::struct_, module);
  entries.emplace_back(words::exception, words::true_);
  for (auto name : known->fields) {
    atom key{name};
    auto value = name == "message" && !known->text.empty() ? term{known->text} : term{};
    if (name == "description" && known->say == texts::no_protocol)
      value = "";
    if (const auto* given = argument.is_list() ? quoted::option(argument, key) : nullptr)
      value = *given;
    else if (name == "message" && argument.is(kind::binary))
      value = argument;
    entries.emplace_back(key, std::move(value));
  }
  return term::map(std::move(entries));
}

term normalize(const term& reason, const term& stack) {
  if (is_exception(reason))
    return reason;
  if (reason.is(kind::atom))
    return normalize_word(reason.as_atom(), stack);
  if (reason.is(kind::tuple))
    if (auto known = normalize_tuple(reason.as_tuple()); known.is(kind::map))
      return known;
  return make("ErlangError", {{words::original, reason}});
}

std::string exception_message(const term& exception, const pid& viewer) {
  const auto* name = exception.is(kind::map) ? exception.find(words::struct_) : nullptr;
  const auto* known = name && name->is(kind::atom) ? find_definition(name->as_atom()) : nullptr;
  const auto* text = exception.is(kind::map) ? exception.find(words::message) : nullptr;
  if (text && text->is(kind::binary))
    return std::string{text->as_binary()};
  if (known && known->say)
    return known->say(exception, viewer);
  return "got " + texts::shown(text ? *text : term{}, viewer)
         + " while retrieving Exception.message/1";
}

} // namespace troupe::actors::eval
