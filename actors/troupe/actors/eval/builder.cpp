#include "troupe/actors/eval/builder.hpp"

namespace troupe::actors::eval::build {

term meta(int line) {
  static const term key{atom{"line"}};
  return term::list({term::tuple({key, term{line}})});
}

term call(term head, term meta, std::vector<term> arguments) {
  return term::tuple({std::move(head), std::move(meta), term::list(arguments)});
}

term call(std::string_view name, int line, std::vector<term> arguments) {
  return call(term{atom{name}}, meta(line), std::move(arguments));
}

term remote(std::string_view module, std::string_view name, int line, std::vector<term> arguments) {
  auto place = meta(line);
  auto head = call(term{atom{"."}}, place, {term{atom{module}}, term{atom{name}}});
  return call(std::move(head), std::move(place), std::move(arguments));
}

term block(std::vector<term> expressions) {
  if (expressions.size() == 1) {
    const auto& only = expressions.front();
    if (!is_call(only, "not", 1) && !is_call(only, "!", 1) && !is_call(only, "unquote_splicing", 1))
      return only;
  }
  return call(term{atom{"__block__"}}, term::empty_list(), std::move(expressions));
}

bool is_call(const term& x, std::string_view name, size_t arity) {
  if (!x.is_tuple(3) || !x.as_tuple()[0].is_atom(atom{name}) || !x.as_tuple()[2].is_list())
    return false;
  auto given = x.as_tuple()[2].to_vector();
  return given && given->size() == arity;
}

std::vector<term> arguments(const term& x) {
  if (!x.is_tuple(3) || !x.as_tuple()[2].is_list())
    return {};
  return x.as_tuple()[2].to_vector().value_or(std::vector<term>{});
}

int line_of(const term& x) {
  if (!x.is_tuple(3) || !x.as_tuple()[1].is_list())
    return 0;
  for (const auto& entry : x.as_tuple()[1].to_vector().value_or(std::vector<term>{}))
    if (entry.is_tagged(atom{"line"}, 2) && entry.as_tuple()[1].is(term::kind::integer))
      return static_cast<int>(entry.as_tuple()[1].as_integer());
  return 0;
}

} // namespace troupe::actors::eval::build
