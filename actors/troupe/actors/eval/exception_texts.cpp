#include "troupe/actors/eval/exception_texts.hpp"

#include "troupe/actors/eval/exceptions.hpp"
#include "troupe/actors/eval/quoted.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

namespace troupe::actors::eval::texts {

namespace {

using kind = term::kind;

/// Exceptions may come from other nodes: a field may be missing.
term field(const term& exception, std::string_view name) {
  const auto* value = exception.find(atom{name});
  return value ? *value : term{};
}

std::string with_field(const char* text, const term& x, std::string_view name, const pid& viewer) {
  return text + shown(field(x, name), viewer);
}

std::string ordinal(size_t n) {
  auto ones = n % 10;
  bool teen = n / 10 % 10 == 1;
  return std::to_string(n)
         + (teen || ones == 0 || ones > 3 ? "th"
            : ones == 1                   ? "st"
            : ones == 2                   ? "nd"
                                          : "rd");
}

std::string_view type_name(const term& x) {
  switch (x.type()) {
    case kind::integer: return "Integer";
    case kind::real: return "Float";
    case kind::atom: return "Atom";
    case kind::reference: return "Reference";
    case kind::fun: return "Function";
    case kind::pid: return "PID";
    case kind::tuple: return "Tuple";
    case kind::map: return "Map";
    case kind::nil:
    case kind::cons: return "List";
    case kind::binary: return "BitString";
  }
  return "Any";
}

} // namespace

std::string shown(const term& x, const pid& viewer) {
  inspect_options options;
  options.viewer = viewer;
  options.width = 0;
  return inspect_term(x, options);
}

std::string argument_lines(const term& lines) {
  std::string result = "errors were found at the given arguments:\n\n";
  size_t n = 0;
  for (const auto* line : quoted::elements(lines)) {
    ++n;
    if (line->is(kind::binary))
      result += "  * " + ordinal(n) + " argument: " + std::string{line->as_binary()} + "\n";
  }
  return result;
}

std::string compile(const term& x, const pid& viewer) {
  auto file = field(x, "file");
  auto text = field(x, "description");
  auto place = file.is(kind::binary) ? std::string{file.as_binary()} : "nofile";
  return place + ":" + shown(field(x, "line"), viewer) + ": "
         + (text.is(kind::binary) ? std::string{text.as_binary()} : shown(text, viewer));
}

std::string bad_boolean(const term& x, const pid& viewer) {
  auto op = field(x, "operator");
  auto name = op.is(kind::atom) ? std::string{op.as_atom().text()} : shown(op, viewer);
  return "expected a boolean on left-side of \"" + name
         + "\", got: " + shown(field(x, "term"), viewer);
}

std::string bad_arity(const term& x, const pid& viewer) {
  auto f = field(x, "function");
  std::string list;
  size_t n = 0;
  for (const auto* arg : quoted::elements(field(x, "args"))) {
    list += (n++ ? ", " : "") + shown(*arg, viewer);
  }
  auto count = n == 0   ? std::string{"no arguments"}
               : n == 1 ? "1 argument (" + list + ")"
                        : std::to_string(n) + " arguments (" + list + ")";
  auto arity = f.is(kind::fun) ? f.as_fun().arity : 0;
  return shown(f, viewer) + " with arity " + std::to_string(arity) + " called with " + count;
}

std::string bad_function(const term& x, const pid& viewer) {
  return with_field("expected a function, got: ", x, "term", viewer);
}

std::string bad_map(const term& x, const pid& viewer) {
  return with_field("expected a map, got: ", x, "term", viewer);
}

std::string bad_struct(const term& x, const pid& viewer) {
  return "expected a struct named " + shown(field(x, "struct"), viewer)
         + ", got: " + shown(field(x, "term"), viewer);
}

std::string match(const term& x, const pid& viewer) {
  return with_field("no match of right hand side value: ", x, "term", viewer);
}

std::string case_clause(const term& x, const pid& viewer) {
  return with_field("no case clause matching: ", x, "term", viewer);
}

std::string with_clause(const term& x, const pid& viewer) {
  return with_field("no with clause matching: ", x, "term", viewer);
}

std::string try_clause(const term& x, const pid& viewer) {
  return with_field("no try clause matching: ", x, "term", viewer);
}

std::string cond_clause(const term&, const pid&) {
  return "no cond clause evaluated to a truthy value";
}

std::string function_clause(const term& x, const pid& viewer) {
  auto module = field(x, "module"), function = field(x, "function");
  if (!function.is(kind::atom) || function.is_atom(words::nil) || !module.is(kind::atom))
    return "no function clause matches";
  return "no function clause matching in "
         + format_mfa(module.as_atom(), function.as_atom(), field(x, "arity"), viewer);
}

std::string undefined_function(const term& x, const pid& viewer) {
  auto module = field(x, "module"), function = field(x, "function"), arity = field(x, "arity");
  if (!function.is(kind::atom) || function.is_atom(words::nil) || !module.is(kind::atom)
      || !arity.is(kind::integer))
    return "undefined function";
  auto result = "function " + format_mfa(module.as_atom(), function.as_atom(), arity, viewer)
                + " is undefined";
  if (module.is_atom(words::nil))
    return result;
  if (field(x, "reason").is_atom(words::not_exported))
    return result + " or private";
  return result + " (module " + shown(module, viewer) + " is not available)";
}

std::string missing_key(const term& x, const pid& viewer) {
  auto where = field(x, "term");
  auto result = with_field("key ", x, "key", viewer) + " not found";
  if (where.is_atom(words::nil))
    return result;
  result += " in: " + shown(where, viewer);
  return where.is(kind::map) || where.is_list() ? result : result.append(dot_hint);
}

std::string erlang(const term& x, const pid& viewer) {
  auto extra = field(x, "reason");
  auto result = with_field("Erlang error: ", x, "original", viewer);
  return extra.is(kind::binary) ? result + std::string{extra.as_binary()} : result;
}

std::string no_protocol(const term& x, const pid& viewer) {
  auto value = field(x, "value");
  const auto* name = value.is(kind::map) ? value.find(words::struct_) : nullptr;
  auto type = name && name->is(kind::atom) ? shown(*name, viewer) + " (a struct)"
                                           : std::string{type_name(value)};
  auto result = with_field("protocol ", x, "protocol", viewer) + " not implemented for "
                + shown(value, viewer) + " of type " + type;
  auto more = field(x, "description");
  if (more.is(kind::binary) && !more.as_binary().empty())
    result += ", " + std::string{more.as_binary()};
  return result;
}

} // namespace troupe::actors::eval::texts
