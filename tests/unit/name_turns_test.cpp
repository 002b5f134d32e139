#include "troupe/actors/internal/name_turns.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::internal;
using answer = name_turns::answer;

namespace {

const pid p{atom{"a@x"}, 5, 1}, q{atom{"a@x"}, 5, 2}, r{atom{"a@x"}, 5, 3};
const term n{atom{"n"}}, m{atom{"m"}};

} // namespace

TEST_CASE("name_turns: those who wait have their turns in the order of asking") {
  name_turns t;
  CHECK(t.ask(n, p, false) == answer::granted);
  CHECK(t.ask(n, p, true) == answer::granted); // it is its turn
  CHECK(t.ask(n, q, true) == answer::waits);
  CHECK(t.ask(n, q, true) == answer::waits); // one place
  CHECK(t.ask(n, r, true) == answer::waits);
  CHECK(t.end(p) == std::pair{n, q});
  CHECK(t.end(q) == std::pair{n, r});
  CHECK_FALSE(t.end(r));
  CHECK_FALSE(t.end(r));
  CHECK(t.size() == 0);
}

TEST_CASE("name_turns: who does not wait is refused, and names do not disturb each other") {
  name_turns t;
  CHECK(t.ask(n, p, true) == answer::granted);
  CHECK(t.ask(n, q, false) == answer::busy);
  CHECK_FALSE(t.has_asked(q));
  CHECK(t.ask(m, q, false) == answer::granted);
  CHECK(t.ask(n, q, true) == answer::busy); // one turn at a time
}

TEST_CASE("name_turns: who gives up waiting is passed over") {
  name_turns t;
  CHECK(t.ask(n, p, true) == answer::granted);
  CHECK(t.ask(n, q, true) == answer::waits);
  CHECK(t.ask(n, r, true) == answer::waits);
  CHECK_FALSE(t.end(q));
  CHECK(t.end(p) == std::pair{n, r});
}
