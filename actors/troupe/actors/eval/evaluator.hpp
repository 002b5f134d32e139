// The forms of the language, one function each, behind `interpreter`.
//
// Every function that evaluates takes its forms by reference: whoever calls keeps them alive, as
// the innermost holder is the frame of `interpreter::evaluate` or of the function call. Threads:
// confined to the process that evaluates.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/actors/eval/quoted.hpp"

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace troupe::actors::eval {

/// The call with which a function ends: its caller makes it, so that loops need no memory.
struct tail_call {
  bool pending = false;
  term function;
  std::vector<term> arguments;
};

class evaluator {
public:
  explicit evaluator(interpreter& owner) : owner_(&owner) {}

  /// Evaluates `form`. With `tail`, a call of a fun may be left there instead of being made.
  task<term> eval(const term& form, environment& env, tail_call* tail = nullptr);
  /// Calls a fun, and the calls with which it ends.
  task<term> apply(term function, std::vector<term> arguments, environment& env);
  task<term> call(atom module, atom name, std::vector<term> arguments, environment& env);

private:
  using handler = task<term> (evaluator::*)(const term& form, environment& env, tail_call* tail);
  struct special {
    handler run;
    size_t arity_min;
    size_t arity_max;
  };
  static const std::unordered_map<atom, special>& specials();
  static const special* find_special(atom name, size_t arity);

  // -- literals, variables, containers: evaluate_data.cpp ---------------------------------------
  [[nodiscard]] std::optional<term> immediate(const term& form, const environment& env) const;
  task<std::vector<term>> values(const term& list, environment& env);
  task<term> ready(term value);
  task<term> list(const term& form, environment& env);
  task<term> pair(const term& form, environment& env);
  task<term> tuple(const term& form, environment& env, tail_call* tail);
  task<term> map(const term& form, environment& env, tail_call* tail);
  task<term> updated_map(const term& form, environment& env);
  task<term> structure(const term& form, environment& env, tail_call* tail);
  task<term> binary(const term& form, environment& env, tail_call* tail);
  task<term> range(const term& form, environment& env, tail_call* tail);
  task<term> alias(const term& form, environment& env, tail_call* tail);
  task<term> sigil(const term& form, environment& env, tail_call* tail);

  // -- calls and functions: evaluate_calls.cpp --------------------------------------------------
  task<term> local_call(const term& form, environment& env);
  task<term> dot_call(const term& form, environment& env, tail_call* tail);
  task<term> remote_special(const term& form, environment& env);
  task<term> remote_call(const term& form, const term& target, atom name, environment& env);
  task<term> anonymous_call(const term& form, environment& env, tail_call* tail);
  task<term> function(const term& form, environment& env, tail_call* tail);
  task<term> capture(const term& form, environment& env, tail_call* tail);
  task<term> pipe(const term& form, environment& env, tail_call* tail);
  term make_closure(const term& fn, environment& env) const;
  term named_function(const quoted::capture& what, const term& meta, environment& env) const;
  term call_pure(const module_table::entry& entry, atom module, atom name,
                 const std::vector<term>& arguments) const;
  void add_place(failure& f, atom module, atom name, const std::vector<term>& arguments) const;

  // -- control: evaluate_control.cpp ------------------------------------------------------------
  task<term> block(const term& form, environment& env, tail_call* tail);
  task<term> match(const term& form, environment& env, tail_call* tail);
  task<term> matches(const term& form, environment& env, tail_call* tail);
  task<term> conditional(const term& form, environment& env, tail_call* tail);
  task<term> logical(const term& form, environment& env, tail_call* tail);
  task<term> membership(const term& form, environment& env, tail_call* tail);
  task<term> case_of(const term& form, environment& env, tail_call* tail);
  task<term> cond(const term& form, environment& env, tail_call* tail);
  task<term> receive(const term& form, environment& env, tail_call* tail);
  task<term> quote(const term& form, environment& env, tail_call* tail);
  task<term> binding(const term& form, environment& env, tail_call* tail);

  // -- try, with, for: evaluate_blocks.cpp ------------------------------------------------------
  task<term> try_of(const term& form, environment& env, tail_call* tail);
  task<term> attempt(const term& sections, environment& env);
  const term* rescuer(const term& sections, const failure& f, environment& env) const;
  task<term> with(const term& form, environment& env, tail_call* tail);
  task<term> with_else(const term& sections, term value, environment& env, tail_call* tail);
  struct comprehension;
  task<term> for_of(const term& form, environment& env, tail_call* tail);
  task<> for_step(comprehension& loop, size_t step, environment& env);
  task<> for_generator(comprehension& loop, size_t step, environment& env);
  task<> for_body(comprehension& loop, environment& env);

  /// Finds the first clause that takes `values`, binds its variables in `env`, and returns its
  /// body.
  const term* select(const term& clauses, std::span<const term> values, environment& env) const;
  [[noreturn]] void reject(const term& form, const environment& env, std::string_view text) const;
  /// Returns the keyword value or rejects the form.
  const term& section(const term& form, atom name, const environment& env) const;

  interpreter* owner_;
};

} // namespace troupe::actors::eval
