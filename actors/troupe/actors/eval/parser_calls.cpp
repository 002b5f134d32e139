#include "troupe/actors/eval/builder.hpp"
#include "troupe/actors/eval/error_texts.hpp"
#include "troupe/actors/eval/token_parser.hpp"

namespace troupe::actors::eval {

namespace {

/// Whether a token behind a name is the first of the name's arguments.
bool starts_argument(token_kind kind) {
  switch (kind) {
    case token_kind::identifier:
    case token_kind::paren_identifier:
    case token_kind::bracket_identifier:
    case token_kind::do_identifier:
    case token_kind::op_identifier:
    case token_kind::alias:
    case token_kind::kw_identifier:
    case token_kind::kw_parts:
    case token_kind::atom:
    case token_kind::atom_parts:
    case token_kind::integer:
    case token_kind::real:
    case token_kind::character:
    case token_kind::string:
    case token_kind::charlist:
    case token_kind::sigil:
    case token_kind::literal:
    case token_kind::fn:
    case token_kind::open_paren:
    case token_kind::open_bracket:
    case token_kind::open_curly:
    case token_kind::open_bits:
    case token_kind::map_open:
    case token_kind::percent:
    case token_kind::at_op:
    case token_kind::unary_op:
    case token_kind::capture_op: return true;
    default: return false;
  }
}

} // namespace

node token_parser::postfix(node left) {
  while (!done()) {
    bool callable = left.shape == form::access || left.shape == form::matched;
    const auto& x = tokens_[at_];
    if (x.kind == token_kind::dot && callable) {
      left = dotted(std::move(left));
    } else if (x.kind == token_kind::dot_call && callable) {
      ++at_;
      left = parens_call({build::call(".", x.line, {std::move(left.value)}), x.line, true});
    } else if (x.kind == token_kind::open_bracket && left.shape == form::access) {
      left = access(std::move(left));
    } else if (x.kind == token_kind::kw_identifier && left.shape == form::access) {
      auto key = std::string{x.name.text()} + ":";
      if (key == "do:")
        throw source_error{x.line, x.column, "unexpected keyword: ", key,
                           std::string{texts::invalid_do}};
      fail(x, texts::before, "'" + key + "'");
    } else {
      break;
    }
    grow();
  }
  return left;
}

node token_parser::dotted(node left) {
  const auto& dot = take();
  const auto& right = take();
  switch (right.kind) {
    case token_kind::alias: {
      if (left.value.is(term::kind::atom))
        fail(right, texts::alias_of_atom, "'.'");
      auto parts = std::vector<term>{left.value};
      auto meta = build::meta(dot.line);
      if (left.value.is_tagged(atom{"__aliases__"}, 3)) {
        parts = build::arguments(left.value);
        meta = left.value.as_tuple()[1];
      }
      parts.emplace_back(right.name);
      return {build::call(term{atom{"__aliases__"}}, std::move(meta), std::move(parts)),
              form::access, false};
    }
    case token_kind::open_curly: {
      auto head = build::call(".", dot.line, {std::move(left.value), term{atom{"{}"}}});
      return {build::call(std::move(head), build::meta(dot.line),
                          elements(token_kind::close_curly, false)),
              form::access, false};
    }
    case token_kind::identifier:
    case token_kind::paren_identifier:
    case token_kind::bracket_identifier:
    case token_kind::do_identifier:
    case token_kind::op_identifier: {
      auto head = build::call(".", dot.line, {std::move(left.value), term{right.name}});
      return name({std::move(head), right.line, true}, right.kind);
    }
    default: throw_before(right);
  }
}

node token_parser::access(node left) {
  int line = take().line;
  do_scope inside{*this, false};
  accept(token_kind::eol);
  term key;
  if (is_keyword()) {
    key = term::list(keywords(token_kind::close_bracket, texts::after_keywords_in_container));
  } else {
    key = element();
    accept(token_kind::comma);
  }
  close(token_kind::close_bracket);
  return {build::remote("Elixir.Access", "get", line, {std::move(left.value), std::move(key)}),
          form::access, false};
}

node token_parser::name(callee target, token_kind kind) {
  switch (kind) {
    case token_kind::paren_identifier: return parens_call(std::move(target));
    case token_kind::bracket_identifier: return {variable(target), form::access, false};
    case token_kind::do_identifier:
      if (!do_is_outer_)
        return finish_do(std::move(target.head), build::meta(target.line), {});
      break;
    case token_kind::op_identifier: target.sign_follows = true; return bare_call(std::move(target));
    default:
      if (!done() && starts_argument(tokens_[at_].kind))
        return bare_call(std::move(target));
  }
  return {variable(target), form::matched, true};
}

node token_parser::bare_call(callee target) {
  arguments given;
  {
    do_scope inside{*this, true};
    level here{*this};
    given = bare_arguments();
  }
  bool many = given.values.size() > 1 || given.ambiguous;
  if (!do_is_outer_ && is(token_kind::do_))
    return finish_do(std::move(target.head), build::meta(target.line), std::move(given.values));
  return {built(target, std::move(given.values)), many ? form::no_parens : form::matched, !many};
}

node token_parser::parens_call(callee target) {
  auto values = paren_arguments();
  auto meta = build::meta(target.line);
  auto head = std::move(target.head);
  if (is(token_kind::open_paren)) { // `f(a)(b)` calls what `f(a)` returns.
    head = build::call(std::move(head), meta, std::move(values));
    values = paren_arguments();
  }
  if (!do_is_outer_ && is(token_kind::do_))
    return finish_do(std::move(head), std::move(meta), std::move(values));
  return {build::call(std::move(head), std::move(meta), std::move(values)), form::access, true};
}

node token_parser::finish_do(term head, term meta, std::vector<term> values) {
  values.push_back(do_block());
  return {build::call(std::move(head), std::move(meta), std::move(values)), form::unmatched, false};
}

term token_parser::variable(const callee& target) {
  auto meta = build::meta(target.line);
  if (!target.dotted)
    return term::tuple({target.head, std::move(meta), term{atom{}}});
  auto bare = term::tuple({term{atom{"no_parens"}}, term{true}});
  return build::call(target.head, term::cons(std::move(bare), std::move(meta)), {});
}

term token_parser::built(const callee& target, std::vector<term> values) {
  auto meta = build::meta(target.line);
  if (target.sign_follows && !target.dotted && values.size() == 1)
    meta = term::cons(term::tuple({term{atom{"ambiguous_op"}}, term{atom{}}}), std::move(meta));
  return build::call(target.head, std::move(meta), std::move(values));
}

token_parser::arguments token_parser::bare_arguments() {
  arguments result;
  if (is_keyword()) {
    result.values.push_back(term::list(bare_keywords()));
    return result;
  }
  node first;
  if (is(token_kind::open_paren)) {
    const auto& open = peek();
    auto inner = parens(true);
    if (inner.many)
      fail(open, texts::space_before_paren, "'('");
    first = infix(postfix(std::move(inner.value)), 0);
  } else {
    first = expression();
  }
  result.values.push_back(std::move(first.value));
  result.ambiguous = first.shape == form::no_parens;
  while (!result.ambiguous && accept(token_kind::comma)) {
    if (is_keyword()) {
      result.values.push_back(term::list(bare_keywords()));
      break;
    }
    auto next = expression();
    if (next.shape == form::no_parens)
      fail_line(build::line_of(next.value), texts::comma_in_call, "','");
    result.values.push_back(std::move(next.value));
  }
  return result;
}

std::vector<term> token_parser::paren_arguments() {
  take();
  do_scope inside{*this, false};
  level here{*this};
  accept(token_kind::eol);
  std::vector<term> result;
  if (accept(token_kind::close_paren))
    return result;
  for (bool more = true; more; more = accept(token_kind::comma)) {
    if (is_keyword()) {
      result.push_back(
        term::list(keywords(token_kind::close_paren, texts::after_keywords_in_call)));
      break;
    }
    auto next = expression();
    if (next.shape == form::no_parens && !result.empty())
      fail_line(build::line_of(next.value), texts::comma_in_call, "','");
    result.push_back(std::move(next.value));
  }
  close(token_kind::close_paren);
  return result;
}

/// The keywords at the end of a call without parentheses; values may have commas of their own.
std::vector<term> token_parser::bare_keywords() {
  std::vector<term> result;
  do {
    if (!is_keyword()) {
      const auto& comma = tokens_[at_ - 1];
      (void)expression();
      fail(comma, texts::after_keywords_in_call, "','");
    }
    auto key = keyword_key();
    accept(token_kind::eol);
    result.push_back(term::tuple({std::move(key), expression().value}));
  } while (accept(token_kind::comma));
  return result;
}

} // namespace troupe::actors::eval
