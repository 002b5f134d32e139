#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/characters.hpp"
#include "troupe/actors/eval/utf8.hpp"
#include "troupe/actors/eval/words.hpp"

#include <algorithm>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;

/// One text or a list of them.
std::vector<std::string_view> patterns_at(arguments args, size_t index) {
  if (args[index].is(kind::binary))
    return {args[index].as_binary()};
  std::vector<std::string_view> result;
  for (const auto* p = &args[index]; !p->is(kind::nil); p = &p->tail()) {
    if (!p->is(kind::cons) || !p->head().is(kind::binary))
      throw no_clause();
    result.push_back(p->head().as_binary());
  }
  return result;
}

term texts(const std::vector<std::string_view>& parts) {
  std::vector<term> result;
  for (auto part : parts)
    result.emplace_back(part);
  return term::list(result);
}

std::string capitalized(std::string_view text) {
  auto all = characters(text);
  if (all.empty())
    return {};
  return upcase(all[0]) + downcase(text.substr(all[0].size()));
}

std::string reversed(std::string_view text) {
  auto all = characters(text);
  std::string result;
  for (auto i = all.rbegin(); i != all.rend(); ++i)
    result += *i;
  return result;
}

std::string repeated(arguments a) {
  auto text = text_at(a, 0);
  auto n = integer_at(a, 1);
  constexpr int64_t bytes_max = 1 << 30;
  if (n < 0)
    throw argument_error("binary", "copy", a, {"", "out of range"});
  if (!text.empty() && n > bytes_max / static_cast<int64_t>(text.size()))
    throw error(words::system_limit);
  std::string result;
  for (int64_t i = 0; i < n; ++i)
    result += text;
  return result;
}

term code_points(std::string_view text) {
  std::vector<term> result;
  for (auto c : characters(text)) {
    auto point = utf8::decode(c, 0);
    if (point.size == 0)
      throw exception("ArgumentError", "invalid UTF-8 in the text");
    result.emplace_back(static_cast<int64_t>(point.value));
  }
  return term::list(result);
}

void add_whole_texts(module_adder m) {
  for (size_t arity : {1, 2}) {
    m.pure("upcase", arity, [](arguments a) { return term{upcase(text_at(a, 0))}; });
    m.pure("downcase", arity, [](arguments a) { return term{downcase(text_at(a, 0))}; });
    m.pure("capitalize", arity, [](arguments a) { return term{capitalized(text_at(a, 0))}; });
  }
  m.pure("length", 1, [](arguments a) { return term{characters(text_at(a, 0)).size()}; });
  m.pure("reverse", 1, [](arguments a) { return term{reversed(text_at(a, 0))}; });
  m.pure("duplicate", 2, [](arguments a) { return term{repeated(a)}; });
  for (auto name : {"graphemes", "codepoints"})
    m.pure(name, 1, [](arguments a) { return texts(characters(text_at(a, 0))); });
  m.pure("to_charlist", 1, [](arguments a) { return code_points(text_at(a, 0)); });
  m.pure("valid?", 1, [](arguments a) { return term{is_valid_text(text_at(a, 0))}; });
  m.pure("printable?", 1, [](arguments a) { return term{is_valid_text(text_at(a, 0))}; });
  m.pure("equivalent?", 2, [](arguments a) { return term{text_at(a, 0) == text_at(a, 1)}; });
  m.pure("trim", 1, [](arguments a) { return term{trimmed(text_at(a, 0), true, true)}; });
  m.pure("trim_leading", 1, [](arguments a) { return term{trimmed(text_at(a, 0), true, false)}; });
  m.pure("trim_trailing", 1, [](arguments a) { return term{trimmed(text_at(a, 0), false, true)}; });
}

template <class Test>
pure_builtin any_pattern(Test test) {
  return [test](arguments a) {
    auto text = text_at(a, 0);
    auto patterns = patterns_at(a, 1);
    return term{std::ranges::any_of(patterns, [&](auto x) { return test(text, x); })};
  };
}

void add_questions(module_adder m) {
  m.pure("contains?", 2, any_pattern([](auto text, auto x) { return text.find(x) != text.npos; }));
  m.pure("starts_with?", 2, any_pattern([](auto text, auto x) { return text.starts_with(x); }));
  m.pure("ends_with?", 2, any_pattern([](auto text, auto x) { return text.ends_with(x); }));
}

void add_text_conversions(module_adder m) {
  for (std::string_view name : {"to_atom", "to_existing_atom"})
    m.pure(name, 1, [name](arguments a) {
      if (!a[0].is(kind::binary))
        throw bad(name == "to_atom" ? "binary_to_atom" : "binary_to_existing_atom",
                  list_of(a[0], atom{"utf8"}), "not a binary");
      return make_atom(a[0].as_binary());
    });
  for (size_t arity : {1, 2})
    m.pure("to_integer", arity, [](arguments a) {
      if (!a[0].is(kind::binary))
        throw bad("binary_to_integer", a, "not a binary");
      auto base = or_else(a, 1, 10);
      if (!base.is(kind::integer) || base.as_integer() < 2 || base.as_integer() > 36)
        throw bad("binary_to_integer", a, "", "not an integer in the range 2 through 36");
      auto value = parse_integer(a[0].as_binary(), static_cast<int>(base.as_integer()));
      if (!value)
        throw bad("binary_to_integer", a, "not a textual representation of an integer");
      return term{*value};
    });
  m.pure("to_float", 1, [](arguments a) {
    auto value = a[0].is(kind::binary) ? parse_real(a[0].as_binary()) : std::nullopt;
    if (!value)
      throw bad("binary_to_float", a, "not a textual representation of a float");
    return term{*value};
  });
}

} // namespace

void add_string(module_table& modules) {
  module_adder string{modules, "Elixir.String"};
  add_whole_texts(string);
  add_questions(string);
  add_text_conversions(string);
}

} // namespace troupe::actors::eval::builtins
