#include "troupe/message.hpp"

#include "../support/fake_bridge.hpp"
#include "troupe/limits.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/make_message.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace message_test {

struct line {
  std::string user;
  int64_t number = 0;
};
TROUPE_MESSAGE(line, user, number);

struct empty {};
TROUPE_MESSAGE(empty);

struct page {
  line first;
  std::vector<line> rest;
  std::map<std::string, int32_t> counts;
  std::tuple<bool, double> pair;
  troupe::atom kind;
  troupe::pid author;
  troupe::reference id;
  troupe::term extra;
};
TROUPE_MESSAGE(page, first, rest, counts, pair, kind, author, id, extra);

struct unknown {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unknown& x) {
  return f(x.x);
}

} // namespace message_test

using namespace message_test;
using namespace troupe;

namespace {

struct fixture {
  term form(const caf::message& x) { return message_to_term(x, bridge); }

  /// Reads `t` as a `T`; nothing when it has another form.
  template <class T>
  std::optional<T> read(const term& t) {
    T x{};
    return from_term(t, x, bridge) ? std::optional<T>{x} : std::nullopt;
  }

  test::fake_bridge bridge;
};

/// A class: CAF binds a reference to null when it starts a function without arguments.
struct idle : caf::event_based_actor {
  using event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
};

const pid ada{atom{"a@h"}, 11, 1};

} // namespace

TEST_CASE_FIXTURE(fixture, "message: a struct reads as a tuple of its name and its fields") {
  CHECK(form(caf::make_message(line{"ada", 7})) == term::tuple({atom{"line"}, "ada", 7}));
  CHECK(form(caf::make_message(empty{})) == term::tuple({atom{"empty"}}));
}

TEST_CASE_FIXTURE(fixture,
                  "message: a tuple of the right form reads as the struct, others do not") {
  auto x = read<line>(term::tuple({atom{"line"}, "bob", 8}));
  REQUIRE(x);
  CHECK(x->user == "bob");
  CHECK(x->number == 8);
  CHECK(read<empty>(term::tuple({atom{"empty"}})));
  CHECK_FALSE(read<line>(term::tuple({atom{"lines"}, "bob", 8})));
  CHECK_FALSE(read<line>(term::tuple({atom{"line"}, "bob"})));
  CHECK_FALSE(read<line>(term::tuple({atom{"line"}, "bob", 8, 9})));
  CHECK_FALSE(read<line>(term::tuple({atom{"line"}, "bob", "8"})));
  CHECK_FALSE(read<line>(atom{"line"}));
}

TEST_CASE_FIXTURE(fixture, "message: fields may be structs, containers and terms themselves") {
  page x{{"ada", 1},    {{"bob", 2}}, {{"k", 3}},        {true, 0.5},
         atom{"draft"}, ada,          {ada.node, 11, 9}, term{"x"}};
  auto t = form(caf::make_message(x));
  CHECK(t
        == term::tuple({atom{"page"}, term::tuple({atom{"line"}, "ada", 1}),
                        term::list({term::tuple({atom{"line"}, "bob", 2})}), term::map({{"k", 3}}),
                        term::tuple({true, 0.5}), atom{"draft"}, ada, reference{ada.node, 11, 9},
                        "x"}));
  auto y = read<page>(t);
  REQUIRE(y);
  CHECK(form(caf::make_message(*y)) == t);
}

TEST_CASE_FIXTURE(fixture, "message: several values read as a tuple, one as itself, none as {}") {
  CHECK(form(caf::make_message(1, "two")) == term::tuple({1, "two"}));
  CHECK(form(caf::make_message(int64_t{7})) == term{7});
  CHECK(form(caf::make_message(term{"x"})) == term{"x"});
  CHECK(form(caf::message{}) == term::tuple({}));
}

TEST_CASE_FIXTURE(fixture, "message: all integers of C++ are registered, by whatever name") {
  CHECK(form(caf::make_message('\x01', short{2}, 3u, 4L, 5LL, 6UL, 7ULL, true, 0.5f))
        == term::tuple({1, 2, 3, 4, 5, 6, 7, true, 0.5}));
}

TEST_CASE_FIXTURE(fixture, "message: integers that do not fit are refused, not cut") {
  CHECK(read<uint8_t>(255) == 255);
  CHECK_FALSE(read<uint8_t>(256));
  CHECK_FALSE(read<uint8_t>(-1));
  CHECK_FALSE(read<int32_t>(int64_t{1} << 31));
  CHECK_FALSE(read<int32_t>(1.0));
  CHECK(read<uint64_t>(-1) == UINT64_MAX);
  bool yes = true;
  CHECK(read<bool>(yes) == true);
  CHECK_FALSE(read<bool>(1));
  CHECK(read<double>(3) == 3.0);
}

