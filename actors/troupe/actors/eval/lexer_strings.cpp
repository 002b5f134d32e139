#include "troupe/actors/eval/lexer.hpp"
#include "troupe/actors/eval/scanner.hpp"
#include "troupe/actors/eval/unescape.hpp"
#include "troupe/actors/eval/utf8.hpp"

#include <algorithm>
#include <cctype>

namespace troupe::actors::eval {

namespace {

/// Takes the indentation off every line, but no more than a line has.
std::string outdent(std::string_view text, size_t indentation) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    result += text[i];
    if (text[i++] != '\n')
      continue;
    for (size_t n = 0; n < indentation && i < text.size(); ++n, ++i)
      if (text[i] != ' ' && text[i] != '\t')
        break;
  }
  return result;
}

} // namespace

std::vector<text_part> scanner::scan_parts(const quoted& q) {
  std::vector<text_part> parts;
  std::string text;
  auto finish_text = [&] {
    if (!text.empty())
      parts.push_back({false, std::exchange(text, {}), 0, {}});
  };
  std::string close(q.heredoc ? 3 : 1, q.close);
  for (;;) {
    if (done())
      fail(at_, "missing terminator: " + close + q.what, "");
    if (!q.heredoc && peek() == q.close) {
      advance(1);
      break;
    }
    if (q.heredoc && peek() == '\n') {
      if (heredoc_line(q, text))
        break;
    } else if (q.interpolates && next_is("#{")) {
      finish_text();
      parts.push_back(interpolation(q));
    } else {
      scan_piece(q, text);
    }
  }
  finish_text();
  if (parts.empty())
    parts.emplace_back();
  return parts;
}

/// Takes one character, or an escape, which is resolved later but must not end the string now.
void scanner::scan_piece(const quoted& q, std::string& text) {
  if (peek() != '\\')
    return take(text);
  if (q.heredoc && rest().substr(1).starts_with(std::string(3, q.close))) {
    advance(1);
    for (int i = 0; i < 3; ++i)
      take(text);
  } else if (!q.heredoc && peek(1) == q.close) {
    advance(1);
    take(text);
  } else if (q.interpolates && next_is("\\#{")) {
    for (int i = 0; i < 3; ++i)
      take(text);
  } else {
    take(text);
    if (next_is("\r\n"))
      take(text);
    // The line break itself may precede the end of a heredoc.
    if (!done() && !(q.heredoc && peek() == '\n'))
      take(text);
  }
}

/// Moves to the next line of a heredoc; answers whether the heredoc ends there.
bool scanner::heredoc_line(const quoted& q, std::string& text) {
  take(text);
  std::string blanks;
  while (peek() == ' ' || peek() == '\t')
    take(blanks);
  if (next_is(std::string(3, q.close))) {
    advance(3);
    return true;
  }
  text += blanks;
  return false;
}

text_part scanner::interpolation(const quoted& q) {
  auto start = at_;
  if (depth_ == interpolation_depth_max)
    fail(start, "interpolations are nested too deeply: ", "#{");
  advance(2);
  scanner inner{text_, at_, depth_ + 1, indentation_};
  inner.run();
  if (!inner.closed())
    fail(start, "missing interpolation terminator: \"}\"" + q.what, "");
  at_ = inner.at();
  advance(1);
  return {true, {}, start.line, inner.take_tokens()};
}

void scanner::unescape_parts(std::vector<text_part>& parts, place where) const {
  for (auto& part : parts) {
    if (part.code)
      continue;
    auto result = unescape(part.text);
    if (!result.problem.empty())
      fail(where, result.problem + ". Syntax error after: ", result.after);
    part.text = std::move(result.text);
  }
}

/// Pushes a name or, when it has interpolations, what makes it.
void scanner::text_token(token_kind plain, token_kind mixed, std::vector<text_part> parts,
                         place start) {
  if (parts.size() == 1 && !parts.front().code)
    push(plain, start, name_at(parts.front().text, start));
  else
    push(mixed, start).parts = std::move(parts);
}

