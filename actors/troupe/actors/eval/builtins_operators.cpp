#include "troupe/actors/eval/builtins.hpp"

#include "troupe/actors/eval/words.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;

void want_numbers(const term& x, const term& y) {
  if (!x.is_number() || !y.is_number())
    throw bad_arithmetic();
}

double real_of(const term& x) {
  return x.is(kind::integer) ? static_cast<double>(x.as_integer()) : x.as_real();
}

term checked_real(double x) {
  if (!std::isfinite(x))
    throw bad_arithmetic();
  return x;
}

bool integers(const term& x, const term& y) {
  want_numbers(x, y);
  return x.is(kind::integer) && y.is(kind::integer);
}

term subtract(const term& x, const term& y) {
  if (!integers(x, y))
    return checked_real(real_of(x) - real_of(y));
  int64_t result = 0;
  if (__builtin_sub_overflow(x.as_integer(), y.as_integer(), &result))
    throw integer_overflow();
  return result;
}

term divide(const term& x, const term& y) {
  want_numbers(x, y);
  if (real_of(y) == 0)
    throw bad_arithmetic();
  return checked_real(real_of(x) / real_of(y));
}

/// `div` and `rem` want integers, and no zero.
void want_divisible(const term& x, const term& y) {
  if (!x.is(kind::integer) || !y.is(kind::integer) || y.as_integer() == 0)
    throw bad_arithmetic();
}

term quotient(arguments args) {
  want_divisible(args[0], args[1]);
  if (args[1].as_integer() == -1)
    return subtract(0, args[0]);
  return args[0].as_integer() / args[1].as_integer();
}

term remainder_of(arguments args) {
  want_divisible(args[0], args[1]);
  return args[1].as_integer() == -1 ? term{0} : term{args[0].as_integer() % args[1].as_integer()};
}

term negate(const term& x) {
  if (x.is(kind::real))
    return -x.as_real();
  return subtract(0, x);
}

term appended(arguments args) {
  auto left = args[0].to_vector();
  if (!left)
    throw bad_argument();
  return left->empty() ? args[1] : term::list(*left, args[1]);
}

term without(arguments args) {
  auto left = args[0].to_vector(), right = args[1].to_vector();
  if (!left || !right)
    throw bad_argument();
  for (const auto& x : *right)
    if (auto i = std::find(left->begin(), left->end(), x); i != left->end())
      left->erase(i);
  return term::list(*left);
}

void add_arithmetic(module_adder m) {
  m.guard("+", 2, [](arguments a) { return add(a[0], a[1]); });
  m.guard("-", 2, [](arguments a) { return subtract(a[0], a[1]); });
  m.guard("*", 2, [](arguments a) { return multiply(a[0], a[1]); });
  m.guard("/", 2, [](arguments a) { return divide(a[0], a[1]); });
  m.guard("+", 1, [](arguments a) { return add(0, a[0]); });
  m.guard("-", 1, [](arguments a) { return negate(a[0]); });
  m.guard("div", 2, quotient);
  m.guard("rem", 2, remainder_of);
  m.guard("<", 2, [](arguments a) { return term{compare(a[0], a[1]) < 0}; });
  m.guard(">", 2, [](arguments a) { return term{compare(a[0], a[1]) > 0}; });
  m.guard(">=", 2, [](arguments a) { return term{compare(a[0], a[1]) >= 0}; });
  m.guard("==", 2, [](arguments a) { return term{equal_value(a[0], a[1])}; });
  m.pure("max", 2, [](arguments a) { return compare(a[0], a[1]) >= 0 ? a[0] : a[1]; });
  m.pure("min", 2, [](arguments a) { return compare(a[0], a[1]) <= 0 ? a[0] : a[1]; });
  m.pure("++", 2, appended);
  m.pure("--", 2, without);
  m.guard("not", 1, [](arguments a) {
    if (!a[0].is_atom(words::true_) && !a[0].is_atom(words::false_))
      throw bad_argument();
    return term{a[0].is_atom(words::false_)};
  });
}

