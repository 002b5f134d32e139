#include "troupe/actors/internal/pending_answers.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::internal;
using part = pending_answers::part;

namespace {

const atom a{"a@x"}, b{"b@x"};
const reference one{a, 5, 1}, two{a, 5, 2};

pending_answers::ready answer(int64_t x) {
  return {{}, x};
}

std::vector<int64_t> given(const std::vector<pending_answers::ready>& all) {
  std::vector<int64_t> result;
  for (auto& [to, x] : all)
    result.push_back(x.as_integer());
  return result;
}

using numbers = std::vector<int64_t>;

} // namespace

TEST_CASE("pending_answers: an answer is given when the last node has done its part") {
  pending_answers t;
  CHECK(given(t.add(one, part::change, answer(1), {})) == numbers{1}); // nobody to wait for
  CHECK(given(t.add(one, part::change, answer(1), {a, b})).empty());
  CHECK(given(t.done(two, a)).empty());
  CHECK(given(t.done(one, a)).empty());
  CHECK(given(t.done(one, a)).empty()); // once
  CHECK(given(t.told(b)).empty());      // that is something else
  CHECK(given(t.done(one, b)) == numbers{1});
  CHECK(t.size() == 0);
}

TEST_CASE("pending_answers: a node that is gone has nothing to do any more") {
  pending_answers t;
  CHECK(given(t.add(one, part::change, answer(1), {a, b})).empty());
  CHECK(given(t.add(two, part::names, answer(2), {a})).empty());
  CHECK(given(t.gone(a)) == numbers{2});
  CHECK(given(t.gone(b)) == numbers{1});
}

TEST_CASE("pending_answers: who waits for names waits until all nodes have told theirs") {
  pending_answers t;
  CHECK(given(t.add(one, part::names, answer(1), {a, b})).empty());
  CHECK(given(t.told(a)).empty());
  CHECK(given(t.told(b)) == numbers{1});
}

TEST_CASE(
  "pending_answers: who waits for names waits for those of a node that is named meanwhile") {
  pending_answers t;
  t.await(b); // nobody waits
  CHECK(given(t.add(one, part::names, answer(1), {a})).empty());
  CHECK(given(t.add(two, part::change, answer(2), {a})).empty());
  t.await(b);
  CHECK(given(t.told(a)).empty());
  CHECK(given(t.done(two, a)) == numbers{2});
  CHECK(given(t.gone(b)) == numbers{1});
}
