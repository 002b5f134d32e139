#include "troupe/discovery/seed.hpp"

#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;

namespace {

struct form {
  std::string text;
  std::string name;
  std::optional<dist::endpoint> at;
};

std::string why(const std::string& text) {
  auto x = parse_seed(text);
  REQUIRE_FALSE(x);
  CHECK(x.error() == errc::invalid_config);
  return x.error().context;
}

} // namespace

TEST_CASE("seed: all forms of names and addresses are read, and written again") {
  std::vector<form> forms{
    {"a@h", "a@h", {}},
    {"a@h:9100", "a@h", {{"h", 9100}}},
    {"a-1_x@app.example.org:1", "a-1_x@app.example.org", {{"app.example.org", 1}}},
    {"a@10.0.0.1", "a@10.0.0.1", {}},
    {"a@10.0.0.1:65535", "a@10.0.0.1", {{"10.0.0.1", 65535}}},
    {"h:9100", "", {{"h", 9100}}},
    {"10.0.0.1:9100", "", {{"10.0.0.1", 9100}}},
    {"[fd00::1]:9100", "", {{"fd00::1", 9100}}},
    {"[fe80::1%eth0]:9100", "", {{"fe80::1%eth0", 9100}}},
    {"a@[fd00::1]:9100", "a@fd00::1", {{"fd00::1", 9100}}},
    {"a@fd00::1", "a@fd00::1", {}},
  };
  for (auto& x : forms) {
    CAPTURE(x.text);
    auto read = parse_seed(x.text);
    REQUIRE(read);
    CHECK(read->name == x.name);
    CHECK(read->at == x.at);
    CHECK(to_string(*read) == x.text);
  }
  CHECK(*parse_seed("a@[::1]") == *parse_seed("a@::1"));
  CHECK(*parse_seed("  a@h\t") == *parse_seed("a@h"));
}

TEST_CASE("seed: an error names the input and says what would be right") {
  CHECK(why("app")
        == "'app' is no seed: it says neither which node nor which port; give name@app "
           "or app:9100");
  CHECK(why("::1")
        == "'::1' is no seed: it says neither which node nor which port; give name@::1 "
           "or [::1]:9100");
  CHECK(why("") == "'' is no seed: there is nothing; give name@host, name@host:port or host:port");
  CHECK(why("a@h:x") == "'a@h:x' is no seed: 'x' is no port; it must be a number from 1 to 65535");
  CHECK(why("fd00::1:x")
        == "'fd00::1:x' is no seed: there is more than one colon; an IPv6 address "
           "with a port needs brackets: [fd00::1]:9100");
  CHECK(why("[fd00::1:1") == "'[fd00::1:1' is no seed: there is no ']'");
  CHECK(why("[h]:1") == "'[h]:1' is no seed: 'h' between the brackets is no IPv6 address");
  CHECK(why("@h:1")
        == "'@h:1' is no seed: invalid node name '@h': the part before '@' must consist "
           "of letters, digits, '_' and '-'");
}

TEST_CASE("seed: hosts and ports that cannot be are refused") {
  for (std::string text : {"h:0",     "h:65536",     "h:-1",     "h:1x",    "h:+1",
                           "h: 1",    "a@",          "a@b@c",    "a@h:1:2", "1.2.3.999:1",
                           "1.2.3:1", "a@1.2.3.4.5", "h h:1",    "-:",      ":1",
                           "a@:1",    "[::1]",       "[::1]x:1", "[::1]1",  "[fe80::1%]:1",
                           "a..b:1",  ".a:1",        "a@h/x",    "a b@h",   "h\n:1"}) {
    CAPTURE(text);
    CHECK_FALSE(why(text).empty());
  }
  CHECK(why(std::string(64, 'a') + ":1").find("neither a host's name") != std::string::npos);
  CHECK_FALSE(why("h:01").empty());
  CHECK_FALSE(why(std::string("[::1\0]:1", 9)).empty());
  CHECK_FALSE(why(std::string("1.2.3.4\0:1", 10)).empty());
  CHECK(why(std::string(3000, 'a')).size() < 300);
}

TEST_CASE("seed: a list has commas between its entries, and each entry once") {
  auto all = parse_seeds("a@h, h:1,a@h ,[::1]:2");
  REQUIRE(all);
  REQUIRE(all->size() == 3);
  CHECK((*all)[0].name == "a@h");
  CHECK((*all)[1].at == dist::endpoint{"h", 1});
  CHECK((*all)[2].at == dist::endpoint{"::1", 2});
  CHECK_FALSE(parse_seeds(""));
  CHECK_FALSE(parse_seeds("a@h,,b@h"));
  CHECK_FALSE(parse_seeds("a@h,"));
  CHECK(parse_seeds("a@h,b").error().context.starts_with("'b' is no seed: "));
}

TEST_CASE("seed: a list has a bound") {
  std::string list = "h:1";
  for (size_t i = 1; i < limits::seeds_max; ++i)
    list += ",n" + std::to_string(i) + ":1";
  CHECK(parse_seeds(list)->size() == limits::seeds_max);
  auto more = parse_seeds(list + ",x:1");
  REQUIRE_FALSE(more);
  CHECK(more.error().context == "more than 1024 seeds; give fewer");
}

TEST_CASE("seed: what is observed holds until it is said to be gone") {
  auto x = to_observation(*parse_seed("a@h:7"));
  CHECK(x.what == observation::kind::seen);
  CHECK(x.name == "a@h");
  CHECK(x.endpoints == std::vector<dist::endpoint>{{"h", 7}});
  CHECK(x.seed);
  CHECK_FALSE(x.fresh);
  CHECK(x.lifetime == clock::duration{});
  auto y = to_observation(*parse_seed("a@h"), observation::kind::gone);
  CHECK(y.what == observation::kind::gone);
  CHECK(y.endpoints.empty());
}
