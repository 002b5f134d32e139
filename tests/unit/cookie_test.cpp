#include "troupe/cookie.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include <sys/stat.h>

using namespace troupe;

namespace {

/// A directory that goes when the test ends.
struct home {
  home() {
    auto pattern = (std::filesystem::temp_directory_path() / "troupe-cookie-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  home(const home&) = delete;
  home& operator=(const home&) = delete;
  ~home() { std::filesystem::remove_all(path); }

  std::string file(const std::string& text, mode_t mode = 0400) const {
    auto name = path + "/cookie";
    std::filesystem::remove(name);
    std::ofstream{name} << text;
    ::chmod(name.c_str(), mode);
    return name;
  }

  std::string path;
};

std::string refusal(const std::string& path) {
  auto cookie = read_cookie_file(path);
  REQUIRE_FALSE(cookie);
  CHECK(cookie.error() == errc::invalid_config);
  return cookie.error().context;
}

} // namespace

TEST_CASE("cookie: a file holds one line, with or without its end") {
  home h;
  for (auto* text : {"monster", "monster\n", "monster\r\n"})
    CHECK(*read_cookie_file(h.file(text)) == "monster");
  CHECK(*read_cookie_file(h.file("two words")) == "two words");
  CHECK(*read_cookie_file(h.file(std::string(255, 'x') + "\n")) == std::string(255, 'x'));
}

TEST_CASE("cookie: a file that others can read is refused, and the user is told what to do") {
  home h;
  for (mode_t mode : {0440, 0404, 0604, 0420, 0401}) {
    auto path = h.file("monster", mode);
    CHECK(refusal(path)
          == "cookie file " + path + " must be accessible by owner only; say: chmod 400 " + path);
  }
  CHECK(read_cookie_file(h.file("monster", 0600)));
}

TEST_CASE("cookie: every file that cannot be used is named, with the reason") {
  home h;
  auto missing = h.path + "/none";
  CHECK(refusal(missing)
        == "cookie file " + missing + " cannot be read: No such file or directory");
  CHECK(refusal(h.path) == "cookie file " + h.path + " is not a file");
  auto path = h.file("");
  CHECK(refusal(path)
        == "cookie file " + path
             + " is empty; write the cluster's cookie into it, or remove the file");
  CHECK(refusal(h.file("\n")).find(" is empty") != std::string::npos);
  CHECK(refusal(h.file(std::string(256, 'x')))
        == "cookie file " + path + " holds more than 255 bytes");
  CHECK(refusal(h.file(std::string(100'000, 'x')))
        == "cookie file " + path + " holds more than 255 bytes");
  CHECK(refusal(h.file("two\nlines\n")) == "cookie file " + path + " must hold one line of text");
}

TEST_CASE(
  "cookie: the default one is made of 256 random bits that only the owner can read, and stays") {
  home h;
  auto made = read_or_make_default_cookie(h.path);
  REQUIRE(made);
  CHECK(made->size() == 64);
  CHECK(made->find_first_not_of("0123456789abcdef") == std::string::npos);
  struct stat about {};
  REQUIRE(::stat((h.path + "/.troupe.cookie").c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0400);
  CHECK(*read_or_make_default_cookie(h.path) == *made);
  home other;
  CHECK(*read_or_make_default_cookie(other.path) != *made);
}

TEST_CASE("cookie: nodes that start at once agree on one, and leave nothing else behind") {
  home h;
  std::vector<std::string> cookies(8);
  std::vector<std::thread> nodes;
  for (auto& cookie : cookies)
    nodes.emplace_back([&cookie, &h] {
      if (auto made = read_or_make_default_cookie(h.path))
        cookie = *made;
    });
  for (auto& node : nodes)
    node.join();
  CHECK(std::set<std::string>(cookies.begin(), cookies.end()).size() == 1);
  CHECK(cookies[0].size() == 64);
  size_t files = 0;
  for ([[maybe_unused]] auto& file : std::filesystem::directory_iterator{h.path})
    ++files;
  CHECK(files == 1);
}

TEST_CASE("cookie: a home that cannot be written to is named") {
  auto made = read_or_make_default_cookie("/nonexistent");
  REQUIRE_FALSE(made);
  CHECK(made.error().context
        == "cookie file /nonexistent/.troupe.cookie cannot be made: No such file or directory");
}
