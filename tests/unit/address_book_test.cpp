#include "troupe/discovery/address_book.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace troupe;
using discovery::address_book;
using discovery::known_peer;

TEST_CASE("address_book: a name that was never heard has no addresses") {
  address_book book;
  CHECK(book.find("a@h").empty());
  CHECK(book.snapshot().empty());
  CHECK(book.version() == 0);
}

TEST_CASE("address_book: what is put replaces what was known") {
  address_book book;
  book.put({"a@h", {{"10.0.0.1", 1}, {"10.0.0.2", 2}}, true, false});
  CHECK(book.find("a@h") == std::vector<dist::endpoint>{{"10.0.0.1", 1}, {"10.0.0.2", 2}});
  book.put({"a@h", {{"10.0.0.3", 3}}, false, true});
  CHECK(book.find("a@h") == std::vector<dist::endpoint>{{"10.0.0.3", 3}});
  CHECK(book.snapshot() == std::vector<known_peer>{{"a@h", {{"10.0.0.3", 3}}, false, true}});
}

TEST_CASE("address_book: a snapshot is ordered by name") {
  address_book book;
  for (auto* name : {"c@h", "a@h", "b@h"})
    book.put({name, {{"h", 1}}, false, false});
  std::string order;
  for (auto& x : book.snapshot())
    order += x.name;
  CHECK(order == "a@hb@hc@h");
}

TEST_CASE("address_book: the version changes with what changes something, and only then") {
  address_book book;
  known_peer x{"a@h", {{"10.0.0.1", 1}}, false, false};
  book.put(x);
  CHECK(book.version() == 1);
  book.put(x);
  CHECK(book.version() == 1);
  x.connected = true;
  book.put(x);
  CHECK(book.version() == 2);
  book.erase("b@h");
  CHECK(book.version() == 2);
  book.erase("a@h");
  CHECK(book.version() == 3);
  CHECK(book.snapshot().empty());
}
