#include "troupe/discovery/peer_file.hpp"

#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;

namespace {

peer_list good(const std::string& text) {
  auto x = parse_peer_file(text);
  if (auto* bad = std::get_if<bad_line>(&x))
    FAIL("line " << bad->line << ": " << bad->why);
  return std::get<peer_list>(x);
}

bad_line bad(const std::string& text) {
  auto x = parse_peer_file(text);
  REQUIRE(std::holds_alternative<bad_line>(x));
  return std::get<bad_line>(x);
}

std::string seeds_of(const std::vector<seed>& all) {
  std::string text;
  for (auto& x : all)
    text += (text.empty() ? "" : " ") + to_string(x);
  return text;
}

} // namespace

TEST_CASE("peer_file: seeds and hosts are read, comments and blank lines are not") {
  auto x = good("# all of them\n"
                "b@10.0.0.2:9100\n"
                "\n"
                "  c@10.0.0.3   # the second\r\n"
                "10.0.0.4:9100 % the third\n"
                "%% Erlang's comment\n"
                "'app.local'.\n"
                "  'fd00::1' . % a host\n"
                "[fe80::1%eth0]:9100");
  CHECK(seeds_of(x.seeds) == "b@10.0.0.2:9100 c@10.0.0.3 10.0.0.4:9100 [fe80::1%eth0]:9100");
  CHECK(x.hosts == std::vector<std::string>{"app.local", "fd00::1"});
}

TEST_CASE("peer_file: an empty file is a list of nobody") {
  for (auto* text : {"", "\n", "# nobody\n", "\xEF\xBB\xBF"})
    CHECK(good(text) == peer_list{});
  CHECK(seeds_of(good("\xEF\xBB\xBF"
                      "a@h\n")
                   .seeds)
        == "a@h");
}

TEST_CASE("peer_file: an entry that is there twice counts once") {
  auto x = good("a@h\n'h'.\na@h\n'h'.\n");
  CHECK(x.seeds.size() == 1);
  CHECK(x.hosts.size() == 1);
}

TEST_CASE("peer_file: an error has the number of its line and says what would be right") {
  auto x = bad("a@h\n\n# x\nwhat is this\n");
  CHECK(x.line == 4);
  CHECK(x.why
        == "'what is this' is no seed: 'what is this' is neither a host's name nor an "
           "address");
  x = bad("'app.local'\n");
  CHECK(x.line == 1);
  CHECK(x.why
        == "''app.local'' is no host: it must be of the form 'app.local'. with the quotes "
           "and a dot behind them");
  CHECK(bad("'a b'.").why.find("between the quotes") != std::string::npos);
  CHECK(bad("'a'. 'b'.").line == 1);
  CHECK(bad("''.").line == 1);
  CHECK(bad(std::string("a@h\n\0", 5)).line == 2);
}

TEST_CASE("peer_file: a list has a bound") {
  std::string text;
  for (size_t i = 0; i < limits::seeds_max; ++i)
    text += "n" + std::to_string(i) + "@h\n";
  CHECK(good(text).seeds.size() == limits::seeds_max);
  CHECK(bad(text + "x@h\n").line == limits::seeds_max + 1);
}

TEST_CASE("peer_file: a difference tells who came and who went") {
  auto before = good("a@h\nb@h:1\nh:3\n").seeds;
  auto after = good("h:4\nb@h:2\na@h\n").seeds;
  auto x = difference(before, after);
  CHECK(seeds_of(x.added) == "h:4 b@h:2");
  CHECK(seeds_of(x.removed) == "h:3 b@h:1");
  x = difference(after, after);
  CHECK(x.added.empty());
  CHECK(x.removed.empty());
}
