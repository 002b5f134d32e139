// Lists of texts that doctest prints when they differ.
//
// Erlang counterpart: none.
// Threads: values.

#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace troupe::test {

using texts = std::vector<std::string>;

} // namespace troupe::test

template <>
struct doctest::StringMaker<troupe::test::texts> {
  static String convert(const troupe::test::texts& xs) {
    std::string result;
    for (auto& x : xs)
      result += "\n    " + x;
    return result.c_str();
  }
};
