#include "troupe/config.hpp"

#include <doctest/doctest.h>

#include <boost/program_options.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
namespace po = boost::program_options;

namespace {

result<config> read(std::vector<const char*> args) {
  po::options_description known;
  config::describe(known);
  po::variables_map values;
  args.insert(args.begin(), "program");
  if (auto parsed = parse_options(static_cast<int>(args.size()), args.data(), known, values);
      !parsed)
    return parsed.error();
  return config::read(values);
}

std::string complaint(std::vector<const char*> args) {
  auto x = read(std::move(args));
  return x ? "none" : x.error().context;
}

} // namespace

TEST_CASE("config: without options a node has no name and the defaults of Erlang") {
  auto c = read({});
  REQUIRE(c);
  CHECK(c->name.empty());
  CHECK(c->ticktime == 60s);
  CHECK(c->epmd_port == 4369);
  CHECK(c->transport == dist::transport_mode::tls);
  CHECK_FALSE(c->hidden);
  CHECK_FALSE(c->caf_io); // its protocol authenticates nobody
}

TEST_CASE("config: options are read with their units") {
  auto c
    = read({"--name", "a@127.0.0.1", "--cookie", "x", "--ticktime", "0.5", "--transport", "plain",
            "--hidden", "--caf-io", "--epmd-port", "5000", "--listen", "127.0.0.1:9000"});
  REQUIRE(c);
  CHECK(c->name == "a@127.0.0.1");
  CHECK(c->ticktime == 500ms);
  CHECK(c->transport == dist::transport_mode::plain);
  CHECK(c->hidden);
  CHECK(c->caf_io);
  CHECK(c->epmd_port == 5000);
  CHECK(c->listen == dist::endpoint{"127.0.0.1", 9000});
  auto secret = c->secret();
  REQUIRE(secret);
  CHECK(*secret == "x");
}

TEST_CASE("config: listen takes an address, a port, and IPv6 in brackets") {
  CHECK(read({"--listen", "10.0.0.1"})->listen == dist::endpoint{"10.0.0.1", 0});
  CHECK(read({"--listen", "[::1]:90"})->listen == dist::endpoint{"::1", 90});
  CHECK(read({"--listen", "[::1]"})->listen == dist::endpoint{"::1", 0});
  CHECK(read({"--listen", "::1"})->listen == dist::endpoint{"::1", 0});
}

TEST_CASE("config: a short name gets this machine's host and has no dot") {
  auto c = read({"--sname", "a@localhost"});
  REQUIRE(c);
  CHECK(c->name == "a@localhost");
  CHECK(c->short_names);
  CHECK(complaint({"--sname", "a@b.c"}).find("must have no dot") != std::string::npos);
}

TEST_CASE("config: bad input is named, with what would be right") {
  CHECK(complaint({"--name", "a"}) == "invalid node name 'a': it must be of the form name@host");
  CHECK(complaint({"--name", "a@b", "--sname", "c"})
        == "--name and --sname exclude each other: give one of them");
  CHECK(complaint({"--transport", "udp"}) == "--transport 'udp' is unknown: give tls or plain");
  CHECK(complaint({"--ticktime", "soon"})
        == "--ticktime 'soon' is no time: give seconds from 0.1 to 86400");
  CHECK(complaint({"--ticktime", "nan"}).find("is no time") != std::string::npos);
  CHECK(complaint({"--epmd-port", "0"})
        == "--epmd-port '0' is not a port: give a number from 1 to 65535");
  CHECK(complaint({"--listen", "127.0.0.1:x"}).find("is not a port") != std::string::npos);
  CHECK(complaint({"--log-level", "loud"}).find("give error, warning, info or debug")
        != std::string::npos);
  CHECK(complaint({"--bogus"}).find("--bogus") != std::string::npos);
  CHECK(complaint({"--cookie", ""}).find("--cookie is empty") != std::string::npos);
  CHECK(complaint({"--config", "/nonexistent"}).find("/nonexistent") != std::string::npos);
}

TEST_CASE("config: the command line wins over the environment, and that over the file") {
  auto path = std::filesystem::temp_directory_path() / "troupe_config_test.conf";
  std::ofstream{path} << "cookie = file\nname = f@127.0.0.1\nticktime = 5\n";
  ::setenv("TROUPE_COOKIE", "environment", 1);
  ::setenv("TROUPE_TICKTIME", "7", 1);
  ::setenv("TROUPE_UNRELATED", "ignored", 1);
  auto text = path.string();
  auto c = read({"--config", text.c_str(), "--ticktime", "9"});
  ::unsetenv("TROUPE_COOKIE");
  ::unsetenv("TROUPE_TICKTIME");
  ::unsetenv("TROUPE_UNRELATED");
  std::filesystem::remove(path);
  REQUIRE(c);
  CHECK(c->cookie == "environment");
  CHECK(c->name == "f@127.0.0.1");
  CHECK(c->ticktime == 9s);
}
