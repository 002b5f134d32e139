#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;
using parts = std::vector<term>;

int base_at(arguments a, size_t index) {
  auto base = or_else(a, index, 10);
  if (!base.is(kind::integer) || base.as_integer() < 2 || base.as_integer() > 36)
    throw no_clause();
  return static_cast<int>(base.as_integer());
}

bool is_digit(char c, int base) {
  auto lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  auto value = lower >= '0' && lower <= '9'   ? lower - '0'
               : lower >= 'a' && lower <= 'z' ? lower - 'a' + 10
                                              : 99;
  return value < base;
}

size_t sign_size(std::string_view text) {
  return text.starts_with('-') || text.starts_with('+') ? 1 : 0;
}

term parse(arguments a) {
  auto text = text_at(a, 0);
  auto base = base_at(a, 1);
  auto end = sign_size(text);
  while (end < text.size() && is_digit(text[end], base))
    ++end;
  auto value = parse_integer(text.substr(0, end), base);
  return value ? term::tuple({*value, text.substr(end)}) : term{words::error};
}

term parse_float(arguments a) {
  auto text = text_at(a, 0);
  auto skip_digits = [&](size_t i) {
    while (i < text.size() && is_digit(text[i], 10))
      ++i;
    return i;
  };
  auto whole = skip_digits(sign_size(text));
  auto end = whole;
  if (end < text.size() && text[end] == '.' && skip_digits(end + 1) > end + 1)
    end = skip_digits(end + 1);
  if (end > whole && end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    auto digits = end + 1 + sign_size(text.substr(end + 1));
    if (skip_digits(digits) > digits)
      end = skip_digits(digits);
  }
  auto number = std::string{text.substr(0, end)} + (end == whole ? ".0" : "");
  auto value = parse_real(number);
  return value ? term::tuple({*value, text.substr(end)}) : term{words::error};
}

int64_t power(int64_t base, int64_t exponent) {
  term result = 1, factor = base;
  for (;; exponent /= 2) {
    if (exponent % 2 == 1)
      result = multiply(result, factor);
    if (exponent < 2)
      return result.as_integer();
    factor = multiply(factor, factor);
  }
}

/// Quotient rounded down, and the remainder that belongs to it.
std::pair<int64_t, int64_t> floored(arguments a) {
  auto x = integer_at(a, 0), y = integer_at(a, 1);
  if (y == 0)
    throw bad_arithmetic();
  if (y == -1)
    return {multiply(x, -1).as_integer(), 0};
  auto quotient = x / y, remainder = x % y;
  bool down = remainder != 0 && (remainder < 0) != (y < 0);
  return {quotient - down, remainder + (down ? y : 0)};
}

term digits(arguments a) {
  auto n = integer_at(a, 0), base = a.size() > 1 ? integer_at(a, 1) : 10;
  if (base < 2)
    throw no_clause();
  parts result;
  do {
    result.emplace_back(n % base);
    n /= base;
  } while (n != 0);
  std::ranges::reverse(result);
  return term::list(result);
}

term undigits(arguments a) {
  auto base = or_else(a, 1, 10);
  term result = 0;
  for (const auto& digit : list_at(a, 0))
    result = builtins::add(multiply(result, base), digit);
  return result;
}

void add_integer(module_adder m) {
  for (size_t arity : {1, 2}) {
    m.pure("parse", arity, parse);
    m.pure("digits", arity, digits);
    m.pure("undigits", arity, undigits);
    m.pure("to_string", arity, [](arguments a) {
      if (!a[0].is(kind::integer))
        throw bad("integer_to_binary", a, "not an integer");
      return term{integer_text(a[0].as_integer(), base_at(a, 1))};
    });
    m.pure("to_charlist", arity, [](arguments a) {
      return term::charlist(integer_text(integer_at(a, 0), base_at(a, 1)));
    });
  }
  m.pure("gcd", 2, [](arguments a) { return term{std::gcd(integer_at(a, 0), integer_at(a, 1))}; });
  m.pure("mod", 2, [](arguments a) { return term{floored(a).second}; });
  m.pure("floor_div", 2, [](arguments a) { return term{floored(a).first}; });
  m.pure("pow", 2, [](arguments a) {
    if (integer_at(a, 1) < 0)
      throw bad_arithmetic();
    return term{power(integer_at(a, 0), integer_at(a, 1))};
  });
  m.guard("is_even", 1, [](arguments a) { return term{integer_at(a, 0) % 2 == 0}; });
  m.guard("is_odd", 1, [](arguments a) { return term{integer_at(a, 0) % 2 != 0}; });
}

