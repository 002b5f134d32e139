#include "troupe/actors/eval/exception_texts.hpp"
#include "troupe/actors/eval/exceptions.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/similar.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

#include <algorithm>
#include <cctype>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;
using texts::shown;

constexpr std::string_view indent = "    ";

/// `1 / 0`, `-(:a)`, `div(1, 0)`.
std::string arithmetic(const term& top, const pid& viewer) {
  auto parts = top.as_tuple();
  if (!parts[0].is_atom(words::erlang) || !parts[1].is(kind::atom) || !parts[2].is(kind::cons))
    return {};
  auto op = parts[1].as_atom().text();
  auto args = quoted::elements(parts[2]);
  bool word = !op.empty() && std::isalpha(static_cast<unsigned char>(op[0]));
  auto first = shown(*args[0], viewer);
  if (args.size() == 1)
    return ": " + std::string{op} + "(" + first + ")";
  auto second = shown(*args[1], viewer);
  if (word)
    return ": " + std::string{op} + "(" + first + ", " + second + ")";
  return ": " + first + " " + std::string{op} + " " + second;
}

/// The arguments that no clause took, one by one.
std::string given_arguments(const term& top, const pid& viewer) {
  auto parts = top.as_tuple();
  std::string result{indent};
  if (!parts[0].is(kind::atom) || !parts[1].is(kind::atom) || !parts[2].is(kind::cons))
    return result;
  auto add_line = [&](const std::string& text) { result.append("\n").append(indent).append(text); };
  auto arity = term{quoted::length(parts[2])};
  auto name = format_mfa(parts[0].as_atom(), parts[1].as_atom(), arity, viewer);
  add_line("");
  add_line("The following arguments were given to " + name + ":");
  size_t n = 0;
  for (const auto* arg : quoted::elements(parts[2])) {
    add_line("");
    add_line(std::string{indent} + "# " + std::to_string(++n));
    add_line(std::string{indent} + shown(*arg, viewer));
  }
  add_line("");
  return result;
}

std::string suggestions(const std::vector<std::string>& names) {
  if (names.empty())
    return {};
  std::string result = ". Did you mean:\n\n";
  for (const auto& name : names)
    result += "      * " + name + "\n";
  return result;
}

std::vector<std::string> similar_keys(const term& exception, const pid& viewer) {
  const auto* key = exception.find(words::key);
  const auto* where = exception.find(words::term);
  if (!key || !key->is(kind::atom) || !where || !where->is(kind::map))
    return {};
  std::vector<std::pair<double, term>> found;
  for (const auto& [name, value] : where->as_map()) {
    auto grade = name.is(kind::atom) ? similarity(key->as_atom().text(), name.as_atom().text()) : 0;
    if (grade > similarity_min)
      found.emplace_back(grade, name);
  }
  std::ranges::stable_sort(found, [](auto& x, auto& y) { return x.first > y.first; });
  if (found.size() > suggestions_max)
    found.resize(suggestions_max);
  std::vector<std::string> result;
  for (const auto& [grade, name] : found)
    result.push_back(shown(name, viewer));
  std::ranges::sort(result);
  return result;
}

} // namespace

std::string blame(const term& exception, const term& stack, const pid& viewer) {
  const auto* name = exception.is(kind::map) ? exception.find(words::struct_) : nullptr;
  if (!name || !name->is(kind::atom))
    return {};
  auto type = name->as_atom().text();
  if (type == "Elixir.KeyError")
    return suggestions(similar_keys(exception, viewer));
  bool has_top = stack.is(kind::cons) && stack.head().is_tuple(4);
  if (type == "Elixir.FunctionClauseError")
    return has_top ? given_arguments(stack.head(), viewer) : std::string{indent};
  if (!has_top)
    return {};
  if (type == "Elixir.ArithmeticError"
      && exception_message(exception, viewer).starts_with("bad arg"))
    return arithmetic(stack.head(), viewer);
  const auto* hints = quoted::option(stack.head().as_tuple()[3], words::hints);
  if (type != "Elixir.UndefinedFunctionError" || !hints)
    return {};
  std::vector<std::string> names;
  for (const auto* hint : quoted::elements(*hints))
    if (hint->is(kind::binary))
      names.emplace_back(hint->as_binary());
  return suggestions(names);
}

} // namespace troupe::actors::eval
