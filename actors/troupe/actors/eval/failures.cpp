#include "troupe/actors/eval/failures.hpp"

#include "troupe/actors/eval/exceptions.hpp"
#include "troupe/actors/eval/words.hpp"

#include <utility>

namespace troupe::actors::eval {

namespace {

term stack_line(atom module, atom function, const std::vector<term>& args, term location) {
  auto line = term::tuple({module, function, term::list(args), std::move(location)});
  return term::list({line});
}

} // namespace

failure error(term reason) {
  failure f;
  f.reason = std::move(reason);
  return f;
}

failure error(atom tag, term value) {
  return error(term::tuple({tag, std::move(value)}));
}

failure bad_argument() {
  return error(words::badarg);
}

failure bad_arithmetic() {
  return error(words::badarith);
}

failure no_clause() {
  return error(words::function_clause);
}

failure integer_overflow() {
  return exception("ArithmeticError",
                   "the result does not fit into 64 bits, the size of integers here");
}

failure argument_error(std::string_view module, std::string_view function, std::vector<term> args,
                       const std::vector<std::string>& texts) {
  std::vector<term> lines;
  for (const auto& text : texts)
    lines.push_back(text.empty() ? term{} : term{text});
  auto info = term::map({{words::arguments, term::list(lines)}});
  auto entry = term::tuple({words::error_info, info});
  auto f = bad_argument();
  f.stack = stack_line(atom{module}, atom{function}, args, term::list({entry}));
  return f;
}

failure undefined_function(const module_table& modules, atom module, atom function,
                           const std::vector<term>& args) {
  bool loaded = modules.has_module(module);
  std::vector<term> location;
  location.push_back(
    term::tuple({words::reason, loaded ? words::not_exported : words::not_loaded}));
  if (loaded) {
    std::vector<term> hints;
    for (const auto& text : modules.similar(module, function))
      hints.emplace_back(text);
    location.push_back(term::tuple({words::hints, term::list(hints)}));
  }
  auto f = error(words::undef);
  f.stack = stack_line(module, function, args, term::list(location));
  return f;
}

term make_exception(std::string_view module,
                    std::vector<std::pair<std::string_view, term>> fields) {
  std::vector<term> list;
  for (auto& [name, value] : fields)
    list.push_back(term::tuple({atom{name}, std::move(value)}));
  auto full = "Elixir." + std::string{module};
  return new_exception(atom{full}, term::list(list)).value_or(term{});
}

failure exception(std::string_view module, std::vector<std::pair<std::string_view, term>> fields) {
  return error(make_exception(module, std::move(fields)));
}

failure exception(std::string_view module, std::string_view message) {
  std::vector<std::pair<std::string_view, term>> fields;
  fields.emplace_back("message", term{message});
  return exception(module, std::move(fields));
}

failure compile_error(std::string_view file, int line, std::string_view text) {
  std::vector<std::pair<std::string_view, term>> fields;
  fields.emplace_back("file", term{file});
  fields.emplace_back("line", term{line});
  fields.emplace_back("description", term{text});
  return exception("CompileError", std::move(fields));
}

failure no_protocol(std::string_view protocol, term value) {
  std::vector<std::pair<std::string_view, term>> fields;
  fields.emplace_back("protocol", term{atom{"Elixir." + std::string{protocol}}});
  fields.emplace_back("value", std::move(value));
  return exception("Protocol.UndefinedError", std::move(fields));
}

} // namespace troupe::actors::eval
