#include "troupe/actors/eval/builtins.hpp"

#include "support/evaluation.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using test::evaluation;
using test::example;

namespace {

template <size_t Size>
void check_all(const example (&examples)[Size]) {
  for (const auto& [source, printed] : examples) {
    evaluation run;
    CAPTURE(source);
    CHECK(run(source).value_or("waits") == printed);
  }
}

} // namespace
// The expected values are Elixir's.

TEST_CASE("builtins: String answers as Elixir does") {
  check_all({
    {"String.slice(\"hello\", -7, 3)", "\"hel\""},
    {"String.slice(\"hello\", 1..-2)", "\"ell\""},
    {"String.slice(\"hello\", -7..2)", "\"hel\""},
    {"String.slice(\"hello\", 2..1)", "\"\""},
    {"String.slice(\"hello\", 10..12)", "\"\""},
    {"String.at(\"hello\", -1)", "\"o\""},
    {"String.split(\"a,b,c\", \",\", parts: 2)", "[\"a\", \"b,c\"]"},
    {"String.split(\"a,b,,c\", \",\", trim: true)", "[\"a\", \"b\", \"c\"]"},
    {"String.split(\"abc\", \"\")", "[\"\", \"a\", \"b\", \"c\", \"\"]"},
    {"String.split(\" a b  c \")", "[\"a\", \"b\", \"c\"]"},
    {"String.split(\"a b-c\", [\" \", \"-\"])", "[\"a\", \"b\", \"c\"]"},
    {"String.replace(\"a.b.c\", \".\", \"-\")", "\"a-b-c\""},
    {"String.replace(\"a.b.c\", \".\", \"-\", global: false)", "\"a-b.c\""},
    {"String.replace(\"abc\", \"\", \"-\")", "\"-a-b-c-\""},
    {"String.pad_leading(\"1\", 3, \"0\")", "\"001\""},
    {"String.pad_trailing(\"1\", 3)", "\"1  \""},
    {"String.pad_leading(\"1\", 5, \"ab\")", "\"abab1\""},
    {"String.capitalize(\"hELLO\")", "\"Hello\""},
    {"String.split_at(\"hello\", 2)", "{\"he\", \"llo\"}"},
    {"String.split_at(\"hello\", -2)", "{\"hel\", \"lo\"}"},
    {"String.trim(\"  a \", \" \")", "\"a\""},
    {"String.trim(\"xxaxx\", \"x\")", "\"a\""},
    {"String.to_float(\"1.5\")", "1.5"},
    {"String.to_integer(\"ff\", 16)", "255"},
    {"String.duplicate(\"ab\", 3)", "\"ababab\""},
    {"String.contains?(\"abc\", [\"x\", \"b\"])", "true"},
    {"String.starts_with?(\"abc\", \"\")", "true"},
    {"String.reverse(\"abc\")", "\"cba\""},
    {"String.first(\"\")", "nil"},
    {"String.last(\"abc\")", "\"c\""},
    {"String.next_codepoint(\"abc\")", "{\"a\", \"bc\"}"},
    {"String.replace_prefix(\"abc\", \"a\", \"x\")", "\"xbc\""},
    {"String.replace_leading(\"aabc\", \"a\", \"x\")", "\"xxbc\""},
    {"String.split(\"\", \",\")", "[\"\"]"},
    {"String.split(\"\")", "[]"},
    {"String.graphemes(\"abc\")", "[\"a\", \"b\", \"c\"]"},
  });
}

TEST_CASE("builtins: List and :lists answer as Elixir does") {
  check_all({
    {"List.flatten([1,[2,[3]]])", "[1, 2, 3]"},
    {"List.flatten([1,[2]], [3])", "[1, 2, 3]"},
    {"List.delete([1,2,1], 1)", "[2, 1]"},
    {"List.delete_at([1,2,3], -1)", "[1, 2]"},
    {"List.insert_at([1,2,3], 1, :x)", "[1, :x, 2, 3]"},
    {"List.insert_at([1,2,3], -1, :x)", "[1, 2, 3, :x]"},
    {"List.replace_at([1,2,3], 5, :x)", "[1, 2, 3]"},
    {"List.update_at([1,2,3], 1, & &1 * 2)", "[1, 4, 3]"},
    {"List.pop_at([1,2,3], 1)", "{2, [1, 3]}"},
    {"List.pop_at([1,2,3], 9)", "{nil, [1, 2, 3]}"},
    {"List.keyfind([{:a, 1}], :a, 0)", "{:a, 1}"},
    {"List.keystore([{:a, 1}], :b, 0, {:b, 2})", "[a: 1, b: 2]"},
    {"List.keydelete([{:a, 1}], :a, 0)", "[]"},
    {"List.keyreplace([{:a, 1}], :a, 0, {:a, 5})", "[a: 5]"},
    {"List.keysort([{:b, 1}, {:a, 2}], 0)", "[a: 2, b: 1]"},
    {"List.keytake([{:a, 1}], :a, 0)", "{{:a, 1}, []}"},
    {"List.wrap(nil)", "[]"},
    {"List.wrap(1)", "[1]"},
    {"List.zip([[1,2],[3,4]])", "[{1, 3}, {2, 4}]"},
    {"List.to_string([97, \"b\", 'c'])", "\"abc\""},
    {"List.foldl([1,2], 0, &-/2)", "1"},
    {"List.foldr([1,2], 0, &-/2)", "-1"},
    {"List.last([])", "nil"},
    {"List.last([1,2])", "2"},
    {"List.duplicate(1, 3)", "[1, 1, 1]"},
    {"List.to_tuple([1])", "{1}"},
    {"List.starts_with?([1,2],[1])", "true"},
    {"List.to_integer('12')", "12"},
    {"List.to_atom('ab')", ":ab"},
    {":lists.seq(1, 3)", "[1, 2, 3]"},
    {":lists.nth(1, [5])", "5"},
    {":lists.reverse([1,2])", "[2, 1]"},
  });
}

