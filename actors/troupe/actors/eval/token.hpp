// What the lexer hands to the parser.
//
// Erlang counterpart: the tokens of Elixir's elixir_tokenizer; the kinds carry the same names,
// because they decide what a space means: `f (1)`, `f(1)`, `f -1` and `f - 1` differ in the kind of
// `f` only. Threads: values; safe to move between threads.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/term.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::actors::eval {

enum class token_kind : uint8_t {
  // -- names -------------------------------------------------------------------------------------
  identifier,         ///< `f`, followed by neither bracket nor `do`.
  paren_identifier,   ///< `f` in `f(`.
  bracket_identifier, ///< `f` in `f[`.
  do_identifier,      ///< `f` in `f do`.
  op_identifier,      ///< `f` in `f -1`: the sign belongs to an argument.
  alias,              ///< `Foo`; dots between aliases are tokens of their own.
  kw_identifier,      ///< `a:` and `"a b":`.
  kw_parts,           ///< `"a#{b}":`.
  block_identifier,   ///< `else`, `after`, `rescue`, `catch`.
  // -- values ------------------------------------------------------------------------------------
  atom,
  atom_parts, ///< `:"a#{b}"`.
  integer,
  real,
  character, ///< `?a`.
  string,
  charlist,
  sigil,
  literal, ///< `true`, `false`, `nil`.
  // -- structure ---------------------------------------------------------------------------------
  fn,
  do_,
  end_,
  eol,
  semicolon,
  comma,
  dot,
  dot_call, ///< The dot of `f.(`.
  open_paren,
  close_paren,
  open_bracket,
  close_bracket,
  open_curly,
  close_curly,
  open_bits,
  close_bits,
  map_open, ///< The `%` of `%{`.
  percent,
  // -- operators, by what the grammar does with them ---------------------------------------------
  at_op,
  unary_op,
  capture_op,
  dual_op,
  ternary_op,
  mult_op,
  power_op,
  concat_op,
  range_op,
  xor_op,
  arrow_op,
  rel_op,
  comp_op,
  and_op,
  or_op,
  in_op,
  match_op,
  pipe_op,
  type_op,
  when_op,
  in_match_op,
  assoc_op,
  stab_op,
};

struct token;

/// A piece of a string: text, or the tokens between `#{` and `}`.
struct text_part {
  bool code = false;
  std::string text;
  int line = 0;              ///< Of the `#{`.
  std::vector<token> tokens; ///< Of the code.
};

struct token {
  token_kind kind = token_kind::eol;
  int line = 0;
  int column = 0;               ///< In code points, from 1.
  atom name;                    ///< What a name, an atom or an operator reads as.
  term value;                   ///< Of numbers and characters.
  std::string text;             ///< A number as written; the letter of a sigil.
  std::vector<text_part> parts; ///< Of strings and their like; at least one.
  std::string delimiter;        ///< Of a sigil.
  std::string modifiers;        ///< Of a sigil.
  int indentation = -1;         ///< Of a sigil that is a heredoc.
};

} // namespace troupe::actors::eval
