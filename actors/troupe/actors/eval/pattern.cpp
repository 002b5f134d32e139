#include "troupe/actors/eval/pattern.hpp"

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"

#include <string>

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

/// `-1` and `+1` are calls in quoted form.
std::optional<term> signed_number(const term& form) {
  bool minus = quoted::is_call(form, words::minus, 1);
  if (!minus && !quoted::is_call(form, words::plus, 1))
    return std::nullopt;
  const auto& operand = quoted::as_node(form).args->head();
  if (const auto* n = operand.get_if<int64_t>())
    return minus ? static_cast<int64_t>(0 - static_cast<uint64_t>(*n)) : *n;
  if (const auto* x = operand.get_if<double>())
    return minus ? -*x : *x;
  return std::nullopt;
}

/// A text without interpolation in `{:<<>>, _, [...]}`.
std::optional<std::string> constant_text(const term& form) {
  if (form.is(kind::binary))
    return std::string{form.as_binary()};
  if (!quoted::is_call(form, words::binary))
    return std::nullopt;
  std::string result;
  for (const auto* part : quoted::elements(*quoted::as_node(form).args)) {
    if (!part->is(kind::binary))
      return std::nullopt;
    result += part->as_binary();
  }
  return result;
}

} // namespace

std::optional<term> literal_value(const term& form) {
  if (form.is(kind::cons) || form.is_tuple(2)) {
    std::vector<term> parts;
    bool list = form.is(kind::cons);
    auto elements = list ? quoted::elements(form) : std::vector<const term*>{};
    if (!list)
      elements = {&form.as_tuple()[0], &form.as_tuple()[1]};
    for (const auto* element : elements) {
      auto value = literal_value(*element);
      if (!value)
        return std::nullopt;
      parts.push_back(std::move(*value));
    }
    return list ? term::list(parts) : term::tuple(std::move(parts));
  }
  if (!form.is(kind::tuple))
    return form;
  if (auto module = quoted::module_of(form))
    return term{*module};
  if (auto number = signed_number(form))
    return number;
  if (auto text = constant_text(form))
    return term{std::move(*text)};
  return std::nullopt;
}

bool pattern_match::match(const term& pattern, const term& value) {
  if (pattern.is(kind::tuple))
    return match_node(pattern, value);
  if (pattern.is(kind::cons))
    return match_list(pattern, value);
  return pattern == value;
}

void pattern_match::commit(environment& env) const {
  for (const auto& [name, value] : bound_)
    env.variables.insert_or_assign(name, value);
}

bool pattern_match::match_node(const term& pattern, const term& value) {
  if (pattern.is_tuple(2)) {
    auto parts = pattern.as_tuple();
    return value.is_tuple(2) && match(parts[0], value.as_tuple()[0])
           && match(parts[1], value.as_tuple()[1]);
  }
  auto n = quoted::as_node(pattern);
  if (!n || !n.head->is(kind::atom))
    reject(n ? *n.meta : term{}, "invalid pattern in match");
  auto name = n.head->as_atom();
  if (n.args->is(kind::atom))
    return name == words::underscore || bind(name, value);
  if (name == words::tuple)
    return match_elements(quoted::elements(*n.args), value);
  if (name == words::map && n.args->is_list())
    return match_map(*n.args, value);
  if (name == words::structure && quoted::length(*n.args) == 2)
    return match_struct(pattern, value);
  if (name == words::pin && quoted::length(*n.args) == 1)
    return pinned(n.args->head(), *n.meta) == value;
  if (name == words::match && quoted::length(*n.args) == 2)
    return match(n.args->head(), value) && match(n.args->tail().head(), value);
  if (name == words::concat && quoted::length(*n.args) == 2)
    return match_prefix(pattern, value);
  if (name == words::append && quoted::length(*n.args) == 2)
    return match_appended(*n.args, value);
  if (name == words::range || name == words::stepped_range)
    return match_range(pattern, value);
  if (name == words::block && quoted::length(*n.args) == 1)
    return match(n.args->head(), value);
  if (auto literal = literal_value(pattern))
    return *literal == value;
  reject(*n.meta, "cannot find or invoke local " + std::string{name.text()} + "/"
                    + std::to_string(quoted::length(*n.args)) + " inside match");
}

bool pattern_match::match_elements(const std::vector<const term*>& patterns, const term& value) {
  if (!value.is_tuple(patterns.size()))
    return false;
  auto parts = value.as_tuple();
  for (size_t i = 0; i < patterns.size(); ++i)
    if (!match(*patterns[i], parts[i]))
      return false;
  return true;
}

