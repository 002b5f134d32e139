#include "troupe/actors/eval/error_texts.hpp"
#include "troupe/actors/eval/scanner.hpp"
#include "troupe/actors/eval/utf8.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace troupe::actors::eval {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

/// Blocks of Unicode whose characters are letters for the most part; Elixir's exact tables are not
/// worth their size here.
constexpr std::array letter_blocks = {
  range{0xAA, 0xAA},     range{0xB5, 0xB5},     range{0xBA, 0xBA},     range{0xC0, 0xD6},
  range{0xD8, 0xF6},     range{0xF8, 0x2C1},    range{0x370, 0x37D},   range{0x37F, 0x1FFF},
  range{0x2C00, 0x2DFF}, range{0x3041, 0xD7FF}, range{0xF900, 0xFDCF}, range{0xFE70, 0xFEFC},
  range{0xFF21, 0xFF3A}, range{0xFF41, 0xFF5A}, range{0xFF66, 0xFFDC}, range{0x20000, 0x3FFFF},
};

bool is_foreign_letter(char32_t x) {
  return std::ranges::any_of(letter_blocks, [x](range r) { return r.first <= x && x <= r.last; });
}

std::string hex(char32_t x) {
  char text[16];
  std::snprintf(text, sizeof text, "%04X", static_cast<unsigned>(x));
  return text;
}

std::string control_name(char32_t x) {
  switch (x) {
    case 0: return "null byte";
    case 7: return "alert";
    case 8: return "backspace";
    case 11: return "vertical tab";
    case 12: return "form feed";
    case 13: return "carriage return";
    case 27: return "escape";
    case 127: return "delete";
    default: return {};
  }
}

} // namespace

void scanner::unexpected() const {
  auto point = utf8::decode(text_, at_.offset);
  auto name = control_name(point.value);
  if (name.empty())
    name = '"' + std::string{rest().substr(0, point.size)} + '"';
  fail(at_, "unexpected token: ",
       name + " (column " + std::to_string(at_.column) + ", code point U+" + hex(point.value)
         + ")");
}

scanner::word scanner::peek_word(size_t offset) const {
  word result;
  size_t end = offset;
  for (;;) {
    auto point = utf8::decode(text_, end);
    bool letter = point.value < 0x80
                    ? std::isalpha(static_cast<int>(point.value)) != 0 || point.value == '_'
                    : is_foreign_letter(point.value);
    bool inner = end != offset
                 && ((point.value >= '0' && point.value <= '9') || point.value == '@'
                     || (point.value >= 0x300 && point.value < 0x370));
    if (point.size == 0 || (!letter && !inner))
      break;
    result.has_at |= point.value == '@';
    result.ascii &= point.value < 0x80;
    end += point.size;
  }
  if (end != offset) {
    result.has_mark = end < text_.size() && (text_[end] == '!' || text_[end] == '?');
    result.alias = std::isupper(static_cast<unsigned char>(text_[offset])) != 0;
  }
  result.text = text_.substr(offset, end - offset + (result.has_mark ? 1 : 0));
  return result;
}

void scanner::atom_word() {
  auto found = peek_word(at_.offset + 1);
  if (found.text.empty())
    unexpected();
  push(token_kind::atom, at_, name_at(found.text, at_));
  advance(found.text.size() + 1);
}

void scanner::word_token() {
  auto found = peek_word(at_.offset);
  auto size = found.text.size();
  if (size == 0)
    unexpected();
  bool colon = peek(size) == ':' && peek(size + 1) != ':';
  if (!colon && !last_is(token_kind::dot) && keyword_token(found.text))
    return;
  auto name = name_at(found.text, at_);
  std::string text{found.text};
  if (colon && space_at(size + 1)) {
    push(token_kind::kw_identifier, at_, name);
    return advance(size + 1);
  }
  if (colon && at_.offset + size + 1 < text_.size())
    fail(at_, "keyword argument must be followed by space after: ", text + ":");
  if (found.has_at)
    fail(at_,
         std::string{"invalid character \"@\" (code point U+0040) in "}
           + (found.alias ? "alias" : "identifier") + ": ",
         text);
  if (text == "__aliases__" || text == "__block__")
    fail(at_, "reserved token: ", text);
  if (!found.alias)
    return call_name(name, size, at_);
  if (found.has_mark || !found.ascii) {
    auto wrong = std::ranges::find_if(text, [](char c) { return c < 'A'; });
    auto point = utf8::decode(text, static_cast<size_t>(wrong - text.begin()));
    fail(at_,
         "invalid character \"" + text.substr(static_cast<size_t>(wrong - text.begin()), point.size)
           + "\" (code point U+" + hex(point.value)
           + ") in alias (only ASCII characters, without punctuation, are allowed): ",
         text);
  }
  push(token_kind::alias, at_, name);
  advance(size);
}

void scanner::call_name(atom name, size_t size, place start) {
  advance(size);
  auto kind = peek() == '('   ? token_kind::paren_identifier
              : peek() == '[' ? token_kind::bracket_identifier
                              : token_kind::identifier;
  push(kind, start, name);
}

bool scanner::keyword_token(std::string_view text) {
  if (text == "do") {
    do_keyword();
  } else if (text == "fn") {
    open(token_kind::fn, text, "end");
  } else if (text == "end") {
    close(token_kind::end_, text);
  } else if (text == "true" || text == "false" || text == "nil") {
    push(token_kind::literal, at_, atom{text});
    advance(text.size());
  } else if (text == "after" || text == "else" || text == "rescue" || text == "catch") {
    push(token_kind::block_identifier, at_, atom{text});
    advance(text.size());
  } else if (text == "not") {
    operator_word(token_kind::unary_op, text);
  } else if (text == "and") {
    operator_word(token_kind::and_op, text);
  } else if (text == "or") {
    operator_word(token_kind::or_op, text);
  } else if (text == "when") {
    operator_word(token_kind::when_op, text);
  } else if (text == "in") {
    operator_word(token_kind::in_op, text);
  } else {
    return false;
  }
  return true;
}

void scanner::operator_word(token_kind kind, std::string_view text) {
  if (after_blanks(text.size()).starts_with('/')) {
    push(token_kind::identifier, at_, atom{text});
  } else if (kind == token_kind::in_op && last_is(token_kind::unary_op)
             && tokens_.back().name.text() == "not") {
    auto where = place{0, tokens_.back().line, tokens_.back().column};
    tokens_.pop_back();
    join_lines();
    push(kind, where, atom{"not in"});
  } else {
    if (kind != token_kind::unary_op)
      join_lines();
    push(kind, at_, atom{text});
  }
  advance(text.size());
}

void scanner::do_keyword() {
  if (last_is(token_kind::fn))
    fail(at_, "unexpected reserved word: ", "do", std::string{texts::do_after_fn});
  if (last_is(token_kind::comma) || last_is(token_kind::semicolon))
    fail(at_, "unexpected reserved word: ", "do", std::string{texts::invalid_do});
  if (last_is(token_kind::identifier))
    tokens_.back().kind = token_kind::do_identifier;
  join_lines();
  open(token_kind::do_, "do", "end");
}

} // namespace troupe::actors::eval
