#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/words.hpp"

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;
using values = std::vector<term>;

task<term> map(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  values result;
  while (auto x = elements.next()) {
    auto y = co_await i.apply(args[1], list_of(std::move(*x)), env);
    result.push_back(std::move(y));
  }
  co_return term::list(result);
}

task<term> each(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  while (auto x = elements.next())
    co_await i.apply(args[1], list_of(std::move(*x)), env);
  co_return term{words::ok};
}

task<term> flat_map(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  values result;
  while (auto x = elements.next()) {
    auto list = co_await i.apply(args[1], list_of(std::move(*x)), env);
    for (auto& y : to_elements(list))
      result.push_back(std::move(y));
  }
  co_return term::list(result);
}

/// Elements for which the function answers as `Keep` says.
template <bool Keep>
task<term> filter(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  values result;
  while (auto x = elements.next()) {
    auto yes = co_await i.apply(args[1], list_of(*x), env);
    if (yes.truthy() == Keep)
      result.push_back(std::move(*x));
  }
  co_return term::list(result);
}

task<term> split_with(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  values chosen, others;
  while (auto x = elements.next()) {
    auto yes = co_await i.apply(args[1], list_of(*x), env);
    (yes.truthy() ? chosen : others).push_back(std::move(*x));
  }
  co_return term::tuple({term::list(chosen), term::list(others)});
}

/// `take_while` and `drop_while`; `split_while` is both.
enum class part : uint8_t { front, back, both };

template <part Part>
task<term> while_true(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  values front, back;
  while (auto x = elements.next()) {
    auto yes = co_await i.apply(args[1], list_of(*x), env);
    if (!yes.truthy()) {
      back.push_back(std::move(*x));
      break;
    }
    front.push_back(std::move(*x));
  }
  if (Part == part::front)
    co_return term::list(front);
  for (auto& x : elements.rest())
    back.push_back(std::move(x));
  if (Part == part::back)
    co_return term::list(back);
  co_return term::tuple({term::list(front), term::list(back)});
}

/// `any?` and `all?`: stops at the first answer that decides.
template <bool Decisive>
task<term> decided(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  while (auto x = elements.next()) {
    auto yes = *x;
    if (args.size() > 1)
      yes = co_await i.apply(args[1], list_of(std::move(*x)), env);
    if (yes.truthy() == Decisive)
      co_return term{Decisive};
  }
  co_return term{!Decisive};
}

task<term> count(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  int64_t n = 0;
  while (auto x = elements.next()) {
    auto yes = co_await i.apply(args[1], list_of(std::move(*x)), env);
    n += yes.truthy();
  }
  co_return term{n};
}

/// What `find` and its kin give back.
enum class found : uint8_t { element, value, index };

template <found What>
task<term> find(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  int64_t index = 0;
  while (auto x = elements.next()) {
    auto yes = co_await i.apply(args.back(), list_of(*x), env);
    if (yes.truthy())
      co_return What == found::element ? *x : What == found::value ? yes : term{index};
    ++index;
  }
  co_return args.size() > 2 ? args[1] : term{};
}

task<term> reduce(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  auto accumulator = args[1];
  if (args.size() == 2) {
    auto first = elements.next();
    if (!first)
      throw exception("Enum.EmptyError", "empty error");
    accumulator = std::move(*first);
  }
  while (auto x = elements.next())
    accumulator = co_await i.apply(args.back(), list_of(std::move(*x), accumulator), env);
  co_return accumulator;
}

task<term> reduce_while(interpreter& i, environment& env, values args) {
  static const atom halt{"halt"}, cont{"cont"};
  enumeration elements{args[0]};
  auto accumulator = args[1];
  while (auto x = elements.next()) {
    auto answer = co_await i.apply(args[2], list_of(std::move(*x), accumulator), env);
    if (!answer.is_tagged(halt, 2) && !answer.is_tagged(cont, 2))
      throw error(words::case_clause, answer);
    accumulator = answer.as_tuple()[1];
    if (answer.is_tagged(halt, 2))
      break;
  }
  co_return accumulator;
}

