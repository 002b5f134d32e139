#include "troupe/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace troupe;

TEST_CASE("result: holds a value or the error that took its place") {
  result<int> good = 7;
  result<int> bad = error{errc::timeout, "b@h"};
  CHECK(good);
  CHECK(*good == 7);
  CHECK_FALSE(bad);
  CHECK(bad.error() == errc::timeout);
  CHECK(bad.error().context == "b@h");
}

TEST_CASE("result: a value that is false or empty is a value") {
  CHECK(result<bool>{false});
  CHECK(result<std::string>{std::string{}});
}

TEST_CASE("result: a value that cannot be copied moves through") {
  result<std::unique_ptr<std::string>> x = std::make_unique<std::string>("text");
  CHECK((*x)->size() == 4);
  auto taken = std::move(*x);
  CHECK(*taken == "text");
  result<std::string> y = std::string{"abc"};
  CHECK(y->size() == 3);
}
