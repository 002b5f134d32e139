#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/evaluator.hpp"
#include "troupe/actors/eval/exceptions.hpp"
#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/pattern.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/utf8.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

namespace troupe::actors::eval {

namespace {

using kind = term::kind;

/// What follows `::` in a binary: one of the types that exist here.
enum class segment_type : uint8_t { byte, text, code_point, unknown };

segment_type type_of(const term& form) {
  auto n = quoted::as_node(form);
  auto name = n && n.head->is(kind::atom) ? n.head->as_atom().text() : std::string_view{};
  if (name == "binary" || name == "bytes" || name == "bitstring")
    return segment_type::text;
  if (name == "utf8")
    return segment_type::code_point;
  return name == "integer" ? segment_type::byte : segment_type::unknown;
}

void append_segment(std::string& out, const term& value, segment_type type) {
  if (type == segment_type::text && value.is(kind::binary)) {
    out += value.as_binary();
  } else if (type == segment_type::byte && value.is(kind::integer)) {
    out.push_back(static_cast<char>(value.as_integer() & 0xFF));
  } else if (type == segment_type::code_point && value.is(kind::integer) && value.as_integer() >= 0
             && value.as_integer() <= 0x10FFFF
             && utf8::is_valid(static_cast<char32_t>(value.as_integer()))) {
    utf8::append(out, static_cast<char32_t>(value.as_integer()));
  } else {
    throw bad_argument();
  }
}

term words_of(std::string_view text, char modifier) {
  std::vector<term> parts;
  constexpr std::string_view spaces = " \t\n\r\v\f";
  for (auto begin = text.find_first_not_of(spaces); begin != text.npos;) {
    auto end = std::min(text.find_first_of(spaces, begin), text.size());
    auto word = text.substr(begin, end - begin);
    if (modifier == 'c') {
      parts.push_back(term::charlist(word));
    } else if (modifier == 'a') {
      auto name = atom::try_make(word);
      if (!name)
        throw error(words::system_limit);
      parts.emplace_back(*name);
    } else {
      parts.emplace_back(word);
    }
    begin = text.find_first_not_of(spaces, end);
  }
  return term::list(parts);
}

term updated(term map, const std::vector<term>& pairs) {
  if (!map.is(kind::map))
    throw error(words::badmap, map);
  for (const auto& pair : pairs) {
    const auto& key = pair.as_tuple()[0];
    if (!map.find(key))
      throw error(term::tuple({words::badkey, key, map}));
    map = map.put(key, pair.as_tuple()[1]);
  }
  return map;
}

bool all_pairs(const term& list) {
  for (const auto* p = &list; p->is(kind::cons); p = &p->tail())
    if (!p->head().is_tuple(2))
      return false;
  return true;
}

} // namespace

std::optional<term> evaluator::immediate(const term& form, const environment& env) const {
  if (!form.is(kind::tuple) && !form.is(kind::cons))
    return form;
  if (!quoted::is_variable(form))
    return std::nullopt;
  static const atom module{"__MODULE__"};
  auto name = quoted::as_node(form).head->as_atom();
  auto i = env.variables.find(name);
  if (i != env.variables.end())
    return i->second;
  return name == module ? std::optional{term{}} : std::nullopt;
}

task<std::vector<term>> evaluator::values(const term& list, environment& env) {
  std::vector<term> result;
  for (const auto* p = &list; p->is(kind::cons); p = &p->tail()) {
    auto value = immediate(p->head(), env);
    if (!value)
      value = co_await eval(p->head(), env);
    result.push_back(std::move(*value));
  }
  co_return result;
}

task<term> evaluator::ready(term value) {
  co_return value;
}

task<term> evaluator::list(const term& form, environment& env) {
  std::vector<term> parts;
  for (const auto* p = &form; p->is(kind::cons); p = &p->tail()) {
    if (p->tail().is(kind::nil) && quoted::is_call(p->head(), words::bar, 2)) {
      const auto& args = *quoted::as_node(p->head()).args;
      auto last = co_await values(args, env);
      parts.push_back(last[0]);
      co_return term::list(parts, last[1]);
    }
    auto value = immediate(p->head(), env);
    if (!value)
      value = co_await eval(p->head(), env);
    parts.push_back(std::move(*value));
  }
  co_return term::list(parts);
}

task<term> evaluator::pair(const term& form, environment& env) {
  std::vector<term> parts;
  for (size_t i = 0; i < 2; ++i) {
    auto value = co_await eval(form.as_tuple()[i], env);
    parts.push_back(std::move(value));
  }
  co_return term::tuple(std::move(parts));
}

task<term> evaluator::tuple(const term& form, environment& env, tail_call*) {
  auto parts = co_await values(*quoted::as_node(form).args, env);
  co_return term::tuple(std::move(parts));
}

task<term> evaluator::map(const term& form, environment& env, tail_call*) {
  const auto& args = *quoted::as_node(form).args;
  if (args.is(kind::cons) && quoted::is_call(args.head(), words::bar, 2)) {
    auto result = co_await updated_map(args.head(), env);
    co_return result;
  }
  if (!all_pairs(args))
    reject(form, env, "expected key-value pairs in a map");
  auto pairs = co_await values(args, env);
  std::vector<term_pair> entries;
  for (const auto& pair : pairs)
    entries.emplace_back(pair.as_tuple()[0], pair.as_tuple()[1]);
  co_return term::map(std::move(entries));
}

task<term> evaluator::updated_map(const term& form, environment& env) {
  const auto& args = *quoted::as_node(form).args;
  auto map = co_await eval(args.head(), env);
  const auto& changes = args.tail().head();
  if (!all_pairs(changes))
    reject(form, env, "expected key-value pairs in a map");
  auto pairs = co_await values(changes, env);
  co_return updated(std::move(map), pairs);
}

task<term> evaluator::structure(const term& form, environment& env, tail_call*) {
  const auto& args = *quoted::as_node(form).args;
  auto name = co_await eval(args.head(), env);
  const auto& fields = args.tail().head();
  auto value = co_await eval(fields, env);
  if (!name.is(kind::atom) || !value.is(kind::map))
    reject(form, env, "expected struct name to be a compile time atom or alias");
  const auto* existing = value.find(words::struct_);
  if (existing && *existing == name)
    co_return value; // `%Name{x | field: y}`
  if (name.is_atom(words::range_module)) {
    auto range = value.put(words::struct_, name);
    if (!as_range(range))
      reject(form, env,
             "the following keys must also be given when building struct Range: "
             "[:first, :last, :step]");
    co_return range;
  }
  std::vector<term> list;
  for (const auto& [key, field] : value.as_map())
    list.push_back(term::tuple({key, field}));
  auto made = new_exception(name.as_atom(), term::list(list));
  if (!made) {
    auto shown = inspect_term(name);
    reject(form, env,
           shown + ".__struct__/1 is undefined, cannot expand struct " + shown
             + ". Make sure the struct name is correct. If the struct name exists and is "
               "correct but it still cannot be found, you likely have cyclic module "
               "usage in your code");
  }
  co_return *made;
}

task<term> evaluator::binary(const term& form, environment& env, tail_call*) {
  std::string result;
  for (const auto* p = quoted::as_node(form).args; p->is(kind::cons); p = &p->tail()) {
    const auto* part = &p->head();
    auto type = part->is(kind::binary) ? segment_type::text : segment_type::byte;
    if (quoted::is_call(*part, words::type, 2)) {
      const auto& args = *quoted::as_node(*part).args;
      type = type_of(args.tail().head());
      part = &args.head();
    } else if (quoted::is_call(*part, words::binary)) {
      type = segment_type::text;
    }
    if (type == segment_type::unknown)
      reject(form, env, "only the types binary, integer and utf8 are supported in <<>>");
    auto value = co_await eval(*part, env);
    append_segment(result, value, type);
  }
  co_return term{std::move(result)};
}

task<term> evaluator::range(const term& form, environment& env, tail_call*) {
  auto bounds = co_await values(*quoted::as_node(form).args, env);
  if (bounds.empty())
    bounds = {term{0}, term{-1}, term{1}};
  co_return make_range(bounds);
}

task<term> evaluator::alias(const term& form, environment& env, tail_call*) {
  auto module = quoted::module_of(form);
  if (!module)
    reject(form, env, "invalid alias");
  co_return term{*module};
}

/// `~s`, `~c` and `~w` in both cases; the parser has dealt with escapes.
task<term> evaluator::sigil(const term& form, environment& env, tail_call*) {
  auto n = quoted::as_node(form);
  auto name = n.head->as_atom();
  auto text = co_await eval(n.args->head(), env);
  if (!text.is(kind::binary))
    reject(form, env, "invalid sigil");
  if (name == words::sigil_s || name == words::sigil_S)
    co_return text;
  if (name == words::sigil_c || name == words::sigil_C)
    co_return term::charlist(text.as_binary());
  auto modifiers = n.args->tail().head().to_text().value_or("");
  if (modifiers.size() > 1 || modifiers.find_first_not_of("sac") != std::string::npos)
    throw exception("ArgumentError", "modifier must be one of: s, a, c");
  co_return words_of(text.as_binary(), modifiers.empty() ? 's' : modifiers[0]);
}

} // namespace troupe::actors::eval
