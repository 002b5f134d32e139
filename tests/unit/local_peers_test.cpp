#include "troupe/discovery/local_peers.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;

namespace {

announcement of(const std::string& name, uint64_t instance, uint16_t port = 9100) {
  announcement x;
  x.name = name;
  x.instance = instance;
  x.incarnation = 1000 + instance;
  x.creation = 7;
  x.endpoints = {{"127.0.0.1", port}};
  return x;
}

} // namespace

TEST_CASE("local_peers: a node's file makes it seen once, and with all that it says of itself") {
  local_peers peers{"a@h"};
  auto x = of("b@h", 5);
  x.hidden = true;
  auto changes = peers.update("b@h", x);
  REQUIRE(changes.size() == 1);
  auto& seen = changes[0];
  CHECK(seen.what == observation::kind::seen);
  CHECK(seen.name == "b@h");
  CHECK(seen.instance == 5);
  CHECK(seen.incarnation == 1005);
  CHECK(seen.creation == 7);
  CHECK(seen.hidden);
  CHECK(seen.fresh);
  CHECK(seen.lifetime == clock::duration{});
  CHECK(seen.endpoints == std::vector<dist::endpoint>{{"127.0.0.1", 9100}});
  CHECK(peers.update("b@h", x).empty());
  CHECK(peers.files() == std::vector<std::string>{"b@h"});
}

TEST_CASE("local_peers: a file that is gone, or not ours, ends what it said") {
  local_peers peers{"a@h"};
  CHECK(peers.update("b@h", of("b@h", 5)).size() == 1);
  auto changes = peers.update("b@h", std::nullopt);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].what == observation::kind::gone);
  CHECK(changes[0].name == "b@h");
  CHECK_FALSE(changes[0].fresh);
  CHECK(peers.update("b@h", std::nullopt).empty());
  CHECK(peers.files().empty());
}

TEST_CASE("local_peers: a newer life is seen, without being gone in between") {
  local_peers peers{"a@h"};
  CHECK(peers.update("b@h", of("b@h", 5)).size() == 1);
  auto changes = peers.update("b@h", of("b@h", 6, 9101));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].what == observation::kind::seen);
  CHECK(changes[0].instance == 6);
  changes = peers.update("b@h", of("c@h", 7));
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].what == observation::kind::gone);
  CHECK(changes[0].name == "b@h");
  CHECK(changes[1].name == "c@h");
}

TEST_CASE("local_peers: this node's own file and other kinds of packets say nothing") {
  local_peers peers{"a@h"};
  CHECK(peers.update("a@h", of("a@h", 1)).empty());
  auto x = of("b@h", 5);
  x.what = announcement::kind::goodbye;
  CHECK(peers.update("b@h", x).empty());
  CHECK(peers.files().empty());
}

TEST_CASE("local_peers: names of files are those of the nodes, without what a file may not have") {
  CHECK(local_file_name("a-1_b@app.local") == "a-1_b@app.local");
  CHECK(local_file_name("a@fd00::1") == "a@fd00%3a%3a1");
  CHECK(local_file_name("a@../x%") == "a@..%2fx%25");
  CHECK(local_file_name("a@h\xC3\xA9") == "a@h%c3%a9");
}

TEST_CASE("local_peers: the names of files of long names are short, and differ") {
  std::string name = "a@" + std::string(253, '/');
  auto file = local_file_name(name);
  CHECK(file.size() == 200);
  CHECK(file != local_file_name(name.substr(0, 254) + 'x'));
  CHECK(local_file_name("a@" + std::string(198, 'h')).size() == 200);
  CHECK(local_file_name("a@" + std::string(198, 'h')).find('%') == std::string::npos);
}
