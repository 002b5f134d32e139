#include "troupe/discovery/internal/readiness_list.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using discovery::internal::readiness_list;

TEST_CASE("readiness_list: answers when there are enough peers and nobody came or went lately") {
  readiness_list list;
  std::vector<bool> answers;
  clock::time_point t{1h};
  list.add({2, 500ms, t + 10s, [&](bool x) { answers.push_back(x); }});
  CHECK(list.next() == t + 10s);
  list.linked(1, t);
  CHECK(list.due(t + 1s) == 0);
  list.linked(2, t + 1s);
  CHECK(list.next() == t + 1500ms);
  CHECK(list.due(t + 1400ms) == 0);
  list.linked(3, t + 1400ms);
  CHECK(list.due(t + 1500ms) == 0);
  CHECK(list.due(t + 1900ms) == 1);
  CHECK(answers == std::vector<bool>{true});
  CHECK(list.next() == clock::time_point::max());
}

TEST_CASE("readiness_list: says no when it is too late, even if more would do") {
  readiness_list list;
  std::vector<bool> answers;
  clock::time_point t{1h};
  list.add({1, 0ms, t + 1s, [&](bool x) { answers.push_back(x); }});
  CHECK(list.due(t + 999ms) == 0);
  CHECK(list.due(t + 1s) == 0);
  CHECK(answers == std::vector<bool>{false});
  list.linked(1, t + 2s);
  CHECK(list.due(t + 2s) == 0);
}
