#include "troupe/actors/eval/interpreter.hpp"

#include "troupe/actors/eval/evaluator.hpp"
#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/scope.hpp"
#include "troupe/actors/eval/words.hpp"

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

constexpr size_t any = 255;

} // namespace

const std::unordered_map<atom, evaluator::special>& evaluator::specials() {
  using e = evaluator;
  static const std::unordered_map<atom, special> result{
    {words::block, {&e::block, 0, any}},
    {words::match, {&e::match, 2, 2}},
    {words::matches, {&e::matches, 2, 2}},
    {words::fn, {&e::function, 1, any}},
    {words::capture, {&e::capture, 1, 1}},
    {words::pipe, {&e::pipe, 2, 2}},
    {words::if_, {&e::conditional, 2, 2}},
    {words::unless, {&e::conditional, 2, 2}},
    {words::and_, {&e::logical, 2, 2}},
    {words::or_, {&e::logical, 2, 2}},
    {words::both, {&e::logical, 2, 2}},
    {words::either, {&e::logical, 2, 2}},
    {words::in, {&e::membership, 2, 2}},
    {words::case_, {&e::case_of, 2, 2}},
    {words::cond, {&e::cond, 1, 1}},
    {words::receive, {&e::receive, 1, 1}},
    {words::try_, {&e::try_of, 1, 1}},
    {words::with, {&e::with, 1, any}},
    {words::for_, {&e::for_of, 1, any}},
    {words::quote, {&e::quote, 1, 1}},
    {words::binding, {&e::binding, 0, 0}},
    {words::tuple, {&e::tuple, 0, any}},
    {words::map, {&e::map, 0, SIZE_MAX}},
    {words::structure, {&e::structure, 2, 2}},
    {words::binary, {&e::binary, 0, SIZE_MAX}},
    {words::range, {&e::range, 0, 2}},
    {words::stepped_range, {&e::range, 3, 3}},
    {words::aliases, {&e::alias, 1, any}},
    {words::sigil_s, {&e::sigil, 2, 2}},
    {words::sigil_S, {&e::sigil, 2, 2}},
    {words::sigil_c, {&e::sigil, 2, 2}},
    {words::sigil_C, {&e::sigil, 2, 2}},
    {words::sigil_w, {&e::sigil, 2, 2}},
    {words::sigil_W, {&e::sigil, 2, 2}},
  };
  return result;
}

const evaluator::special* evaluator::find_special(atom name, size_t arity) {
  auto i = specials().find(name);
  if (i == specials().end() || arity < i->second.arity_min || arity > i->second.arity_max)
    return nullptr;
  return &i->second;
}

task<term> evaluator::eval(const term& form, environment& env, tail_call* tail) {
  if (form.is(kind::cons))
    return list(form, env);
  if (form.is_tuple(2))
    return pair(form, env);
  if (!form.is(kind::tuple))
    return ready(form);
  if (auto value = immediate(form, env))
    return ready(std::move(*value));
  auto n = quoted::as_node(form);
  if (!n)
    reject(form, env, "invalid quoted expression");
  if (!n.head->is(kind::atom))
    return dot_call(form, env, tail);
  const auto* known
    = n.args->is_list() ? find_special(n.head->as_atom(), quoted::length(*n.args)) : nullptr;
  return known ? (this->*known->run)(form, env, tail) : local_call(form, env);
}

task<term> interpreter::evaluate(term quoted, environment& env) {
  check_names(quoted, env, *modules_);
  evaluator e{*this};
  auto inner = env; // What a failed expression has bound is forgotten.
  auto result = co_await e.eval(quoted, inner);
  env.variables = std::move(inner.variables);
  co_return result;
}

task<term> interpreter::apply(term function, std::vector<term> arguments, environment& env) {
  evaluator e{*this};
  try {
    auto result = co_await e.apply(std::move(function), std::move(arguments), env);
    co_return result;
  } catch (const std::bad_variant_access&) { // A fun from elsewhere whose form is none.
    throw bad_argument();
  }
}

task<term> interpreter::apply(atom module, atom function, std::vector<term> arguments,
                              environment& env) {
  evaluator e{*this};
  auto result = co_await e.call(module, function, std::move(arguments), env);
  co_return result;
}

} // namespace troupe::actors::eval
