#include "troupe/actors/eval/lexer.hpp"

#include "troupe/actors/eval/error_texts.hpp"
#include "troupe/actors/eval/scanner.hpp"
#include "troupe/actors/eval/utf8.hpp"

#include <algorithm>
#include <cctype>

namespace troupe::actors::eval {

namespace {

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

} // namespace

void scanner::run() {
  while (!done() && !closed_)
    step();
  if (done() && !opened_.empty()) {
    auto open = opened_.back();
    fail(at_,
         "missing terminator: " + std::string{open.close} + " (for \"" + std::string{open.spelling}
           + "\" starting at line " + std::to_string(open.line) + ")"
           + hint(open.spelling, open.close),
         "");
  }
}

void scanner::step() {
  char c = peek();
  if (c == ' ' || c == '\t')
    return spaces();
  if (c == '\n' || next_is("\r\n"))
    return end_of_line();
  if (c == '\\' && (peek(1) == '\n' || rest().substr(1).starts_with("\r\n") || rest().size() == 1))
    return line_continuation();
  if (c == '#')
    return comment();
  if (c >= '0' && c <= '9')
    return number();
  if (c == '~' && is_letter(peek(1)) && rest().size() > 2)
    return sigil();
  if (c == '?' && rest().size() > 1)
    return character();
  if (next_is("\"\"\"") || next_is("'''"))
    return heredoc(c);
  if (c == '"' || c == '\'')
    return string();
  if (punctuation_keyword() || colon_atom() || operators() || delimiter())
    return;
  word_token();
}

void scanner::spaces() {
  while (peek() == ' ' || peek() == '\t')
    advance(1);
  // `f -1` is a call, `f - 1` a subtraction: only here the blanks are known.
  constexpr std::string_view not_an_argument = "([<{%+-/>: \t\r\n";
  if ((peek() == '+' || peek() == '-') && rest().size() > 1 && last_is(token_kind::identifier)
      && not_an_argument.find(peek(1)) == std::string_view::npos) {
    tokens_.back().kind = token_kind::op_identifier;
    auto start = at_;
    auto sign = rest().substr(0, 1);
    advance(1);
    push(token_kind::dual_op, start, atom{sign});
  }
}

void scanner::end_of_line() {
  if (!last_is(token_kind::comma) && !last_is(token_kind::semicolon) && !last_is(token_kind::eol))
    push(token_kind::eol, at_);
  line_break(peek() == '\n' ? 1 : 2);
  indent();
}

void scanner::line_continuation() {
  size_t size = rest().size() == 1 ? 1 : peek(1) == '\n' ? 2 : 3;
  if (size == rest().size())
    fail(at_, "invalid escape \\ at end of file", "");
  line_break(size);
  indent();
}

void scanner::indent() {
  while (peek() == ' ' || peek() == '\t')
    advance(1);
  indentation_ = at_.column - 1;
}

void scanner::comment() {
  while (!done() && peek() != '\n' && !next_is("\r\n"))
    ++at_.offset; // The line ends here, so its columns need not be counted.
}

bool scanner::delimiter() {
  switch (peek()) {
    case ',': push(token_kind::comma, at_); break;
    case ';':
      if (last_is(token_kind::semicolon))
        unexpected();
      push(token_kind::semicolon, at_);
      break;
    case '(': open(token_kind::open_paren, "(", ")"); return true;
    case '[': open(token_kind::open_bracket, "[", "]"); return true;
    case '{': open(token_kind::open_curly, "{", "}"); return true;
    case ')': close(token_kind::close_paren, ")"); return true;
    case ']': close(token_kind::close_bracket, "]"); return true;
    case '}': close(token_kind::close_curly, "}"); return true;
    case '%':
      if (peek(1) == '(' || peek(1) == '[')
        fail(at_, "expected %{ to define a map, got: ", std::string{rest().substr(0, 2)});
      push(peek(1) == '{' ? token_kind::map_open : token_kind::percent, at_);
      break;
    default: return false;
  }
  advance(1);
  return true;
}

void scanner::open(token_kind kind, std::string_view spelling, std::string_view close) {
  if (kind == token_kind::open_paren && last_is(token_kind::alias))
    fail({at_.offset, at_.line, at_.column + 1},
         "unexpected ( after alias " + std::string{tokens_.back().name.text()}
           + std::string{texts::call_of_alias},
         "(");
  bool pairs = kind == token_kind::fn || kind == token_kind::do_;
  if (pairs && !opened_.empty() && opened_.back().spelling == spelling
      && indentation_ <= opened_.back().indentation)
    doubtful_.push_back(opened_.back());
  opened_.push_back({spelling, close, at_.line, indentation_});
  push(kind, at_);
  advance(spelling.size());
}

void scanner::close(token_kind kind, std::string_view spelling) {
  std::string text{spelling};
  std::string problem
    = kind == token_kind::end_ ? "unexpected reserved word: " : "unexpected token: ";
  if (opened_.empty()) {
    if (depth_ > 0 && kind == token_kind::close_curly) {
      closed_ = true;
      return;
    }
    if (kind == token_kind::end_)
      fail(at_, problem, text, hint(text, "do"));
    fail(at_, problem, text);
  }
  auto open = opened_.back();
  if (open.close != spelling)
    fail(at_, problem, text,
         ". The \"" + std::string{open.spelling} + "\" at line " + std::to_string(open.line)
           + " is missing terminator \"" + std::string{open.close} + "\""
           + hint(open.spelling, open.close));
  opened_.pop_back();
  if (open.spelling == "do" && indentation_ > open.indentation)
    doubtful_.push_back({"end", "do", at_.line, indentation_});
  push(kind, at_);
  advance(spelling.size());
}

/// What to look at when a word has no other half.
std::string scanner::hint(std::string_view spelling, std::string_view close) const {
  auto found = std::ranges::find(doubtful_.rbegin(), doubtful_.rend(), spelling, &opened::spelling);
  if (found == doubtful_.rend())
    return {};
  return "\n\n    HINT: it looks like the \"" + std::string{spelling} + "\" on line "
         + std::to_string(found->line) + " does not have a matching \"" + std::string{close} + "\""
         + (spelling == "end" ? " defined before it\n" : "\n");
}

bool scanner::space_at(size_t ahead) const {
  char c = peek(ahead);
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view scanner::after_blanks(size_t ahead) const {
  auto text = rest().substr(std::min(ahead, rest().size()));
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

void scanner::advance(size_t count) {
  for (; count > 0; --count)
    if ((static_cast<uint8_t>(text_[at_.offset++]) & 0xC0) != 0x80)
      ++at_.column;
}

void scanner::take(std::string& text) {
  if (peek() == '\n') {
    text += '\n';
    return line_break(1);
  }
  auto size = std::max<size_t>(utf8::decode(text_, at_.offset).size, 1);
  text += rest().substr(0, size);
  advance(size);
}

void scanner::line_break(size_t bytes) {
  at_.offset += bytes;
  ++at_.line;
  at_.column = 1;
}

token& scanner::push(token_kind kind, place where, atom name) {
  auto& x = tokens_.emplace_back();
  x.kind = kind;
  x.line = where.line;
  x.column = where.column;
  x.name = name;
  return x;
}

void scanner::join_lines() {
  if (last_is(token_kind::eol))
    tokens_.pop_back();
}

atom scanner::name_at(std::string_view text, place where) {
  if (text.size() > atom::size_max)
    fail(where, "atom length must be less than system limit: ", std::string{text});
  if (auto name = atom::try_make(text))
    return *name;
  fail(where, "the table of atoms is full: ", std::string{text});
}

void scanner::fail(place where, std::string reason, std::string token,
                   std::optional<std::string> tail) {
  throw source_error{where.line, where.column, std::move(reason), std::move(token),
                     std::move(tail)};
}

std::vector<token> tokenize(std::string_view text, int line) {
  scanner whole{text, {0, line, 1}, 0};
  whole.run();
  return whole.take_tokens();
}

} // namespace troupe::actors::eval
