#include "troupe/atom.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

using troupe::atom;

TEST_CASE("atom: equal texts are one atom") {
  atom x{"hello"};
  CHECK(x == atom{std::string{"hel"} + "lo"});
  CHECK(x.index() == atom{"hello"}.index());
  CHECK(x != atom{"Hello"});
  CHECK(x.text() == "hello");
}

TEST_CASE("atom: the default is nil") {
  CHECK(atom{} == atom{"nil"});
  CHECK(atom{}.text() == "nil");
}

TEST_CASE("atom: the order is alphabetical, not that of making") {
  atom z{"order z"}, a{"order a"}, ab{"order ab"};
  CHECK(a < ab);
  CHECK(ab < z);
  CHECK((z <=> z) == 0);
}

TEST_CASE("atom: a text may be empty and have any bytes") {
  CHECK(atom{""}.text().empty());
  std::string bytes{"\0\xFF", 2};
  CHECK(atom{bytes}.text() == bytes);
}

TEST_CASE("atom: a text above the limit is refused") {
  std::string longest(atom::size_max, 'x');
  CHECK(atom{longest}.text() == longest);
  CHECK(atom::try_make(longest) == atom{longest});
  auto longer = longest + "x";
  CHECK_FALSE(atom::try_make(longer));
  CHECK_THROWS_AS(atom{longer}, std::length_error);
}

TEST_CASE("atom: equal atoms have equal hashes") {
  std::unordered_set<atom> set{atom{"a"}, atom{"b"}, atom{"a"}};
  CHECK(set.size() == 2);
  CHECK(set.contains(atom{"b"}));
}

TEST_CASE("atom: threads that make the same texts agree") {
  constexpr int count = 2000;
  std::vector<std::vector<atom>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < count; ++i)
        mine.emplace_back("thread " + std::to_string(i));
    });
  }
  for (auto& x : threads)
    x.join();
  for (const auto& mine : made)
    CHECK(mine == made[0]);
  CHECK(made[0].back().text() == "thread 1999");
}
