#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/evaluator.hpp"
#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/guard.hpp"
#include "troupe/actors/eval/pattern.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"

#include <chrono>
#include <functional>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

/// `infinity` is no timeout; Erlang takes no more than 32 bits.
std::optional<std::chrono::milliseconds> as_timeout(const term& value) {
  if (value.is_atom(words::infinity))
    return std::nullopt;
  constexpr int64_t timeout_max = 0xFFFF'FFFF;
  const auto* number = value.get_if<int64_t>();
  if (!number || *number < 0 || *number > timeout_max)
    throw error(words::timeout_value);
  return std::chrono::milliseconds{*number};
}

} // namespace

const term* evaluator::select(const term& clauses, std::span<const term> values,
                              environment& env) const {
  for (const auto* p = &clauses; p->is(kind::cons); p = &p->tail()) {
    auto clause = quoted::as_clause(p->head());
    if (!clause || clause->patterns.size() != values.size())
      continue;
    pattern_match m{env};
    bool fits = true;
    for (size_t i = 0; fits && i < values.size(); ++i)
      fits = m.match(*clause->patterns[i], values[i]);
    if (!fits || (clause->guard && !guard{owner_->modules(), env, m.bound()}.holds(*clause->guard)))
      continue;
    m.commit(env);
    return clause->body;
  }
  return nullptr;
}

task<term> evaluator::block(const term& form, environment& env, tail_call* tail) {
  term result;
  for (const auto* p = quoted::as_node(form).args; p->is(kind::cons); p = &p->tail())
    result = co_await eval(p->head(), env, p->tail().is(kind::nil) ? tail : nullptr);
  co_return result;
}

task<term> evaluator::match(const term& form, environment& env, tail_call*) {
  const auto& args = *quoted::as_node(form).args;
  auto value = co_await eval(args.tail().head(), env);
  pattern_match m{env};
  if (!m.match(args.head(), value))
    throw error(words::badmatch, value);
  m.commit(env);
  co_return value;
}

task<term> evaluator::matches(const term& form, environment& env, tail_call*) {
  const auto& args = *quoted::as_node(form).args;
  auto value = co_await eval(args.tail().head(), env);
  auto [left, condition] = quoted::split_guard(args.head());
  pattern_match m{env};
  bool fits = m.match(*left, value);
  if (fits && condition)
    fits = guard{owner_->modules(), env, m.bound()}.holds(*condition);
  co_return term{fits};
}

/// `if` and `unless`.
task<term> evaluator::conditional(const term& form, environment& env, tail_call* tail) {
  auto n = quoted::as_node(form);
  auto condition = co_await eval(n.args->head(), env);
  bool yes = condition.truthy() == n.head->is_atom(words::if_);
  const auto* body = quoted::last_option(*n.args, yes ? words::do_ : words::else_);
  if (!body)
    co_return term{};
  auto inner = env;
  auto result = co_await eval(*body, inner, tail);
  co_return result;
}

/// `and`, `or`, `&&`, `||`.
task<term> evaluator::logical(const term& form, environment& env, tail_call* tail) {
  auto n = quoted::as_node(form);
  auto name = n.head->as_atom();
  auto left = co_await eval(n.args->head(), env);
  bool strict = name == words::and_ || name == words::or_;
  if (strict && !left.is_atom(words::true_) && !left.is_atom(words::false_))
    throw error(term::tuple({atom{"badbool"}, name, left}));
  bool goes_on = left.truthy() == (name == words::and_ || name == words::both);
  if (!goes_on)
    co_return left;
  auto inner = env;
  auto result = co_await eval(n.args->tail().head(), inner, tail);
  co_return result;
}

task<term> evaluator::membership(const term& form, environment& env, tail_call*) {
  auto operands = co_await values(*quoted::as_node(form).args, env);
  co_return term{is_member(operands[1], operands[0])};
}

task<term> evaluator::case_of(const term& form, environment& env, tail_call* tail) {
  const auto& args = *quoted::as_node(form).args;
  const auto& clauses = section(args.tail().head(), words::do_, env);
  auto value = co_await eval(args.head(), env);
  auto inner = env;
  const auto* body = select(clauses, std::span{&value, 1}, inner);
  if (!body)
    throw error(words::case_clause, value);
  auto result = co_await eval(*body, inner, tail);
  co_return result;
}

task<term> evaluator::cond(const term& form, environment& env, tail_call* tail) {
  const auto& clauses = section(quoted::as_node(form).args->head(), words::do_, env);
  for (const auto* p = &clauses; p->is(kind::cons); p = &p->tail()) {
    auto clause = quoted::as_clause(p->head());
    if (!clause || clause->patterns.size() != 1)
      reject(form, env, "invalid cond");
    auto inner = env;
    auto condition = co_await eval(*clause->patterns[0], inner);
    if (!condition.truthy())
      continue;
    auto result = co_await eval(*clause->body, inner, tail);
    co_return result;
  }
  throw error(words::cond_clause);
}

task<term> evaluator::receive(const term& form, environment& env, tail_call* tail) {
  const auto& sections = quoted::as_node(form).args->head();
  const auto* clauses = quoted::option(sections, words::do_);
  const auto* after = quoted::option(sections, words::after);
  auto late = after && after->is(kind::cons) ? quoted::as_clause(after->head()) : std::nullopt;
  if ((after && (!late || late->patterns.size() != 1)) || (!after && !clauses))
    reject(form, env, "invalid receive");
  std::optional<std::chrono::milliseconds> timeout;
  auto inner = env;
  if (late) {
    auto limit = co_await eval(*late->patterns[0], inner);
    timeout = as_timeout(limit);
  }
  const term* body = nullptr;
  std::optional<failure> broken; // A pattern that is none: not to be thrown through the mailbox.
  std::function<bool(const term&)> match = [&](const term& message) {
    try {
      body = clauses ? select(*clauses, std::span{&message, 1}, inner) : nullptr;
      return body != nullptr;
    } catch (const failure& f) {
      broken = f;
      return true;
    }
  };
  auto message = co_await env.process->receive(std::move(match), timeout);
  if (broken)
    throw failure{*broken};
  if (!message)
    body = late ? late->body : nullptr;
  if (!body)
    co_return term{};
  auto result = co_await eval(*body, inner, tail);
  co_return result;
}

task<term> evaluator::quote(const term& form, environment& env, tail_call*) {
  co_return section(quoted::as_node(form).args->head(), words::do_, env);
}

task<term> evaluator::binding(const term&, environment& env, tail_call*) {
  std::vector<term> pairs;
  for (const auto& [name, value] : env.variables)
    pairs.push_back(term::tuple({name, value}));
  co_return term::list(pairs);
}

const term& evaluator::section(const term& form, atom name, const environment& env) const {
  const auto* found = quoted::option(form, name);
  if (!found)
    reject(form, env, "missing :" + std::string{name.text()} + " section");
  return *found;
}

void evaluator::reject(const term& form, const environment& env, std::string_view text) const {
  auto n = quoted::as_node(form);
  auto line = n ? quoted::line_of(*n.meta) : 0;
  throw compile_error(env.file, line ? line : env.line, text);
}

} // namespace troupe::actors::eval
