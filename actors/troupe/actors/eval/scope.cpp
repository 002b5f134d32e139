#include "troupe/actors/eval/scope.hpp"

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"

#include <functional>
#include <string>
#include <unordered_map>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;
using names = std::set<atom>;

class walker {
public:
  std::function<void(atom name, const term& meta, bool pinned)> on_free;
  std::function<void(atom name, size_t arity, const term& meta)> on_call;

  void walk(const term& form, names& known);

private:
  using handler = void (walker::*)(quoted::node n, names& known);
  static const std::unordered_map<atom, handler>& handlers();

  void walk_all(const term& list, names& known);
  void pattern(const term& form, names& known);
  void clauses(const term* list, const names& known);
  void branch(const term* form, names known);

  void match(quoted::node n, names& known);
  void function(quoted::node n, names& known);
  void capture(quoted::node n, names& known);
  void sections(quoted::node n, names& known);
  void either_branch(quoted::node n, names& known);
  void conditions(quoted::node n, names& known);
  void attempt(quoted::node n, names& known);
  void steps(quoted::node n, names& known);
  void pipe(quoted::node n, names& known);
  void matches(quoted::node n, names& known);
  void arguments(quoted::node n, names& known) { walk_all(*n.args, known); }
  void typed(quoted::node n, names& known) {
    if (n.args->is(kind::cons))
      walk(n.args->head(), known);
  }
  void nothing(quoted::node, names&) {}
};

const std::unordered_map<atom, walker::handler>& walker::handlers() {
  static const std::unordered_map<atom, handler> result{
    {words::match, &walker::match},
    {words::fn, &walker::function},
    {words::capture, &walker::capture},
    {words::case_, &walker::sections},
    {words::receive, &walker::sections},
    {words::if_, &walker::either_branch},
    {words::unless, &walker::either_branch},
    {words::and_, &walker::either_branch},
    {words::or_, &walker::either_branch},
    {words::both, &walker::either_branch},
    {words::either, &walker::either_branch},
    {words::cond, &walker::conditions},
    {words::try_, &walker::attempt},
    {words::with, &walker::steps},
    {words::for_, &walker::steps},
    {words::pipe, &walker::pipe},
    {words::matches, &walker::matches},
    {words::quote, &walker::nothing},
    {words::aliases, &walker::nothing},
    {words::binding, &walker::nothing},
    {words::block, &walker::arguments},
    {words::tuple, &walker::arguments},
    {words::map, &walker::arguments},
    {words::structure, &walker::arguments},
    {words::binary, &walker::arguments},
    {words::bar, &walker::arguments},
    {words::in, &walker::arguments},
    {words::range, &walker::arguments},
    {words::stepped_range, &walker::arguments},
    {words::when, &walker::arguments},
    {words::sigil_s, &walker::arguments},
    {words::sigil_S, &walker::arguments},
    {words::sigil_c, &walker::arguments},
    {words::sigil_C, &walker::arguments},
    {words::sigil_w, &walker::arguments},
    {words::sigil_W, &walker::arguments},
    {words::type, &walker::typed},
  };
  return result;
}

void walker::walk(const term& form, names& known) {
  if (form.is(kind::cons))
    return walk_all(form, known);
  if (!form.is(kind::tuple))
    return;
  auto n = quoted::as_node(form);
  if (!n) {
    for (const auto& part : form.as_tuple())
      walk(part, known);
    return;
  }
  if (quoted::is_variable(form)) {
    auto name = n.head->as_atom();
    if (!known.contains(name) && !name.text().starts_with("__"))
      on_free(name, *n.meta, false);
    return;
  }
  if (!n.head->is(kind::atom)) { // A call with a dot: the callee, then the arguments.
    if (quoted::is_call(*n.head, words::dot))
      walk_all(*quoted::as_node(*n.head).args, known);
    else
      walk(*n.head, known);
    return walk_all(*n.args, known);
  }
  auto i = handlers().find(n.head->as_atom());
  if (i != handlers().end())
    return (this->*i->second)(n, known);
  walk_all(*n.args, known);
  on_call(n.head->as_atom(), quoted::length(*n.args), *n.meta);
}

void walker::walk_all(const term& list, names& known) {
  for (const auto* form : quoted::elements(list))
    walk(*form, known);
}

