#include "troupe/actors/eval/parser.hpp"

#include "troupe/inspect.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace troupe;
using namespace troupe::actors::eval;

namespace {

/// Empties the meta of every node, as Elixir's `Macro.update_meta` could.
term without_meta(const term& x) {
  if (x.is(term::kind::cons))
    return term::cons(without_meta(x.head()), without_meta(x.tail()));
  if (!x.is(term::kind::tuple))
    return x;
  std::vector<term> parts;
  for (const auto& part : x.as_tuple())
    parts.push_back(without_meta(part));
  if (parts.size() == 3 && parts[1].is_list())
    parts[1] = term::empty_list();
  return term::tuple(std::move(parts));
}

std::string quoted(std::string_view text) {
  auto result = parse(text);
  if (auto* error = std::get_if<syntax_error>(&result))
    return error->type + " " + error->message;
  if (auto* open = std::get_if<incomplete>(&result))
    return "incomplete " + open->otherwise.message;
  return inspect_term(without_meta(std::get<term>(result)), {.width = 0, .limit = 0});
}

/// Texts with what Elixir 1.14 makes of them.
using expectations = std::initializer_list<std::pair<const char*, const char*>>;

void check_all(expectations list) {
  for (const auto& [text, expected] : list) {
    CAPTURE(std::string{text});
    CHECK(quoted(text) == expected);
  }
}

} // namespace

TEST_CASE("parser: literals stand for themselves") {
  check_all({
    {"1_000", "1000"},
    {"0x1F", "31"},
    {"0b101", "5"},
    {"0o17", "15"},
    {"1.5e-3", "0.0015"},
    {"?a", "97"},
    {R"(?\n)", "10"},
    {":a", ":a"},
    {R"(:"a b")", R"(:"a b")"},
    {":+", ":+"},
    {":<<>>", ":<<>>"},
    {":foo@bar", ":foo@bar"},
    {"true", "true"},
    {"nil", "nil"},
    {R"("a\tb\u00e9")", R"("a\tbé")"},
    {"'ab'", "'ab'"},
    {"[1, 2]", "[1, 2]"},
    {"{1, 2}", "{1, 2}"},
    {R"([a: 1, "b c": 2])", R"([a: 1, "b c": 2])"},
  });
}

TEST_CASE("parser: names and calls") {
  check_all({
    {"x", "{:x, [], nil}"},
    {"_", "{:_, [], nil}"},
    {"__MODULE__", "{:__MODULE__, [], nil}"},
    {"f()", "{:f, [], []}"},
    {"f(1, 2)", "{:f, [], [1, 2]}"},
    {"f 1, 2", "{:f, [], [1, 2]}"},
    {"f(1)(2)", "{{:f, [], [1]}, [], [2]}"},
    {"f.(1)", "{{:., [], [{:f, [], nil}]}, [], [1]}"},
    {"a.b", "{{:., [], [{:a, [], nil}, :b]}, [], []}"},
    {"a.b()", "{{:., [], [{:a, [], nil}, :b]}, [], []}"},
    {"a.b 1", "{{:., [], [{:a, [], nil}, :b]}, [], [1]}"},
    {"A", "{:__aliases__, [], [:A]}"},
    {"A.B", "{:__aliases__, [], [:A, :B]}"},
    {"A.b", "{{:., [], [{:__aliases__, [], [:A]}, :b]}, [], []}"},
    {":erlang.nodes", "{{:., [], [:erlang, :nodes]}, [], []}"},
    {R"(A."b c"(1))", R"({{:., [], [{:__aliases__, [], [:A]}, :"b c"]}, [], [1]})"},
    {"A.+(1, 2)", "{{:., [], [{:__aliases__, [], [:A]}, :+]}, [], [1, 2]}"},
    {"A.{B, C}", "{{:., [], [{:__aliases__, [], [:A]}, :{}]}, [], [{:__aliases__, [], [:B]}, "
                 "{:__aliases__, [], [:C]}]}"},
  });
}

