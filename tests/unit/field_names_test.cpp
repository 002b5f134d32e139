#include "troupe/internal/field_names.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace {

struct wide {
  int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12;
};

std::vector<int> list(std::initializer_list<int> xs) {
  return xs;
}

} // namespace

TEST_CASE("field_names: names become members of the object, in order and apart by commas") {
  wide x;
  CHECK(list({TROUPE_FIELDS(x, a)}) == std::vector{1});
  CHECK(list({TROUPE_FIELDS(x, b, a)}) == std::vector{2, 1});
  CHECK(list({TROUPE_FIELDS(x, a, b, c, d, e, f, g, h, i, j, k, l)})
        == std::vector{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
}

TEST_CASE("field_names: sixty-four fields are no problem") {
  wide x;
#define EIGHT a, b, c, d, e, f, g, h
  std::array<int, 64> all{TROUPE_FIELDS(x, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT)};
#undef EIGHT
  CHECK(all.front() == 1);
  CHECK(all.back() == 8);
}

TEST_CASE("field_names: the members can be assigned to") {
  wide x;
  auto assign = [](int& first, int& second) { first = second = 0; };
  assign(TROUPE_FIELDS(x, a, c));
  CHECK(x.a + x.b + x.c == 2);
}
