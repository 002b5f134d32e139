#include "troupe/registry.hpp"

#include <doctest/doctest.h>

using namespace troupe;

namespace {

const atom x_name{"x"};
const atom y_name{"y"};
const pid first{atom{"a@h"}, 11, 1};
const pid second{atom{"a@h"}, 11, 2};

} // namespace

TEST_CASE("registry: a name is found in both directions") {
  registry names;
  CHECK(names.add(x_name, first));
  CHECK(names.whereis(x_name) == first);
  CHECK(names.name_of(first) == x_name);
  CHECK_FALSE(names.whereis(y_name));
  CHECK_FALSE(names.name_of(second));
}

TEST_CASE("registry: neither a name nor a process is registered twice") {
  registry names;
  CHECK(names.add(x_name, first));
  CHECK_FALSE(names.add(x_name, second));
  CHECK_FALSE(names.add(y_name, first));
  CHECK_FALSE(names.add(x_name, first));
  CHECK(names.whereis(x_name) == first);
  CHECK_FALSE(names.whereis(y_name));
}

TEST_CASE("registry: a name is free again when it is unregistered or its process ends") {
  registry names;
  CHECK(names.add(x_name, first));
  SUBCASE("unregistered") {
    CHECK(names.remove(x_name));
    CHECK_FALSE(names.remove(x_name));
  }
  SUBCASE("ended") {
    names.remove(first);
    names.remove(first);
  }
  CHECK_FALSE(names.whereis(x_name));
  CHECK_FALSE(names.name_of(first));
  CHECK(names.add(x_name, second));
  CHECK(names.add(y_name, first));
}

TEST_CASE("registry: the end of a process without a name changes nothing") {
  registry names;
  CHECK(names.add(x_name, first));
  names.remove(second);
  CHECK(names.whereis(x_name) == first);
}

TEST_CASE("registry: names are listed alphabetically") {
  registry names;
  CHECK(names.add(y_name, first));
  CHECK(names.add(x_name, second));
  CHECK(names.names() == std::vector{x_name, y_name});
}
