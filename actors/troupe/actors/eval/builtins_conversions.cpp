#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/utf8.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;

constexpr std::string_view no_integer = "not a textual representation of an integer";
constexpr std::string_view no_real = "not a textual representation of a float";

/// Bytes of iodata; nothing for what is none.
std::optional<std::string> bytes_of(const term& data) {
  std::string result;
  std::vector<const term*> rest{&data};
  if (!data.is_list() && !data.is(kind::binary))
    return std::nullopt;
  while (!rest.empty()) {
    const auto& x = *rest.back();
    rest.pop_back();
    if (x.is(kind::binary)) {
      result += x.as_binary();
    } else if (x.is(kind::cons)) {
      rest.push_back(&x.tail());
      rest.push_back(&x.head());
    } else if (x.is(kind::integer) && x.as_integer() >= 0 && x.as_integer() < 256) {
      result.push_back(static_cast<char>(x.as_integer()));
    } else if (!x.is(kind::nil)) {
      return std::nullopt;
    }
  }
  return result;
}

std::string_view atom_text(std::string_view function, arguments a) {
  if (!a[0].is(kind::atom))
    throw bad(function, a, "not an atom");
  return a[0].as_atom().text();
}

std::string_view binary_text(std::string_view function, arguments a) {
  if (!a[0].is(kind::binary))
    throw bad(function, a, "not a binary");
  return a[0].as_binary();
}

std::string list_text(std::string_view function, arguments a) {
  auto text = a[0].is_list() ? a[0].to_text() : std::nullopt;
  if (!text)
    throw bad(function, a, a[0].is_list() ? "not a list of characters" : "not a list");
  return *text;
}

/// Bases from 2 to 36, as `std::from_chars` wants them.
int base_of(std::string_view function, arguments a) {
  if (a.size() < 2)
    return 10;
  const auto* base = a[1].get_if<int64_t>();
  if (!base || *base < 2 || *base > 36)
    throw bad(function, a, "", "not an integer in the range 2 through 36");
  return static_cast<int>(*base);
}

void add_atoms(module_adder m) {
  m.pure("atom_to_list", 1,
         [](arguments a) { return term::charlist(atom_text("atom_to_list", a)); });
  m.pure("list_to_atom", 1, [](arguments a) { return make_atom(list_text("list_to_atom", a)); });
  m.pure("list_to_existing_atom", 1,
         [](arguments a) { return make_atom(list_text("list_to_existing_atom", a)); });
  for (size_t arity : {1, 2}) {
    m.pure("atom_to_binary", arity,
           [](arguments a) { return term{atom_text("atom_to_binary", a)}; });
    for (std::string_view name : {"binary_to_atom", "binary_to_existing_atom"})
      m.pure(name, arity, [name](arguments a) { return make_atom(binary_text(name, a)); });
  }
}

void add_integers(module_adder m) {
  for (size_t arity : {1, 2}) {
    m.pure("integer_to_binary", arity, [](arguments a) {
      if (!a[0].is(kind::integer))
        throw bad("integer_to_binary", a, "not an integer");
      return term{integer_text(a[0].as_integer(), base_of("integer_to_binary", a))};
    });
    m.pure("integer_to_list", arity, [](arguments a) {
      if (!a[0].is(kind::integer))
        throw bad("integer_to_list", a, "not an integer");
      return term::charlist(integer_text(a[0].as_integer(), base_of("integer_to_list", a)));
    });
    m.pure("binary_to_integer", arity, [](arguments a) {
      auto text = binary_text("binary_to_integer", a);
      auto value = parse_integer(text, base_of("binary_to_integer", a));
      if (!value)
        throw bad("binary_to_integer", a, no_integer);
      return term{*value};
    });
    m.pure("list_to_integer", arity, [](arguments a) {
      auto text = list_text("list_to_integer", a);
      auto value = parse_integer(text, base_of("list_to_integer", a));
      if (!value)
        throw bad("list_to_integer", a, no_integer);
      return term{*value};
    });
  }
}

void add_reals(module_adder m) {
  m.pure("float", 1, [](arguments a) {
    if (!a[0].is_number())
      throw bad("float", a, "not a number");
    return term{number_at(a, 0)};
  });
  m.pure("float_to_binary", 1, [](arguments a) {
    if (!a[0].is(kind::real))
      throw bad("float_to_binary", a, "not a float");
    return term{inspect_real(a[0].as_real())};
  });
  m.pure("float_to_list", 1, [](arguments a) {
    if (!a[0].is(kind::real))
      throw bad("float_to_list", a, "not a float");
    return term::charlist(inspect_real(a[0].as_real()));
  });
  m.pure("binary_to_float", 1, [](arguments a) {
    auto value = parse_real(binary_text("binary_to_float", a));
    if (!value)
      throw bad("binary_to_float", a, no_real);
    return term{*value};
  });
  m.pure("list_to_float", 1, [](arguments a) {
    auto value = parse_real(list_text("list_to_float", a));
    if (!value)
      throw bad("list_to_float", a, no_real);
    return term{*value};
  });
}

void add_containers(module_adder m) {
  m.pure("binary_to_list", 1, [](arguments a) {
    std::vector<term> bytes;
    for (auto c : binary_text("binary_to_list", a))
      bytes.emplace_back(static_cast<unsigned char>(c));
    return term::list(bytes);
  });
  for (std::string_view name : {"list_to_binary", "iolist_to_binary", "iolist_size"})
    m.pure(name, 1, [name](arguments a) {
      auto bytes = bytes_of(a[0]);
      if (!bytes)
        throw bad(name, a, "not an iolist");
      return name == "iolist_size" ? term{bytes->size()} : term{std::move(*bytes)};
    });
  m.pure("list_to_tuple", 1, [](arguments a) {
    auto list = a[0].to_vector();
    if (!list)
      throw bad("list_to_tuple", a, "not a list");
    return term::tuple(std::move(*list));
  });
  m.pure("tuple_to_list", 1, [](arguments a) {
    if (!a[0].is(kind::tuple))
      throw bad("tuple_to_list", a, "not a tuple");
    return term::list(a[0].as_tuple());
  });
  m.pure("append_element", 2, [](arguments a) {
    if (!a[0].is(kind::tuple))
      throw bad("append_element", a, "not a tuple");
    std::vector<term> parts{a[0].as_tuple().begin(), a[0].as_tuple().end()};
    parts.push_back(a[1]);
    return term::tuple(std::move(parts));
  });
}

} // namespace

void add_conversions(module_table& modules) {
  module_adder erlang{modules, "erlang"};
  add_atoms(erlang);
  add_integers(erlang);
  add_reals(erlang);
  add_containers(erlang);
}

} // namespace troupe::actors::eval::builtins
