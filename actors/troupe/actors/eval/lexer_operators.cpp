#include "troupe/actors/eval/scanner.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors::eval {

namespace {

struct spelled {
  std::string_view text;
  token_kind kind;
};

/// Longer spellings first: the first match wins.
constexpr std::array operator_table = {
  spelled{"~~~", token_kind::unary_op},     spelled{"===", token_kind::comp_op},
  spelled{"!==", token_kind::comp_op},      spelled{"&&&", token_kind::and_op},
  spelled{"|||", token_kind::or_op},        spelled{"^^^", token_kind::xor_op},
  spelled{"+++", token_kind::concat_op},    spelled{"---", token_kind::concat_op},
  spelled{"<<<", token_kind::arrow_op},     spelled{">>>", token_kind::arrow_op},
  spelled{"~>>", token_kind::arrow_op},     spelled{"<<~", token_kind::arrow_op},
  spelled{"<~>", token_kind::arrow_op},     spelled{"<|>", token_kind::arrow_op},
  spelled{"<<", token_kind::open_bits},     spelled{">>", token_kind::close_bits},
  spelled{"=>", token_kind::assoc_op},      spelled{"//", token_kind::ternary_op},
  spelled{"**", token_kind::power_op},      spelled{"..", token_kind::range_op},
  spelled{"++", token_kind::concat_op},     spelled{"--", token_kind::concat_op},
  spelled{"<>", token_kind::concat_op},     spelled{"|>", token_kind::arrow_op},
  spelled{"~>", token_kind::arrow_op},      spelled{"<~", token_kind::arrow_op},
  spelled{"==", token_kind::comp_op},       spelled{"=~", token_kind::comp_op},
  spelled{"!=", token_kind::comp_op},       spelled{"<=", token_kind::rel_op},
  spelled{">=", token_kind::rel_op},        spelled{"&&", token_kind::and_op},
  spelled{"||", token_kind::or_op},         spelled{"<-", token_kind::in_match_op},
  spelled{"\\\\", token_kind::in_match_op}, spelled{"::", token_kind::type_op},
  spelled{"->", token_kind::stab_op},       spelled{"&", token_kind::capture_op},
  spelled{"@", token_kind::at_op},          spelled{"!", token_kind::unary_op},
  spelled{"^", token_kind::unary_op},       spelled{"<", token_kind::rel_op},
  spelled{">", token_kind::rel_op},         spelled{"+", token_kind::dual_op},
  spelled{"-", token_kind::dual_op},        spelled{"*", token_kind::mult_op},
  spelled{"/", token_kind::mult_op},        spelled{"=", token_kind::match_op},
  spelled{"|", token_kind::pipe_op},
};

const spelled* find_operator(std::string_view text) {
  auto found = std::ranges::find_if(operator_table,
                                    [&](const spelled& x) { return text.starts_with(x.text); });
  return found == operator_table.end() ? nullptr : &*found;
}

/// Names that only the quoted form uses, as atoms and keywords.
constexpr std::array structural_names = {
  std::string_view{"..//"}, std::string_view{"..."}, std::string_view{"<<>>"},
  std::string_view{"%{}"},  std::string_view{"%"},   std::string_view{"{}"},
};

std::string_view structural_name(std::string_view text) {
  auto found = std::ranges::find_if(structural_names,
                                    [&](std::string_view x) { return text.starts_with(x); });
  return found == structural_names.end() ? std::string_view{} : *found;
}

/// Whether an operator's spelling is none as an atom or behind a dot.
bool is_bracket_like(token_kind kind) {
  return kind == token_kind::open_bits || kind == token_kind::close_bits
         || kind == token_kind::assoc_op || kind == token_kind::ternary_op;
}

/// Returns the longest operator at the start of `text` that may be an atom: `:<<` reads as `:<`.
std::string_view operator_name(std::string_view text) {
  for (const auto& x : operator_table)
    if (text.starts_with(x.text) && !is_bracket_like(x.kind))
      return x.text;
  return {};
}

} // namespace