TEST_CASE_FIXTURE(fixture, "message: optional fields are nil when empty") {
  CHECK(to_term(std::optional<int>{}, bridge) == term{});
  CHECK(to_term(std::optional<int>{7}, bridge) == term{7});
  CHECK(read<std::optional<int>>(term{})->has_value() == false);
  CHECK(read<std::optional<int>>(7)->value() == 7);
  CHECK_FALSE(read<std::optional<int>>("x"));
}

TEST_CASE_FIXTURE(fixture, "message: containers whose elements or ends do not fit are refused") {
  using numbers = std::vector<int32_t>;
  CHECK(read<numbers>(term::list({1, 2})) == numbers{1, 2});
  CHECK(read<numbers>(term::list({})) == numbers{});
  CHECK_FALSE(read<numbers>(term::list({1, "2"})));
  CHECK_FALSE(read<numbers>(term::cons(1, 2)));
  CHECK_FALSE(read<std::map<std::string, int>>(term::list({})));
  CHECK_FALSE(read<std::tuple<int, int>>(term::tuple({1})));
}

TEST_CASE_FIXTURE(fixture, "message: CAF's own values have a form") {
  auto again = [&](auto x) {
    auto y = read<decltype(x)>(to_term(x, bridge));
    return y && *y == x;
  };
  CHECK(to_term(caf::atom("join"), bridge) == term{atom{"join"}});
  CHECK(again(caf::atom("join")));
  CHECK_FALSE(read<caf::atom_value>(atom{"longer than ten"}));
  CHECK_FALSE(read<caf::atom_value>(atom{"a-b"})); // not of CAF's alphabet
  CHECK(again(caf::unit));
  CHECK(again(caf::error{}));
  CHECK(again(caf::make_error(caf::sec::request_timeout)));
}

TEST_CASE_FIXTURE(fixture, "message: handles are pids, those of actors that are gone are empty") {
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("testing"));
  caf::actor_system sys{config};
  auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  caf::actor actor = sys.spawn<idle>();
  bridge.add(ada, caf::actor_cast<caf::strong_actor_ptr>(actor));
  CHECK(form(caf::make_message(actor, actor.address())) == term::tuple({ada, ada}));
  CHECK(read<caf::actor>(ada) == actor);
  CHECK(read<caf::actor_addr>(ada) == actor.address());
  CHECK(to_term(caf::actor{}, bridge) == term{});
  CHECK_FALSE(*read<caf::actor>(term{}));
  CHECK_FALSE(*read<caf::actor>(pid{ada.node, 11, 2}));
  CHECK_FALSE(read<caf::actor>(7));
  bridge = {};
  caf::anon_send_exit(actor, caf::exit_reason::kill);
  scheduler.run();
}

TEST_CASE_FIXTURE(fixture,
                  "message: only registered types are portable, and the culprit is named") {
  std::string culprit;
  CHECK(is_portable(caf::make_message(1, line{}, term{}), culprit));
  CHECK(is_portable(caf::message{}, culprit));
  CHECK(culprit.empty());
  CHECK_FALSE(is_portable(caf::make_message(1, unknown{}), culprit));
  CHECK(culprit.find("unknown") != std::string::npos);
  auto t = form(caf::make_message(unknown{}));
  CHECK(t.is_tagged(atom{"unregistered"}, 2));
}

TEST_CASE_FIXTURE(fixture, "message: the table finds a type by its name and by itself") {
  auto& table = type_table::get();
  auto* entry = table.find(atom{"line"});
  REQUIRE(entry);
  CHECK(table.find(caf::make_message(line{}).type(0)) == entry);
  CHECK_FALSE(table.find(atom{"no such type"}));
  caf::message_builder out;
  CHECK(entry->append(out, term::tuple({atom{"line"}, "ada", 1}), bridge));
  CHECK_FALSE(entry->append(out, term{7}, bridge));
  auto built = out.to_message();
  REQUIRE(built.match_elements<line>());
  CHECK(built.get_as<line>(0).user == "ada");
}

TEST_CASE("message: two types of one name end the program") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  auto child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    type_table::get().add<empty>("line");
    _exit(0);
  }
  close(ends[1]);
  char said[256] = {};
  CHECK(read(ends[0], said, sizeof said - 1) > 0);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(std::string{said}.find("'line'") != std::string::npos);
}

TEST_CASE("message: a term crosses CAF's own wire as bytes, unless it is nested too deep") {
  auto x = term::tuple({1, ada, pid{}, atom{"x"}, atom{"x"}});
  term y;
  CHECK(internal::from_bytes(internal::to_bytes(x), y));
  CHECK(y == x);
  for (size_t i = 0; i <= limits::term_depth_max; ++i)
    x = term::tuple({x});
  CHECK_FALSE(internal::from_bytes(internal::to_bytes(x), y));
  CHECK_FALSE(internal::from_bytes(internal::to_bytes(1) + "x", y));
}
