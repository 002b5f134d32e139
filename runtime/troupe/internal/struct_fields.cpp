#include "troupe/internal/struct_fields.hpp"

#include <algorithm>
#include <string_view>

namespace troupe::internal {

namespace {

struct definition {
  std::string_view name;
  std::vector<std::string_view> fields;
};

/// Exceptions whose fields are not defined in alphabetical order.
const std::vector<definition>& definitions() {
  static const std::vector<definition> table{
    {"Elixir.BadArityError", {"function", "args"}},
    {"Elixir.BadBooleanError", {"term", "operator"}},
    {"Elixir.CompileError", {"file", "line", "description"}},
    {"Elixir.FunctionClauseError", {"module", "function", "arity", "kind", "args", "clauses"}},
    {"Elixir.KeyError", {"key", "term", "message"}},
    {"Elixir.Protocol.UndefinedError", {"protocol", "value", "description"}},
    {"Elixir.SyntaxError", {"file", "line", "column", "snippet", "description"}},
    {"Elixir.TokenMissingError", {"file", "line", "snippet", "column", "description"}},
    {"Elixir.UndefinedFunctionError", {"module", "function", "arity", "reason", "message"}},
  };
  return table;
}

} // namespace

std::optional<atom> struct_name(const term& map) {
  static const atom key{"__struct__"};
  auto* name = map.find(key);
  if (!name || !name->is(term::kind::atom))
    return std::nullopt;
  auto is_atom = [](const auto& entry) { return entry.first.is(term::kind::atom); };
  return std::ranges::all_of(map.as_map(), is_atom) ? std::optional{name->as_atom()} : std::nullopt;
}

std::vector<term_pair> struct_fields(const term& map) {
  static const atom hidden[] = {atom{"__struct__"}, atom{"__exception__"}};
  std::vector<term_pair> result;
  std::ranges::copy_if(map.as_map(), std::back_inserter(result), [](const auto& entry) {
    return std::ranges::find(hidden, entry.first.as_atom()) == std::end(hidden);
  });
  auto name = struct_name(map);
  auto known = std::ranges::find_if(definitions(),
                                    [&](const auto& x) { return name && x.name == name->text(); });
  if (known != definitions().end()) {
    auto place = [&](const term_pair& entry) {
      return std::ranges::find(known->fields, entry.first.as_atom().text()) - known->fields.begin();
    };
    std::ranges::stable_sort(result, {}, place);
  }
  return result;
}

} // namespace troupe::internal
