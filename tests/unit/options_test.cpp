#include "troupe/discovery/options.hpp"

#include <boost/program_options.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;
namespace po = boost::program_options;

namespace {

using kind = source_spec::kind;

config node_at(const std::string& name, const std::string& cookie = "monster") {
  config how;
  how.name = name;
  how.cookie = cookie;
  return how;
}

result<options> read(std::vector<std::string> words, const config& how) {
  po::options_description known;
  options::describe(known);
  std::vector<const char*> argv{"troupe"};
  for (auto& x : words)
    argv.push_back(x.c_str());
  po::variables_map values;
  auto parsed = parse_options(static_cast<int>(argv.size()), argv.data(), known, values);
  if (!parsed)
    return parsed.error();
  return options::read(values, how);
}

std::string why(std::vector<std::string> words, const config& how = node_at("a@10.0.0.1")) {
  auto x = read(std::move(words), how);
  return x ? "" : x.error().context;
}

std::vector<source_spec> sources(std::vector<std::string> words,
                                 const config& how = node_at("a@10.0.0.1")) {
  auto x = read(std::move(words), how);
  REQUIRE(x);
  return x->sources;
}

} // namespace

TEST_CASE("options: without a chosen cookie nobody looks, with one it is auto") {
  CHECK(sources({}, node_at("a@10.0.0.1", "")).empty());
  CHECK(sources({}) == sources({"--discover", "auto"}));
  CHECK(sources({}) == std::vector<source_spec>{{kind::multicast, ""}, {kind::local, ""}});
  auto by_file = node_at("a@10.0.0.1", "");
  by_file.cookie_file = "/run/secrets/cookie";
  CHECK_FALSE(sources({}, by_file).empty());
}

TEST_CASE("options: auto is nothing for a node that only this machine reaches") {
  CHECK(sources({}, node_at("a@127.0.0.1")).empty());
  CHECK(sources({}, node_at("a@localhost")).empty());
  CHECK(sources({}, node_at("")).empty());
  auto elsewhere = node_at("a@127.0.0.1");
  elsewhere.listen.host = "0.0.0.0";
  CHECK_FALSE(sources({}, elsewhere).empty());
}

TEST_CASE("options: several sources at once, each kept once") {
  CHECK(sources({"--discover", "local", "--discover", "seeds:b@h,c@h:9100", "--discover", "local"})
        == std::vector<source_spec>{{kind::local, ""}, {kind::seeds, "b@h,c@h:9100"}});
  CHECK(sources({"--discover", "local dns:app.local:9100  file:/etc/peers"}).size() == 3);
  CHECK(sources({"--discover", "auto", "--discover", "multicast"}).size() == 2);
  CHECK(sources({"--discover", "none"}).empty());
}

TEST_CASE("options: errors name the input and what would be right") {
  CHECK(why({"--discover", "carrier-pigeon"})
        == "--discover 'carrier-pigeon' is unknown: give auto, none, multicast, local, "
           "seeds:NODE[,NODE...], dns:NAME, file:PATH or cache:PATH");
  CHECK(why({"--discover", "dns:"}).starts_with("--discover 'dns:' says too little"));
  CHECK(why({"--discover", "multicast:eth0"}).starts_with("--discover 'multicast:eth0' says too"));
  CHECK(why({"--discover", "none", "--discover", "local"}).find("excludes") != std::string::npos);
  CHECK(why({"--discover", "seeds:b@"}).find("'b@'") != std::string::npos);
  CHECK(why({"--discover", "dns:app:port"}).find("'app:port'") != std::string::npos);
  CHECK(why({"--cluster", ""}).starts_with("--cluster ''"));
  CHECK(why({"--connect", "some"}) == "--connect 'some' is unknown: give all, seeds, lazy or none");
  for (auto* port : {"0", "65536", "x", "1 "})
    CHECK(why({"--multicast-port", port}).starts_with("--multicast-port '"));
  CHECK(why({"--dns-server", "ns.example"}).starts_with("--dns-server 'ns.example'"));
}

TEST_CASE("options: multicast wants a cookie that was chosen, and a node with a name") {
  CHECK(why({"--discover", "multicast"}, node_at("a@10.0.0.1", ""))
          .starts_with("--discover multicast needs a cookie that you chose"));
  CHECK(why({"--discover", "local"}, node_at("a@10.0.0.1", "")).empty());
  CHECK(why({"--discover", "local"}, node_at("")).starts_with("--discover needs a node with a"));
}

TEST_CASE("options: the rest is taken as given") {
  auto x = read({"--cluster", "blue", "--connect", "lazy", "--interfaces", "eth*,!docker0",
                 "--multicast-port", "15000", "--dns-server", "127.0.0.1:5353"},
                node_at("a@10.0.0.1"));
  REQUIRE(x);
  CHECK(x->cluster == "blue");
  CHECK(x->connect == connect_policy::lazy);
  CHECK(x->interfaces == std::vector<std::string>{"eth*", "!docker0"});
  CHECK(x->multicast_port == 15000);
  CHECK(x->dns_server == "127.0.0.1:5353");
}

TEST_CASE("options: a source is written as it is read") {
  for (std::string text :
       {"multicast", "local", "seeds:a@h", "dns:app:1", "file:/x:y", "cache:p"}) {
    auto x = parse_source(text);
    REQUIRE(x);
    CHECK(to_string(*x) == text);
  }
}
