#include "troupe/actors/eval/parser.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <variant>

using namespace troupe;
using namespace troupe::actors::eval;

namespace {

std::string error_of(std::string_view text) {
  auto result = parse(text);
  auto* error = std::get_if<syntax_error>(&result);
  REQUIRE(error != nullptr);
  CHECK(error->type == "SyntaxError");
  return error->message;
}

std::string missing_in(std::string_view text) {
  auto result = parse(text);
  auto* open = std::get_if<incomplete>(&result);
  REQUIRE(open != nullptr);
  CHECK(open->otherwise.type == "TokenMissingError");
  return open->otherwise.message;
}

} // namespace

TEST_CASE("parser: the beginning of an expression is incomplete") {
  for (const auto* text :
       {"f(",  "[1,",   "%{a: 1", "fn -> 1",     "fn x", "if x do", "1 +",    "a.",
        "x =", "\"abc", "'abc",   "\"\"\"\nabc", "~s(a", "\"a#{",   "\"a#{b", "a |>\n",
        "@",   "<<1",   "f a,",   "f a:\n",      "not",  "&",       "%A",     "x \\"}) {
    CAPTURE(std::string{text});
    CHECK(std::holds_alternative<incomplete>(parse(text)));
  }
  CHECK(missing_in("foo(")
        == "iex:1:5: missing terminator: ) (for \"(\" starting at line 1)\n"
           "    |\n"
           "  1 | foo(\n"
           "    |     ^");
  CHECK(missing_in("foo(\n") == "iex:2:1: missing terminator: ) (for \"(\" starting at line 1)");
  CHECK(missing_in("\"a\n") == "iex:2:1: missing terminator: \" (for string starting at line 1)");
  CHECK(missing_in("1 +\n")
        == "iex:1:4: syntax error: expression is incomplete\n"
           "    |\n"
           "  1 | 1 +\n"
           "    |    ^");
}

TEST_CASE("parser: errors read as in iex") {
  CHECK(error_of("foo)") == "iex:1:4: unexpected token: )\n    |\n  1 | foo)\n    |    ^");
  CHECK(error_of("(1, 2)")
        == "iex:1:6: syntax error before: ')'\n    |\n  1 | (1, 2)\n    |      ^");
  CHECK(error_of("1 2") == "iex:1:3: syntax error before: \"2\"\n    |\n  1 | 1 2\n    |   ^");
  CHECK(error_of("f \"a\" \"b\"") == "iex:1:7: syntax error before: \"b\"");
  CHECK(error_of("x = end") == "iex:1:5: unexpected reserved word: end");
  CHECK(error_of("(]")
        == "iex:1:2: unexpected token: ]. The \"(\" at line 1 is missing terminator \")\"");
  CHECK(error_of("[1\n2]").starts_with("iex:2:1: syntax error before: \"2\""));
  CHECK(error_of("foo a, bar b, c").starts_with("iex:1: unexpected comma. Parentheses are"));
  CHECK(error_of("foo (1, 2)").starts_with("iex:1:5: unexpected parentheses."));
  CHECK(error_of("fn x end").starts_with("iex:1:1: expected anonymous functions to be defined"));
  CHECK(error_of("true false").starts_with("iex:1:6: syntax error before: false. \"false\" is a"));
  CHECK(error_of("if true do: 1").starts_with("iex:1:9: unexpected keyword: do:. In case you"));
  CHECK(error_of("[a: 1, 2]").starts_with("iex:1:6: unexpected expression after keyword list."));
  CHECK(error_of("1//2").starts_with("iex:1:2: the range step operator (//) must immediately"));
}

TEST_CASE("parser: an atom that is too long or bytes that are no text are errors") {
  CHECK(error_of(":" + std::string(256, 'a')).starts_with("iex:1:1: atom length must be less"));
  CHECK(error_of("a\n\xff") == "iex:2: invalid encoding starting at byte 2");
  CHECK(error_of("99999999999999999999").starts_with("iex:1:1: integer needs more than 64 bits: "));
}

TEST_CASE("parser: nesting is bounded, however it comes about") {
  auto repeated = [](std::string_view x, int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += x;
    return text;
  };
  constexpr int many = 5'000;
  for (const auto* unit : {"(", "[", "{", "-", "not ", "@", "a = ", "f ", "f(", "fn -> ", "1 + ",
                           "&", "x[", "%{a: ", "f do ", "\"#{", "a.", "%A{b: ", "a -> "}) {
    CAPTURE(std::string{unit});
    CHECK_FALSE(std::holds_alternative<term>(parse(repeated(unit, many))));
  }
  CHECK(error_of("1" + repeated(" + 1", many)).find("nested too deeply") != std::string::npos);
  CHECK(error_of("a" + repeated(".b", many)).find("nested too deeply") != std::string::npos);
  CHECK(error_of(repeated("(", many) + repeated(")", many)).find("nested too deeply")
        != std::string::npos);
  CHECK(std::holds_alternative<term>(parse("1" + repeated(" + 1", 200))));
  CHECK(std::holds_alternative<term>(parse(repeated("a\n", many))));
}