/// Adds the variables of a pattern; what is pinned must be known.
void walker::pattern(const term& form, names& known) {
  if (quoted::is_variable(form)) {
    known.insert(quoted::as_node(form).head->as_atom());
  } else if (quoted::is_call(form, words::pin, 1)) {
    const auto& pinned = quoted::as_node(form).args->head();
    auto n = quoted::as_node(pinned);
    if (quoted::is_variable(pinned) && !known.contains(n.head->as_atom()))
      on_free(n.head->as_atom(), *n.meta, true);
  } else if (form.is(kind::cons)) {
    for (const auto* part : quoted::elements(form))
      pattern(*part, known);
  } else if (auto n = quoted::as_node(form)) {
    if (n.args->is_list() && !n.head->is_atom(words::aliases))
      pattern(*n.args, known);
  } else if (form.is(kind::tuple)) {
    for (const auto& part : form.as_tuple())
      pattern(part, known);
  }
}

void walker::branch(const term* form, names known) {
  if (form)
    walk(*form, known);
}

void walker::clauses(const term* list, const names& known) {
  if (!list)
    return;
  for (const auto* form : quoted::elements(*list)) {
    auto clause = quoted::as_clause(*form);
    if (!clause)
      continue;
    auto inner = known;
    for (const auto* p : clause->patterns)
      pattern(*p, inner);
    if (clause->guard)
      walk(*clause->guard, inner);
    walk(*clause->body, inner);
  }
}

void walker::match(quoted::node n, names& known) {
  if (quoted::length(*n.args) != 2)
    return walk_all(*n.args, known);
  walk(n.args->tail().head(), known);
  pattern(n.args->head(), known);
}

void walker::function(quoted::node n, names& known) {
  clauses(n.args, known);
}

void walker::capture(quoted::node n, names& known) {
  auto what = n.args->is(kind::cons) ? quoted::as_capture(n.args->head(), *n.meta) : std::nullopt;
  if (!what)
    return;
  if (what->form.is(kind::tuple))
    walk(what->form, known);
  else if (what->target.is_atom(words::nil) && !what->skips && !is_special_form(what->name))
    on_call(what->name, what->arity, *n.meta);
  else
    walk(what->target, known);
}

/// `case` and `receive`.
void walker::sections(quoted::node n, names& known) {
  auto args = quoted::elements(*n.args);
  for (size_t i = 0; i + 1 < args.size(); ++i)
    walk(*args[i], known);
  clauses(quoted::last_option(*n.args, words::do_), known);
  const auto* after = quoted::last_option(*n.args, words::after);
  for (const auto* form : after ? quoted::elements(*after) : std::vector<const term*>{}) {
    auto clause = quoted::as_clause(*form);
    if (!clause || clause->patterns.size() != 1)
      continue;
    auto inner = known;
    walk(*clause->patterns[0], inner);
    walk(*clause->body, inner);
  }
}

/// The first operand runs here; what follows may run, and its variables stay inside.
void walker::either_branch(quoted::node n, names& known) {
  auto args = quoted::elements(*n.args);
  for (size_t i = 0; i < args.size(); ++i) {
    if (i == 0) {
      walk(*args[i], known);
    } else if (args[i]->is(kind::cons)) {
      for (const auto* section : quoted::elements(*args[i]))
        branch(section, known);
    } else {
      branch(args[i], known);
    }
  }
}

void walker::conditions(quoted::node n, names& known) {
  const auto* list = quoted::last_option(*n.args, words::do_);
  for (const auto* form : list ? quoted::elements(*list) : std::vector<const term*>{}) {
    auto clause = quoted::as_clause(*form);
    if (!clause || clause->patterns.size() != 1)
      continue;
    auto inner = known;
    walk(*clause->patterns[0], inner);
    walk(*clause->body, inner);
  }
}

void walker::attempt(quoted::node n, names& known) {
  branch(quoted::last_option(*n.args, words::do_), known);
  for (auto section : {words::rescue, words::catch_, words::else_})
    clauses(quoted::last_option(*n.args, section), known);
  branch(quoted::last_option(*n.args, words::after), known);
}

