#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/exceptions.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"

#include <cmath>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;

bool is_struct(const term& x) {
  const auto* name = x.is(kind::map) ? x.find(words::struct_) : nullptr;
  return name && name->is(kind::atom);
}

template <kind Kind>
term has_kind(arguments a) {
  return a[0].is(Kind);
}

/// Functions of Kernel that are Erlang's.
void add_questions(module_adder m) {
  m.guard("is_atom", 1, has_kind<kind::atom>);
  m.guard("is_binary", 1, has_kind<kind::binary>);
  m.guard("is_bitstring", 1, has_kind<kind::binary>);
  m.guard("is_float", 1, has_kind<kind::real>);
  m.guard("is_function", 1, has_kind<kind::fun>);
  m.guard("is_integer", 1, has_kind<kind::integer>);
  m.guard("is_map", 1, has_kind<kind::map>);
  m.guard("is_pid", 1, has_kind<kind::pid>);
  m.guard("is_reference", 1, has_kind<kind::reference>);
  m.guard("is_tuple", 1, has_kind<kind::tuple>);
  m.guard("is_port", 1, [](arguments) { return term{false}; });
  m.guard("is_list", 1, [](arguments a) { return term{a[0].is_list()}; });
  m.guard("is_number", 1, [](arguments a) { return term{a[0].is_number()}; });
  m.guard("is_boolean", 1, [](arguments a) {
    return term{a[0].is_atom(words::true_) || a[0].is_atom(words::false_)};
  });
  m.guard("is_function", 2, [](arguments a) {
    return term{a[0].is(kind::fun) && a[1] == term{static_cast<int64_t>(a[0].as_fun().arity)}};
  });
}

const term& nonempty(std::string_view function, arguments a) {
  if (!a[0].is(kind::cons))
    throw bad(function, a, "not a nonempty list");
  return a[0];
}

template <class Round>
pure_builtin rounding(std::string_view name, Round round) {
  return [name, round](arguments a) -> term {
    if (a[0].is(kind::integer))
      return a[0];
    if (!a[0].is(kind::real))
      throw bad(name, a, "not a number");
    return to_integer(round(a[0].as_real()));
  };
}

term absolute(arguments a) {
  if (a[0].is(kind::real))
    return std::fabs(a[0].as_real());
  if (!a[0].is(kind::integer))
    throw bad("abs", a, "not a number");
  return a[0].as_integer() < 0 ? multiply(a[0], -1) : a[0];
}

term length_of(arguments a) {
  const auto* rest = &a[0];
  int64_t n = 0;
  for (; rest->is(kind::cons); rest = &rest->tail())
    ++n;
  if (!rest->is(kind::nil))
    throw bad("length", a, "not a list");
  return n;
}

term part_of_binary(arguments a) {
  auto text = text_at(a, 0);
  auto start = integer_at(a, 1), size = integer_at(a, 2);
  if (size < 0 && size >= -static_cast<int64_t>(text.size())) {
    start += size;
    size = -size;
  }
  auto total = static_cast<int64_t>(text.size());
  if (start < 0 || size < 0 || start > total || size > total - start)
    throw bad_argument();
  return text.substr(static_cast<size_t>(start), static_cast<size_t>(size));
}

void add_parts(module_adder m) {
  m.guard("abs", 1, absolute);
  m.guard("round", 1, rounding("round", [](double x) { return std::round(x); }));
  m.guard("trunc", 1, rounding("trunc", [](double x) { return std::trunc(x); }));
  m.guard("floor", 1, rounding("floor", [](double x) { return std::floor(x); }));
  m.guard("ceil", 1, rounding("ceil", [](double x) { return std::ceil(x); }));
  m.guard("hd", 1, [](arguments a) { return nonempty("hd", a).head(); });
  m.guard("tl", 1, [](arguments a) { return nonempty("tl", a).tail(); });
  m.guard("length", 1, length_of);
  m.guard("binary_part", 3, part_of_binary);
  m.guard("tuple_size", 1, [](arguments a) {
    if (!a[0].is(kind::tuple))
      throw bad("tuple_size", a, "not a tuple");
    return term{a[0].as_tuple().size()};
  });
  m.guard("map_size", 1, [](arguments a) {
    if (a[0].is(kind::map))
      return term{a[0].as_map().size()};
    auto f = error(words::badmap, a[0]);
    auto line = term::tuple({words::erlang, atom{"map_size"}, term::list(a), term::empty_list()});
    f.stack = term::list({line});
    throw failure{f};
  });
  m.guard("byte_size", 1, [](arguments a) {
    if (!a[0].is(kind::binary))
      throw bad("byte_size", a, "not a bitstring");
    return term{a[0].as_binary().size()};
  });
  m.guard("bit_size", 1, [](arguments a) {
    if (!a[0].is(kind::binary))
      throw bad("bit_size", a, "not a bitstring");
    return term{8 * a[0].as_binary().size()};
  });
}