TEST_CASE("parser: calls without parentheses take all that follows") {
  check_all({
    {"IO.puts :erlang.node",
     "{{:., [], [{:__aliases__, [], [:IO]}, :puts]}, [], [{{:., [], [:erlang, "
     ":node]}, [], []}]}"},
    {R"(Node.ping :"a@b")", "{{:., [], [{:__aliases__, [], [:Node]}, :ping]}, [], [:a@b]}"},
    {"f g a, b", "{:f, [], [{:g, [], [{:a, [], nil}, {:b, [], nil}]}]}"},
    {"f a, g(b)", "{:f, [], [{:a, [], nil}, {:g, [], [{:b, [], nil}]}]}"},
    {"x = f a, b", "{:=, [], [{:x, [], nil}, {:f, [], [{:a, [], nil}, {:b, [], nil}]}]}"},
    {"f a + b", "{:f, [], [{:+, [], [{:a, [], nil}, {:b, [], nil}]}]}"},
    {"f -1", "{:f, [], [{:-, [], [1]}]}"},
    {"f - 1", "{:-, [], [{:f, [], nil}, 1]}"},
    {"f a, b: 1, c: 2", "{:f, [], [{:a, [], nil}, [b: 1, c: 2]]}"},
    {"f (1) + 2", "{:f, [], [{:+, [], [1, 2]}]}"},
    {"a |> f b", "{:|>, [], [{:a, [], nil}, {:f, [], [{:b, [], nil}]}]}"},
  });
}

