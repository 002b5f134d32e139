#include "troupe/actors/eval/builtins.hpp"

#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

namespace troupe::actors::eval {

namespace builtins {

namespace {

using kind = term::kind;

const term& checked(arguments args, size_t index, kind wanted) {
  if (!args[index].is(wanted))
    throw no_clause();
  return args[index];
}

} // namespace

int64_t integer_at(arguments args, size_t index) {
  return checked(args, index, kind::integer).as_integer();
}

double number_at(arguments args, size_t index) {
  if (const auto* n = args[index].get_if<int64_t>())
    return static_cast<double>(*n);
  return checked(args, index, kind::real).as_real();
}

atom atom_at(arguments args, size_t index) {
  return checked(args, index, kind::atom).as_atom();
}

std::string_view text_at(arguments args, size_t index) {
  return checked(args, index, kind::binary).as_binary();
}

std::vector<term> list_at(arguments args, size_t index) {
  auto list = args[index].to_vector();
  if (!list)
    throw no_clause();
  return std::move(*list);
}

std::span<const term> tuple_at(arguments args, size_t index) {
  return checked(args, index, kind::tuple).as_tuple();
}

const term& map_at(arguments args, size_t index) {
  if (!args[index].is(kind::map))
    throw error(words::badmap, args[index]);
  return args[index];
}

term or_else(arguments args, size_t index, term fallback) {
  return index < args.size() ? args[index] : std::move(fallback);
}

term make_atom(std::string_view text) {
  auto result = atom::try_make(text);
  if (!result)
    throw error(words::system_limit);
  return *result;
}

std::string to_string(const term& x) {
  switch (x.type()) {
    case kind::binary: return std::string{x.as_binary()};
    case kind::atom: return x.is_atom(words::nil) ? std::string{} : std::string{x.as_atom().text()};
    case kind::integer: return std::to_string(x.as_integer());
    case kind::real: return inspect_real(x.as_real());
    case kind::nil:
    case kind::cons:
      if (auto text = x.to_text())
        return *text;
      throw exception("ArgumentError",
                      "cannot convert the given list to a string.\n\nTo be converted "
                      "to a string, a list must either be empty or only contain the "
                      "following elements:\n\n  * strings\n  * integers representing "
                      "Unicode code points\n  * a list containing one of these "
                      "three elements\n\nPlease check the given list or call "
                      "inspect/1 to get the list representation, got:\n\n"
                        + inspect_term(x) + "\n");
    default: throw no_protocol("String.Chars", x);
  }
}

std::vector<term> list_of(term a) {
  std::vector<term> result;
  result.push_back(std::move(a));
  return result;
}

std::vector<term> list_of(term a, term b) {
  auto result = list_of(std::move(a));
  result.push_back(std::move(b));
  return result;
}

std::vector<term> list_of(term a, term b, term c) {
  auto result = list_of(std::move(a), std::move(b));
  result.push_back(std::move(c));
  return result;
}

failure bad(std::string_view function, arguments args, std::string_view first,
            std::string_view second, std::string_view third) {
  std::vector<std::string> texts;
  for (auto text : {first, second, third})
    texts.emplace_back(text);
  texts.resize(args.size());
  return argument_error("erlang", function, args, texts);
}

failure missing_key(term key, term where) {
  return error(term::tuple({words::badkey, std::move(key), std::move(where)}));
}

const term* lookup(const term& where, const term& key) {
  if (where.is(kind::map))
    return where.find(key);
  for (const auto* p = &where; p->is(kind::cons); p = &p->tail())
    if (p->head().is_tuple(2) && p->head().as_tuple()[0] == key)
      return &p->head().as_tuple()[1];
  return nullptr;
}

} // namespace builtins

void add_pure_modules(module_table& modules) {
  builtins::add_operators(modules);
  builtins::add_types(modules);
  builtins::add_conversions(modules);
  builtins::add_kernel(modules);
  builtins::add_string(modules);
  builtins::add_string_parts(modules);
  builtins::add_enum(modules);
  builtins::add_enum_each(modules);
  builtins::add_enum_order(modules);
  builtins::add_list(modules);
  builtins::add_map(modules);
  builtins::add_keyword(modules);
  builtins::add_numbers(modules);
}

} // namespace troupe::actors::eval
