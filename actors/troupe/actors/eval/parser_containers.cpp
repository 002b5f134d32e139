#include "troupe/actors/eval/builder.hpp"
#include "troupe/actors/eval/error_texts.hpp"
#include "troupe/actors/eval/token_parser.hpp"

namespace troupe::actors::eval {

namespace {

/// Just above `|`, which in a map separates what is updated.
constexpr int above_pipe = 71;

} // namespace

node token_parser::primary() {
  const auto& x = peek();
  switch (x.kind) {
    case token_kind::identifier:
    case token_kind::paren_identifier:
    case token_kind::bracket_identifier:
    case token_kind::do_identifier:
    case token_kind::op_identifier: return name({term{take().name}, x.line, false}, x.kind);
    case token_kind::alias:
      return {build::call("__aliases__", x.line, {term{take().name}}), form::access, false};
    case token_kind::atom:
    case token_kind::literal: return {term{take().name}, form::access, false};
    case token_kind::integer:
    case token_kind::real:
    case token_kind::character: return {take().value, form::access, false};
    case token_kind::atom_parts:
    case token_kind::string:
    case token_kind::charlist: return text(take());
    case token_kind::sigil: return sigil(take());
    case token_kind::range_op: return {build::call("..", take().line, {}), form::access, false};
    case token_kind::fn: return fn();
    case token_kind::open_paren: return parens(false).value;
    case token_kind::open_bracket: return list();
    case token_kind::open_curly: return tuple();
    case token_kind::open_bits: return bits();
    case token_kind::map_open: return map();
    case token_kind::percent: return structure();
    default: unexpected();
  }
}

node token_parser::list() {
  take();
  return {term::list(elements(token_kind::close_bracket, true)), form::access, false};
}

node token_parser::tuple() {
  int line = take().line;
  auto values = elements(token_kind::close_curly, false);
  if (values.size() == 2)
    return {term::tuple(std::move(values)), form::access, false};
  return {build::call("{}", line, std::move(values)), form::access, false};
}

node token_parser::bits() {
  int line = take().line;
  return {build::call("<<>>", line, elements(token_kind::close_bits, false)), form::access, false};
}

/// Takes the elements and the delimiter behind them. Keywords may come last: a list has them as
/// elements of its own, others as one list.
std::vector<term> token_parser::elements(token_kind end, bool splice_keywords) {
  do_scope inside{*this, false};
  level here{*this};
  std::vector<term> result;
  accept(token_kind::eol);
  if (accept(end))
    return result;
  do {
    if (!result.empty() && (is(end) || is(token_kind::eol)))
      break; // A comma behind the last element.
    if (is_keyword() && (splice_keywords || !result.empty())) {
      auto last = keywords(end, texts::after_keywords_in_container);
      if (splice_keywords)
        result.insert(result.end(), last.begin(), last.end());
      else
        result.push_back(term::list(last));
      break;
    }
    result.push_back(element());
  } while (accept(token_kind::comma));
  close(end);
  return result;
}

term token_parser::element() {
  auto x = expression();
  if (x.shape == form::no_parens)
    fail_line(build::line_of(x.value), texts::comma_in_container, "','");
  return std::move(x.value);
}

std::vector<term> token_parser::keywords(token_kind end, std::string_view after) {
  std::vector<term> result;
  do {
    if (!is_keyword()) {
      if (is(end) || is(token_kind::eol))
        break;
      const auto& comma = tokens_[at_ - 1];
      (void)expression();
      fail(comma, after, "','");
    }
    auto key = keyword_key();
    accept(token_kind::eol);
    result.push_back(term::tuple({std::move(key), element()}));
  } while (accept(token_kind::comma));
  return result;
}

term token_parser::keyword_key() {
  const auto& x = take();
  return x.kind == token_kind::kw_identifier ? term{x.name} : text(x).value;
}

node token_parser::map() {
  take();
  accept(token_kind::eol);
  return {map_body(peek().line), form::access, false}; // The line is that of the brace.
}

node token_parser::structure() {
  int line = take().line;
  auto name = structure_name();
  accept(token_kind::eol);
  if (!is(token_kind::open_curly))
    unexpected();
  auto fields = map_body(peek().line);
  return {build::call("%", line, {std::move(name.value), std::move(fields)}), form::access, false};
}

/// An alias, an atom, a variable or a call with parentheses; `{` behind it opens the fields.
node token_parser::structure_name() {
  level here{*this};
  const auto& x = take();
  node result;
  switch (x.kind) {
    case token_kind::at_op:
    case token_kind::unary_op:
    case token_kind::dual_op:
      accept(token_kind::eol);
      return {build::call(x.name.text(), x.line, {structure_name().value}), form::matched, false};
    case token_kind::atom: return {term{x.name}, form::access, false};
    case token_kind::alias:
      result.value = build::call("__aliases__", x.line, {term{x.name}});
      break;
    case token_kind::paren_identifier: {
      do_scope inside{*this, true};
      result = parens_call({term{x.name}, x.line, false});
      break;
    }
    case token_kind::identifier: result.value = variable({term{x.name}, x.line, false}); break;
    default: throw_before(x);
  }
  while (is(token_kind::dot)) {
    const auto& next = at_ + 1 < tokens_.size() ? tokens_[at_ + 1] : tokens_[at_];
    if (next.kind == token_kind::identifier) {
      auto head = build::call(".", take().line, {std::move(result.value), term{next.name}});
      ++at_;
      result.value = variable({std::move(head), next.line, true});
    } else if (next.kind == token_kind::alias || next.kind == token_kind::paren_identifier) {
      do_scope inside{*this, true};
      result = dotted(std::move(result));
    } else {
      ++at_;
      unexpected();
    }
    grow();
  }
  return result;
}

/// Takes `{ ... }` of a map or a struct.
term token_parser::map_body(int line) {
  take();
  do_scope inside{*this, false};
  level here{*this};
  accept(token_kind::eol);
  std::vector<term> entries;
  if (accept(token_kind::close_curly))
    return build::call("%{}", line, {});
  if (is_keyword()) {
    entries = keywords(token_kind::close_curly, texts::after_keywords_in_container);
  } else {
    auto first = expression(above_pipe);
    if (is(token_kind::pipe_op) && first.shape != form::no_parens) {
      auto updated = map_update(std::move(first.value), line);
      close(token_kind::close_curly);
      return updated;
    }
    map_entries(entries, infix(std::move(first), 0));
  }
  close(token_kind::close_curly);
  return build::call("%{}", line, std::move(entries));
}

term token_parser::map_update(term base, int line) {
  int pipe = take().line;
  accept(token_kind::eol);
  std::vector<term> entries;
  if (is_keyword())
    entries = keywords(token_kind::close_curly, texts::after_keywords_in_container);
  else
    map_entries(entries, expression());
  auto update = build::call("|", pipe, {std::move(base), term::list(entries)});
  return build::call("%{}", line, {std::move(update)});
}

/// Takes `=> value` for the first key, and the entries behind it.
void token_parser::map_entries(std::vector<term>& entries, node first) {
  for (;;) {
    if (is(token_kind::assoc_op) && first.shape != form::no_parens) {
      ++at_;
      accept(token_kind::eol);
      auto value = expression();
      if (value.shape == form::no_parens)
        unexpected();
      entries.push_back(term::tuple({std::move(first.value), std::move(value.value)}));
    } else if (first.map_item) {
      entries.push_back(std::move(first.value));
    } else {
      unexpected();
    }
    if (!accept(token_kind::comma) || is(token_kind::close_curly) || is(token_kind::eol))
      return;
    if (is_keyword()) {
      auto last = keywords(token_kind::close_curly, texts::after_keywords_in_container);
      entries.insert(entries.end(), last.begin(), last.end());
      return;
    }
    first = expression();
  }
}

} // namespace troupe::actors::eval
