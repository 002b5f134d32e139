#include "troupe/actors/eval/parser.hpp"

#include "troupe/actors/eval/builder.hpp"
#include "troupe/actors/eval/error_texts.hpp"
#include "troupe/actors/eval/lexer.hpp"
#include "troupe/actors/eval/token_parser.hpp"
#include "troupe/actors/eval/utf8.hpp"

#include <algorithm>

namespace troupe::actors::eval {

namespace {

struct binding {
  int precedence;
  bool right;
};

constexpr int capture_precedence = 90;
constexpr int unary_precedence = 300;

/// Elixir's table; 0 for what is no binary operator.
binding binding_of(token_kind kind) {
  switch (kind) {
    case token_kind::in_match_op: return {40, false};
    case token_kind::when_op: return {50, true};
    case token_kind::type_op: return {60, true};
    case token_kind::pipe_op: return {70, true};
    case token_kind::match_op: return {100, true};
    case token_kind::or_op: return {110, false};
    case token_kind::and_op: return {130, false};
    case token_kind::comp_op: return {140, false};
    case token_kind::rel_op: return {150, false};
    case token_kind::arrow_op: return {160, false};
    case token_kind::in_op: return {170, false};
    case token_kind::xor_op: return {180, false};
    case token_kind::ternary_op: return {190, true};
    case token_kind::concat_op:
    case token_kind::range_op: return {200, true};
    case token_kind::dual_op: return {210, false};
    case token_kind::mult_op: return {220, false};
    case token_kind::power_op: return {230, false};
    default: return {0, false};
  }
}

form worse(form left, form right) {
  if (left == form::unmatched || right == form::unmatched)
    return form::unmatched;
  return right == form::no_parens ? form::no_parens : form::matched;
}

} // namespace

term token_parser::program() {
  if (tokens_.empty())
    return build::call(term{atom{"__block__"}}, term::empty_list(), {});
  int line = tokens_.front().line;
  skip_separators();
  if (done())
    return build::call("__block__", line, {});
  std::vector<term> expressions;
  for (;;) {
    expressions.push_back(expression().value);
    if (done())
      break;
    if (!is_separator())
      unexpected();
    skip_separators();
    if (done())
      break;
  }
  return build::block(std::move(expressions));
}

node token_parser::expression(int lowest) {
  level here{*this};
  return infix(prefix(), lowest);
}

node token_parser::infix(node left, int lowest) {
  for (;;) {
    if (done() || left.shape == form::no_parens)
      return left;
    const auto& op = tokens_[at_];
    auto [precedence, right_first] = binding_of(op.kind);
    if (precedence == 0 || precedence < lowest)
      return left;
    ++at_;
    accept(token_kind::eol);
    grow();
    if (op.kind == token_kind::when_op && is_keyword()) {
      auto guard = term::list(bare_keywords());
      left = binary(std::move(left), op, {std::move(guard), form::no_parens, false});
    } else {
      auto right = expression(right_first ? precedence : precedence + 1);
      left = binary(std::move(left), op, std::move(right));
    }
  }
}

node token_parser::binary(node left, const token& op, node right) {
  auto shape = worse(left.shape, right.shape);
  auto name = op.name.text();
  if (name == "//") {
    if (!build::is_call(left.value, "..", 2))
      fail(op, texts::range_step, "'//'");
    auto bounds = build::arguments(left.value);
    bounds.push_back(std::move(right.value));
    auto meta = left.value.as_tuple()[1];
    return {build::call(term{atom{"..//"}}, std::move(meta), std::move(bounds)), shape, false};
  }
  if (name == "not in") {
    auto inner = build::call("in", op.line, {std::move(left.value), std::move(right.value)});
    return {build::call("not", op.line, {std::move(inner)}), shape, false};
  }
  if (name == "in"
      && (build::is_call(left.value, "not", 1) || build::is_call(left.value, "!", 1))) {
    auto inner
      = build::call("in", op.line, {build::arguments(left.value).front(), std::move(right.value)});
    auto outer = left.value.as_tuple()[0];
    return {build::call(std::move(outer), build::meta(op.line), {std::move(inner)}), shape, false};
  }
  return {build::call(name, op.line, {std::move(left.value), std::move(right.value)}), shape,
          false};
}

node token_parser::prefix() {
  const auto& op = peek();
  switch (op.kind) {
    case token_kind::at_op: return postfix(attribute(take()));
    case token_kind::capture_op: return capture(take());
    case token_kind::unary_op:
    case token_kind::dual_op:
    case token_kind::ternary_op: return unary(take(), unary_precedence);
    default: return postfix(primary());
  }
}

node token_parser::unary(const token& op, int precedence) {
  accept(token_kind::eol);
  auto operand = widened(expression(precedence));
  auto shape = worse(form::matched, operand.shape);
  if (op.kind == token_kind::ternary_op) { // `&//2` names the division.
    auto slash = term::tuple({term{atom{"/"}}, build::meta(op.line), term{atom{"nil"}}});
    return {build::call("/", op.line, {std::move(slash), std::move(operand.value)}), shape, false};
  }
  return {build::call(op.name.text(), op.line, {std::move(operand.value)}), shape, false};
}

/// Behind a do-block the grammar has no precedence: `-f do end + 1` is `-(f do end + 1)`.
node token_parser::widened(node operand) {
  return operand.shape == form::unmatched ? infix(std::move(operand), 0) : operand;
}

node token_parser::attribute(const token& op) {
  level here{*this};
  accept(token_kind::eol);
  bool nested = is(token_kind::at_op) || is(token_kind::unary_op) || is(token_kind::dual_op)
                || is(token_kind::capture_op) || is(token_kind::ternary_op);
  // Only `@` binds tighter than a dot: `@a.b` is a call on `@a`.
  auto operand = widened(is(token_kind::at_op) ? attribute(take()) : nested ? prefix() : primary());
  auto shape = operand.shape == form::access ? form::access : worse(form::matched, operand.shape);
  return {build::call("@", op.line, {std::move(operand.value)}), shape, false};
}

node token_parser::capture(const token& op) {
  accept(token_kind::eol);
  if (is(token_kind::integer)) {
    auto number = take().value;
    return postfix({build::call("&", op.line, {std::move(number)}), form::access, false});
  }
  return unary(op, capture_precedence);
}

token_parser::level::level(token_parser& p) : parser_(p), outer_height_(p.height_) {
  if (p.depth_ >= nesting_max)
    fail(
      p.tokens_[std::min(p.at_, p.tokens_.size() - 1)],
      "expressions are nested too deeply near: ", p.done() ? "end" : token_text(p.tokens_[p.at_]));
  ++p.depth_;
  p.height_ = 0;
}

token_parser::level::~level() {
  --parser_.depth_;
  parser_.height_ = std::max(outer_height_, parser_.height_ + 1);
}

void token_parser::grow() {
  if (++height_ > nesting_max)
    fail(tokens_[at_ - 1],
         "expressions are nested too deeply near: ", token_text(tokens_[at_ - 1]));
}

const token& token_parser::peek() const {
  if (done())
    unexpected();
  return tokens_[at_];
}

const token& token_parser::take() {
  const auto& x = peek();
  ++at_;
  return x;
}

bool token_parser::accept(token_kind kind) {
  if (!is(kind))
    return false;
  ++at_;
  return true;
}

void token_parser::skip_separators() {
  accept(token_kind::eol);
  accept(token_kind::semicolon);
}

void token_parser::close(token_kind kind) {
  accept(token_kind::eol);
  if (!accept(kind))
    unexpected();
}

void token_parser::unexpected() const {
  if (!done())
    throw_before(tokens_[at_]);
  throw source_error{
    tokens_.back().line, tokens_.back().column, std::string{texts::before}, {}, {}};
}

void token_parser::fail(const token& where, std::string_view reason, std::string_view what) {
  throw source_error{where.line, where.column, std::string{reason}, std::string{what}, {}};
}

void token_parser::fail_line(int line, std::string_view reason, std::string_view what) {
  throw source_error{line, 0, std::string{reason}, std::string{what}, {}};
}

parse_result parse(std::string_view text, std::string_view file, int line) {
  source_text source{text, file, line};
  try {
    for (size_t i = 0; i < text.size();) {
      auto point = utf8::decode(text, i);
      if (point.size == 0)
        throw source_error{line + static_cast<int>(std::ranges::count(text.substr(0, i), '\n')), 0,
                           "invalid encoding starting at byte ", std::to_string(i), ""};
      i += point.size;
    }
    auto tokens = tokenize(text, line);
    return token_parser{tokens}.program();
  } catch (const source_error& error) {
    return describe(error, source);
  }
}

} // namespace troupe::actors::eval