/// `element(n, tuple)` counts from one; `name` and `shown` are what a failure tells.
size_t position(const term& tuple, const term& number, std::string_view name, arguments shown,
                int64_t first) {
  if (!tuple.is(kind::tuple))
    throw bad(name, shown, number.is(kind::integer) ? "" : "not an integer", "not a tuple");
  const auto* n = number.get_if<int64_t>();
  if (!n)
    throw bad(name, shown, "not an integer");
  if (*n < first || *n - first >= static_cast<int64_t>(tuple.as_tuple().size()))
    throw bad(name, shown, "out of range");
  return static_cast<size_t>(*n - first);
}

/// Elixir's index as Erlang's position, for what failures tell.
term erlang_position(const term& index) {
  return index.is(kind::integer) ? add(index, 1) : index;
}

term element_set(const term& tuple, size_t n, const term& value) {
  std::vector<term> parts{tuple.as_tuple().begin(), tuple.as_tuple().end()};
  parts[n] = value;
  return term::tuple(std::move(parts));
}

void add_elements(module_adder kernel, module_adder erlang) {
  kernel.guard("elem", 2, [](arguments a) {
    auto shown = list_of(erlang_position(a[1]), a[0]);
    auto n = position(a[0], a[1], "element", shown, 0);
    return a[0].as_tuple()[n];
  });
  erlang.guard("element", 2, [](arguments a) {
    auto n = position(a[1], a[0], "element", a, 1);
    return a[1].as_tuple()[n];
  });
  kernel.pure("put_elem", 3, [](arguments a) {
    auto shown = list_of(erlang_position(a[1]), a[0], a[2]);
    return element_set(a[0], position(a[0], a[1], "setelement", shown, 0), a[2]);
  });
  erlang.pure("setelement", 3, [](arguments a) {
    return element_set(a[1], position(a[1], a[0], "setelement", a, 1), a[2]);
  });
}

} // namespace

void add_types(module_table& modules) {
  module_adder kernel{modules, "Elixir.Kernel"}, erlang{modules, "erlang"};
  for (const auto& m : {kernel, erlang}) {
    add_questions(m);
    add_parts(m);
  }
  add_elements(kernel, erlang);
  kernel.guard("is_nil", 1, [](arguments a) { return term{a[0].is_atom(words::nil)}; });
  kernel.guard("is_struct", 1, [](arguments a) { return term{is_struct(a[0])}; });
  kernel.guard("is_struct", 2, [](arguments a) {
    return term{is_struct(a[0]) && *a[0].find(words::struct_) == a[1]};
  });
  kernel.guard("is_exception", 1, [](arguments a) { return term{is_exception(a[0])}; });
  kernel.guard("is_exception", 2, [](arguments a) {
    return term{is_exception(a[0]) && *a[0].find(words::struct_) == a[1]};
  });
  kernel.guard("is_map_key", 2,
               [](arguments a) { return term{map_at(a, 0).find(a[1]) != nullptr}; });
  erlang.guard("is_map_key", 2,
               [](arguments a) { return term{map_at(a, 1).find(a[0]) != nullptr}; });
  erlang.guard("map_get", 2, [](arguments a) {
    const auto* value = map_at(a, 1).find(a[0]);
    if (!value)
      throw missing_key(a[0], a[1]);
    return *value;
  });
}

} // namespace troupe::actors::eval::builtins