TEST_CASE("parser: operators bind as in Elixir") {
  check_all({
    {"1 + 2 * 3", "{:+, [], [1, {:*, [], [2, 3]}]}"},
    {"1 - 2 - 3", "{:-, [], [{:-, [], [1, 2]}, 3]}"},
    {"a ++ b ++ c", "{:++, [], [{:a, [], nil}, {:++, [], [{:b, [], nil}, {:c, [], nil}]}]}"},
    {"a = b = c", "{:=, [], [{:a, [], nil}, {:=, [], [{:b, [], nil}, {:c, [], nil}]}]}"},
    {"-a ** b", "{:**, [], [{:-, [], [{:a, [], nil}]}, {:b, [], nil}]}"},
    {"not a == b", "{:==, [], [{:not, [], [{:a, [], nil}]}, {:b, [], nil}]}"},
    {"a and b or c", "{:or, [], [{:and, [], [{:a, [], nil}, {:b, [], nil}]}, {:c, [], nil}]}"},
    {"a && b || c", "{:||, [], [{:&&, [], [{:a, [], nil}, {:b, [], nil}]}, {:c, [], nil}]}"},
    {"a |> b |> c", "{:|>, [], [{:|>, [], [{:a, [], nil}, {:b, [], nil}]}, {:c, [], nil}]}"},
    {"a in b", "{:in, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a not in b", "{:__block__, [], [{:not, [], [{:in, [], [{:a, [], nil}, {:b, [], nil}]}]}]}"},
    {"not a in b", "{:__block__, [], [{:not, [], [{:in, [], [{:a, [], nil}, {:b, [], nil}]}]}]}"},
    {"(not a) in b", "{:in, [], [{:__block__, [], [{:not, [], [{:a, [], nil}]}]}, {:b, [], nil}]}"},
    {"a <> b", "{:<>, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a =~ b", "{:=~, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a <- b", "{:<-, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {R"(a \\ b)", R"({:\\, [], [{:a, [], nil}, {:b, [], nil}]})"},
    {"a :: b", R"({:"::", [], [{:a, [], nil}, {:b, [], nil}]})"},
    {"a | b", "{:|, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a when b", "{:when, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"1..2", "{:.., [], [1, 2]}"},
    {"1..2//3", "{:..//, [], [1, 2, 3]}"},
    {"!a.b", "{:__block__, [], [{:!, [], [{{:., [], [{:a, [], nil}, :b]}, [], []}]}]}"},
    {"@a.b", "{{:., [], [{:@, [], [{:a, [], nil}]}, :b]}, [], []}"},
    {"^a", "{:^, [], [{:a, [], nil}]}"},
  });
}

TEST_CASE("parser: captures") {
  check_all({
    {"&1", "{:&, [], [1]}"},
    {"&f/1", "{:&, [], [{:/, [], [{:f, [], nil}, 1]}]}"},
    {"&A.f/1", "{:&, [], [{:/, [], [{{:., [], [{:__aliases__, [], [:A]}, :f]}, [], []}, 1]}]}"},
    {"&(&1 + 1)", "{:&, [], [{:+, [], [{:&, [], [1]}, 1]}]}"},
    {"& &1 + 1", "{:&, [], [{:+, [], [{:&, [], [1]}, 1]}]}"},
    {"&+/2", "{:&, [], [{:/, [], [{:+, [], nil}, 2]}]}"},
    {"&[&1]", "{:&, [], [[{:&, [], [1]}]]}"},
  });
}

TEST_CASE("parser: containers") {
  check_all({
    {"{}", "{:{}, [], []}"},
    {"{1}", "{:{}, [], [1]}"},
    {"{1, 2, 3}", "{:{}, [], [1, 2, 3]}"},
    {"[h | t]", "[{:|, [], [{:h, [], nil}, {:t, [], nil}]}]"},
    {"%{}", "{:%{}, [], []}"},
    {"%{a: 1}", "{:%{}, [], [a: 1]}"},
    {"%{a => 1, b: 2}", "{:%{}, [], [{{:a, [], nil}, 1}, {:b, 2}]}"},
    {"%{m | a: 1}", "{:%{}, [], [{:|, [], [{:m, [], nil}, [a: 1]]}]}"},
    {"%A{}", "{:%, [], [{:__aliases__, [], [:A]}, {:%{}, [], []}]}"},
    {"%A{m | a: 1}", "{:%, [], [{:__aliases__, [], [:A]}, {:%{}, [], [{:|, [], [{:m, [], nil}, [a: "
                     "1]]}]}]}"},
    {"<<1, x::8>>", R"({:<<>>, [], [1, {:"::", [], [{:x, [], nil}, 8]}]})"},
    {"a[b]", "{{:., [], [Access, :get]}, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a.b[c]", "{{:., [], [Access, :get]}, [], [{{:., [], [{:a, [], nil}, :b]}, [], []}, {:c, "
               "[], nil}]}"},
    {"f()[1]", "{{:., [], [Access, :get]}, [], [{:f, [], []}, 1]}"},
    {"a[b: 1]", "{{:., [], [Access, :get]}, [], [{:a, [], nil}, [b: 1]]}"},
  });
}

TEST_CASE("parser: strings are made of parts") {
  check_all({
    {R"("a#{b}c")",
     R"({:<<>>, [], ["a", {:"::", [], [{{:., [], [Kernel, :to_string]}, [], [{:b, [], )"
     R"(nil}]}, {:binary, [], nil}]}, "c"]})"},
    {R"("#{}")", R"({:<<>>, [], [{:"::", [], [{{:., [], [Kernel, :to_string]}, [], [{:__block__, )"
                 "[], []}]}, {:binary, [], nil}]}]}"},
    {"'a#{b}'", R"({{:., [], [List, :to_charlist]}, [], [["a", {{:., [], [Kernel, :to_string]}, )"
                "[], [{:b, [], nil}]}]]}"},
    {R"(:"a#{b}")",
     R"({{:., [], [:erlang, :binary_to_atom]}, [], [{:<<>>, [], ["a", {:"::", [], )"
     "[{{:., [], [Kernel, :to_string]}, [], [{:b, [], nil}]}, {:binary, [], nil}]}]}, "
     ":utf8]}"},
    {"~s(a#{b})",
     R"({:sigil_s, [], [{:<<>>, [], ["a", {:"::", [], [{{:., [], [Kernel, :to_string]}, )"
     "[], [{:b, [], nil}]}, {:binary, [], nil}]}]}, []]}"},
    {"~S(a#{b})", R"({:sigil_S, [], [{:<<>>, [], ["a\#{b}"]}, []]})"},
    {"~w[a b]a", R"({:sigil_w, [], [{:<<>>, [], ["a b"]}, 'a']})"},
    {"\"\"\"\n  a\n   b\n  \"\"\"", R"("a\n b\n")"},
    {"~s'''\n  a\n  '''", R"({:sigil_s, [], [{:<<>>, [], ["a\n"]}, []]})"},
  });
}

TEST_CASE("parser: do-blocks belong to the outermost call") {
  check_all({
    {"f do end", "{:f, [], [[do: {:__block__, [], []}]]}"},
    {"f do 1 else 2 end", "{:f, [], [[do: 1, else: 2]]}"},
    {"f a do b; c end",
     "{:f, [], [{:a, [], nil}, [do: {:__block__, [], [{:b, [], nil}, {:c, [], nil}]}]]}"},
    {"f a b do c end", "{:f, [], [{:a, [], [{:b, [], nil}]}, [do: {:c, [], nil}]]}"},
    {"x = f a do b end",
     "{:=, [], [{:x, [], nil}, {:f, [], [{:a, [], nil}, [do: {:b, [], nil}]]}]}"},
    {"f(a do b end)", "{:f, [], [{:a, [], [[do: {:b, [], nil}]]}]}"},
    {"f a, fn -> g do 1 end end",
     "{:f, [], [{:a, [], nil}, {:fn, [], [{:->, [], [[], {:g, [], [[do: 1]]}]}]}]}"},
    {"case x do 1 -> 2; _ -> 3 end",
     "{:case, [], [{:x, [], nil}, [do: [{:->, [], [[1], 2]}, {:->, [], [[{:_, [], "
     "nil}], 3]}]]]}"},
    {"receive do x -> x after 0 -> 1 end",
     "{:receive, [], [[do: [{:->, [], [[{:x, [], nil}], {:x, [], nil}]}], after: "
     "[{:->, [], [[0], 1]}]]]}"},
    {"if a, do: 1, else: 2", "{:if, [], [{:a, [], nil}, [do: 1, else: 2]]}"},
  });
}

TEST_CASE("parser: functions have clauses") {
  check_all({
    {"fn -> 1 end", "{:fn, [], [{:->, [], [[], 1]}]}"},
    {"fn x -> y; z end",
     "{:fn, [], [{:->, [], [[{:x, [], nil}], {:__block__, [], [{:y, [], nil}, {:z, "
     "[], nil}]}]}]}"},
    {"fn a, b when c -> d end",
     "{:fn, [], [{:->, [], [[{:when, [], [{:a, [], nil}, {:b, [], nil}, {:c, [], "
     "nil}]}], {:d, [], nil}]}]}"},
    {"fn (a, b) -> c end",
     "{:fn, [], [{:->, [], [[{:a, [], nil}, {:b, [], nil}], {:c, [], nil}]}]}"},
    {"fn 1 -> a; 2 -> b end",
     "{:fn, [], [{:->, [], [[1], {:a, [], nil}]}, {:->, [], [[2], {:b, [], nil}]}]}"},
    {"fn () when a -> b end",
     "{:fn, [], [{:->, [], [[{:when, [], [{:a, [], nil}]}], {:b, [], nil}]}]}"},
    {"fn [a | b], {c} -> d end",
     "{:fn, [], [{:->, [], [[[{:|, [], [{:a, [], nil}, {:b, [], nil}]}], {:{}, [], "
     "[{:c, [], nil}]}], {:d, [], nil}]}]}"},
  });
}

TEST_CASE("parser: line breaks") {
  check_all({
    {"a\nb", "{:__block__, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a; b", "{:__block__, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a\n|> b", "{:|>, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a +\nb", "{:+, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"f(\n1,\n2\n)", "{:f, [], [1, 2]}"},
    {"a # c\n.b", "{{:., [], [{:a, [], nil}, :b]}, [], []}"},
    {"a\n\n", "{:a, [], nil}"},
    {"a \\\n + b", "{:+, [], [{:a, [], nil}, {:b, [], nil}]}"},
    {"a\n+ b", "{:__block__, [], [{:a, [], nil}, {:+, [], [{:b, [], nil}]}]}"},
    {"", "{:__block__, [], []}"},
  });
}

TEST_CASE("parser: a node's meta has the line") {
  auto result = parse("a\n\n  b", "iex", 7);
  CHECK(inspect_term(std::get<term>(result))
        == "{:__block__, [], [{:a, [line: 7], nil}, {:b, [line: 9], nil}]}");
  CHECK(inspect_term(std::get<term>(parse("a.b"))) // Only this tells `a.b` from `a.b()`.
        == "{{:., [line: 1], [{:a, [line: 1], nil}, :b]}, [no_parens: true, line: 1], []}");
}
