#include "troupe/actors/eval/lexer.hpp"

#include "troupe/actors/eval/source_error.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace troupe;
using namespace troupe::actors::eval;
using kind = token_kind;

namespace {

std::vector<kind> kinds(std::string_view text) {
  std::vector<kind> result;
  for (const auto& x : tokenize(text))
    result.push_back(x.kind);
  return result;
}

token only(std::string_view text) {
  auto tokens = tokenize(text);
  REQUIRE(tokens.size() == 1);
  return tokens.front();
}

source_error error_of(std::string_view text) {
  try {
    (void)tokenize(text);
  } catch (const source_error& error) {
    return error;
  }
  FAIL("no error in ", std::string{text});
  return {};
}

} // namespace

TEST_CASE("lexer: what follows a name decides its kind") {
  CHECK(only("f").kind == kind::identifier);
  CHECK(kinds("f()").front() == kind::paren_identifier);
  CHECK(kinds("f ()").front() == kind::identifier);
  CHECK(kinds("f[1]").front() == kind::bracket_identifier);
  CHECK(kinds("f do end").front() == kind::do_identifier);
  CHECK(only("Foo").kind == kind::alias);
  CHECK(only("a: ").kind == kind::kw_identifier);
  CHECK(only("\"a b\": ").kind == kind::kw_identifier);
  CHECK(only("else").kind == kind::block_identifier);
  CHECK(kinds("a.end") == std::vector{kind::identifier, kind::dot, kind::identifier});
}

TEST_CASE("lexer: blanks around a sign tell an argument from an operand") {
  CHECK(kinds("f -1").front() == kind::op_identifier);
  for (const auto* text : {"f - 1", "f-1", "f- 1", "f -(1)", "f -> 1"}) {
    CAPTURE(std::string{text});
    CHECK(kinds(text).front() == kind::identifier);
  }
}

TEST_CASE("lexer: an operator joins the line before it, a comma the line behind it") {
  CHECK(kinds("a\n|> b") == std::vector{kind::identifier, kind::arrow_op, kind::identifier});
  CHECK(kinds("a # c\n.b") == std::vector{kind::identifier, kind::dot, kind::identifier});
  CHECK(kinds("a,\nb") == std::vector{kind::identifier, kind::comma, kind::identifier});
  CHECK(kinds("a\nnot in b") == std::vector{kind::identifier, kind::in_op, kind::identifier});
  CHECK(kinds("a\n-b")
        == std::vector{kind::identifier, kind::eol, kind::dual_op, kind::identifier});
  CHECK(kinds("a\n\n# c\n\nb") == std::vector{kind::identifier, kind::eol, kind::identifier});
}

TEST_CASE("lexer: the longest operator wins") {
  CHECK(only("===").kind == kind::comp_op);
  CHECK(only("..").kind == kind::range_op);
  CHECK(only("...").kind == kind::identifier);
  CHECK(only("|>").kind == kind::arrow_op);
  CHECK(only("||").kind == kind::or_op);
  CHECK(only("<-").kind == kind::in_match_op);
  CHECK(only("->").kind == kind::stab_op);
  CHECK(only("::").kind == kind::type_op);
  CHECK(kinds("<<>>") == std::vector{kind::open_bits, kind::close_bits});
  CHECK(kinds("&+/2")
        == std::vector{kind::capture_op, kind::identifier, kind::mult_op, kind::integer});
}

TEST_CASE("lexer: operators are atoms and keywords too") {
  CHECK(only(":+").name == atom{"+"});
  CHECK(only(":..//").name == atom{"..//"});
  CHECK(only(":%{}").name == atom{"%{}"});
  CHECK(only(":<<>>").name == atom{"<<>>"});
  CHECK(only("&&: ").kind == kind::kw_identifier);
  CHECK(only("..: ").name == atom{".."});
}

TEST_CASE("lexer: numbers and characters have their values") {
  CHECK(only("1_000").value == term{1000});
  CHECK(only("0xFf").value == term{255});
  CHECK(only("0b101").value == term{5});
  CHECK(only("0o17").value == term{15});
  CHECK(only("1.5e3").value == term{1500.0});
  CHECK(only("?a").value == term{97});
  CHECK(only("?\\n").value == term{10});
  CHECK(only("?é").value == term{233});
  CHECK(kinds("1..2") == std::vector{kind::integer, kind::range_op, kind::integer});
  CHECK(kinds("1.a") == std::vector{kind::integer, kind::dot, kind::identifier});
  CHECK(error_of("1a").reason.starts_with("invalid character \"a\" after number 1."));
}

TEST_CASE("lexer: escapes are undone in strings, not in sigils") {
  CHECK(only(R"("a\tb\x41\u00e9\u{1F600}\"")").parts.front().text == "a\tbA\u00e9\U0001F600\"");
  CHECK(only("\"a\\\nb\"").parts.front().text == "ab");
  CHECK(only(R"(~s(a\tb\)))").parts.front().text == R"(a\tb))");
  CHECK(error_of(R"("\xz")").token == "\\x");
  CHECK(error_of(R"("\u{110000}")").token == "\\u");
}

TEST_CASE("lexer: a string with code is several parts") {
  auto x = only("\"a#{b + \"}\"}c\"");
  REQUIRE(x.parts.size() == 3);
  CHECK(x.parts[0].text == "a");
  CHECK(x.parts[1].code);
  CHECK(x.parts[1].tokens.size() == 3);
  CHECK(x.parts[2].text == "c");
  CHECK(only(R"("\#{a}")").parts.front().text == "#{a}");
  CHECK(only("~S(#{a})").parts.front().text == "#{a}");
}

TEST_CASE("lexer: a heredoc loses the indentation of its end") {
  CHECK(only("\"\"\"\n  a\n    b\n  \"\"\"").parts.front().text == "a\n  b\n");
  CHECK(only("\"\"\"\n\"\"\"").parts.front().text.empty());
  CHECK(only("\"\"\"\n a \"\"\" b\n \"\"\"").parts.front().text == "a \"\"\" b\n");
  auto x = only("~s'''\n  a\n  '''x");
  CHECK(x.indentation == 2);
  CHECK(x.delimiter == "'''");
  CHECK(x.modifiers == "x");
}

TEST_CASE("lexer: columns count code points, lines start where they are told to") {
  auto tokens = tokenize("é + b\n  c", 5);
  CHECK(tokens[1].column == 3);
  CHECK(tokens.back().line == 6);
  CHECK(tokens.back().column == 3);
}

TEST_CASE("lexer: delimiters are balanced") {
  CHECK(error_of(")").reason == "unexpected token: ");
  CHECK(error_of("(]").tail == ". The \"(\" at line 1 is missing terminator \")\"");
  auto open = error_of("[(1)");
  CHECK(open.token.empty());
  CHECK(open.reason == "missing terminator: ] (for \"[\" starting at line 1)");
  CHECK(error_of("if a do\nif b do\nend").reason.find("HINT") != std::string::npos);
}

TEST_CASE("lexer: interpolations nest to a limit") {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "\"#{";
  CHECK(error_of(text).reason.starts_with("interpolations are nested too deeply"));
}
