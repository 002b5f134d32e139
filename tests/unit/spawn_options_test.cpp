#include "troupe/actors/eval/spawn_options.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace troupe;
using namespace troupe::actors::eval;

namespace {

term pair(const char* key, term value) {
  return term::tuple({atom{key}, std::move(value)});
}

term list(std::initializer_list<term> xs) {
  return term::list(std::vector<term>(xs));
}

const term improper = term::cons(atom{"link"}, atom{"foo"});

} // namespace

TEST_CASE("spawn_options: a monitor has a tag and an alias") {
  auto none = read_monitor_options(list({}));
  REQUIRE(none);
  CHECK(none->alias == alias_life::none);
  CHECK_FALSE(none->tag);
  auto both = read_monitor_options(list({pair("tag", 5), pair("alias", atom{"reply_demonitor"})}));
  REQUIRE(both);
  CHECK(both->alias == alias_life::reply_demonitor);
  CHECK(both->tag == term{5});
  for (auto& bad : {list({atom{"foo"}}), list({pair("alias", atom{"reply"})}), improper,
                    term{atom{"foo"}}, list({pair("tags", 5)})})
    CHECK_FALSE(read_monitor_options(bad));
}

TEST_CASE("spawn_options: an alias is for one reply or for good") {
  CHECK(read_alias_options(list({})) == alias_life::explicit_unalias);
  CHECK(read_alias_options(list({atom{"explicit_unalias"}})) == alias_life::explicit_unalias);
  CHECK(read_alias_options(list({atom{"reply"}})) == alias_life::reply);
  CHECK(read_alias_options(list({atom{"reply"}, atom{"explicit_unalias"}})) == alias_life::reply);
  for (auto& bad : {list({atom{"demonitor"}}), list({5}), improper, term{atom{"reply"}}})
    CHECK_FALSE(read_alias_options(bad));
}

TEST_CASE("spawn_options: a spawn links, monitors, and is tuned without effect") {
  auto x = read_spawn_options(
    list({atom{"link"}, atom{"monitor"}, pair("priority", atom{"high"}), pair("min_heap_size", 233),
          pair("max_heap_size", term::map({})), pair("message_queue_data", atom{"off_heap"})}),
    false);
  REQUIRE(x);
  CHECK(x->known);
  CHECK(x->options.link);
  CHECK(x->options.monitor);
  CHECK(x->options.reply == spawn_replies::all);
  auto how = list({pair("tag", atom{"gone"}), pair("alias", atom{"demonitor"})});
  x = read_spawn_options(list({pair("monitor", how)}), false);
  REQUIRE(x);
  CHECK(x->known);
  CHECK(x->options.monitor);
  CHECK(x->options.watch.tag == term{atom{"gone"}});
  CHECK(x->options.watch.alias == alias_life::demonitor);
}

TEST_CASE("spawn_options: unknown ones are told apart from what is no list") { // SP-08
  CHECK_FALSE(read_spawn_options(improper, true));
  CHECK_FALSE(read_spawn_options(atom{"link"}, true));
  for (auto& bad : {term{atom{"foo"}}, pair("priority", atom{"foo"}), pair("priority", 5),
                    pair("min_heap_size", -1), pair("monitor", list({atom{"foo"}})),
                    pair("reply", atom{"perhaps"}), pair("foo", 1), term{7}}) {
    auto x = read_spawn_options(list({atom{"link"}, bad}), true);
    REQUIRE(x);
    CHECK_FALSE(x->known);
  }
}

TEST_CASE("spawn_options: only a request has a reply, whose tag counts in any place") { // SP-08e
  auto options = list({atom{"foo"}, pair("reply_tag", 9), pair("reply", atom{"error_only"})});
  auto x = read_spawn_options(options, true);
  REQUIRE(x);
  CHECK_FALSE(x->known);
  CHECK(x->options.reply_tag == term{9});
  CHECK(x->options.reply == spawn_replies::errors);
  CHECK_FALSE(read_spawn_options(list({pair("reply", atom{"no"})}), false)->known);
  CHECK_FALSE(read_spawn_options(list({pair("reply_tag", 1)}), false)->known);
  CHECK(read_spawn_options(list({pair("reply", atom{"no"})}), true)->options.reply
        == spawn_replies::none);
  CHECK(read_spawn_options(list({pair("reply", atom{"success_only"})}), true)->options.reply
        == spawn_replies::successes);
}