bool scanner::punctuation_keyword() {
  auto name = structural_name(rest());
  if (name.empty() && (peek() == '.' || peek() == '&'))
    name = rest().substr(0, 1);
  if (name.empty() || peek(name.size()) != ':' || !space_at(name.size() + 1))
    return false;
  push(token_kind::kw_identifier, at_, atom{name});
  advance(name.size() + 1);
  return true;
}

bool scanner::colon_atom() {
  if (peek() != ':')
    return false;
  if (peek(1) == '"' || peek(1) == '\'') {
    quoted_atom();
    return true;
  }
  auto text = rest().substr(1);
  std::string_view name;
  if (text.starts_with("::"))
    name = "::";
  else if (text.starts_with(":"))
    return false;
  else if (name = structural_name(text); name.empty())
    name = operator_name(text);
  if (name.empty() && text.starts_with("."))
    name = ".";
  if (name.empty()) {
    atom_word();
    return true;
  }
  push(token_kind::atom, at_, atom{name});
  advance(name.size() + 1);
  return true;
}

bool scanner::operators() {
  if (next_is("..//") && after_blanks(4).starts_with('/')) {
    push(token_kind::identifier, at_, atom{"..//"});
    advance(4);
    return true;
  }
  if (next_is("...")) {
    call_name(atom{"..."}, 3, at_);
    return true;
  }
  if (peek() == '.' && peek(1) != '.') {
    dot();
    return true;
  }
  const auto* found = find_operator(rest());
  if (found == nullptr)
    return false;
  switch (found->kind) {
    case token_kind::open_bits: open(found->kind, "<<", ">>"); break;
    case token_kind::close_bits: close(found->kind, ">>"); break;
    case token_kind::capture_op: capture(); break;
    default: operator_token(found->kind, found->text);
  }
  return true;
}

void scanner::operator_token(token_kind kind, std::string_view spelling) {
  atom name{spelling};
  auto size = spelling.size();
  bool plain = kind == token_kind::assoc_op || kind == token_kind::ternary_op;
  if (!plain && peek(size) == ':' && space_at(size + 1)) {
    push(token_kind::kw_identifier, at_, name);
    advance(size + 1);
    return;
  }
  bool prefix
    = kind == token_kind::unary_op || kind == token_kind::at_op || kind == token_kind::dual_op;
  if (!plain && after_blanks(size).starts_with('/')) { // The `+` of `&+/2`.
    kind = token_kind::identifier;
    prefix = true;
  }
  if (!prefix)
    join_lines();
  push(kind, at_, name);
  advance(size);
}

void scanner::capture() {
  auto kind = token_kind::capture_op;
  auto behind = after_blanks(1);
  if (behind.starts_with('/')) { // `&/2` names `&` itself, `&//2` captures division.
    auto next = behind.find_first_not_of(" \t", 1);
    if (next == std::string_view::npos || behind[next] != '/')
      kind = token_kind::identifier;
  }
  push(kind, at_, atom{"&"});
  advance(1);
}

void scanner::dot() {
  auto start = at_;
  advance(1);
  for (;;) {
    while (peek() == ' ' || peek() == '\t')
      advance(1);
    if (peek() == '#')
      comment();
    else if (peek() == '\n' || next_is("\r\n"))
      line_break(peek() == '\n' ? 1 : 2);
    else
      break;
  }
  if (dotted_operator(start))
    return;
  if (peek() == '"' || peek() == '\'')
    return quoted_call(start);
  join_lines();
  push(peek() == '(' ? token_kind::dot_call : token_kind::dot, start, atom{"."});
}

bool scanner::dotted_operator(place dot_place) {
  auto name = operator_name(rest());
  if (name.empty() || name == "->")
    return false;
  join_lines();
  push(token_kind::dot, dot_place, atom{"."});
  call_name(atom{name}, name.size(), at_);
  return true;
}

} // namespace troupe::actors::eval
