#include "troupe/actors/eval/builder.hpp"
#include "troupe/actors/eval/error_texts.hpp"
#include "troupe/actors/eval/token_parser.hpp"

#include <algorithm>

namespace troupe::actors::eval {

/// Takes `do ... else ... end` and gives `[do: ..., else: ...]`.
term token_parser::do_block() {
  do_scope inside{*this, false};
  level here{*this};
  std::vector<term> entries;
  term key{atom{"do"}};
  take();
  for (;;) {
    skip_separators();
    auto value = body(sections());
    entries.push_back(term::tuple({std::move(key), std::move(value)}));
    if (!is(token_kind::block_identifier))
      break;
    key = term{take().name};
  }
  if (!accept(token_kind::end_))
    unexpected();
  return term::list(entries);
}

node token_parser::fn() {
  const auto& start = take();
  do_scope inside{*this, false};
  level here{*this};
  skip_separators();
  auto parts = sections();
  if (parts.empty() || !is(token_kind::end_))
    unexpected();
  ++at_;
  auto clauses = body(parts);
  if (std::ranges::none_of(parts, &section::clause))
    fail(start, texts::fn_without_clause, "'fn'");
  return {term::tuple({term{atom{"fn"}}, build::meta(start.line), std::move(clauses)}),
          form::access, false};
}

/// Takes `( ... )`. What only a clause can start with, `(a, b)`, is `many` where the caller asks
/// for it.
token_parser::group token_parser::parens(bool clause_may_follow) {
  const auto& open = take();
  do_scope inside{*this, false};
  level here{*this};
  group result;
  result.value.shape = form::access;
  accept(token_kind::eol);
  if (accept(token_kind::close_paren)) {
    result.value.value = build::block({});
    result.empty = true;
    return result;
  }
  bool first = !accept(token_kind::semicolon);
  std::vector<section> parts;
  while (!is(token_kind::close_paren) && (parts.empty() || !done())) {
    if (!parts.empty() && !is_separator())
      unexpected();
    if (!parts.empty())
      skip_separators();
    if (is(token_kind::close_paren) && (!parts.empty() || !first))
      break;
    bool alone = clause_may_follow && first && parts.empty();
    parts.push_back(one_section(alone ? &result.values : nullptr));
    if (!result.values.empty()) {
      result.many = true;
      break;
    }
  }
  close(token_kind::close_paren);
  if (result.many)
    return result;
  auto value = body(parts);
  if (value.is_tagged(atom{"__block__"}, 3)) {
    auto fields = value.as_tuple();
    auto meta = fields[1].to_vector().value_or(std::vector<term>{});
    meta.push_back(build::meta(open.line).head());
    value = term::tuple({fields[0], term::list(meta), fields[2]});
  }
  result.value.value = std::move(value);
  return result;
}

/// Takes the expressions and clauses up to `end` or a block's next word, which stays.
std::vector<token_parser::section> token_parser::sections() {
  std::vector<section> result;
  while (!is(token_kind::end_) && !is(token_kind::block_identifier)) {
    result.push_back(one_section(nullptr));
    if (!is_separator())
      break;
    skip_separators();
  }
  return result;
}

token_parser::section token_parser::one_section(std::vector<term>* many) {
  if (is(token_kind::stab_op))
    return clause({});
  if (is_keyword())
    return finish_section({term::list(bare_keywords()), form::matched, true}, many);
  if (is(token_kind::open_paren))
    return clause_of_parens(many);
  return finish_section(expression(), many);
}

/// A section that begins with a parenthesis: `(a, b) when c -> d`, or `(a) + b`.
token_parser::section token_parser::clause_of_parens(std::vector<term>* many) {
  level here{*this};
  auto inner = parens(true);
  bool bare = inner.empty && (is(token_kind::when_op) || is(token_kind::stab_op));
  if (!inner.many && !bare)
    return finish_section(infix(postfix(std::move(inner.value)), 0), many);
  auto left = unwrap_splice(std::move(inner.values));
  if (is(token_kind::when_op)) {
    int line = take().line;
    left.push_back(expression().value);
    left = {build::call("when", line, std::move(left))};
  }
  return clause(std::move(left));
}

/// Continues behind the first expression of a section: it may be the first argument of a clause.
token_parser::section token_parser::finish_section(node first, std::vector<term>* many) {
  bool keywords = first.map_item && first.value.is_list();
  std::vector<term> left{std::move(first.value)};
  bool several = keywords;
  if (first.shape != form::unmatched && !keywords) {
    do_scope inside{*this, true};
    while (accept(token_kind::comma)) {
      several = true;
      if (is_keyword()) {
        left.push_back(term::list(bare_keywords()));
        break;
      }
      auto next = expression();
      if (next.shape == form::no_parens)
        fail_line(build::line_of(next.value), texts::comma_in_call, "','");
      left.push_back(std::move(next.value));
    }
  }
  if (is(token_kind::stab_op) && first.shape != form::unmatched)
    return clause(unwrap_when(unwrap_splice(std::move(left))));
  if (!several)
    return {false, 0, {}, std::move(left.front())};
  bool closes = is(token_kind::close_paren)
                || (is(token_kind::eol) && at_ + 1 < tokens_.size()
                    && tokens_[at_ + 1].kind == token_kind::close_paren);
  if (many == nullptr || !closes)
    unexpected();
  *many = std::move(left);
  return {};
}

token_parser::section token_parser::clause(std::vector<term> left) {
  int line = peek().line;
  if (!accept(token_kind::stab_op))
    unexpected();
  accept(token_kind::eol);
  term value{atom{}}; // A clause without a body gives nil.
  if (!is_separator() && !is(token_kind::end_) && !is(token_kind::close_paren)
      && !is(token_kind::block_identifier))
    value = expression().value;
  return {true, line, term::list(left), std::move(value)};
}

/// A block of expressions, or the list of clauses.
term token_parser::body(const std::vector<section>& parts) const {
  std::vector<term> clauses;
  std::vector<term> expressions;
  const section* current = nullptr;
  auto finish = [&] {
    if (current != nullptr)
      clauses.push_back(build::call("->", current->line,
                                    {current->left, build::block(std::exchange(expressions, {}))}));
  };
  for (const auto& part : parts) {
    if (part.clause) {
      if (current == nullptr && !expressions.empty())
        fail_line(part.line, texts::late_clause, "'->'");
      finish();
      current = &part;
    }
    expressions.push_back(part.value);
  }
  if (current == nullptr)
    return build::block(std::move(expressions));
  finish();
  return term::list(clauses);
}

/// `a, b when c` guards the clause, not `b`.
std::vector<term> token_parser::unwrap_when(std::vector<term> values) {
  if (values.empty() || !build::is_call(values.back(), "when", 2))
    return values;
  auto guarded = std::move(values.back());
  values.pop_back();
  for (auto& x : build::arguments(guarded))
    values.push_back(std::move(x));
  auto meta = guarded.as_tuple()[1];
  return {build::call(term{atom{"when"}}, std::move(meta), std::move(values))};
}

std::vector<term> token_parser::unwrap_splice(std::vector<term> values) {
  if (values.size() == 1 && build::is_call(values.front(), "__block__", 1)) {
    auto inner = build::arguments(values.front());
    if (inner.front().is_tagged(atom{"unquote_splicing"}, 3))
      return inner;
  }
  return values;
}

} // namespace troupe::actors::eval
