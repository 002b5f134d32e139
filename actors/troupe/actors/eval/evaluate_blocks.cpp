#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/evaluator.hpp"
#include "troupe/actors/eval/exceptions.hpp"
#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/guard.hpp"
#include "troupe/actors/eval/pattern.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

/// Whether `names`, an alias or a list of them in quoted form, names the exception.
bool names_exception(const term& names, const term& exception) {
  if (quoted::is_variable(names))
    return true; // `e in _`
  if (names.is(kind::cons)) {
    for (const auto* name : quoted::elements(names))
      if (names_exception(*name, exception))
        return true;
    return false;
  }
  auto module = names.is(kind::atom) ? std::optional{names.as_atom()} : quoted::module_of(names);
  return module && *exception.find(words::struct_) == term{*module};
}

/// Matches one clause of `rescue`: `e`, `Name`, `[Names]`, `e in Names`.
bool rescues(const term& pattern, const term& exception, environment& env) {
  if (quoted::is_variable(pattern)) {
    auto name = quoted::as_node(pattern).head->as_atom();
    if (name != words::underscore)
      env.variables.insert_or_assign(name, exception);
    return true;
  }
  if (quoted::is_call(pattern, words::in, 2)) {
    const auto& args = *quoted::as_node(pattern).args;
    return names_exception(args.tail().head(), exception) && rescues(args.head(), exception, env);
  }
  return names_exception(pattern, exception);
}

term kind_name(failure::kind type) {
  return type == failure::kind::error  ? words::error
         : type == failure::kind::exit ? words::exit
                                       : words::throw_;
}

} // namespace

task<term> evaluator::try_of(const term& form, environment& env, tail_call*) {
  const auto& sections = quoted::as_node(form).args->head();
  const auto* after = quoted::option(sections, words::after);
  std::optional<failure> failed;
  term result;
  try {
    result = co_await attempt(sections, env);
  } catch (failure& f) {
    failed = std::move(f);
  }
  if (after) {
    auto inner = env;
    co_await eval(*after, inner);
  }
  if (failed)
    throw failure{std::move(*failed)};
  co_return result;
}

/// All of `try` but `after`.
task<term> evaluator::attempt(const term& sections, environment& env) {
  const auto& body = section(sections, words::do_, env);
  std::optional<failure> failed;
  term result;
  try {
    auto inner = env;
    result = co_await eval(body, inner);
  } catch (failure& f) {
    failed = std::move(f);
  }
  auto inner = env;
  if (failed) {
    inner.variables.insert_or_assign(words::stacktrace, failed->stack);
    const auto* rescued = rescuer(sections, *failed, inner);
    if (!rescued)
      throw failure{std::move(*failed)};
    result = co_await eval(*rescued, inner);
  } else if (const auto* otherwise = quoted::option(sections, words::else_)) {
    const auto* chosen = select(*otherwise, std::span{&result, 1}, inner);
    if (!chosen)
      throw error(words::try_clause, result);
    result = co_await eval(*chosen, inner);
  }
  co_return result;
}

const term* evaluator::rescuer(const term& sections, const failure& f, environment& env) const {
  const auto* rescue = quoted::option(sections, words::rescue);
  if (rescue && f.type == failure::kind::error) {
    auto exception = normalize(f.reason, f.stack);
    for (const auto* form : quoted::elements(*rescue)) {
      auto clause = quoted::as_clause(*form);
      if (clause && clause->patterns.size() == 1 && rescues(*clause->patterns[0], exception, env))
        return clause->body;
    }
  }
  const auto* catches = quoted::option(sections, words::catch_);
  for (const auto* p = catches; p && p->is(kind::cons); p = &p->tail()) {
    auto one = term::list({p->head()});
    auto values = std::vector<term>{kind_name(f.type), f.reason};
    if (select(one, values, env))
      return quoted::as_clause(p->head())->body;
    if (f.type == failure::kind::thrown && select(one, std::span{&f.reason, 1}, env))
      return quoted::as_clause(p->head())->body;
  }
  return nullptr;
}

