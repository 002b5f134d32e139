#include "troupe/dictionary.hpp"

#include "support/fake_bridge.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace troupe;

namespace {

const atom a{"a"};
const atom b{"b"};

} // namespace

TEST_CASE("dictionary: a value is what was put last, by the exact key") {
  test::fake_bridge bridge;
  dictionary d{bridge};
  CHECK(d.size() == 0);
  CHECK_FALSE(d.get<term>(a));
  CHECK_FALSE(d.put(a, 1));
  CHECK(d.put(a, "text") == term{1});
  CHECK(d.get<std::string>(a) == "text");
  CHECK_FALSE(d.get<int64_t>(a)); // another form
  d.put(1, "integer");
  d.put(1.0, "real");
  CHECK(d.get<std::string>(1) == "integer");
  CHECK(d.get<std::string>(1.0) == "real");
}

TEST_CASE("dictionary: what is erased is returned and gone") {
  test::fake_bridge bridge;
  dictionary d{bridge};
  d.put(a, 1);
  CHECK(d.erase(a) == term{1});
  CHECK_FALSE(d.erase(a));
  d.put(b, 2);
  d.put(a, 1);
  CHECK(d.clear() == std::vector<term_pair>{{a, 1}, {b, 2}});
  CHECK(d.entries().empty());
}

TEST_CASE("dictionary: keys are found by their value") {
  test::fake_bridge bridge;
  dictionary d{bridge};
  d.put(a, 1);
  d.put(b, 1);
  d.put(3, 1.0);
  CHECK(d.keys() == std::vector<term>{3, a, b});
  CHECK(d.keys(1) == std::vector<term>{a, b});
  CHECK(d.keys(2).empty());
}
