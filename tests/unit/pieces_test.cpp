#include "troupe/dist/pieces.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace troupe::dist;

namespace {

lent_bytes lent(std::string text) {
  auto owner = std::make_shared<const std::string>(std::move(text));
  return {owner, *owner};
}

std::string part(const pieces& x, size_t from, size_t n) {
  std::string result;
  x.each(from, n, [&](std::string_view run) {
    CHECK_FALSE(run.empty());
    result += run;
    return true;
  });
  return result;
}

} // namespace

TEST_CASE("pieces: bytes come out in the order in which they were appended, lent or copied") {
  pieces x{"ab"};
  x.append(lent("LENT"));
  x.append("cd");
  x.tail() += 'e';
  x.append(lent("MORE"));
  x.append(lent("STILL"));
  CHECK(x.str() == "abLENTcdeMORESTILL");
  CHECK(x.size() == 18);
  CHECK(x.own_bytes() == 5);
  std::string out = "> ";
  x.append_to(out);
  CHECK(out == "> abLENTcdeMORESTILL");
}

TEST_CASE("pieces: lent bytes are not copied, and live as long as any piece of them") {
  auto owner = std::make_shared<const std::string>(1000, 'x');
  std::weak_ptr<const std::string> alive = owner;
  pieces x{"ab"};
  x.append(lent_bytes{owner, *owner});
  auto* there = owner->data();
  owner.reset();
  pieces y;
  y.append(x, 1, 500);
  x = {};
  CHECK(x.empty());
  CHECK_FALSE(alive.expired());
  std::vector<const char*> runs;
  y.each(1, 499, [&](std::string_view run) {
    runs.push_back(run.data());
    return true;
  });
  CHECK(runs == std::vector{there});
  CHECK(y.str() == "b" + std::string(499, 'x'));
  y.clear();
  CHECK(alive.expired());
}

TEST_CASE("pieces: any part of any mixture is that of the bytes put together") {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    pieces x;
    std::string whole;
    for (auto n = random() % 8; n > 0; --n) {
      std::string text(random() % 5, static_cast<char>('a' + random() % 26));
      whole += text;
      if (random() % 2 == 0)
        x.append(text);
      else
        x.append(lent(text));
    }
    REQUIRE(x.size() == whole.size());
    for (size_t from = 0; from <= whole.size(); ++from)
      for (size_t n = 0; n <= whole.size() - from; ++n) {
        REQUIRE(part(x, from, n) == whole.substr(from, n));
        pieces y{"+"};
        y.append(x, from, n);
        REQUIRE(y.str() == "+" + whole.substr(from, n));
      }
  }
}

TEST_CASE("pieces: what was moved from is empty, and runs end when nobody wants more") {
  pieces x{"ab"};
  x.append(lent("cd"));
  auto y = std::move(x);
  CHECK(x.empty());
  CHECK(x.str().empty());
  CHECK(y.str() == "abcd");
  int runs = 0;
  y.each(0, 4, [&](std::string_view) { return ++runs < 1; });
  CHECK(runs == 1);
}