TEST_CASE("builtins: Map, :maps and Keyword answer as Elixir does") {
  check_all({
    {"Map.get(%{a: 1}, :b, 5)", "5"},
    {"Map.fetch(%{a: 1}, :a)", "{:ok, 1}"},
    {"Map.pop(%{a: 1}, :a)", "{1, %{}}"},
    {"Map.pop(%{a: 1}, :b, 3)", "{3, %{a: 1}}"},
    {"Map.update(%{a: 1}, :a, 0, & &1 + 1)", "%{a: 2}"},
    {"Map.update(%{a: 1}, :b, 0, & &1 + 1)", "%{a: 1, b: 0}"},
    {"Map.merge(%{a: 1}, %{b: 2})", "%{a: 1, b: 2}"},
    {"Map.merge(%{a: 1}, %{a: 2}, fn _, x, y -> x + y end)", "%{a: 3}"},
    {"Map.new([a: 1])", "%{a: 1}"},
    {"Map.new([1], fn x -> {x, x} end)", "%{1 => 1}"},
    {"Map.take(%{a: 1, b: 2}, [:a, :c])", "%{a: 1}"},
    {"Map.drop(%{a: 1, b: 2}, [:a])", "%{b: 2}"},
    {"Map.split(%{a: 1, b: 2}, [:a])", "{%{a: 1}, %{b: 2}}"},
    {"Map.filter(%{a: 1, b: 2}, fn {_, v} -> v > 1 end)", "%{b: 2}"},
    {"Map.replace(%{a: 1}, :b, 2)", "%{a: 1}"},
    {"Map.put_new(%{a: 1}, :a, 2)", "%{a: 1}"},
    {"Map.to_list(%{a: 1})", "[a: 1]"},
    {"Map.keys(%{a: 1})", "[:a]"},
    {"Map.from_keys([1,2], 0)", "%{1 => 0, 2 => 0}"},
    {"Map.get_and_update(%{a: 1}, :a, fn x -> {x, 5} end)", "{1, %{a: 5}}"},
    {"Map.has_key?(%{a: 1}, :a)", "true"},
    {":maps.get(:a, %{a: 1})", "1"},
    {"Keyword.get([a: 1], :a)", "1"},
    {"Keyword.put([a: 1, b: 2, a: 3], :a, 5)", "[a: 5, b: 2]"},
    {"Keyword.delete([a: 1, b: 2, a: 3], :a)", "[b: 2]"},
    {"Keyword.merge([a: 1, b: 2], [a: 3])", "[b: 2, a: 3]"},
    {"Keyword.pop([a: 1, b: 2], :a)", "{1, [b: 2]}"},
    {"Keyword.get_values([a: 1, a: 2], :a)", "[1, 2]"},
    {"Keyword.keyword?([1])", "false"},
    {"Keyword.has_key?([a: 1], :a)", "true"},
    {"Keyword.take([a: 1, b: 2], [:a])", "[a: 1]"},
    {"Keyword.new([{:a, 1}])", "[a: 1]"},
  });
}

