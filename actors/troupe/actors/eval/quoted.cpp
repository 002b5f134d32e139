#include "troupe/actors/eval/quoted.hpp"

#include "troupe/actors/eval/words.hpp"

#include <string>

namespace troupe::actors::eval::quoted {

namespace {

using kind = term::kind;

/// Finds the `&N` of a capture and makes them variables.
class capture_rewriter {
public:
  explicit capture_rewriter(const term& meta) : meta_(meta) {}

  term rewrite(const term& form) {
    if (form.is(kind::cons))
      return rewrite_list(form);
    if (!form.is(kind::tuple))
      return form;
    if (is_call(form, words::capture, 1)) {
      const auto& operand = as_node(form).args->head();
      if (!operand.is(kind::integer))
        return form; // A nested capture has its own arguments.
      return argument(operand.as_integer());
    }
    std::vector<term> parts;
    for (const auto& part : form.as_tuple())
      parts.push_back(rewrite(part));
    return term::tuple(std::move(parts));
  }

  term argument(int64_t number) {
    if (number < 1 || number > 255)
      return words::nil;
    used_.resize(std::max(used_.size(), static_cast<size_t>(number)));
    used_[static_cast<size_t>(number - 1)] = true;
    return make_variable(atom{"&" + std::to_string(number)}, meta_);
  }

  [[nodiscard]] const std::vector<bool>& used() const { return used_; }

private:
  term rewrite_list(const term& list) {
    std::vector<term> parts;
    const auto* rest = &list;
    for (; rest->is(kind::cons); rest = &rest->tail())
      parts.push_back(rewrite(rest->head()));
    return term::list(parts, rewrite(*rest));
  }

  const term& meta_;
  std::vector<bool> used_; // By number, from 1.
};

/// Reads `name/arity` and `Mod.name/arity`.
std::optional<capture> named_capture(const term& operand) {
  if (!is_call(operand, words::slash, 2))
    return std::nullopt;
  auto args = elements(*as_node(operand).args);
  if (!args[1]->is(kind::integer) || args[1]->as_integer() < 0 || args[1]->as_integer() > 255)
    return std::nullopt;
  capture result;
  result.arity = static_cast<size_t>(args[1]->as_integer());
  if (is_variable(*args[0])) {
    result.name = as_node(*args[0]).head->as_atom();
    return result;
  }
  auto call = as_node(*args[0]);
  if (!call || !call.args->is(kind::nil) || !is_call(*call.head, words::dot, 2))
    return std::nullopt;
  auto parts = elements(*as_node(*call.head).args);
  if (!parts[1]->is(kind::atom))
    return std::nullopt;
  result.target = *parts[0];
  result.name = parts[1]->as_atom();
  return result;
}

} // namespace

node as_node(const term& form) {
  if (!form.is_tuple(3))
    return {};
  auto parts = form.as_tuple();
  return {&parts[0], &parts[1], &parts[2]};
}

bool is_variable(const term& form) {
  auto n = as_node(form);
  return n && n.head->is(kind::atom) && n.args->is(kind::atom);
}

bool is_call(const term& form, atom name) {
  auto n = as_node(form);
  return n && n.head->is_atom(name) && n.args->is_list();
}

bool is_call(const term& form, atom name, size_t arity) {
  return is_call(form, name) && length(*as_node(form).args) == arity;
}

size_t length(const term& list) {
  size_t result = 0;
  for (const auto* p = &list; p->is(kind::cons); p = &p->tail())
    ++result;
  return result;
}

std::vector<const term*> elements(const term& list) {
  std::vector<const term*> result;
  for (const auto* p = &list; p->is(kind::cons); p = &p->tail())
    result.push_back(&p->head());
  return result;
}

const term* element(const term& list, size_t index) {
  const auto* p = &list;
  for (; p->is(kind::cons); p = &p->tail(), --index)
    if (index == 0)
      return &p->head();
  return nullptr;
}

const term* option(const term& keywords, atom key) {
  for (const auto* p = &keywords; p->is(kind::cons); p = &p->tail())
    if (p->head().is_tagged(key, 2))
      return &p->head().as_tuple()[1];
  return nullptr;
}

const term* last_option(const term& args, atom key) {
  auto n = length(args);
  const auto* last = n == 0 ? nullptr : element(args, n - 1);
  return last ? option(*last, key) : nullptr;
}

int line_of(const term& meta) {
  const auto* line = option(meta, words::line);
  const auto* number = line ? line->get_if<int64_t>() : nullptr;
  return number ? static_cast<int>(*number) : 0;
}

std::pair<const term*, const term*> split_guard(const term& form) {
  if (!is_call(form, words::when, 2))
    return {&form, nullptr};
  const auto& args = *as_node(form).args;
  return {&args.head(), &args.tail().head()};
}

std::optional<clause> as_clause(const term& form) {
  if (!is_call(form, words::arrow, 2))
    return std::nullopt;
  const auto& args = *as_node(form).args;
  clause result;
  result.patterns = elements(args.head());
  result.body = &args.tail().head();
  if (result.patterns.size() == 1 && is_call(*result.patterns[0], words::when)) {
    result.patterns = elements(*as_node(*result.patterns[0]).args);
    if (result.patterns.empty())
      return std::nullopt;
    result.guard = result.patterns.back();
    result.patterns.pop_back();
  }
  return result;
}

std::optional<atom> module_of(const term& form) {
  if (!is_call(form, words::aliases))
    return std::nullopt;
  std::string name = "Elixir";
  auto parts = elements(*as_node(form).args);
  for (const auto* part : parts) {
    if (!part->is(kind::atom))
      return std::nullopt;
    if (part->as_atom().text() != "Elixir" || part != parts.front())
      name.append(".").append(part->as_atom().text());
  }
  return atom::try_make(name);
}

std::optional<term> piped(const term& left, const term& right) {
  auto call = as_node(right);
  if (!call)
    return std::nullopt;
  if (call.args->is_list())
    return term::tuple({*call.head, *call.meta, term::cons(left, *call.args)});
  if (is_variable(right))
    return term::tuple({*call.head, *call.meta, term::list({left})});
  return std::nullopt;
}

term make_call(atom name, const term& meta, term args) {
  return term::tuple({name, meta, std::move(args)});
}

term make_variable(atom name, const term& meta) {
  return term::tuple({name, meta, words::nil});
}

std::optional<capture> as_capture(const term& operand, const term& meta) {
  if (auto named = named_capture(operand))
    return named;
  capture_rewriter rewriter{meta};
  auto body = rewriter.rewrite(operand);
  if (rewriter.used().empty())
    return std::nullopt;
  capture result;
  result.arity = rewriter.used().size();
  std::vector<term> parameters;
  for (size_t i = 0; i < result.arity; ++i) {
    if (!rewriter.used()[i]) {
      result.skips = true;
      return result;
    }
    parameters.push_back(make_variable(atom{"&" + std::to_string(i + 1)}, meta));
  }
  auto clause = make_call(words::arrow, meta, term::list({term::list(parameters), body}));
  result.form = make_call(words::fn, meta, term::list({clause}));
  return result;
}

} // namespace troupe::actors::eval::quoted
