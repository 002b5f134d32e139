#include "support/epmd_fixture.hpp"
#include "support/source_fixture.hpp"

#include "troupe/discovery/internal/local_directory.hpp"
#include "troupe/discovery/local_source.hpp"
#include "troupe/dist/auth.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::discovery;
using namespace std::chrono_literals;
using discovery::internal::local_directory;

namespace fs = std::filesystem;

namespace {

// To derive one is slow on purpose.
std::shared_ptr<const dist::key_ring> keys_of(const std::string& cookie) {
  static std::map<std::string, std::shared_ptr<const dist::key_ring>> all;
  auto& keys = all[cookie];
  if (!keys)
    keys = *dist::key_ring::derive(cookie);
  return keys;
}

} // namespace

struct local_fixture : test::source_fixture {
  std::string path = directory / "troupe/nodes/net";

  // What one node has; its reports go to an inbox of its own.
  struct one {
    std::shared_ptr<local_source> source;
    std::shared_ptr<inbox> reports;
    pid process;
  };

  std::shared_ptr<local_source> make(const std::string& name, uint16_t port,
                                     const std::string& cookie = "monster",
                                     const std::string& cluster = "troupe") {
    auto here = around;
    here.self.name = name;
    here.self.instance = port;
    here.self.listens.port = port;
    here.cluster = cluster;
    here.keys = keys_of(cookie);
    local_source::options o;
    o.directory = path;
    auto made = local_source::make(o, here);
    REQUIRE(made);
    return *made;
  }
  one start(const std::shared_ptr<local_source>& x) {
    auto to = make_inbox();
    return {x, to, run(x, to)};
  }
  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (auto& x : fs::directory_iterator{path})
      all.push_back(x.path().filename());
    std::ranges::sort(all);
    return all;
  }
};

TEST_CASE_FIXTURE(local_fixture, "local_source: nodes see each other come and go at once") {
  auto a = start(make("a@127.0.0.1", 9101));
  CHECK(says("works", a.reports));
  auto b = start(make("b@127.0.0.1", 9102));
  CHECK(says("+b@127.0.0.1 127.0.0.1:9102", a.reports));
  CHECK(says("+a@127.0.0.1 127.0.0.1:9101", b.reports));
  CHECK(files()
        == std::vector<std::string>{"a@127.0.0.1", "a@127.0.0.1.lock", "b@127.0.0.1",
                                    "b@127.0.0.1.lock"});
  b.source->farewell();
  CHECK(says("-b@127.0.0.1 127.0.0.1:9102", a.reports));
  CHECK(files() == std::vector<std::string>{"a@127.0.0.1", "a@127.0.0.1.lock"});
}

TEST_CASE_FIXTURE(local_fixture, "local_source: a node that is killed is gone at once") {
  auto a = start(make("a@127.0.0.1", 9101));
  CHECK(says("works", a.reports));
  auto packet = announcement_codec{keys_of("monster")->discovery_key(), "troupe"};
  announcement x;
  x.name = "b@127.0.0.1";
  x.instance = x.sequence = 1;
  x.endpoints = {{"127.0.0.1", 9102}};
  test::child other{[&] {
    auto mine = local_directory::open(path);
    static_cast<void>(mine->publish("b@127.0.0.1", packet.encode(x)));
    pause();
  }};
  CHECK(says("+b@127.0.0.1 127.0.0.1:9102", a.reports));
  auto killed = std::chrono::steady_clock::now();
  other.kill_now();
  CHECK(says("-b@127.0.0.1 127.0.0.1:9102", a.reports));
  CHECK(std::chrono::steady_clock::now() - killed < 3s); // Not by the interval.
  CHECK(files() == std::vector<std::string>{"a@127.0.0.1", "a@127.0.0.1.lock"});
}

TEST_CASE_FIXTURE(local_fixture,
                  "local_source: other clusters are not seen, another cookie is told") {
  auto a = start(make("a@127.0.0.1", 9101));
  auto b = start(make("b@127.0.0.1", 9102, "monster", "other"));
  auto c = start(make("c@127.0.0.1", 9103, "secret"));
  CHECK(says("works", b.reports));
  CHECK(says("auth_mismatch", a.reports));
  auto d = start(make("d@127.0.0.1", 9104));
  CHECK(says("+d@127.0.0.1 127.0.0.1:9104", a.reports));
  CHECK(std::ranges::count(unread, "+b@127.0.0.1 127.0.0.1:9102") == 0);
  CHECK(std::ranges::count(unread, "+c@127.0.0.1 127.0.0.1:9103") == 0);
}

TEST_CASE_FIXTURE(local_fixture,
                  "local_source: a name that a live node has is told, and waited for") {
  auto first = start(make("a@127.0.0.1", 9101));
  CHECK(says("works", first.reports));
  auto second = start(make("a@127.0.0.1", 9102));
  CHECK(says("!another node of this user has the name a@127.0.0.1; nodes of this host do not find "
             "this one",
             second.reports));
}

TEST_CASE_FIXTURE(local_fixture, "local_source: a process that runs again keeps the node's file") {
  auto a = start(make("a@127.0.0.1", 9101));
  CHECK(says("works", a.reports));
  auto b = start(make("b@127.0.0.1", 9102));
  CHECK(says("+b@127.0.0.1 127.0.0.1:9102", a.reports));
  auto again = start(a.source);
  CHECK(says("+b@127.0.0.1 127.0.0.1:9102", again.reports));
  CHECK(says("works", again.reports));
}

TEST_CASE_FIXTURE(local_fixture, "local_source: a silent node takes its file back") {
  auto a = start(make("a@127.0.0.1", 9101));
  auto b = start(make("b@127.0.0.1", 9102));
  CHECK(says("+b@127.0.0.1 127.0.0.1:9102", a.reports));
  cluster_view view;
  view.silent = true;
  home->send(b.process, view);
  CHECK(says("-b@127.0.0.1 127.0.0.1:9102", a.reports));
}

TEST_CASE_FIXTURE(local_fixture, "local_source: a directory that others can enter is refused") {
  fs::create_directories(path);
  fs::permissions(directory / "troupe", fs::perms{0755});
  auto a = start(make("a@127.0.0.1", 9101));
  CHECK(says("!cannot use " + (directory / "troupe")
               + ": other users can enter it, its mode must be 0700; remove it, or set "
                 "XDG_RUNTIME_DIR",
             a.reports));
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(local_fixture,
                  "local_directory: what the dead left is removed, and nothing else") {
  auto mine = local_directory::open(path);
  REQUIRE(mine);
  for (auto* name : {"x", "y", "y.lock", "z.lock", ".new-v"})
    test::write_file(path + '/' + name, "");
  auto published = mine->publish("w", "text");
  REQUIRE(published);
  CHECK(*published == local_directory::published::done);
  CHECK(mine->list() == std::vector<std::string>{"w", "x", "y"});
  CHECK_FALSE(mine->read("x"));
  CHECK_FALSE(mine->read("y"));
  CHECK(mine->read("w") == "text");
  CHECK(files() == std::vector<std::string>{".new-v", "w", "w.lock"});
  struct stat about {};
  REQUIRE(stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);
  mine->withdraw();
  CHECK(files() == std::vector<std::string>{".new-v"});
}

TEST_CASE_FIXTURE(local_fixture, "local_directory: a link in the place of a directory is refused") {
  fs::create_directory(directory / "elsewhere");
  fs::create_directory_symlink(directory / "elsewhere", directory / "troupe");
  auto opened = local_directory::open(path);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().context
        == "cannot use " + (directory / "troupe")
             + ": it is no directory; remove it, or set XDG_RUNTIME_DIR");
}
