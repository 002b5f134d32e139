#include "troupe/actors/internal/reply_alias.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using troupe::actors::internal::reply_alias;

namespace {

const reference mine{atom{"a@h"}, 11, 1};
const reference other{atom{"a@h"}, 11, 2};

} // namespace

TEST_CASE("reply_alias: its tag is the one of Erlang, and leads back to it") {
  reply_alias x{mine};
  CHECK(x.tag() == term::cons(atom{"alias"}, mine));
  CHECK(reply_alias::of_tag(x.tag()) == mine);
  CHECK_FALSE(reply_alias::of_tag(mine));
  CHECK_FALSE(reply_alias::of_tag(term::cons(atom{"other"}, mine)));
  CHECK_FALSE(reply_alias::of_tag(term::cons(atom{"alias"}, 5)));
  CHECK_FALSE(reply_alias::of_tag(term::list({atom{"alias"}, mine})));
}

TEST_CASE("reply_alias: only a pair with its tag is its answer") {
  reply_alias x{mine};
  CHECK(x.is_answer(term::tuple({x.tag(), 5})));
  CHECK_FALSE(x.is_answer(term::tuple({reply_alias{other}.tag(), 5})));
  CHECK_FALSE(x.is_answer(term::tuple({mine, 5})));
  CHECK_FALSE(x.is_answer(term::tuple({x.tag(), 5, 6})));
  CHECK_FALSE(x.is_answer(x.tag()));
}
