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

TEST_CASE("builtins: Enum answers as Elixir does") {
  check_all({
    {"Enum.slice([1,2,3], -5, 2)", "[1, 2]"},
    {"Enum.slice([1,2,3], -2, 2)", "[2, 3]"},
    {"Enum.slice([1,2,3], 1..-1)", "[2, 3]"},
    {"Enum.slice([1,2,3], -5..1)", "[1, 2]"},
    {"Enum.at([1,2], -1)", "2"},
    {"Enum.chunk_every([1,2,3], 2)", "[[1, 2], [3]]"},
    {"Enum.chunk_every([1,2,3,4,5], 2, 1)", "[[1, 2], [2, 3], [3, 4], [4, 5], [5]]"},
    {"Enum.chunk_every([1,2,3,4,5], 2, 1, :discard)", "[[1, 2], [2, 3], [3, 4], [4, 5]]"},
    {"Enum.take([1,2,3], -2)", "[2, 3]"},
    {"Enum.drop([1,2,3], -2)", "[1]"},
    {"Enum.split([1,2,3], -1)", "{[1, 2], [3]}"},
    {"Enum.with_index([:a], 1)", "[a: 1]"},
    {"Enum.zip([1,2],[3,4])", "[{1, 3}, {2, 4}]"},
    {"Enum.zip([[1,2],[3,4],[5,6]])", "[{1, 3, 5}, {2, 4, 6}]"},
    {"Enum.unzip([{1,2},{3,4}])", "{[1, 3], [2, 4]}"},
    {"Enum.sort([3,1,2], :desc)", "[3, 2, 1]"},
    {"Enum.sort([3,1,2], &>=/2)", "[3, 2, 1]"},
    {"Enum.sort_by([\"aa\",\"b\"], &String.length/1)", "[\"b\", \"aa\"]"},
    {"Enum.group_by([1,2,3], &rem(&1, 2))", "%{0 => [2], 1 => [1, 3]}"},
    {"Enum.frequencies([1,1,2])", "%{1 => 2, 2 => 1}"},
    {"Enum.min_max([1,2,3])", "{1, 3}"},
    {"Enum.max_by([\"a\",\"bb\"], &String.length/1)", "\"bb\""},
    {"Enum.max([], fn -> 0 end)", "0"},
    {"Enum.reduce([1,2,3], fn x, a -> x + a end)", "6"},
    {"Enum.reduce_while([1,2,3], 0, fn x, a -> if x > 2, do: {:halt, a}, else: {:cont, a + x} end)",
     "3"},
    {"Enum.map_reduce([1,2], 0, fn x, a -> {x * 2, a + x} end)", "{[2, 4], 3}"},
    {"Enum.scan([1,2,3], &+/2)", "[1, 3, 6]"},
    {"Enum.join([1,[2,\"a\"],:b], \"-\")", "<<49, 45, 2, 97, 45, 98>>"},
    {"Enum.dedup([1,1,2,1])", "[1, 2, 1]"},
    {"Enum.intersperse([1,2,3], 0)", "[1, 0, 2, 0, 3]"},
    {"Enum.find([1,2], 0, & &1 > 5)", "0"},
    {"Enum.find_index([1,2], & &1 == 2)", "1"},
    {"Enum.find_value([1,2], & &1 == 2)", "true"},
    {"Enum.into([a: 1], %{})", "%{a: 1}"},
    {"Enum.sum([1, 2.5])", "3.5"},
    {"Enum.product([2,3])", "6"},
    {"Enum.empty?(%{})", "true"},
    {"Enum.reverse([1,2],[3])", "[2, 1, 3]"},
    {"Enum.to_list(%{a: 1})", "[a: 1]"},
    {"Enum.uniq([1,2,1])", "[1, 2]"},
    {"Enum.count([1,2,3], & &1 > 1)", "2"},
    {"Enum.flat_map([1,2], &[&1, &1])", "[1, 1, 2, 2]"},
    {"Enum.concat([[1],[2]])", "[1, 2]"},
    {"Enum.split_with([1,2,3], & &1 > 1)", "{[2, 3], [1]}"},
    {"Enum.slice(1..10, 2..4)", "[3, 4, 5]"},
    {"Enum.take_every([1,2,3,4], 2)", "[1, 3]"},
    {"Enum.fetch([1], 0)", "{:ok, 1}"},
    {"Enum.fetch([1], 5)", ":error"},
    {"Enum.each([1], & &1)", ":ok"},
    {"Enum.map(%{a: 1}, fn {k, v} -> {v, k} end)", "[{1, :a}]"},
    {"Enum.zip_with([1,2],[3,4], &+/2)", "[4, 6]"},
    {"Enum.member?([1.0], 1)", "false"},
  });
}