task<term> evaluator::with(const term& form, environment& env, tail_call* tail) {
  const auto& args = *quoted::as_node(form).args;
  auto inner = env;
  const auto* p = &args;
  for (; p->is(kind::cons) && !p->tail().is(kind::nil); p = &p->tail()) {
    const auto& step = p->head();
    if (!quoted::is_call(step, words::generator, 2)) {
      co_await eval(step, inner);
      continue;
    }
    const auto& sides = *quoted::as_node(step).args;
    auto value = co_await eval(sides.tail().head(), inner);
    auto [left, condition] = quoted::split_guard(sides.head());
    pattern_match m{inner};
    bool fits = m.match(*left, value);
    if (fits && condition)
      fits = guard{owner_->modules(), inner, m.bound()}.holds(*condition);
    if (!fits) {
      const auto* last = quoted::element(args, quoted::length(args) - 1);
      auto result = co_await with_else(*last, std::move(value), env, tail);
      co_return result;
    }
    m.commit(inner);
  }
  auto result = co_await eval(section(p->head(), words::do_, env), inner, tail);
  co_return result;
}

task<term> evaluator::with_else(const term& sections, term value, environment& env,
                                tail_call* tail) {
  const auto* clauses = quoted::option(sections, words::else_);
  if (!clauses)
    co_return value;
  auto inner = env;
  const auto* body = select(*clauses, std::span{&value, 1}, inner);
  if (!body)
    throw error(atom{"with_clause"}, value);
  auto result = co_await eval(*body, inner, tail);
  co_return result;
}

struct evaluator::comprehension {
  std::vector<const term*> steps; // Generators and filters.
  const term* body = nullptr;     // With `reduce:`, its clauses.
  bool unique = false;
  bool reduces = false;
  term accumulator;
  std::vector<term> results;
};

task<term> evaluator::for_of(const term& form, environment& env, tail_call*) {
  const auto& args = *quoted::as_node(form).args;
  comprehension loop;
  for (const auto* step : quoted::elements(args))
    if (!step->is(kind::cons))
      loop.steps.push_back(step);
  loop.body = nullptr;
  const term* into = nullptr;
  const term* uniq = nullptr;
  const term* reduce = nullptr;
  for (const auto* part : quoted::elements(args)) { // Options may stand before the block.
    auto take = [&](const term*& slot, atom name) {
      if (const auto* found = part->is(kind::cons) ? quoted::option(*part, name) : nullptr)
        slot = found;
    };
    take(loop.body, words::do_);
    take(into, words::into);
    take(uniq, words::uniq);
    take(reduce, words::reduce);
  }
  if (!loop.body || loop.steps.empty())
    reject(form, env, "for must have a generator and a :do section");
  auto target = term::empty_list();
  if (into)
    target = co_await eval(*into, env);
  if (uniq) {
    auto wanted = co_await eval(*uniq, env);
    loop.unique = wanted.truthy();
  }
  if (reduce) {
    loop.reduces = true;
    loop.accumulator = co_await eval(*reduce, env);
  }
  auto inner = env;
  co_await for_step(loop, 0, inner);
  if (loop.reduces)
    co_return loop.accumulator;
  co_return collect(loop.results, target);
}

task<> evaluator::for_step(comprehension& loop, size_t step, environment& env) {
  if (step == loop.steps.size()) {
    co_await for_body(loop, env);
  } else if (quoted::is_call(*loop.steps[step], words::generator, 2)) {
    co_await for_generator(loop, step, env);
  } else {
    auto inner = env;
    auto keeps = co_await eval(*loop.steps[step], inner);
    if (keeps.truthy())
      co_await for_step(loop, step + 1, inner);
  }
}

task<> evaluator::for_generator(comprehension& loop, size_t step, environment& env) {
  const auto& sides = *quoted::as_node(*loop.steps[step]).args;
  auto source = co_await eval(sides.tail().head(), env);
  auto [left, condition] = quoted::split_guard(sides.head());
  enumeration elements{std::move(source)};
  for (auto element = elements.next(); element; element = elements.next()) {
    auto inner = env;
    pattern_match m{inner};
    if (!m.match(*left, *element))
      continue;
    if (condition && !guard{owner_->modules(), inner, m.bound()}.holds(*condition))
      continue;
    m.commit(inner);
    co_await for_step(loop, step + 1, inner);
  }
}

task<> evaluator::for_body(comprehension& loop, environment& env) {
  if (!loop.reduces) {
    auto value = co_await eval(*loop.body, env);
    bool seen = loop.unique && std::ranges::find(loop.results, value) != loop.results.end();
    if (!seen)
      loop.results.push_back(std::move(value));
    co_return;
  }
  const auto* body = select(*loop.body, std::span{&loop.accumulator, 1}, env);
  if (!body)
    throw error(words::case_clause, loop.accumulator);
  loop.accumulator = co_await eval(*body, env);
}

} // namespace troupe::actors::eval