TEST_CASE("builtins: Integer, Float and :math answer as Elixir does") {
  check_all({
    {"Integer.parse(\"12abc\")", "{12, \"abc\"}"},
    {"Integer.parse(\"abc\")", ":error"},
    {"Integer.parse(\"ff\", 16)", "{255, \"\"}"},
    {"Integer.digits(123)", "[1, 2, 3]"},
    {"Integer.undigits([1,2])", "12"},
    {"Integer.gcd(12, 18)", "6"},
    {"Integer.mod(-1, 3)", "2"},
    {"Integer.floor_div(-1, 3)", "-1"},
    {"Integer.pow(2, 10)", "1024"},
    {"Integer.to_string(255, 16)", "\"FF\""},
    {"Integer.to_charlist(12)", "'12'"},
    {"Float.round(1.256, 2)", "1.26"},
    {"Float.round(2.5)", "3.0"},
    {"Float.ceil(1.2)", "2.0"},
    {"Float.floor(1.25, 1)", "1.2"},
    {"Float.parse(\"1.5abc\")", "{1.5, \"abc\"}"},
    {"Float.parse(\"1\")", "{1.0, \"\"}"},
    {"Float.to_string(1.0)", "\"1.0\""},
    {":math.pi()", "3.141592653589793"},
    {":math.sqrt(4)", "2.0"},
    {":math.pow(2, 3)", "8.0"},
  });
}

TEST_CASE("builtins: Tuple, Atom and Range answer as Elixir does") {
  check_all({
    {"Tuple.append({1}, 2)", "{1, 2}"},
    {"Tuple.insert_at({1,2}, 1, :a)", "{1, :a, 2}"},
    {"Tuple.delete_at({1,2}, 0)", "{2}"},
    {"Tuple.duplicate(1, 2)", "{1, 1}"},
    {"Tuple.sum({1,2})", "3"},
    {"Atom.to_charlist(:a)", "'a'"},
    {"Range.size(1..3)", "3"},
    {"Range.new(1, 5, 2)", "1..5//2"},
  });
}

TEST_CASE("builtins: arithmetic follows Erlang, in 64 bits") {
  check_all({
    {"7 / 2", "3.5"},
    {"4 / 2", "2.0"},
    {"div(-7, 2)", "-3"},
    {"rem(-7, 2)", "-1"},
    {"1 + 1.0", "2.0"},
    {"-(-1)", "1"},
    {"round(2.5)", "3"},
    {"trunc(-2.5)", "-2"},
    {"floor(-2.5)", "-3"},
    {"ceil(2.1)", "3"},
    {"abs(-1)", "1"},
    {"max(1, 2.0)", "2.0"},
    {"1 == 1.0", "true"},
    {"1 === 1.0", "false"},
    {"1 < :a and :a < {} and {} < %{} and %{} < [] and [] < \"\"", "true"},
    {"[1, 2, 1] -- [1]", "[2, 1]"},
    {"[1] ++ 2", "[1 | 2]"},
    {"\"a\" <> \"b\"", "\"ab\""},
    {"Bitwise.bsl(1, 4)", "16"},
    {"9223372036854775807 + 1",
     "** (ArithmeticError) the result does not fit into 64 bits, the size of integers here\n"},
  });
}

TEST_CASE("builtins: values are asked for their type and taken apart") {
  check_all({
    {"is_atom(nil)", "true"},
    {"is_boolean(:a)", "false"},
    {"is_function(fn x -> x end, 1)", "true"},
    {"is_map_key(%{a: 1}, :a)", "true"},
    {"is_struct(1..2)", "true"},
    {"hd([1, 2])", "1"},
    {"tl([1, 2])", "[2]"},
    {"length([1, 2])", "2"},
    {"elem({1, 2}, 1)", "2"},
    {"put_elem({1, 2}, 0, :a)", "{:a, 2}"},
    {"tuple_size({1, 2})", "2"},
    {"map_size(%{a: 1})", "1"},
    {"byte_size(\"é\")", "2"},
    {"binary_part(\"abc\", 1, 2)", "\"bc\""},
  });
}

TEST_CASE("builtins: values become other values through :erlang") {
  check_all({
    {":erlang.atom_to_list(:a)", "'a'"},
    {":erlang.list_to_atom('a')", ":a"},
    {":erlang.integer_to_binary(255, 16)", "\"FF\""},
    {":erlang.binary_to_integer(\"-12\")", "-12"},
    {":erlang.list_to_tuple([1, 2])", "{1, 2}"},
    {":erlang.tuple_to_list({1, 2})", "[1, 2]"},
    {":erlang.element(1, {1, 2})", "1"},
    {":erlang.\"=:=\"(1, 1.0)", "false"},
    {":erlang.iolist_to_binary([\"a\", [98], 'c'])", "\"abc\""},
    {"to_string(1.5)", "\"1.5\""},
    {"to_charlist(:a)", "'a'"},
    {"inspect({1, \"a\"})", "\"{1, \\\"a\\\"}\""},
    {"get_in(%{a: %{b: 1}}, [:a, :b])", "1"},
    {"put_in(%{a: %{b: 1}}, [:a, :b], 2)", "%{a: %{b: 2}}"},
    {"update_in(%{a: 1}, [:a], & &1 + 1)", "%{a: 2}"},
  });
}
