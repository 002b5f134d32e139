#include "troupe/exit_reason.hpp"

#include "troupe/inspect.hpp"
#include "troupe/spawn.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

#include <exception>
#include <stdexcept>
#include <utility>

using namespace troupe;
using namespace troupe::exit_reason;

TEST_CASE("exit_reason: what a body throws is what its process ends with") { // SP-06d
  auto thrown = [](auto x) { return of(std::make_exception_ptr(std::move(x))); };
  CHECK(thrown(exit_request{term::tuple({atom{"bad"}, 7})}) == term::tuple({atom{"bad"}, 7}));
  auto failed = thrown(std::runtime_error{"boom"});
  CHECK(failed == of(std::runtime_error{"boom"}));
  CHECK(inspect_term(failed) == "{%RuntimeError{message: \"boom\"}, []}");
  CHECK(inspect_term(thrown(5)) == "{:nocatch, []}");
}

TEST_CASE("exit_reason: a normal end is no error for CAF's actors") {
  CHECK_FALSE(to_caf(normal));
  CHECK(from_caf({}) == term{normal});
}

TEST_CASE("exit_reason: reasons that CAF knows keep their meaning in both directions") {
  CHECK(to_caf(shutdown) == caf::exit_reason::user_shutdown);
  CHECK(to_caf(noconnection) == caf::exit_reason::remote_link_unreachable);
  for (auto& reason : {shutdown, noconnection})
    CHECK(from_caf(to_caf(reason)) == term{reason});
}

TEST_CASE("exit_reason: who was killed is seen as killed, whatever the signal was") {
  CHECK(to_caf(kill) == caf::exit_reason::kill);
  CHECK(to_caf(killed) == caf::exit_reason::kill);
  CHECK(from_caf(caf::exit_reason::kill) == term{killed});
}

TEST_CASE("exit_reason: any other reason is an error that shows it") {
  auto reason = term::tuple({atom{"bad"}, 7});
  auto x = to_caf(reason);
  CHECK(x);
  CHECK(to_string(x).find("{:bad, 7}") != std::string::npos);
  CHECK(to_caf(noproc));
  CHECK(to_caf(noproc) != caf::exit_reason::kill);
}

TEST_CASE("exit_reason: an error of CAF that processes have no word for is its text") {
  auto x = from_caf(caf::sec::request_timeout);
  REQUIRE(x.is(term::kind::binary));
  CHECK(x.as_binary().find("request_timeout") != std::string::npos);
}
