// The parser's insides: operator precedence over tokens.
//
// Erlang counterpart: elixir_parser.yrl. Precedences are its own; its three kinds of expressions
// are the `form` of a node and say where a call without parentheses may stand. Threads: confined to
// one call of `parse`.

#pragma once

#include "troupe/actors/eval/source_error.hpp"
#include "troupe/actors/eval/token.hpp"

#include <string_view>
#include <vector>

namespace troupe::actors::eval {

/// Levels of expressions, and of operators in a row, that one text may have. The parser and whoever
/// destroys or walks a term use the stack in proportion to it.
inline constexpr int nesting_max = 256;

/// Where an expression may stand.
enum class form : uint8_t {
  access,    ///< Anything; `[` behind it is an access.
  matched,   ///< Anything.
  unmatched, ///< Ends in a do-block: no argument of a call without parentheses.
  no_parens, ///< Contains a comma of its own, `f a, b`: no element of a longer list.
};

struct node {
  term value;
  form shape = form::matched;
  /// Whether it is a variable or a call: that may stand in a map without `=>`.
  bool map_item = false;
};

class token_parser {
public:
  /// `depth` counts the expressions around, for tokens of an interpolation.
  explicit token_parser(const std::vector<token>& tokens, int depth = 0)
    : tokens_(tokens), depth_(depth) {}

  /// Parses everything. Throws `source_error`.
  term program();

  /// How many levels the result has.
  [[nodiscard]] int height() const { return height_; }

private:
  /// Counts nesting while in scope, and the height of what was built in it.
  class level {
  public:
    explicit level(token_parser& p);
    ~level();
    level(const level&) = delete;
    level& operator=(const level&) = delete;

  private:
    token_parser& parser_;
    int outer_height_;
  };
  /// Sets whether a `do` belongs to a call further out, while in scope.
  class do_scope {
  public:
    do_scope(token_parser& p, bool outer) : parser_(p), saved_(p.do_is_outer_) {
      p.do_is_outer_ = outer;
    }
    ~do_scope() { parser_.do_is_outer_ = saved_; }
    do_scope(const do_scope&) = delete;
    do_scope& operator=(const do_scope&) = delete;

  private:
    token_parser& parser_;
    bool saved_;
  };
  /// What a call calls: a name, or `{:., meta, [...]}`.
  struct callee {
    term head;
    int line;
    bool dotted;
    bool sign_follows = false;
  };
  struct arguments {
    std::vector<term> values;
    bool ambiguous = false; // The only one has a comma of its own.
  };
  /// A part of a body: an expression, or a clause with `->`.
  struct section {
    bool clause = false;
    int line = 0;
    term left; // List of arguments.
    term value;
  };
  /// What stands between parentheses: one value, or what only a clause may start with.
  struct group {
    node value;
    bool empty = false;
    bool many = false;
    std::vector<term> values;
  };

  // -- parser.cpp: operators ---------------------------------------------------------------------
  node expression(int lowest = 0);
  node infix(node left, int lowest);
  node binary(node left, const token& op, node right);
  node prefix();
  node unary(const token& op, int precedence);
  node widened(node operand);
  node attribute(const token& op);
  node capture(const token& op);

  // -- parser_calls.cpp --------------------------------------------------------------------------
  node postfix(node left);
  node dotted(node left);
  node access(node left);
  node name(callee target, token_kind kind);
  node bare_call(callee target);
  node parens_call(callee target);
  node finish_do(term head, term meta, std::vector<term> values);
  static term variable(const callee& target);
  static term built(const callee& target, std::vector<term> values);
  arguments bare_arguments();
  std::vector<term> paren_arguments();
  std::vector<term> bare_keywords();

  // -- parser_blocks.cpp -------------------------------------------------------------------------
  term do_block();
  node fn();
  group parens(bool clause_may_follow);
  std::vector<section> sections();
  section one_section(std::vector<term>* many);
  section clause_of_parens(std::vector<term>* many);
  section finish_section(node first, std::vector<term>* many);
  section clause(std::vector<term> left);
  term body(const std::vector<section>& parts) const;
  static std::vector<term> unwrap_when(std::vector<term> values);
  static std::vector<term> unwrap_splice(std::vector<term> values);

  // -- parser_containers.cpp ---------------------------------------------------------------------
  node primary();
  node list();
  node tuple();
  node bits();
  node map();
  node structure();
  node structure_name();
  term map_body(int line);
  term map_update(term base, int line);
  void map_entries(std::vector<term>& entries, node first);
  std::vector<term> elements(token_kind close, bool splice_keywords);
  term element();
  std::vector<term> keywords(token_kind close, std::string_view after);
  term keyword_key();

  // -- parser_text.cpp ---------------------------------------------------------------------------
  node text(const token& x);
  node sigil(const token& x);
  term interpolated(const token& x);
  term code(const text_part& part);
  term part(const text_part& x);

  // -- tokens ------------------------------------------------------------------------------------
  [[nodiscard]] bool done() const { return at_ >= tokens_.size(); }
  [[nodiscard]] bool is(token_kind kind) const { return !done() && tokens_[at_].kind == kind; }
  [[nodiscard]] bool is_keyword() const {
    return is(token_kind::kw_identifier) || is(token_kind::kw_parts);
  }
  [[nodiscard]] bool is_separator() const {
    return is(token_kind::eol) || is(token_kind::semicolon);
  }
  /// The current token; fails at the end of the text.
  const token& peek() const;
  const token& take();
  bool accept(token_kind kind);
  void skip_separators();
  /// Takes a closing delimiter, and a line break before it.
  void close(token_kind kind);
  void grow();
  [[noreturn]] void unexpected() const;
  [[noreturn]] static void fail(const token& where, std::string_view reason, std::string_view what);
  [[noreturn]] static void fail_line(int line, std::string_view reason, std::string_view what);

  const std::vector<token>& tokens_;
  size_t at_ = 0;
  int depth_;
  int height_ = 0;
  bool do_is_outer_ = false;
};

} // namespace troupe::actors::eval
