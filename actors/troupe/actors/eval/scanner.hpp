// The lexer's insides: a position in a text and the tokens so far.
//
// Threads: confined to one call of `tokenize`.

#pragma once

#include "troupe/actors/eval/source_error.hpp"
#include "troupe/actors/eval/token.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors::eval {

struct place {
  size_t offset = 0;
  int line = 1;
  int column = 1;
};

class scanner {
public:
  /// `depth` counts the interpolations around; in one, scanning ends before its `}`.
  scanner(std::string_view text, place start, int depth, int indentation = 0)
    : text_(text), at_(start), depth_(depth), indentation_(indentation) {}

  void run();

  [[nodiscard]] place at() const { return at_; }
  /// Whether the `}` of an interpolation was reached, not the end of the text.
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::vector<token> take_tokens() { return std::move(tokens_); }

private:
  struct opened {
    std::string_view spelling;
    std::string_view close;
    int line;
    int indentation;
  };
  /// What closes a string, and what to say when it is missing.
  struct quoted {
    char close = '"';
    bool heredoc = false;
    bool interpolates = true;
    std::string what;
  };
  struct word {
    std::string_view text;
    bool alias = false;
    bool has_at = false;
    bool has_mark = false; // Ends in `!` or `?`.
    bool ascii = true;
  };

  // -- lexer.cpp: layout, delimiters ------------------------------------------------------------
  void step();
  void spaces();
  void end_of_line();
  void line_continuation();
  void indent();
  void comment();
  bool delimiter();
  void open(token_kind kind, std::string_view spelling, std::string_view close);
  void close(token_kind kind, std::string_view spelling);
  [[nodiscard]] std::string hint(std::string_view spelling, std::string_view close) const;

  // -- lexer_numbers.cpp -------------------------------------------------------------------------
  void number();
  void based_number(int base);
  void character();

  // -- lexer_operators.cpp -----------------------------------------------------------------------
  bool punctuation_keyword();
  bool colon_atom();
  bool operators();
  void operator_token(token_kind kind, std::string_view spelling);
  void capture();
  void dot();
  bool dotted_operator(place dot_place);

  // -- lexer_words.cpp ---------------------------------------------------------------------------
  [[nodiscard]] word peek_word(size_t offset) const;
  void word_token();
  bool keyword_token(std::string_view text);
  void do_keyword();
  void operator_word(token_kind kind, std::string_view text);
  void atom_word();
  void call_name(atom name, size_t size, place start);

  // -- lexer_strings.cpp -------------------------------------------------------------------------
  void string();
  void heredoc(char quote);
  void sigil();
  void quoted_atom();
  void quoted_call(place dot_place);
  std::vector<text_part> scan_parts(const quoted& q);
  void scan_piece(const quoted& q, std::string& text);
  bool heredoc_line(const quoted& q, std::string& text);
  text_part interpolation(const quoted& q);
  int heredoc_parts(char quote, bool interpolates, std::vector<text_part>& parts);
  void unescape_parts(std::vector<text_part>& parts, place where) const;
  void text_token(token_kind plain, token_kind mixed, std::vector<text_part> parts, place start);

  // -- characters --------------------------------------------------------------------------------
  [[nodiscard]] bool done() const { return at_.offset >= text_.size(); }
  [[nodiscard]] char peek(size_t ahead = 0) const {
    return at_.offset + ahead < text_.size() ? text_[at_.offset + ahead] : '\0';
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_.offset); }
  [[nodiscard]] bool next_is(std::string_view x) const { return rest().starts_with(x); }
  [[nodiscard]] bool space_at(size_t ahead) const;
  /// What stands behind blanks, from `ahead` on.
  [[nodiscard]] std::string_view after_blanks(size_t ahead) const;
  /// Moves over `count` bytes of one line.
  void advance(size_t count);
  /// Appends a character to `text` and moves over it.
  void take(std::string& text);
  void line_break(size_t bytes);

  // -- tokens ------------------------------------------------------------------------------------
  token& push(token_kind kind, place where, atom name = {});
  /// Drops the line break before an operator.
  void join_lines();
  [[nodiscard]] bool last_is(token_kind kind) const {
    return !tokens_.empty() && tokens_.back().kind == kind;
  }
  [[nodiscard]] static atom name_at(std::string_view text, place where);
  [[noreturn]] void unexpected() const;
  [[noreturn]] static void fail(place where, std::string reason, std::string token,
                                std::optional<std::string> tail = {});

  const std::string_view text_;
  place at_;
  const int depth_;
  int indentation_; // Of the current line.
  bool closed_ = false;
  std::vector<token> tokens_;
  std::vector<opened> opened_;
  std::vector<opened> doubtful_; // What the layout says lacks its other half.
};

} // namespace troupe::actors::eval