bool pattern_match::match_list(const term& pattern, const term& value) {
  const auto* p = &pattern;
  const auto* v = &value;
  for (; p->is(kind::cons); p = &p->tail()) {
    if (!v->is(kind::cons))
      return false;
    if (p->tail().is(kind::nil) && quoted::is_call(p->head(), words::bar, 2)) {
      const auto& args = *quoted::as_node(p->head()).args;
      return match(args.head(), v->head()) && match(args.tail().head(), v->tail());
    }
    if (!match(p->head(), v->head()))
      return false;
    v = &v->tail();
  }
  return v->is(kind::nil);
}

bool pattern_match::match_map(const term& pattern, const term& value) {
  if (!value.is(kind::map))
    return false;
  for (const auto* entry : quoted::elements(pattern)) {
    if (!entry->is_tuple(2))
      reject({}, "invalid map in match");
    const auto* found = value.find(key_of(entry->as_tuple()[0]));
    if (!found || !match(entry->as_tuple()[1], *found))
      return false;
  }
  return true;
}

bool pattern_match::match_struct(const term& pattern, const term& value) {
  const auto& args = *quoted::as_node(pattern).args;
  const auto* name = value.is(kind::map) ? value.find(words::struct_) : nullptr;
  return name && name->is(kind::atom) && match(args.head(), *name)
         && match(args.tail().head(), value);
}

bool pattern_match::match_prefix(const term& pattern, const term& value) {
  return value.is(kind::binary) && match_text(pattern, value.as_binary(), true);
}

/// Matches `"a" <> b` at the beginning of `rest`.
bool pattern_match::match_text(const term& pattern, std::string_view rest, bool whole) {
  if (!quoted::is_call(pattern, words::concat, 2)) {
    auto text = constant_text(pattern);
    if (!text)
      return whole && match(pattern, term{rest});
    return whole ? rest == *text : rest.starts_with(*text);
  }
  auto n = quoted::as_node(pattern);
  auto prefix = constant_text(n.args->head());
  if (!prefix)
    reject(*n.meta, "the left argument of <> operator inside a match should always be a literal "
                    "binary because its size can't be verified");
  if (!rest.starts_with(*prefix))
    return false;
  return match_text(n.args->tail().head(), rest.substr(prefix->size()), whole);
}

/// Matches `[1, 2] ++ rest`.
bool pattern_match::match_appended(const term& pattern, const term& value) {
  const auto* v = &value;
  for (const auto* p = &pattern.head(); p->is(kind::cons); p = &p->tail()) {
    if (!v->is(kind::cons) || !match(p->head(), v->head()))
      return false;
    v = &v->tail();
  }
  return match(pattern.tail().head(), *v);
}

bool pattern_match::match_range(const term& pattern, const term& value) {
  auto patterns = quoted::elements(*quoted::as_node(pattern).args);
  const auto* name = value.is(kind::map) ? value.find(words::struct_) : nullptr;
  if (!name || !name->is_atom(words::range_module) || patterns.size() < 2)
    return false;
  const auto* first = value.find(words::first);
  const auto* last = value.find(words::last);
  const auto* step = value.find(words::step);
  if (!first || !last || !step)
    return false;
  return match(*patterns[0], *first) && match(*patterns[1], *last)
         && (patterns.size() < 3 || match(*patterns[2], *step));
}

bool pattern_match::bind(atom name, const term& value) {
  for (const auto& [known, old] : bound_)
    if (known == name)
      return old == value;
  bound_.emplace_back(name, value);
  return true;
}

const term& pattern_match::pinned(const term& variable, const term& meta) const {
  auto n = quoted::as_node(variable);
  if (!quoted::is_variable(variable))
    reject(meta, "invalid argument for unary operator ^, expected an existing variable");
  auto i = outer_->variables.find(n.head->as_atom());
  if (i == outer_->variables.end())
    reject(*n.meta, "undefined variable ^" + std::string{n.head->as_atom().text()}
                      + ". No variable \"" + std::string{n.head->as_atom().text()}
                      + "\" has been defined before the current pattern");
  return i->second;
}

term pattern_match::key_of(const term& form) const {
  if (quoted::is_call(form, words::pin, 1))
    return pinned(quoted::as_node(form).args->head(), *quoted::as_node(form).meta);
  if (auto value = literal_value(form))
    return *value;
  auto n = quoted::as_node(form);
  reject(n ? *n.meta : term{},
         "only literals and pinned variables are allowed as map keys in patterns");
}

void pattern_match::reject(const term& meta, std::string_view text) const {
  auto line = quoted::line_of(meta);
  throw compile_error(outer_->file, line ? line : outer_->line, text);
}

} // namespace troupe::actors::eval
