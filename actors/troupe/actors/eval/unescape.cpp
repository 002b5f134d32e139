#include "troupe/actors/eval/unescape.hpp"

#include "troupe/actors/eval/utf8.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace troupe::actors::eval {

namespace {

bool is_hex(std::string_view digits) {
  return !digits.empty() && std::ranges::all_of(digits, [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
  });
}

/// The digits of `H`, `HHHH` or `{H*}` at the start of `text`, with what they take there.
struct digits {
  std::string_view text;
  size_t size = 0;
};

digits fixed_digits(std::string_view text, size_t count) {
  auto found = text.substr(0, count);
  return found.size() == count && is_hex(found) ? digits{found, count} : digits{};
}

digits braced_digits(std::string_view text) {
  constexpr size_t digits_max = 6;
  auto end = text.find('}');
  if (!text.starts_with('{') || end == std::string_view::npos || end > digits_max + 1)
    return {};
  auto found = text.substr(1, end - 1);
  return is_hex(found) ? digits{found, end + 1} : digits{};
}

uint32_t number(std::string_view hex) {
  uint32_t value = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  return value;
}

class reader {
public:
  explicit reader(std::string_view text) : rest_(text) {}

  unescaped run() {
    while (!rest_.empty() && result_.problem.empty()) {
      auto slash = rest_.find('\\');
      result_.text += rest_.substr(0, slash);
      rest_.remove_prefix(std::min(slash, rest_.size()));
      if (rest_.size() == 1)
        take_plain(1);
      else if (!rest_.empty())
        escape();
    }
    return std::move(result_);
  }

private:
  void take_plain(size_t count) {
    result_.text += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  void escape() {
    rest_.remove_prefix(1);
    if (rest_.starts_with("\r\n")) {
      rest_.remove_prefix(2);
      return;
    }
    char letter = rest_.front();
    rest_.remove_prefix(1);
    if (letter == 'x')
      hex();
    else if (letter == 'u')
      unicode();
    else if (letter != '\n')
      result_.text += static_cast<unsigned char>(letter) < 0x80
                        ? static_cast<char>(unescape_letter(static_cast<char32_t>(letter)))
                        : letter;
  }

  void hex() {
    if (auto byte = fixed_digits(rest_, 2); byte.size != 0) {
      result_.text += static_cast<char>(number(byte.text));
      rest_.remove_prefix(byte.size);
    } else if (auto one = fixed_digits(rest_, 1); one.size != 0) {
      code_point(one, "\\x"); // Deprecated in Elixir, but accepted.
    } else {
      code_point(braced_digits(rest_), "\\x");
    }
  }

  void unicode() {
    auto four = fixed_digits(rest_, 4);
    code_point(four.size != 0 ? four : braced_digits(rest_), "\\u");
  }

  void code_point(digits found, std::string_view escape) {
    if (found.size == 0) {
      result_.problem = escape == "\\x"
                          ? "invalid hex escape character, expected \\xHH where H is a "
                            "hexadecimal digit"
                          : "invalid Unicode escape character, expected \\uHHHH or \\u{H*} where H "
                            "is a hexadecimal digit";
      result_.after = escape;
      return;
    }
    auto value = number(found.text);
    if (!utf8::is_valid(value)) {
      result_.problem
        = "invalid or reserved Unicode code point \\u{" + std::string{found.text} + "}";
      result_.after = "\\u";
      return;
    }
    utf8::append(result_.text, value);
    rest_.remove_prefix(found.size);
  }

  std::string_view rest_;
  unescaped result_;
};

} // namespace

unescaped unescape(std::string_view text) {
  return reader{text}.run();
}

char32_t unescape_letter(char32_t letter) {
  switch (letter) {
    case '0': return 0;
    case 'a': return 7;
    case 'b': return 8;
    case 'd': return 127;
    case 'e': return 27;
    case 'f': return 12;
    case 'n': return 10;
    case 'r': return 13;
    case 's': return 32;
    case 't': return 9;
    case 'v': return 11;
    default: return letter;
  }
}

} // namespace troupe::actors::eval
