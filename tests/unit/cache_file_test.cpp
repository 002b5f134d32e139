#include "troupe/discovery/cache_file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;

namespace {

std::string why(const std::string& text) {
  auto x = read_cache(text);
  REQUIRE_FALSE(x);
  return x.error().context;
}

} // namespace

TEST_CASE("cache_file: what was written is read again, connected peers first") {
  std::vector<known_peer> peers{{"a@h", {{"10.0.0.1", 1}, {"fd00::1", 2}}, false, false},
                                {"b@h", {{"app.local", 3}}, true, false},
                                {"c@h", {}, true, true}};
  auto text = write_cache(peers);
  CHECK(text == "troupe-peers 1\nb@h app.local 3\nc@h\na@h 10.0.0.1 1 fd00::1 2\n");
  auto read = read_cache(text);
  REQUIRE(read);
  REQUIRE(read->size() == 3);
  CHECK((*read)[0].name == "b@h");
  CHECK((*read)[1].endpoints.empty());
  CHECK((*read)[2].endpoints == peers[0].endpoints);
  CHECK_FALSE((*read)[0].connected);
}

TEST_CASE("cache_file: a file of nobody is a good one") {
  CHECK(read_cache(write_cache({}))->empty());
}

TEST_CASE("cache_file: what cannot be read again is not written") {
  std::vector<known_peer> peers{{"", {{"h", 1}}, true, false},
                                {"10.0.0.1:1", {{"h", 1}}, true, false},
                                {"a@h", {{"a b", 1}, {"h", 0}, {"h", 7}}, false, false},
                                {"b@h", {{"\n", 1}}, false, false}};
  CHECK(write_cache(peers) == "troupe-peers 1\na@h h 7\n");
}

TEST_CASE("cache_file: there is room for 256 peers, and those connected come first") {
  std::vector<known_peer> peers;
  for (int i = 0; i < 300; ++i)
    peers.push_back({"n" + std::to_string(i) + "@h", {{"h", 1}}, i >= 290, false});
  auto read = read_cache(write_cache(peers));
  REQUIRE(read);
  CHECK(read->size() == cached_peers_max);
  CHECK(read->front().name == "n290@h");
  CHECK(read->back().name == "n245@h");
}

TEST_CASE("cache_file: a file that is not whole or not ours is refused with the line") {
  CHECK(why("") == "1: the line has no end");
  CHECK(why("troupe-peers 2\n") == "1: it must be 'troupe-peers 1'");
  CHECK(why("troupe-peers 1\na@h h 1") == "2: the line has no end");
  CHECK(why("troupe-peers 1\na@h h 1\nb@h h\n")
        == "3: behind the name there must be hosts and ports in turn");
  CHECK(why("troupe-peers 1\n\n") == "2: '' is no name of a node");
  CHECK(why("troupe-peers 1\na@h h 0\n").starts_with("2: "));
  CHECK(why("troupe-peers 1\na@h  1\n").starts_with("2: "));
  CHECK(why("troupe-peers 1\na@h h 1 h 2 h 3 h 4 h 5 h 6 h 7 h 8 h 9\n")
        == "2: there are more than 8 addresses");
  std::string many = "troupe-peers 1\n";
  for (int i = 0; i < 257; ++i)
    many += "n" + std::to_string(i) + "@h\n";
  CHECK(why(many) == "258: there are more than 256 peers");
}
