#include "troupe/inspect.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace troupe;

// The expected texts were recorded from Elixir 1.14.0.

namespace {

struct example {
  term value;
  std::string_view text;
};

void check(const std::vector<example>& examples, const inspect_options& options = {}) {
  for (const auto& [value, text] : examples) {
    CAPTURE(text);
    CHECK(inspect_term(value, options) == text);
  }
}

term a(std::string_view text) {
  return atom{text};
}

term numbers(int first, int last) {
  std::vector<term> result;
  for (int i = first; i <= last; ++i)
    result.emplace_back(i);
  return term::list(result);
}

term structure(std::string_view name, std::vector<term_pair> fields) {
  fields.emplace_back(a("__struct__"), a(name));
  return term::map(std::move(fields));
}

term range(int first, int last, int step) {
  return structure("Elixir.Range", {{a("first"), first}, {a("last"), last}, {a("step"), step}});
}

term set(std::vector<term> members) {
  std::vector<term_pair> entries;
  for (auto& x : members)
    entries.emplace_back(x, term::empty_list());
  return structure("Elixir.MapSet", {{a("map"), term::map(entries)}, {a("version"), 2}});
}

std::string repeat(std::string_view text, int times) {
  std::string result;
  while (times-- > 0)
    result += text;
  return result;
}

} // namespace

TEST_CASE("inspect: atoms print bare, quoted or as aliases") {
  check({
    {a("ok"), ":ok"},
    {a("nil"), "nil"},
    {true, "true"},
    {false, "false"},
    {a("a b"), R"(:"a b")"},
    {a(""), R"(:"")"},
    {a("foo?"), ":foo?"},
    {a("foo?b"), R"(:"foo?b")"},
    {a("foo@bar"), ":foo@bar"},
    {a("@a"), R"(:"@a")"},
    {a("Foo"), ":Foo"},
    {a("1a"), R"(:"1a")"},
    {a("a.b"), R"(:"a.b")"},
    {a("+"), ":+"},
    {a("|||"), ":|||"},
    {a("%{}"), ":%{}"},
    {a(".."), ":.."},
    {a("::"), R"(:"::")"},
    {a("^^^"), R"(:"^^^")"},
    {a("a\"\n#{b}"), R"(:"a\"\n\#{b}")"},
    {a("Elixir.Node"), "Node"},
    {a("Elixir.A_1.B"), "A_1.B"},
    {a("Elixir.a"), R"(:"Elixir.a")"},
    {a("Elixir"), "Elixir"},
    {a("Elixir.Elixir.A"), "Elixir.Elixir.A"},
    {a("Elixir."), R"(:"Elixir.")"},
    {a("é"), ":é"},
    {a("日本"), ":日本"},
    {a("я"), ":я"},
    {a("aя"), R"(:"aя")"},
  });
}

TEST_CASE("inspect: reals print the shortest text that reads back") {
  check({
    {1.0, "1.0"},
    {0.0, "0.0"},
    {-0.0, "-0.0"},
    {0.1, "0.1"},
    {1e23, "1.0e23"},
    {1e-10, "1.0e-10"},
    {1e15, "1000000000000000.0"},
    {0.001, "0.001"},
    {0.0001, "0.0001"},
    {0.00001, "1.0e-5"},
    {1.234e-4, "1.234e-4"},
    {0.3333333333333333, "0.3333333333333333"},
    {123456789.123, "123456789.123"},
    {-2.5e-7, "-2.5e-7"},
    {9007199254740993.0, "9007199254740992.0"},
    {1e16, "1.0e16"},
    {12345678901234567.0, "1.2345678901234568e16"},
    {5e-324, "5.0e-324"},
    {1.7976931348623157e308, "1.7976931348623157e308"},
  });
}

