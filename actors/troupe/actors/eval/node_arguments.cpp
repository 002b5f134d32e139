#include "troupe/actors/eval/node_arguments.hpp"

namespace troupe::actors::eval {

atom atom_argument(std::string_view module, std::string_view function,
                   const std::vector<term>& args, size_t i) {
  if (args[i].is(term::kind::atom))
    return args[i].as_atom();
  std::vector<std::string> texts(args.size());
  texts[i] = "not an atom";
  throw argument_error(module, function, args, texts);
}

failure no_clause_of(std::string_view module, std::string_view function, int64_t arity) {
  auto f = no_clause();
  auto place = term::tuple({atom{module}, atom{function}, arity, term::empty_list()});
  f.stack = term::list({place});
  return f;
}

term list_of(const std::vector<atom>& names) {
  std::vector<term> result(names.begin(), names.end());
  return term::list(result);
}

} // namespace troupe::actors::eval
