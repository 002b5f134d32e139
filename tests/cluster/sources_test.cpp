#include "support/source_fixture.hpp"

#include "troupe/discovery/address_book.hpp"
#include "troupe/discovery/cache_source.hpp"
#include "troupe/discovery/file_source.hpp"
#include "troupe/discovery/seed_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::discovery;
using namespace std::chrono_literals;
using test::read_file;
using test::write_file;

namespace fs = std::filesystem;

struct seeds_fixture : test::source_fixture {};

TEST_CASE_FIXTURE(seeds_fixture, "seed_source: every seed is reported once, this node is not") {
  auto seeds = parse_seeds("b@h,a@127.0.0.1:9100,127.0.0.1:9100,127.0.0.1:9101,c@h:1");
  REQUIRE(seeds);
  run(std::make_shared<seed_source>(*seeds, around.self));
  CHECK(says("+c@h h:1"));
  CHECK(unread == std::vector<std::string>{"+b@h", "+ 127.0.0.1:9101"});
}

// -- file -----------------------------------------------------------------------------------------

struct file_fixture : test::source_fixture {
  std::string path = directory / "peers";

  void begin(std::chrono::milliseconds interval = 30s) {
    file_source::options o;
    o.path = path;
    o.interval = interval;
    run(std::make_shared<file_source>(o, around));
  }
  // As editors and Kubernetes do.
  void replace(const std::string& text) {
    write_file(path + ".tmp", text);
    fs::rename(path + ".tmp", path);
  }
};

TEST_CASE_FIXTURE(file_fixture, "file_source: entries come and go with the file, at once") {
  write_file(path, "b@h:1\n10.0.0.9:2\n");
  begin();
  CHECK(says("+b@h h:1"));
  CHECK(says("+ 10.0.0.9:2"));
  SUBCASE("replaced by renaming") {
    replace("c@h\nb@h:1\n");
  }
  SUBCASE("written in place") {
    write_file(path, "c@h\nb@h:1\n");
  }
  CHECK(says("- 10.0.0.9:2"));
  CHECK(says("+c@h"));
  CHECK(std::ranges::count(unread, "works") == static_cast<long>(unread.size()));
}

TEST_CASE_FIXTURE(file_fixture, "file_source: a directory behind a symbolic link may be swapped") {
  fs::create_directory(directory / "v1");
  fs::create_directory(directory / "v2");
  write_file(directory / "v1/peers", "b@h:1\n");
  write_file(directory / "v2/peers", "c@h:2\n");
  fs::create_symlink("v1", directory / "..data");
  fs::create_symlink("..data/peers", path);
  begin();
  CHECK(says("+b@h h:1"));
  fs::create_symlink("v2", directory / "..data_tmp");
  fs::rename(directory / "..data_tmp", directory / "..data");
  CHECK(says("-b@h h:1"));
  CHECK(says("+c@h h:2"));
}

TEST_CASE_FIXTURE(file_fixture,
                  "file_source: a wrong line changes nothing and is told with number") {
  write_file(path, "b@h:1\n");
  begin();
  CHECK(says("+b@h h:1"));
  replace("c@h:1\n\nnonsense\n");
  CHECK(says("!" + path
             + ":3: 'nonsense' is no seed: it says neither which node nor which port; "
               "give name@nonsense or nonsense:9100"));
  fs::remove(path);
  CHECK(says("!cannot read " + path + ": No such file or directory"));
  replace("c@h:1\n");
  CHECK(says("-b@h h:1"));
  CHECK(says("+c@h h:1"));
}

TEST_CASE_FIXTURE(file_fixture, "file_source: the directory may come after the start") {
  path = directory / "later/peers";
  begin(50ms);
  CHECK(says("!cannot read " + path + ": No such file or directory"));
  fs::create_directory(directory / "later");
  write_file(path, "b@h:1\n");
  CHECK(says("+b@h h:1"));
  CHECK(says("works"));
}

TEST_CASE_FIXTURE(file_fixture, "file_source: what is no text file of fit size is refused") {
  SUBCASE("a pipe, which nobody writes to") {
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    begin();
    CHECK(says("!cannot read " + path + ": it is no regular file"));
  }
  SUBCASE("too long") {
    write_file(path, std::string(300'000, '#'));
    begin();
    CHECK(says("!cannot read " + path + ": it is longer than 262144 bytes; it must be shorter"));
  }
}

// -- cache ----------------------------------------------------------------------------------------

struct cache_fixture : test::source_fixture {
  std::string path = directory / "cache";

  cache_fixture() { around.book = std::make_shared<address_book>(); }

  std::shared_ptr<cache_source> begin(std::chrono::milliseconds interval = 10ms) {
    cache_source::options o;
    o.path = path;
    o.interval = interval;
    auto x = std::make_shared<cache_source>(o, around);
    run(x);
    return x;
  }
  bool holds(const std::string& text) {
    return run_until([&] { return read_file(path) == text; });
  }
};

TEST_CASE_FIXTURE(cache_fixture,
                  "cache_source: what is known is written and read in the next life") {
  auto first = begin();
  around.book->put({"b@h", {{"10.0.0.2", 1}}, false, false});
  around.book->put({"c@h", {{"10.0.0.3", 1}}, true, false});
  around.book->put({around.self.name, {{"10.0.0.1", 1}}, true, false});
  CHECK(holds("troupe-peers 1\nc@h 10.0.0.3 1\nb@h 10.0.0.2 1\n"));
  struct stat about {};
  REQUIRE(stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK_FALSE(fs::exists(path + ".new"));
  begin();
  CHECK(says("+b@h 10.0.0.2:1"));
  CHECK(std::ranges::count(unread, "+c@h 10.0.0.3:1") == 1);
}

TEST_CASE_FIXTURE(cache_fixture, "cache_source: a farewell writes what the interval did not") {
  auto source = begin(1h);
  around.book->put({"b@h", {{"10.0.0.2", 1}}, false, false});
  source->farewell();
  CHECK(read_file(path) == "troupe-peers 1\nb@h 10.0.0.2 1\n");
}

TEST_CASE_FIXTURE(cache_fixture, "cache_source: a node that knows nobody keeps the file") {
  write_file(path, "troupe-peers 1\nb@h 10.0.0.2 1\n");
  auto source = begin();
  CHECK(says("+b@h 10.0.0.2:1"));
  around.book->put({"c@h", {{"10.0.0.3", 1}}, false, false});
  around.book->erase("c@h");
  source->farewell();
  CHECK(read_file(path) == "troupe-peers 1\nb@h 10.0.0.2 1\n");
}

TEST_CASE_FIXTURE(cache_fixture, "cache_source: a broken file is told and replaced by good data") {
  write_file(path, "troupe-peers 1\nb@h 10.0");
  begin();
  CHECK(says("!the peers of the last life are lost: " + path + ":2: the line has no end"));
  CHECK(read_file(path) == "troupe-peers 1\nb@h 10.0");
  around.book->put({"c@h", {{"10.0.0.3", 1}}, false, false});
  CHECK(holds("troupe-peers 1\nc@h 10.0.0.3 1\n"));
}

TEST_CASE_FIXTURE(cache_fixture,
                  "cache_source: a directory that is missing is told, and tried again") {
  path = directory / "later/cache";
  begin();
  around.book->put({"c@h", {{"10.0.0.3", 1}}, false, false});
  CHECK(says("!cannot write " + path + ": No such file or directory"));
  fs::create_directory(directory / "later");
  CHECK(holds("troupe-peers 1\nc@h 10.0.0.3 1\n"));
  CHECK(says("works"));
}
