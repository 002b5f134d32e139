#include "troupe/config.hpp"
#include "troupe/limits.hpp"

#include <boost/program_options.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace troupe;
namespace po = boost::program_options;

namespace {

result<config> read(std::vector<std::string> words) {
  po::options_description known;
  config::describe(known);
  std::vector<const char*> argv{"troupe"};
  for (auto& x : words)
    argv.push_back(x.c_str());
  po::variables_map values;
  auto parsed = parse_options(static_cast<int>(argv.size()), argv.data(), known, values);
  return parsed ? config::read(values) : parsed.error();
}

std::string complaint(std::vector<std::string> words) {
  auto x = read(std::move(words));
  return x ? "" : x.error().context;
}

using cookies = std::vector<std::pair<std::string, std::string>>;

} // namespace

TEST_CASE("config: without options for peers all is allowed") {
  auto c = read({});
  REQUIRE(c);
  CHECK(c->peer_cookies.empty());
  CHECK(c->allow.empty());
  CHECK(c->dialling == dist::auto_connect::always);
  CHECK(c->allow_spawn == "all");
}

TEST_CASE("config: cookies of single nodes, from everywhere") {
  auto c = read({"--cookie-for", "b@h=blue", "--cookie-for", "c@h=a=b d@h=x"});
  REQUIRE(c);
  CHECK(c->peer_cookies == cookies{{"b@h", "blue"}, {"c@h", "a=b"}, {"d@h", "x"}});
  auto path = std::filesystem::temp_directory_path() / "troupe_peer_options_test.conf";
  std::ofstream{path} << "cookie-for = d@h=file\ncookie-for = b@h=file\n";
  ::setenv("TROUPE_COOKIE_FOR", "c@h=environment", 1);
  c = read({"--cookie-for", "b@h=line", "--config", path.string()});
  ::unsetenv("TROUPE_COOKIE_FOR");
  std::filesystem::remove(path);
  REQUIRE(c);
  CHECK(c->peer_cookies == cookies{{"b@h", "line"}, {"c@h", "environment"}, {"d@h", "file"}});
}

TEST_CASE("config: a cookie for what is no node, or none for a node, is named without it") {
  for (auto* text : {"b@h", "b@h=", "=x", "nohost=secret"}) {
    auto said = complaint({"--cookie-for", text});
    CAPTURE(said);
    CHECK(said.find("give NODE@HOST=COOKIE") != std::string::npos);
    CHECK(said.find("secret") == std::string::npos);
  }
}

TEST_CASE("config: whom to allow, when to connect, what to spawn") {
  auto c = read({"--allow", "b@h,c@h", "--allow", "d@h", "--auto-connect", "once", "--allow-spawn",
                 "IO.*,closures"});
  REQUIRE(c);
  CHECK(c->allow == std::vector<std::string>{"b@h", "c@h", "d@h"});
  CHECK(c->dialling == dist::auto_connect::once);
  CHECK(c->allow_spawn == "IO.*,closures");
  CHECK(read({"--auto-connect", "never"})->dialling == dist::auto_connect::never);
  CHECK(complaint({"--allow", "b"})
        == "--allow 'b' is no node: give names such as a@host, with commas");
  CHECK(complaint({"--auto-connect", "maybe"})
        == "--auto-connect 'maybe' is unknown: give always, once or never");
  CHECK(complaint({"--allow-spawn", "IO."}).starts_with("--allow-spawn 'IO.' is no pattern"));
}
