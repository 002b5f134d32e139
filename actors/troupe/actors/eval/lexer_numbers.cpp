#include "troupe/actors/eval/error_texts.hpp"
#include "troupe/actors/eval/scanner.hpp"
#include "troupe/actors/eval/unescape.hpp"
#include "troupe/actors/eval/utf8.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace troupe::actors::eval {

namespace {

bool is_digit(char c, int base = 10) {
  if (base == 16)
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
  return c >= '0' && c < '0' + base;
}

bool is_word_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string without_underscores(std::string_view x) {
  std::string result{x};
  std::erase(result, '_');
  return result;
}

std::optional<int64_t> to_integer(std::string_view digits, int base) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return error == std::errc{} ? std::optional{value} : std::nullopt;
}

std::optional<double> to_real(const std::string& digits) {
  char* end = nullptr;
  double value = std::strtod(digits.c_str(), &end);
  return *end == '\0' && std::isfinite(value) ? std::optional{value} : std::nullopt;
}

struct shape {
  size_t size = 1;
  bool real = false;
};

/// How far a decimal number reaches; a dot or an underscore belongs to it in front of a digit only.
shape measure(std::string_view text) {
  shape x;
  auto at = [&](size_t i) { return i < text.size() ? text[i] : '\0'; };
  for (;;) {
    char c = at(x.size);
    size_t sign = at(x.size + 1) == '+' || at(x.size + 1) == '-' ? 1 : 0;
    if (is_digit(c)) {
      ++x.size;
    } else if ((c == '_' || (c == '.' && !x.real)) && is_digit(at(x.size + 1))) {
      x.real = x.real || c == '.';
      x.size += 2;
    } else if (x.real && (c == 'e' || c == 'E') && is_digit(at(x.size + 1 + sign))) {
      x.size += 2 + sign;
    } else {
      return x;
    }
  }
}

} // namespace

void scanner::number() {
  char mark = peek() == '0' ? peek(1) : '\0';
  int base = mark == 'x' ? 16 : mark == 'b' ? 2 : mark == 'o' ? 8 : 0;
  if (base != 0 && is_digit(peek(2), base))
    return based_number(base);
  auto [size, real] = measure(rest());
  auto spelling = std::string{rest().substr(0, size)};
  auto digits = without_underscores(spelling);
  auto decimal = real ? to_real(digits) : std::nullopt;
  if (real && !decimal)
    fail(at_, "invalid float number ", spelling);
  if (is_word_letter(peek(size))) {
    std::string letter{peek(size)};
    fail(at_,
         "invalid character \"" + letter + "\" after number " + spelling
           + std::string{texts::letter_after_number},
         letter);
  }
  if (real) {
    push(token_kind::real, at_).value = term{*decimal};
  } else {
    auto value = to_integer(digits, 10);
    if (!value)
      fail(at_, "integer needs more than 64 bits: ", spelling);
    push(token_kind::integer, at_).value = term{*value};
  }
  tokens_.back().text = spelling;
  advance(size);
}

void scanner::based_number(int base) {
  size_t size = 2;
  while (is_digit(peek(size), base) || (peek(size) == '_' && is_digit(peek(size + 1), base)))
    ++size;
  auto spelling = std::string{rest().substr(0, size)};
  auto value = to_integer(without_underscores(spelling.substr(2)), base);
  if (!value)
    fail(at_, "integer needs more than 64 bits: ", spelling);
  auto& x = push(token_kind::integer, at_);
  x.value = term{*value};
  x.text = spelling;
  advance(size);
}

void scanner::character() {
  bool escaped = peek(1) == '\\' && rest().size() > 2;
  auto start = at_;
  std::string spelling;
  take(spelling);
  if (escaped)
    take(spelling);
  auto point = utf8::decode(text_, at_.offset).value;
  take(spelling);
  auto& x = push(token_kind::character, start);
  x.value = term{static_cast<int64_t>(escaped ? unescape_letter(point) : point)};
  x.text = spelling;
}

} // namespace troupe::actors::eval
