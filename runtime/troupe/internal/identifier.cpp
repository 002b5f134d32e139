#include "troupe/internal/identifier.hpp"

#include "troupe/internal/utf8.hpp"

#include <algorithm>
#include <array>

namespace troupe::internal {

namespace {

using namespace std::string_view_literals;

constexpr auto not_callable_texts
  = std::array{"%"sv, "%{}"sv, "{}"sv, "<<>>"sv, "..."sv, ".."sv, "."sv, "..//"sv, "->"sv};

constexpr auto quoted_operators = std::array{"::"sv, "^^^"sv, "~~~"sv, "<|>"sv};

constexpr auto operators
  = std::array{"&"sv,    "!"sv,   "^"sv,   "not"sv, "+"sv,   "-"sv,   "@"sv,   "<-"sv,  "\\\\"sv,
               "when"sv, "|"sv,   "="sv,   "||"sv,  "|||"sv, "or"sv,  "&&"sv,  "&&&"sv, "and"sv,
               "=="sv,   "!="sv,  "=~"sv,  "==="sv, "!=="sv, "<"sv,   "<="sv,  ">="sv,  ">"sv,
               "|>"sv,   "<<<"sv, ">>>"sv, "<~"sv,  "~>"sv,  "<<~"sv, "~>>"sv, "<~>"sv, "in"sv,
               "//"sv,   "++"sv,  "--"sv,  "<>"sv,  "+++"sv, "---"sv, "*"sv,   "/"sv,   "**"sv};

/// Scripts as bits, so that a set of them is a number.
enum script : uint8_t {
  common = 0,
  latin = 1,
  greek = 2,
  cyrillic = 4,
  hebrew = 8,
  han = 16,
  kana = 32,
  hangul = 64
};

struct letters {
  char32_t first;
  char32_t last;
  script kind;
};

/// Letters beyond ASCII that may begin an identifier.
constexpr letters table[] = {
  {0xC0, 0xD6, latin},      {0xD8, 0xF6, latin},      {0xF8, 0x131, latin},
  {0x134, 0x13E, latin},    {0x141, 0x148, latin},    {0x14A, 0x17E, latin},
  {0x1CD, 0x1DC, latin},    {0x1DE, 0x1E3, latin},    {0x1E6, 0x1F0, latin},
  {0x1F8, 0x21B, latin},    {0x386, 0x386, greek},    {0x388, 0x38A, greek},
  {0x38C, 0x38C, greek},    {0x38E, 0x3A1, greek},    {0x3A3, 0x3CE, greek},
  {0x400, 0x45F, cyrillic}, {0x48A, 0x4FF, cyrillic}, {0x5D0, 0x5EA, hebrew},
  {0x1E00, 0x1E99, latin},  {0x3041, 0x3096, kana},   {0x30A1, 0x30FA, kana},
  {0x3400, 0x4DBF, han},    {0x4E00, 0x9FFF, han},    {0xAC00, 0xD7A3, hangul},
  {0x20000, 0x2A6DF, han},
};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ascii_word(char32_t c) {
  return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

const letters* find_letter(char32_t c) {
  auto* i
    = std::ranges::find_if(table, [=](const letters& x) { return c >= x.first && c <= x.last; });
  return i == std::end(table) ? nullptr : i;
}

/// Whether one identifier may use these scripts together.
bool may_mix(unsigned scripts) {
  auto within = [=](unsigned allowed) { return (scripts & ~allowed) == 0; };
  return (scripts & (scripts - 1)) == 0 || within(latin | han | kana)
         || within(latin | han | hangul);
}

/// `Elixir`, or `Elixir.A.B`.
bool is_alias(std::string_view text) {
  if (!text.starts_with("Elixir"))
    return false;
  text.remove_prefix(6);
  while (text.size() > 1 && text[0] == '.' && is_upper(text[1])) {
    auto end = std::find_if_not(text.begin() + 2, text.end(),
                                [](unsigned char c) { return is_ascii_word(c); });
    text.remove_prefix(static_cast<size_t>(end - text.begin()));
  }
  return text.empty();
}

atom_class classify_word(std::string_view text) {
  auto at = false;
  auto capital = !text.empty() && is_upper(text[0]);
  unsigned scripts = common;
  for (auto first = true; !text.empty(); first = false) {
    auto c = take_code_point(text);
    if (!c)
      return atom_class::other;
    if (auto* letter = find_letter(*c)) {
      scripts |= letter->kind;
    } else if (is_ascii_letter(*c)) {
      scripts |= latin;
    } else if (*c == '@' && !first) {
      at = true;
    } else if (first ? *c != '_' : !is_ascii_word(*c)) {
      auto last = text.empty() && !first && (*c == '?' || *c == '!');
      if (!last)
        return atom_class::other;
    }
  }
  if (!may_mix(scripts))
    return atom_class::other;
  return at || capital ? atom_class::not_callable : atom_class::identifier;
}

} // namespace

atom_class classify_atom(std::string_view text) {
  auto in = [=](const auto& texts) { return std::ranges::find(texts, text) != texts.end(); };
  if (in(not_callable_texts))
    return atom_class::not_callable;
  if (in(quoted_operators))
    return atom_class::operator_quoted;
  if (in(operators))
    return atom_class::operator_unquoted;
  if (is_alias(text))
    return atom_class::alias;
  return text.empty() ? atom_class::other : classify_word(text);
}

} // namespace troupe::internal