pure_builtin bits(std::string_view name) {
  auto shift = [](int64_t x, int64_t by) -> int64_t {
    if (by <= -64 || (by < 0 && by > -64))
      return by <= -64 ? (x < 0 ? -1 : 0) : x >> -by;
    if (x != 0 && (by >= 63 || (x << by) >> by != x))
      throw integer_overflow();
    return x == 0 ? 0 : x << by;
  };
  return [name, shift](arguments a) -> term {
    if (!a[0].is(kind::integer) || !a[1].is(kind::integer))
      throw bad_arithmetic();
    auto x = a[0].as_integer(), y = a[1].as_integer();
    if (name == "band")
      return x & y;
    if (name == "bor")
      return x | y;
    if (name == "bxor")
      return x ^ y;
    if (y == std::numeric_limits<int64_t>::min())
      throw integer_overflow();
    return shift(x, name == "bsl" ? y : -y);
  };
}

} // namespace

term add(const term& x, const term& y) {
  if (!integers(x, y))
    return checked_real(real_of(x) + real_of(y));
  int64_t result = 0;
  if (__builtin_add_overflow(x.as_integer(), y.as_integer(), &result))
    throw integer_overflow();
  return result;
}

term multiply(const term& x, const term& y) {
  if (!integers(x, y))
    return checked_real(real_of(x) * real_of(y));
  int64_t result = 0;
  if (__builtin_mul_overflow(x.as_integer(), y.as_integer(), &result))
    throw integer_overflow();
  return result;
}

term to_integer(double x) {
  constexpr double limit = 9223372036854775808.0; // 2 to the 63
  if (!(x >= -limit && x < limit))
    throw integer_overflow();
  return static_cast<int64_t>(x);
}

std::optional<int64_t> parse_integer(std::string_view text, int base) {
  if (text.starts_with('+') && !text.starts_with("+-"))
    text.remove_prefix(1);
  int64_t result = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), result, base);
  if (end != text.data() + text.size() || text.empty() || code == std::errc::invalid_argument)
    return std::nullopt;
  if (code == std::errc::result_out_of_range)
    throw integer_overflow();
  return result;
}

std::optional<double> parse_real(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-"))
    text.remove_prefix(1);
  auto dot = text.find('.');
  auto digit = [&](size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  if (dot == text.npos || dot == 0 || !digit(dot - 1) || !digit(dot + 1))
    return std::nullopt;
  double result = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (end != text.data() + text.size() || code != std::errc{})
    return std::nullopt;
  return result;
}

std::string integer_text(int64_t x, int base) {
  char buffer[66];
  auto [end, code] = std::to_chars(std::begin(buffer), std::end(buffer), x, base);
  std::string result{buffer, end};
  for (auto& c : result)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return result;
}

void add_operators(module_table& modules) {
  module_adder kernel{modules, "Elixir.Kernel"}, erlang{modules, "erlang"};
  for (const auto& m : {kernel, erlang})
    add_arithmetic(m);
  auto differs = [](arguments a) { return term{!equal_value(a[0], a[1])}; };
  auto same = [](arguments a) { return term{a[0] == a[1]}; };
  auto not_same = [](arguments a) { return term{!(a[0] == a[1])}; };
  auto at_most = [](arguments a) { return term{compare(a[0], a[1]) <= 0}; };
  kernel.guard("!=", 2, differs);
  kernel.guard("===", 2, same);
  kernel.guard("!==", 2, not_same);
  kernel.guard("<=", 2, at_most);
  erlang.guard("/=", 2, differs);
  erlang.guard("=:=", 2, same);
  erlang.guard("=/=", 2, not_same);
  erlang.guard("=<", 2, at_most);
  kernel.pure("!", 1, [](arguments a) { return term{!a[0].truthy()}; });
  kernel.pure("<>", 2, [](arguments a) {
    for (const auto& x : a)
      if (!x.is(kind::binary))
        throw bad("bit_size", list_of(x), "not a bitstring");
    return term{std::string{a[0].as_binary()} + std::string{a[1].as_binary()}};
  });
  module_adder bitwise{modules, "Elixir.Bitwise"};
  for (auto m : {bitwise, erlang}) {
    for (auto name : {"band", "bor", "bxor", "bsl", "bsr"})
      m.guard(name, 2, bits(name));
    m.guard("bnot", 1, [](arguments a) { return term{~integer_at(a, 0)}; });
  }
}

} // namespace troupe::actors::eval::builtins
