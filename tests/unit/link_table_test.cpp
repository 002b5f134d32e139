#include "troupe/dist/link_table.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using dist::link_table;

namespace {

const pid local{atom{"a@h"}, 11, 1};
const pid other{atom{"a@h"}, 11, 2};
const pid remote{atom{"b@h"}, 22, 1};

} // namespace

TEST_CASE("link_table: there is one link per pair, however often it is made") {
  link_table links;
  links.add(local, remote);
  links.add(local, remote);
  CHECK(links.size() == 1);
  CHECK(links.remove(local, remote));
  CHECK(links.size() == 0);
  CHECK_FALSE(links.remove(local, remote));
}

TEST_CASE("link_table: the ends of a link are not interchangeable") {
  link_table links;
  links.add(local, remote);
  CHECK_FALSE(links.remove(remote, local));
  CHECK(links.size() == 1);
}

TEST_CASE("link_table: a process of another life of the node is another process") {
  link_table links;
  links.add(local, remote);
  CHECK_FALSE(links.remove(local, {remote.node, remote.creation + 1, remote.id}));
}

TEST_CASE("link_table: the loss of a connection takes every link once") {
  link_table links;
  links.add(local, remote);
  links.add(other, remote);
  auto all = links.take_all();
  CHECK(all == std::vector<link_table::ends>{{local, remote}, {other, remote}});
  CHECK(links.size() == 0);
  CHECK(links.take_all().empty());
}
