#include "troupe/internal/lazy_map.hpp"

#include <doctest/doctest.h>

#include <string>

using map = troupe::internal::lazy_map<int, std::string>;

TEST_CASE("lazy_map: an empty one is a pointer that finds nothing") {
  static_assert(sizeof(map) == sizeof(void*));
  map x;
  CHECK(x.empty());
  CHECK(x.size() == 0);
  CHECK(x.find(1) == x.end());
  CHECK(x.begin() == x.end());
  CHECK(x.erase(1) == 0);
  CHECK(x.extract(1).empty());
}

TEST_CASE("lazy_map: it keeps what was put in, in order, and shares nothing") {
  map x, y;
  x[2] = "b";
  x[1] = "a";
  CHECK(x.try_emplace(2, "other").second == false);
  std::string all;
  for (auto& [key, value] : x)
    all += value;
  CHECK(all == "ab");
  CHECK(x.find(2)->second == "b");
  CHECK(y.find(2) == y.end());
}

TEST_CASE("lazy_map: without entries it is empty again") {
  map x;
  x[1] = "a";
  x[2] = "b";
  x.erase(x.find(1));
  CHECK(x.size() == 1);
  CHECK(x.extract(2).mapped() == "b");
  CHECK(x.empty());
  x[3] = "c";
  CHECK(x.erase(3) == 1);
  CHECK(x.empty());
  x[4] = "d";
  x.clear();
  CHECK(x.find(4) == x.end());
}