template <class Round>
pure_builtin rounding(Round round) {
  return [round](arguments a) -> term {
    auto x = number_at(a, 0);
    auto places = a.size() > 1 ? integer_at(a, 1) : 0;
    if (places < 0 || places > 15)
      throw no_clause();
    auto scale = static_cast<long double>(std::pow(10.0L, places));
    auto result = static_cast<double>(round(static_cast<long double>(x) * scale) / scale);
    return std::isfinite(result) ? term{result} : a[0];
  };
}

void add_float(module_adder m) {
  for (size_t arity : {1, 2}) {
    m.pure("round", arity, rounding([](long double x) { return std::round(x); }));
    m.pure("floor", arity, rounding([](long double x) { return std::floor(x); }));
    m.pure("ceil", arity, rounding([](long double x) { return std::ceil(x); }));
  }
  m.pure("parse", 1, parse_float);
  m.pure("to_string", 1, [](arguments a) {
    if (!a[0].is(kind::real))
      throw no_clause();
    return term{inspect_real(a[0].as_real())};
  });
}

void add_math(module_adder m) {
  auto one = [&](std::string_view name, double (*f)(double)) {
    m.pure(name, 1, [f](arguments a) -> term {
      if (!a[0].is_number())
        throw bad_arithmetic();
      auto result = f(number_at(a, 0));
      if (!std::isfinite(result))
        throw bad_arithmetic();
      return result;
    });
  };
  one("sqrt", std::sqrt);
  one("sin", std::sin);
  one("cos", std::cos);
  one("tan", std::tan);
  one("atan", std::atan);
  one("exp", std::exp);
  one("log", std::log);
  one("log2", std::log2);
  one("log10", std::log10);
  one("floor", std::floor);
  one("ceil", std::ceil);
  m.pure("pi", 0, [](arguments) { return term{std::numbers::pi}; });
  m.pure("pow", 2, [](arguments a) -> term {
    if (!a[0].is_number() || !a[1].is_number())
      throw bad_arithmetic();
    auto result = std::pow(number_at(a, 0), number_at(a, 1));
    if (!std::isfinite(result))
      throw bad_arithmetic();
    return result;
  });
}

size_t index_at(arguments a, size_t size) {
  auto n = integer_at(a, 1);
  if (n < 0 || n >= static_cast<int64_t>(size))
    throw bad_argument();
  return static_cast<size_t>(n);
}

void add_tuple(module_adder m) {
  m.pure("to_list", 1, [](arguments a) {
    if (!a[0].is(kind::tuple))
      throw bad("tuple_to_list", a, "not a tuple");
    return term::list(a[0].as_tuple());
  });
  m.pure("append", 2, [](arguments a) {
    parts all{tuple_at(a, 0).begin(), tuple_at(a, 0).end()};
    all.push_back(a[1]);
    return term::tuple(std::move(all));
  });
  m.pure("insert_at", 3, [](arguments a) {
    parts all{tuple_at(a, 0).begin(), tuple_at(a, 0).end()};
    auto i = static_cast<std::ptrdiff_t>(index_at(a, all.size() + 1));
    all.insert(all.begin() + i, a[2]);
    return term::tuple(std::move(all));
  });
  m.pure("delete_at", 2, [](arguments a) {
    parts all{tuple_at(a, 0).begin(), tuple_at(a, 0).end()};
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(index_at(a, all.size())));
    return term::tuple(std::move(all));
  });
  m.pure("duplicate", 2, [](arguments a) {
    auto n = integer_at(a, 1);
    constexpr int64_t size_max = 16'777'215; // Erlang's
    if (n < 0 || n > size_max)
      throw bad_argument();
    return term::tuple(parts(static_cast<size_t>(n), a[0]));
  });
  m.pure("sum", 1, [](arguments a) {
    term result = 0;
    for (const auto& x : tuple_at(a, 0))
      result = builtins::add(result, x);
    return result;
  });
}

void add_atom_and_range(module_adder atoms, module_adder ranges) {
  atoms.pure("to_string", 1, [](arguments a) {
    if (!a[0].is(kind::atom))
      throw bad("atom_to_binary", a, "not an atom");
    return term{a[0].as_atom().text()};
  });
  atoms.pure("to_charlist", 1, [](arguments a) { return term::charlist(atom_at(a, 0).text()); });
  for (size_t arity : {2, 3})
    ranges.pure("new", arity, [](arguments a) { return make_range(a); });
  ranges.pure("size", 1, [](arguments a) {
    auto range = as_range(a[0]);
    if (!range)
      throw no_clause();
    return term{range->size()};
  });
}

} // namespace

void add_numbers(module_table& modules) {
  add_integer({modules, "Elixir.Integer"});
  add_float({modules, "Elixir.Float"});
  add_math({modules, "math"});
  add_tuple({modules, "Elixir.Tuple"});
  add_atom_and_range({modules, "Elixir.Atom"}, {modules, "Elixir.Range"});
}

} // namespace troupe::actors::eval::builtins
