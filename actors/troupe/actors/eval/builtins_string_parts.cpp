#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/characters.hpp"
#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;

std::vector<std::string_view> patterns_of(const term& pattern) {
  if (pattern.is(kind::binary))
    return {pattern.as_binary()};
  std::vector<std::string_view> result;
  for (const auto* p = &pattern; !p->is(kind::nil); p = &p->tail()) {
    if (!p->is(kind::cons) || !p->head().is(kind::binary))
      throw no_clause();
    result.push_back(p->head().as_binary());
  }
  return result;
}

term split(arguments a) {
  auto text = text_at(a, 0);
  auto options = or_else(a, 2, term::empty_list());
  const auto* parts = quoted::option(options, atom{"parts"});
  const auto* trim = quoted::option(options, atom{"trim"});
  auto parts_max = parts && parts->is(kind::integer) && parts->as_integer() > 0
                     ? static_cast<size_t>(parts->as_integer())
                     : size_t{0};
  std::vector<std::string_view> found;
  if (a[1].is(kind::binary) && a[1].as_binary().empty()) {
    found = characters(text); // Splits around every character.
    found.insert(found.begin(), std::string_view{});
    found.emplace_back();
  } else {
    found = split_text(text, patterns_of(a[1]), parts_max);
  }
  std::vector<term> result;
  for (auto part : found)
    if (!part.empty() || !trim || !trim->truthy())
      result.emplace_back(part);
  return term::list(result);
}

std::string joined(const std::vector<std::string_view>& parts, std::string_view separator) {
  std::string result;
  for (size_t i = 0; i < parts.size(); ++i)
    result.append(i ? separator : std::string_view{}).append(parts[i]);
  return result;
}

term replace(arguments a) {
  auto text = text_at(a, 0), by = text_at(a, 2);
  const auto* global = quoted::option(or_else(a, 3, term::empty_list()), atom{"global"});
  auto parts_max = global && !global->truthy() ? size_t{2} : size_t{0};
  if (a[1].is(kind::binary) && a[1].as_binary().empty()) {
    auto parts = characters(text);
    parts.insert(parts.begin(), std::string_view{});
    parts.emplace_back();
    return joined(parts, by);
  }
  return joined(split_text(text, patterns_of(a[1]), parts_max), by);
}

/// `replace_leading`, `replace_trailing`, `replace_prefix`, `replace_suffix`.
pure_builtin replace_end(bool front, bool all) {
  return [front, all](arguments a) {
    auto text = text_at(a, 0), what = text_at(a, 1), by = text_at(a, 2);
    std::string replaced;
    while (!what.empty() && (front ? text.starts_with(what) : text.ends_with(what))) {
      text = front ? text.substr(what.size()) : text.substr(0, text.size() - what.size());
      replaced += by;
      if (!all)
        break;
    }
    auto rest = std::string{text};
    return term{front ? replaced + rest : rest + replaced};
  };
}

pure_builtin trim_text(bool leading, bool trailing) {
  return [leading, trailing](arguments a) {
    auto text = text_at(a, 0), what = text_at(a, 1);
    while (leading && !what.empty() && text.starts_with(what))
      text.remove_prefix(what.size());
    while (trailing && !what.empty() && text.ends_with(what))
      text.remove_suffix(what.size());
    return term{text};
  };
}

pure_builtin pad(bool front) {
  return [front](arguments a) {
    auto text = text_at(a, 0);
    auto wanted = integer_at(a, 1);
    auto filler = or_else(a, 2, " ");
    auto padding
      = filler.is(kind::binary) ? characters(filler.as_binary()) : std::vector<std::string_view>{};
    constexpr int64_t padding_max = 1 << 26;
    if (wanted < 0 || wanted > padding_max || padding.empty())
      throw no_clause();
    auto missing = wanted - static_cast<int64_t>(characters(text).size());
    std::string added;
    for (int64_t i = 0; i < missing; ++i)
      added += padding[static_cast<size_t>(i) % padding.size()];
    return term{front ? added + std::string{text} : std::string{text} + added};
  };
}

std::string_view part_of(std::string_view text, int64_t start, int64_t length) {
  auto all = characters(text);
  auto bounds = slice_bounds(start, length, all.size());
  if (!bounds || bounds->second == 0)
    return {};
  const auto* begin = all[bounds->first].data();
  const auto& last = all[bounds->first + bounds->second - 1];
  return {begin, static_cast<size_t>(last.data() + last.size() - begin)};
}

term slice(arguments a) {
  auto text = text_at(a, 0);
  if (a.size() == 3)
    return part_of(text, integer_at(a, 1), integer_at(a, 2));
  auto range = as_range(a[1]);
  if (!range)
    throw no_clause();
  auto size = static_cast<int64_t>(characters(text).size());
  auto first = range->first < 0 ? std::max<int64_t>(range->first + size, 0) : range->first;
  auto last = range->last < 0 ? range->last + size : std::min(range->last, size - 1);
  return part_of(text, first, last - first + 1);
}

term character_at(arguments a) {
  auto all = characters(text_at(a, 0));
  auto index = integer_at(a, 1);
  if (index < 0)
    index += static_cast<int64_t>(all.size());
  if (index < 0 || index >= static_cast<int64_t>(all.size()))
    return {};
  return all[static_cast<size_t>(index)];
}

term split_at(arguments a) {
  auto text = text_at(a, 0);
  auto size = static_cast<int64_t>(characters(text).size());
  auto at = integer_at(a, 1);
  at = at < 0 ? std::max<int64_t>(at + size, 0) : std::min(at, size);
  auto first = part_of(text, 0, at);
  return term::tuple({term{first}, term{text.substr(first.size())}});
}

term next_character(arguments a) {
  auto text = text_at(a, 0);
  if (text.empty())
    return {};
  auto first = part_of(text, 0, 1);
  return term::tuple({term{first}, term{text.substr(first.size())}});
}

} // namespace

void add_string_parts(module_table& modules) {
  module_adder m{modules, "Elixir.String"};
  m.pure("split", 1, [](arguments a) {
    std::vector<term> parts;
    for (auto word : split_words(text_at(a, 0)))
      parts.emplace_back(word);
    return term::list(parts);
  });
  m.pure("split", 2, split);
  m.pure("split", 3, split);
  m.pure("split_at", 2, split_at);
  m.pure("replace", 3, replace);
  m.pure("replace", 4, replace);
  m.pure("replace_leading", 3, replace_end(true, true));
  m.pure("replace_trailing", 3, replace_end(false, true));
  m.pure("replace_prefix", 3, replace_end(true, false));
  m.pure("replace_suffix", 3, replace_end(false, false));
  m.pure("trim", 2, trim_text(true, true));
  m.pure("trim_leading", 2, trim_text(true, false));
  m.pure("trim_trailing", 2, trim_text(false, true));
  for (size_t arity : {2, 3}) {
    m.pure("pad_leading", arity, pad(true));
    m.pure("pad_trailing", arity, pad(false));
    m.pure("slice", arity, slice);
  }
  m.pure("at", 2, character_at);
  m.pure("first", 1, [](arguments a) { return character_at(list_of(a[0], 0)); });
  m.pure("last", 1, [](arguments a) { return character_at(list_of(a[0], -1)); });
  m.pure("next_codepoint", 1, next_character);
  m.pure("next_grapheme", 1, next_character);
}

} // namespace troupe::actors::eval::builtins
