#include "troupe/actors/internal/call_outcome.hpp"
#include "troupe/inspect.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::internal;
using kind = outcome::kind;

namespace {

const reference tag{atom{"a@b"}, 5, 7};
const reference other{atom{"a@b"}, 5, 8};

std::string text(const term& x) {
  return inspect_term(x, {.width = 0});
}

term exception(std::initializer_list<term> rest) {
  std::vector<term> parts{atom{"exception"}};
  parts.insert(parts.end(), rest.begin(), rest.end());
  return term::tuple(std::move(parts));
}

term down(const reference& id, const term& reason) {
  return term::tuple({atom{"DOWN"}, id, atom{"process"}, pid{atom{"a@b"}, 5, 9}, reason});
}

std::string rpc(kind type, const term& value) {
  return text(rpc_value_of({type, value}));
}

} // namespace

TEST_CASE("call_outcome: an answer is read as it was made") {
  const outcome all[] = {{kind::ok, 5},
                         {kind::thrown, atom{"ball"}},
                         {kind::exit, exception({atom{"bye"}})},
                         {kind::error, exception({atom{"boom"}, term::empty_list()})},
                         call_error("timeout")};
  for (auto& x : all)
    CHECK(outcome_of(tag, answer_of(tag, x)) == x);
}

TEST_CASE("call_outcome: an end without an answer is a signal, a lost node no connection") {
  CHECK(outcome_of(tag, atom{"noconnection"}) == call_error("noconnection"));
  auto killed = outcome_of(tag, atom{"killed"});
  CHECK(killed.type == kind::exit);
  CHECK(text(killed.value) == "{:signal, :killed}");
  auto foreign = outcome_of(tag, answer_of(other, {kind::ok, 5}));
  CHECK(foreign.type == kind::exit);
}

TEST_CASE("call_outcome: an answer of another form is a signal") {
  for (auto* word : {"exit", "error", "nosuch"}) {
    CAPTURE(word);
    for (auto& value : {term{5}, exception({}), exception({1, 2, 3})}) {
      auto x = outcome_of(tag, term::tuple({tag, atom{word}, value}));
      CHECK(x.type == kind::exit);
      CHECK(x.value.is_tagged(atom{"signal"}, 2));
      CHECK(text(rpc_value_of(x)).starts_with("{:badrpc, {:EXIT, "));
    }
  }
}

TEST_CASE("call_outcome: only the DOWN of a request is its answer") {
  auto answer = answer_of(tag, {kind::ok, 5});
  CHECK(outcome_of_message(tag, down(tag, answer)) == outcome{kind::ok, 5});
  CHECK_FALSE(outcome_of_message(tag, down(other, answer)));
  CHECK_FALSE(outcome_of_message(tag, atom{"DOWN"}));
  CHECK_FALSE(outcome_of_message(tag, answer));
}

TEST_CASE("call_outcome: or that it could not be started") {
  auto reply = [](const reference& ref, const char* word, term value) {
    return term::tuple({atom{"spawn_reply"}, ref, atom{word}, std::move(value)});
  };
  auto failed = reply(tag, "error", atom{"other_build"});
  CHECK(outcome_of_message(tag, failed) == call_error("other_build"));
  CHECK_FALSE(outcome_of_message(other, failed));
  CHECK_FALSE(outcome_of_message(tag, reply(tag, "ok", pid{atom{"a@b"}, 5, 7})));
  gathering g{{tag}};
  CHECK(g.wants(failed));
  g.take(failed);
  CHECK(g.is_complete());
  CHECK(g.outcomes() == std::vector<outcome>{call_error("other_build")});
}

TEST_CASE("call_outcome: rpc makes values of failures as Erlang does") { // RPC-02, RPC-03
  auto place = term::list({term::tuple({atom{"m"}, atom{"f"}, 0, term::empty_list()})});
  CHECK(rpc(kind::ok, 5) == "5");
  CHECK(rpc(kind::thrown, atom{"ball"}) == ":ball");
  CHECK(rpc(kind::exit, exception({atom{"bye"}})) == "{:badrpc, {:EXIT, :bye}}");
  CHECK(rpc(kind::exit, term::tuple({atom{"signal"}, atom{"killed"}}))
        == "{:badrpc, {:EXIT, :killed}}");
  CHECK(rpc(kind::error, exception({atom{"boom"}, place}))
        == "{:badrpc, {:EXIT, {:boom, [{:m, :f, 0, []}]}}}");
  CHECK(text(rpc_value_of(call_error("noconnection"))) == "{:badrpc, :nodedown}");
  CHECK(text(rpc_value_of(call_error("timeout"))) == "{:badrpc, :timeout}");
  CHECK(text(rpc_value_of(call_error("other_build"))) == "{:badrpc, {:EXIT, :other_build}}");
}

TEST_CASE("call_outcome: rpc takes a value {:EXIT, _} for a failure and {:badrpc, _} as it is") {
  auto value = [](const char* name) { return term::tuple({atom{name}, 3}); };
  CHECK(rpc(kind::ok, value("EXIT")) == "{:badrpc, {:EXIT, 3}}");
  CHECK(rpc(kind::thrown, value("EXIT")) == "{:badrpc, {:EXIT, 3}}");
  CHECK(rpc(kind::ok, value("badrpc")) == "{:badrpc, 3}"); // RPC-20
}

TEST_CASE("call_outcome: an uncaught failure ends a process with Erlang's reason") {
  CHECK(text(exit_reason_of({kind::exit, exception({1})})) == "{:exception, 1}");
  CHECK(text(exit_reason_of({kind::thrown, 1})) == "{{:nocatch, 1}, []}");
  CHECK(text(exit_reason_of(call_error("timeout"))) == "{{:erpc, :timeout}, []}");
}

TEST_CASE("call_outcome: a multicall keeps the order of the nodes, whatever came first") { // RPC-13
  gathering g{{tag, other}};
  auto second = down(other, answer_of(other, {kind::thrown, 2}));
  CHECK(g.wants(second));
  g.take(second);
  CHECK_FALSE(g.wants(second));
  g.take(second);
  CHECK_FALSE(g.is_complete());
  CHECK(g.has(1));
  CHECK(g.outcomes() == std::vector<outcome>{call_error("timeout"), {kind::thrown, 2}});
  CHECK_FALSE(g.wants(down({atom{"a@b"}, 5, 99}, 1)));
  g.take(down(tag, atom{"noconnection"}));
  CHECK(g.is_complete());
  CHECK(text(entry_of(g.outcomes()[0])) == "{:error, {:erpc, :noconnection}}");
  CHECK(text(entry_of(g.outcomes()[1])) == "{:throw, 2}");
  CHECK(gathering{{}}.is_complete());
}

TEST_CASE("call_outcome: rpc's bad nodes did not answer, failures are results") { // RPC-06
  std::vector<atom> nodes{atom{"a"}, atom{"b"}, atom{"c"}, atom{"d"}};
  auto [results, bad] = split(nodes, {call_error("timeout"),
                                      {kind::exit, exception({1})},
                                      call_error("noconnection"),
                                      {kind::ok, 4}});
  CHECK(text(term::list(results)) == "[{:badrpc, {:EXIT, 1}}, 4]");
  CHECK(bad == std::vector<atom>{atom{"a"}, atom{"c"}});
}
