#include "troupe/actors/eval/source_error.hpp"

#include "troupe/actors/eval/error_texts.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace troupe::actors::eval {

namespace {

using namespace std::string_view_literals;

/// Words of Erlang that its printer quotes; Elixir's messages quote tokens with that printer.
constexpr std::array erlang_words = {
  "after"sv, "and"sv,  "andalso"sv, "band"sv,   "begin"sv,   "bnot"sv, "bor"sv, "bsl"sv,  "bsr"sv,
  "bxor"sv,  "case"sv, "catch"sv,   "cond"sv,   "div"sv,     "end"sv,  "fun"sv, "if"sv,   "let"sv,
  "not"sv,   "of"sv,   "or"sv,      "orelse"sv, "receive"sv, "rem"sv,  "try"sv, "when"sv, "xor"sv,
};

/// Words of Elixir whose misplacement has an explanation.
constexpr std::array reserved_words = {
  "not"sv, "and"sv,  "or"sv,     "when"sv, "after"sv, "catch"sv, "end"sv,
  "fn"sv,  "else"sv, "rescue"sv, "true"sv, "false"sv, "nil"sv,   "in"sv,
};

bool is_plain(std::string_view name) {
  auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return !name.empty() && std::islower(static_cast<unsigned char>(name.front())) != 0
         && std::ranges::all_of(name, [&](char c) { return letter(c) || c == '_' || c == '@'; })
         && std::ranges::find(erlang_words, name) == erlang_words.end();
}

std::string quote(std::string_view name) {
  if (is_plain(name))
    return std::string{name};
  std::string result = "'";
  for (char c : name)
    result += c == '\\' || c == '\'' ? std::string{'\\', c} : std::string{c};
  return result + "'";
}

std::string first_text(const token& x) {
  return x.parts.front().code ? std::string{} : x.parts.front().text;
}

std::string_view punctuation(token_kind kind) {
  switch (kind) {
    case token_kind::fn: return "fn";
    case token_kind::do_: return "do";
    case token_kind::end_: return "end";
    case token_kind::semicolon: return ";";
    case token_kind::comma: return ",";
    case token_kind::dot:
    case token_kind::dot_call: return ".";
    case token_kind::open_paren: return "(";
    case token_kind::close_paren: return ")";
    case token_kind::open_bracket: return "[";
    case token_kind::close_bracket: return "]";
    case token_kind::open_curly: return "{";
    case token_kind::close_curly: return "}";
    case token_kind::open_bits: return "<<";
    case token_kind::close_bits: return ">>";
    case token_kind::map_open: return "%{}";
    case token_kind::percent: return "%";
    default: return "";
  }
}

/// The place of the error under its source line, or nothing where the line is blank.
std::string snippet(const source_error& error, const source_text& source) {
  if (error.column == 0)
    return {};
  auto text = source.text;
  for (int line = source.line; line < error.line; ++line) {
    auto end = text.find('\n');
    if (end == std::string_view::npos)
      return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (std::ranges::all_of(text, [](unsigned char c) { return std::isspace(c) != 0; }))
    return {};
  auto number = std::to_string(error.line);
  auto margin = std::string(std::max<size_t>(number.size(), 2), ' ');
  return "\n " + margin + " |\n " + (number.size() < 2 ? " " : "") + number + " | "
         + std::string{text} + "\n " + margin + " | "
         + std::string(static_cast<size_t>(error.column - 1), ' ') + "^";
}

} // namespace

parse_result describe(const source_error& error, const source_text& source) {
  auto message = std::string{source.file} + ":" + std::to_string(error.line) + ":";
  if (error.column != 0)
    message += std::to_string(error.column) + ":";
  message += " ";
  bool ended = error.token.empty() && !error.tail;
  if (ended && error.reason == texts::before)
    message += "syntax error: expression is incomplete";
  else
    message += error.reason + error.token;
  message += error.tail ? *error.tail : snippet(error, source);
  if (ended)
    return incomplete{{"TokenMissingError", std::move(message)}};
  return syntax_error{"SyntaxError", std::move(message)};
}

std::string token_text(const token& x) {
  switch (x.kind) {
    case token_kind::integer:
    case token_kind::real: return '"' + x.text + '"';
    case token_kind::character: return x.text;
    case token_kind::sigil:
      return "sigil ~" + x.text + " starting with content '" + first_text(x) + "'";
    case token_kind::string:
    case token_kind::charlist:
    case token_kind::atom_parts:
    case token_kind::kw_parts:
      return x.parts.front().code ? "\"" : '"' + x.parts.front().text + '"';
    default: break;
  }
  auto mark = punctuation(x.kind);
  return quote(mark.empty() ? x.name.text() : mark);
}

void throw_before(const token& x) {
  source_error error{x.line, x.column, std::string{texts::before}, token_text(x), {}};
  auto word
    = x.name == atom{} && x.kind != token_kind::literal ? punctuation(x.kind) : x.name.text();
  switch (x.kind) {
    case token_kind::eol:
      error.reason = "unexpectedly reached end of line. The current expression is invalid or "
                     "incomplete";
      error.token.clear();
      error.tail = "";
      break;
    case token_kind::character:
    case token_kind::sigil:
    case token_kind::string:
    case token_kind::charlist:
    case token_kind::atom_parts:
    case token_kind::kw_parts: error.tail = ""; break;
    default:
      if (std::ranges::find(reserved_words, word) != reserved_words.end()) {
        error.token = word;
        error.tail = ". \"" + std::string{word} + std::string{texts::reserved};
      }
  }
  throw error;
}

} // namespace troupe::actors::eval
