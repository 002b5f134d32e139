#include "troupe/actors/eval/guard.hpp"

#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"

#include <string>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

/// What no guard may contain; not a failure of the guard.
struct invalid_guard {
  failure why;
};

} // namespace

bool guard::holds(const term& form) const {
  if (quoted::is_call(form, words::when, 2)) {
    const auto& args = *quoted::as_node(form).args;
    return holds(args.head()) || holds(args.tail().head());
  }
  try {
    return value(form).is_atom(words::true_);
  } catch (const invalid_guard& invalid) {
    throw invalid.why;
  } catch (const failure&) {
    return false;
  }
}

term guard::value(const term& form) const {
  if (form.is(kind::cons))
    return list_value(form);
  if (form.is_tuple(2)) {
    auto first = value(form.as_tuple()[0]);
    auto second = value(form.as_tuple()[1]);
    return term::tuple({first, second});
  }
  return form.is(kind::tuple) ? node_value(form) : form;
}

term guard::list_value(const term& form) const {
  std::vector<term> parts;
  for (const auto* p = &form; p->is(kind::cons); p = &p->tail()) {
    if (p->tail().is(kind::nil) && quoted::is_call(p->head(), words::bar, 2)) {
      const auto& args = *quoted::as_node(p->head()).args;
      parts.push_back(value(args.head()));
      return term::list(parts, value(args.tail().head()));
    }
    parts.push_back(value(p->head()));
  }
  return term::list(parts);
}

term guard::node_value(const term& form) const {
  auto n = quoted::as_node(form);
  if (!n)
    reject({}, "invalid expression in guard");
  if (quoted::is_variable(form))
    return variable(form);
  if (!n.head->is(kind::atom))
    return remote(form);
  auto name = n.head->as_atom();
  if (auto literal = literal_value(form))
    return *literal;
  if (name == words::tuple)
    return term::tuple(values(*n.args));
  if (name == words::map) {
    std::vector<term_pair> entries;
    for (const auto* entry : quoted::elements(*n.args)) {
      if (!entry->is_tuple(2))
        reject(*n.meta, "invalid map in guard");
      auto key = value(entry->as_tuple()[0]);
      entries.emplace_back(std::move(key), value(entry->as_tuple()[1]));
    }
    return term::map(std::move(entries));
  }
  if (name == words::block && quoted::length(*n.args) == 1)
    return value(n.args->head());
  if (name == words::and_ || name == words::or_)
    return logical(form);
  if (name == words::in && quoted::length(*n.args) == 2) {
    auto sought = value(n.args->head());
    auto where = value(n.args->tail().head());
    return is_member(where, sought);
  }
  if (name == words::range || name == words::stepped_range)
    return make_range(values(*n.args));
  return call(words::kernel, name, *n.args, *n.meta);
}

term guard::variable(const term& form) const {
  auto n = quoted::as_node(form);
  auto name = n.head->as_atom();
  for (const auto& [known, bound] : *inner_)
    if (known == name)
      return bound;
  auto i = outer_->variables.find(name);
  if (i == outer_->variables.end())
    reject(*n.meta,
           "undefined function " + std::string{name.text()} + "/0 (there is no such import)");
  return i->second;
}

term guard::logical(const term& form) const {
  auto n = quoted::as_node(form);
  if (quoted::length(*n.args) != 2)
    reject(*n.meta, "invalid expression in guard");
  auto left = value(n.args->head());
  bool yes = left.is_atom(words::true_);
  if (!yes && !left.is_atom(words::false_))
    throw bad_argument();
  bool decided = n.head->is_atom(words::and_) ? !yes : yes;
  return decided ? left : value(n.args->tail().head());
}

term guard::remote(const term& form) const {
  auto n = quoted::as_node(form);
  if (!quoted::is_call(*n.head, words::dot, 2))
    reject(*n.meta, "anonymous call is not allowed in guards");
  auto parts = quoted::elements(*quoted::as_node(*n.head).args);
  if (!parts[1]->is(kind::atom))
    reject(*n.meta, "invalid expression in guard");
  auto target = value(*parts[0]);
  if (target.is(kind::atom))
    return call(target.as_atom(), parts[1]->as_atom(), *n.args, *n.meta);
  const auto* field = target.is(kind::map) ? target.find(*parts[1]) : nullptr;
  if (!field)
    throw bad_argument();
  return *field;
}

term guard::call(atom module, atom name, const term& args, const term& meta) const {
  const auto* entry = modules_->find(module, name, quoted::length(args));
  if (!entry || !entry->guard) {
    auto text = std::string{name.text()} + "/" + std::to_string(quoted::length(args));
    if (module == words::kernel)
      reject(meta, "cannot find or invoke local " + text + " inside guard");
    reject(meta, "cannot invoke remote function " + std::string{module.text()} + "." + text
                   + " inside guards");
  }
  return entry->pure(values(args));
}

std::vector<term> guard::values(const term& list) const {
  std::vector<term> result;
  for (const auto* element : quoted::elements(list))
    result.push_back(value(*element));
  return result;
}

void guard::reject(const term& meta, std::string_view text) const {
  auto line = quoted::line_of(meta);
  throw invalid_guard{compile_error(outer_->file, line ? line : outer_->line, text)};
}

} // namespace troupe::actors::eval
