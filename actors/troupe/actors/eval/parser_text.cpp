#include "troupe/actors/eval/builder.hpp"
#include "troupe/actors/eval/token_parser.hpp"

#include <algorithm>

namespace troupe::actors::eval {

namespace {

term to_string_of(term code, int line) {
  return build::remote("Elixir.Kernel", "to_string", line, {std::move(code)});
}

} // namespace

node token_parser::text(const token& x) {
  const auto& first = x.parts.front();
  bool plain = x.parts.size() == 1 && !first.code;
  switch (x.kind) {
    case token_kind::string:
      return {plain ? term{first.text} : interpolated(x), form::access, false};
    case token_kind::charlist: {
      if (plain)
        return {term::charlist(first.text), form::access, false};
      std::vector<term> parts;
      for (const auto& p : x.parts)
        parts.push_back(p.code ? to_string_of(code(p), p.line) : term{p.text});
      return {build::remote("Elixir.List", "to_charlist", x.line, {term::list(parts)}),
              form::access, false};
    }
    default:
      return {
        build::remote("erlang", "binary_to_atom", x.line, {interpolated(x), term{atom{"utf8"}}}),
        form::access, false};
  }
}

node token_parser::sigil(const token& x) {
  auto with = [](std::string_view key, term value, term meta) {
    return term::cons(term::tuple({term{atom{key}}, std::move(value)}), std::move(meta));
  };
  auto meta = build::meta(x.line);
  auto inner_meta = x.indentation < 0 ? meta : with("indentation", term{x.indentation}, meta);
  std::vector<term> parts;
  for (const auto& p : x.parts)
    parts.push_back(part(p));
  auto content = build::call(term{atom{"<<>>"}}, std::move(inner_meta), std::move(parts));
  auto name = term{atom{"sigil_" + x.text}};
  return {build::call(std::move(name), with("delimiter", term{x.delimiter}, std::move(meta)),
                      {std::move(content), term::charlist(x.modifiers)}),
          form::access, false};
}

/// `{:<<>>, meta, parts}`.
term token_parser::interpolated(const token& x) {
  std::vector<term> parts;
  for (const auto& p : x.parts)
    parts.push_back(part(p));
  return build::call("<<>>", x.line, std::move(parts));
}

term token_parser::part(const text_part& x) {
  if (!x.code)
    return term{x.text};
  auto binary = term::tuple({term{atom{"binary"}}, build::meta(x.line), term{atom{}}});
  return build::call("::", x.line, {to_string_of(code(x), x.line), std::move(binary)});
}

term token_parser::code(const text_part& x) {
  token_parser inner{x.tokens, depth_ + 1};
  auto value = inner.program();
  height_ = std::max(height_, inner.height() + 1);
  return value;
}

} // namespace troupe::actors::eval