TEST_CASE("inspect: binaries that print are strings, others bytes") {
  check({
    {"", R"("")"},
    {"é日", R"("é日")"},
    {"a\"b\\", R"("a\"b\\")"},
    {"a#{b}#", R"("a\#{b}#")"},
    {"\a\b\t\n\v\f\r\x1B\x7F", R"("\a\b\t\n\v\f\r\e\d")"},
    {"\xEF\xBB\xBF", R"("\uFEFF")"},
    {std::string(1, '\0'), "<<0>>"},
    {"abc\xFF", "<<97, 98, 99, 255>>"},
    {"\xC2\x85", "<<194, 133>>"},
    {"\xC0\x80", "<<192, 128>>"},
    {"\xED\xA0\x80", "<<237, 160, 128>>"},
    {std::string(20, '\xC8'),
     "<<" + repeat("200, ", 14) + "200,\n  " + repeat("200, ", 4) + "200>>"},
    {repeat("é", 5000), "\"" + repeat("é", 4096) + "\" <> ..."},
  });
  CHECK(inspect_string("a\"\xFF") == R"("a\"\xFF")");
}

TEST_CASE("inspect: lists of printable characters are charlists") {
  check({
    {term::charlist("abc"), "'abc'"},
    {term::charlist("a'b\""), R"('a\'b"')"},
    {term::charlist("\a\x1B"), R"('\a\e')"},
    {term::list({127}), "[127]"},
    {term::list({6}), "[6]"},
    {term::charlist("é"), "[233]"},
    {term::cons('a', 'b'), "[97 | 98]"},
    {term::empty_list(), "[]"},
    {term::charlist(std::string(4097, 'a')), "'" + std::string(4096, 'a') + "' ++ ..."},
  });
}

TEST_CASE("inspect: pairs with atoms are keywords, in lists and maps") {
  auto pair = [](term key, term value) { return term::tuple({std::move(key), std::move(value)}); };
  check({
    {term::list({pair(a("a"), 1), pair(a("b c"), 2)}), R"([a: 1, "b c": 2])"},
    {term::list({pair(a("nil"), 1), pair(a("::"), 2), pair(a("Foo"), 3)}),
     R"([nil: 1, "::": 2, Foo: 3])"},
    {term::list({pair(a("Elixir.Foo"), 1)}), "[{Foo, 1}]"},
    {term::list({pair(a("Elixir"), 1)}), R"(["Elixir": 1])"},
    {term::list({pair(a("a"), 1), 2}), "[{:a, 1}, 2]"},
    {term::cons(pair(a("a"), 1), a("b")), "[{:a, 1} | :b]"},
    {term::map({{a("a"), 1}}), "%{a: 1}"},
    {term::map({{a("a"), 1}, {"b", 2}}), R"(%{:a => 1, "b" => 2})"},
    {term::map({{1, 1}, {1.0, 2}, {2, 3}}), "%{1 => 1, 2 => 3, 1.0 => 2}"},
    {term::map({}), "%{}"},
  });
}

TEST_CASE("inspect: structs print by name") {
  check({
    {structure("Elixir.RuntimeError", {{a("message"), "boom"}, {a("__exception__"), true}}),
     R"(%RuntimeError{message: "boom"})"},
    {structure("Elixir.KeyError", {{a("key"), a("a")}, {a("message"), a("nil")}, {a("term"), 1}}),
     "%KeyError{key: :a, term: 1, message: nil}"},
    {range(1, 3, 1), "1..3"},
    {range(1, 9, 2), "1..9//2"},
    {range(3, 1, 1), "3..1//1"},
    {set({'a', 'b'}), "MapSet.new([97, 98])"},
    {set({}), "MapSet.new([])"},
    {term::map({{a("__struct__"), 1}}), "%{__struct__: 1}"},
  });
}

TEST_CASE("inspect: functions print as a name or as the interpreter's closure") {
  fun external{.module = atom{"Elixir.Enum"},
               .name = atom{"map"},
               .arity = 2,
               .creator = {},
               .index = 0,
               .clauses = {},
               .bindings = {}};
  auto quoted = external;
  quoted.name = atom{"Foo"};
  fun closure;
  closure.arity = 1;
  check({{external, "&Enum.map/2"},
         {quoted, R"(&Enum."Foo"/2)"},
         {closure, "#Function<42.3316493/1 in :erl_eval.expr/6>"}});
}

TEST_CASE("inspect: pids and references print as seen from the viewer") {
  pid viewer{atom{"inspect-a@h"}, 7, 1};
  pid other{atom{"inspect-b@h"}, 9, 5};
  CHECK(inspect_pid({viewer.node, 7, 130}, viewer) == "#PID<0.130.0>");
  CHECK(inspect_pid({viewer.node, 7, (uint64_t{3} << 28) + 2}, viewer) == "#PID<0.2.3>");
  CHECK(inspect_pid(pid{}, pid{}) == "#PID<0.0.0>");
  auto text = inspect_pid(other, viewer);
  CHECK(text.ends_with(".5.0>"));
  CHECK_FALSE(text.starts_with("#PID<0."));
  auto later = other;
  later.creation = 10;
  CHECK(inspect_pid(later, viewer) == text);
  CHECK_FALSE(inspect_pid({viewer.node, 8, 130}, viewer).starts_with("#PID<0."));
  inspect_options options;
  options.viewer = viewer;
  check({{reference{viewer.node, 7, (uint64_t{2} << 50) + (uint64_t{4} << 18) + 6},
          "#Reference<0.2.4.6>"},
         {term::list({pid{viewer.node, 7, 1}}), "[#PID<0.1.0>]"}},
        options);
}

TEST_CASE("inspect: tuples and lists of plain elements fill lines, others take a line each") {
  check({
    {term::tuple({a("DOWN"), reference{}, a("process"), std::string(38, 'x'), a("bye")}),
     "{:DOWN, #Reference<0.0.0.0>, :process, \"" + std::string(38, 'x') + "\",\n :bye}"},
    {numbers(1000, 1015),
     "[1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012,\n"
     " 1013, 1014, 1015]"},
    {term::list({term::tuple({}), std::string(70, 'x'), 300}),
     "[{}, \"" + std::string(70, 'x') + "\",\n 300]"},
    {term::list({term::tuple({1}), std::string(70, 'x'), 300}),
     "[\n  {1},\n  \"" + std::string(70, 'x') + "\",\n  300\n]"},
    {term::cons(term::tuple({1}), std::string(80, 'x')),
     "[\n  {1} |\n  \"" + std::string(80, 'x') + "\"\n]"},
    {term::list({std::string(100, 'x')}), "[\"" + std::string(100, 'x') + "\"]"},
    {term::map({{a("a"), std::string(40, 'x')}, {a("b"), term::map({{1, std::string(40, 'y')}})}}),
     "%{\n  a: \"" + std::string(40, 'x') + "\",\n  b: %{1 => \"" + std::string(40, 'y')
       + "\"}\n}"},
  });
}

TEST_CASE("inspect: the width is the caller's, and none means one line") {
  auto x = term::list({term::tuple({a("ok"), 1}), term::tuple({a("ok"), 2})});
  CHECK(inspect_term(x, {.width = 10}) == "[\n  ok: 1,\n  ok: 2\n]");
  CHECK(inspect_term(numbers(300, 400), {.width = 0}).find('\n') == std::string::npos);
}

TEST_CASE("inspect: the limit counts down through nested containers") {
  check({{numbers(1, 5), "[1, 2, 3, ...]"},
         {term::tuple({1, numbers(1, 5)}), "{1, [1, ...]}"},
         {term::map({{1, 1}, {2, 2}, {3, 3}, {4, 4}}), "%{1 => 1, 2 => 2, 3 => 3, ...}"},
         {"\xFF\xFF\xFF\xFF", "<<255, 255, 255, ...>>"},
         {term::list({numbers(1, 3), "ab", term::tuple({1})}), "[[1, 2, ...], \"ab\", {...}]"}},
        {.limit = 3});
  CHECK(inspect_term(numbers(1, 50)).ends_with("49, 50]"));
  CHECK(inspect_term(numbers(1, 51)).ends_with("49, 50, ...]"));
  CHECK(inspect_term(numbers(1, 1000), {.limit = 0}).ends_with(" 1000]"));
}

TEST_CASE("inspect: nesting without end prints in part") {
  term x;
  for (int i = 0; i < 20'000; ++i)
    x = term::tuple({x});
  CHECK(inspect_term(x) == std::string(51, '{') + "..." + std::string(51, '}'));
  CHECK(inspect_term(x, {.limit = 0}).find("{...}") != std::string::npos);
}