/// `map_reduce` and `flat_map_reduce` without halting.
task<term> map_reduce(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  auto accumulator = args[1];
  values result;
  while (auto x = elements.next()) {
    auto answer = co_await i.apply(args[2], list_of(std::move(*x), accumulator), env);
    if (!answer.is_tuple(2))
      throw error(words::badmatch, answer);
    result.push_back(answer.as_tuple()[0]);
    accumulator = answer.as_tuple()[1];
  }
  co_return term::tuple({term::list(result), accumulator});
}

task<term> scan(interpreter& i, environment& env, values args) {
  enumeration elements{args[0]};
  values result;
  std::optional<term> accumulator;
  if (args.size() > 2)
    accumulator = args[1];
  while (auto x = elements.next()) {
    if (accumulator)
      accumulator = co_await i.apply(args.back(), list_of(std::move(*x), *accumulator), env);
    else
      accumulator = std::move(*x);
    result.push_back(*accumulator);
  }
  co_return term::list(result);
}

task<term> map_join(interpreter& i, environment& env, values args) {
  auto separator = args.size() > 2 ? std::string{text_at(args, 1)} : std::string{};
  enumeration elements{args[0]};
  std::string result;
  bool first = true;
  while (auto x = elements.next()) {
    auto y = co_await i.apply(args.back(), list_of(std::move(*x)), env);
    if (!std::exchange(first, false))
      result += separator;
    result += to_string(y);
  }
  co_return term{std::move(result)};
}

task<term> map_into(interpreter& i, environment& env, values args) {
  auto mapped = co_await map(i, env, list_of(args[0], args[2]));
  co_return collect(to_elements(mapped), args[1]);
}

task<term> with_index(interpreter& i, environment& env, values args) {
  auto offset = or_else(args, 1, 0);
  enumeration elements{args[0]};
  values result;
  auto index = offset.is(kind::integer) ? offset : term{0};
  while (auto x = elements.next()) {
    auto entry = term::tuple({*x, index});
    if (offset.is(kind::fun))
      entry = co_await i.apply(offset, list_of(std::move(*x), index), env);
    result.push_back(std::move(entry));
    index = add(index, 1);
  }
  co_return term::list(result);
}

task<term> zip_with(interpreter& i, environment& env, values args) {
  enumeration left{args[0]}, right{args[1]};
  values result;
  for (auto x = left.next(), y = right.next(); x && y; x = left.next(), y = right.next()) {
    auto z = co_await i.apply(args[2], list_of(std::move(*x), std::move(*y)), env);
    result.push_back(std::move(z));
  }
  co_return term::list(result);
}

} // namespace

void add_enum_each(module_table& modules) {
  module_adder m{modules, "Elixir.Enum"};
  m.waiting("map", 2, map);
  m.waiting("each", 2, each);
  m.waiting("flat_map", 2, flat_map);
  m.waiting("filter", 2, filter<true>);
  m.waiting("reject", 2, filter<false>);
  m.waiting("split_with", 2, split_with);
  m.waiting("take_while", 2, while_true<part::front>);
  m.waiting("drop_while", 2, while_true<part::back>);
  m.waiting("split_while", 2, while_true<part::both>);
  for (size_t arity : {1, 2}) {
    m.waiting("any?", arity, decided<true>);
    m.waiting("all?", arity, decided<false>);
    m.waiting("with_index", arity, with_index);
  }
  m.waiting("count", 2, count);
  m.waiting("find_index", 2, find<found::index>);
  for (size_t arity : {2, 3}) {
    m.waiting("find", arity, find<found::element>);
    m.waiting("find_value", arity, find<found::value>);
    m.waiting("reduce", arity, reduce);
    m.waiting("scan", arity, scan);
    m.waiting("map_join", arity, map_join);
  }
  m.waiting("reduce_while", 3, reduce_while);
  m.waiting("map_reduce", 3, map_reduce);
  m.waiting("into", 3, map_into);
  m.waiting("zip_with", 3, zip_with);
}

} // namespace troupe::actors::eval::builtins