void scanner::string() {
  auto start = at_;
  quoted q{peek(), false, true, " (for string starting at line " + std::to_string(at_.line) + ")"};
  advance(1);
  auto inside = at_;
  auto parts = scan_parts(q);
  unescape_parts(parts, inside);
  if (peek() == ':' && space_at(1)) {
    text_token(token_kind::kw_identifier, token_kind::kw_parts, std::move(parts), start);
    return advance(1);
  }
  push(q.close == '"' ? token_kind::string : token_kind::charlist, start).parts = std::move(parts);
}

void scanner::quoted_atom() {
  auto start = at_;
  quoted q{peek(1), false, true, " (for atom starting at line " + std::to_string(at_.line) + ")"};
  advance(2);
  auto parts = scan_parts(q);
  unescape_parts(parts, start);
  text_token(token_kind::atom, token_kind::atom_parts, std::move(parts), start);
}

void scanner::quoted_call(place dot_place) {
  auto start = at_;
  quoted q{peek(), false, true,
           " (for function name starting at line " + std::to_string(at_.line) + ")"};
  advance(1);
  auto parts = scan_parts(q);
  if (parts.size() > 1 || parts.front().code)
    fail(start,
         "interpolation is not allowed when calling function/macro. Found interpolation in a call "
         "starting with: ",
         std::string(1, q.close));
  join_lines();
  push(token_kind::dot, dot_place, atom{"."});
  call_name(name_at(parts.front().text, start), 0, start);
}

int scanner::heredoc_parts(char quote, bool interpolates, std::vector<text_part>& parts) {
  auto start = at_;
  advance(3);
  while (peek() == ' ' || peek() == '\t')
    advance(1);
  if (next_is("\r\n"))
    ++at_.offset;
  if (peek() != '\n')
    fail(start,
         "heredoc allows only zero or more whitespace characters followed by a new line after ",
         std::string(3, quote));
  parts = scan_parts({quote, true, interpolates,
                      " (for heredoc starting at line " + std::to_string(start.line) + ")"});
  int indentation = at_.column - 4;
  for (auto& part : parts)
    if (!part.code)
      part.text = outdent(part.text, static_cast<size_t>(indentation));
  parts.front().text.erase(0, 1); // The line break of the opening line.
  return indentation;
}

void scanner::heredoc(char quote) {
  auto start = at_;
  std::vector<text_part> parts;
  heredoc_parts(quote, true, parts);
  unescape_parts(parts, start);
  push(quote == '"' ? token_kind::string : token_kind::charlist, start).parts = std::move(parts);
}

void scanner::sigil() {
  constexpr std::string_view opening = "/|\"'([{<";
  constexpr std::string_view closing = "/|\"')]}>";
  auto start = at_;
  char letter = peek(1);
  bool interpolates = std::islower(static_cast<unsigned char>(letter)) != 0;
  char open = peek(2);
  auto kind = opening.find(open);
  if (kind == std::string_view::npos || open == '\0') {
    at_.offset += 2;
    auto point = utf8::decode(text_, at_.offset);
    std::string shown{rest().substr(0, point.size)};
    char code[16];
    std::snprintf(code, sizeof code, "%04X", static_cast<unsigned>(point.value));
    fail(start, "invalid sigil delimiter: ",
         '"' + shown + "\" (column " + std::to_string(start.column + 2) + ", code point U+" + code
           + "). The available delimiters are: //, ||, \"\", '', (), [], {}, <>");
  }
  token x{token_kind::sigil, start.line, start.column, {}, {}, {letter}, {}, {}, {}, -1};
  bool heredoc = (open == '"' || open == '\'') && peek(3) == open && peek(4) == open;
  x.delimiter = std::string(heredoc ? 3 : 1, open);
  if (heredoc) {
    advance(2);
    x.indentation = heredoc_parts(open, interpolates, x.parts);
  } else {
    advance(3);
    x.parts = scan_parts({closing[kind], false, interpolates,
                          " (for sigil ~" + x.text + x.delimiter + " starting at line "
                            + std::to_string(start.line) + ")"});
  }
  while (std::isalnum(static_cast<unsigned char>(peek())) != 0)
    take(x.modifiers);
  tokens_.push_back(std::move(x));
}

} // namespace troupe::actors::eval