/// `with` and `for`.
void walker::steps(quoted::node n, names& known) {
  auto inner = known;
  for (const auto* form : quoted::elements(*n.args)) {
    if (quoted::is_call(*form, words::generator, 2)) {
      const auto& args = *quoted::as_node(*form).args;
      walk(args.tail().head(), inner);
      auto [left, guard] = quoted::split_guard(args.head());
      pattern(*left, inner);
      if (guard)
        walk(*guard, inner);
    } else if (!quoted::option(*form, words::do_)) {
      walk(*form, inner);
    }
  }
  for (auto name : {words::into, words::uniq, words::reduce})
    branch(quoted::last_option(*n.args, name), inner);
  const auto* body = quoted::last_option(*n.args, words::do_);
  if (body && body->is(kind::cons) && quoted::as_clause(body->head()))
    clauses(body, inner);
  else
    branch(body, inner);
  clauses(quoted::last_option(*n.args, words::else_), known);
}

void walker::pipe(quoted::node n, names& known) {
  auto call = quoted::length(*n.args) == 2 ? quoted::piped(n.args->head(), n.args->tail().head())
                                           : std::nullopt;
  if (call)
    walk(*call, known);
  else
    walk_all(*n.args, known);
}

void walker::matches(quoted::node n, names& known) {
  if (quoted::length(*n.args) != 2)
    return walk_all(*n.args, known);
  walk(n.args->tail().head(), known);
  auto inner = known;
  auto [left, guard] = quoted::split_guard(n.args->head());
  pattern(*left, inner);
  branch(guard, inner);
}

/// Nesting of forms; bounds the C stack of everything that walks a form.
constexpr size_t form_depth_max = 4000;

bool is_too_deep(const term& form) {
  std::vector<std::pair<const term*, size_t>> rest{{&form, 0}};
  while (!rest.empty()) {
    auto [x, depth] = rest.back();
    rest.pop_back();
    if (depth > form_depth_max)
      return true;
    for (; x->is(kind::cons); x = &x->tail())
      rest.emplace_back(&x->head(), depth + 1);
    if (x->is(kind::tuple))
      for (const auto& part : x->as_tuple())
        rest.emplace_back(&part, depth + 1);
  }
  return false;
}

} // namespace

void check_names(const term& form, const environment& env, const module_table& modules) {
  if (is_too_deep(form))
    throw error(words::system_limit);
  names known;
  for (const auto& [name, value] : env.variables)
    known.insert(name);
  auto reject = [&](const term& meta, const std::string& text) {
    auto line = quoted::line_of(meta);
    throw compile_error(env.file, line ? line : env.line, text);
  };
  auto undefined = [&](atom name, size_t arity, const term& meta) {
    reject(meta, "undefined function " + std::string{name.text()} + "/" + std::to_string(arity)
                   + " (there is no such import)");
  };
  walker w;
  w.on_free = [&](atom name, const term& meta, bool pinned) {
    auto text = std::string{name.text()};
    if (pinned)
      reject(meta, "undefined variable ^" + text + ". No variable \"" + text
                     + "\" has been defined before the current pattern");
    if (!modules.find(words::kernel, name, 0) && !modules.find(words::helpers, name, 0))
      undefined(name, 0, meta);
  };
  w.on_call = [&](atom name, size_t arity, const term& meta) {
    if (!modules.find(words::kernel, name, arity) && !modules.find(words::helpers, name, arity))
      undefined(name, arity, meta);
  };
  w.walk(form, known);
}

std::set<atom> free_variables(const term& fn) {
  names result;
  walker w;
  w.on_free = [&](atom name, const term&, bool) { result.insert(name); };
  w.on_call = [](atom, size_t, const term&) {};
  names known;
  w.walk(fn, known);
  return result;
}

bool is_special_form(atom name) {
  static const std::set<atom> macros{
    words::and_,       words::or_,          words::both,    words::either,     words::in,
    words::if_,        words::pipe,         words::unless,  words::range,      words::concat,
    atom{"to_string"}, atom{"to_charlist"}, atom{"is_nil"}, atom{"is_struct"}, atom{"is_exception"},
    atom{"raise"},     atom{"reraise"},     atom{"then"},   atom{"tap"},       atom{"!"},
  };
  return macros.contains(name);
}

} // namespace troupe::actors::eval
