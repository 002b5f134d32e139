#include "troupe/actors/eval/process_host.hpp"

#include "troupe/actors/eval/failures.hpp"
#include "troupe/inspect.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::eval;

namespace {

term reason_of(const char* module) {
  return exit_reason_of(undefined_function(all_modules(), atom{module}, atom{"nosuch"}, {1}));
}

std::string text_of(const term& x) {
  return inspect_term(x);
}

std::string told(const term& reason) {
  return explain_exit(reason, pid{});
}

} // namespace

TEST_CASE("process_host: undef as a reason is as Erlang's, without hints for people (SP-06)") {
  CHECK(text_of(reason_of("erlang")) == "{:undef, [{:erlang, :nosuch, [1], []}]}");
  CHECK(text_of(reason_of("nosuch")) == "{:undef, [{:nosuch, :nosuch, [1], []}]}");
}

TEST_CASE("process_host: other reasons keep their stacks") {
  auto f = argument_error("erlang", "hd", {1}, {"not a nonempty list"});
  auto reason = exit_reason_of(f);
  REQUIRE(reason.is_tuple(2));
  CHECK(reason.as_tuple()[1] == f.stack);
}

TEST_CASE("process_host: a person is told whether it was the module that is missing") {
  CHECK(told(reason_of("erlang"))
          .ends_with("function :erlang.nosuch/1 is undefined or private\n"
                     "        :erlang.nosuch(1)"));
  CHECK(told(reason_of("nosuch"))
          .ends_with("function :nosuch.nosuch/1 is undefined (module :nosuch is not available)\n"
                     "        :nosuch.nosuch(1)"));
}

TEST_CASE("process_host: whatever a reason is, it can be told") {
  CHECK(told(atom{"undef"}) == ":undef");
  const std::vector<term> stacks{term{},
                                 term::empty_list(),
                                 term::list({1}),
                                 term::list({term::tuple({1})}),
                                 term::list({term::tuple({1, 2, 3, 4})}),
                                 atom{"x"}};
  for (auto& stack : stacks)
    CHECK_FALSE(told(term::tuple({atom{"undef"}, stack})).empty());
}
