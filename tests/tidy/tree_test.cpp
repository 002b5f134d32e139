// Rules about the tree as a whole: what CMake, the tests and the documents say of the files.

#include "tidy/source_tree.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

using namespace troupe::tidy;

namespace {

/// All CMake files of the part that a file belongs to.
std::string cmake_of(const source_file& x) {
  auto part = x.path.substr(0, x.path.find('/') + 1);
  std::string text;
  for (auto& y : all_files())
    if (y.in(part) && (y.ends("CMakeLists.txt") || y.ends(".cmake")))
      text += y.text;
  return text;
}

/// Returns them as unittest does: `session_test.OnTerminals.test_messages_by_name`.
std::set<std::string> python_test_names(const source_file& x) {
  static const std::regex pattern{R"(^(?:class (\w+)|    def (test_\w+)).*)"};
  std::set<std::string> names;
  std::string prefix = std::filesystem::path{x.path}.stem().string() + ".";
  std::string group;
  std::smatch match;
  for (auto& line : x.lines) {
    if (!std::regex_match(line, match, pattern))
      continue;
    if (match[1].matched)
      group = match[1];
    else
      names.insert(prefix + group + "." + match[2].str());
  }
  return names;
}

std::set<std::string> all_test_names() {
  std::set<std::string> names;
  for (auto& x : all_files())
    if (x.in("tests/") && x.is_source())
      for (auto& name : test_names(x))
        names.insert(name);
  for (auto& x : all_files())
    if ((x.in("tests/conformance/") || x.in("tests/container/")) && x.ends("_test.py"))
      names.merge(python_test_names(x));
  static const std::regex scripted{R"(troupe_add_script_test\(([\w.]+))"};
  auto& text = file_at("tests/CMakeLists.txt").text;
  for (std::sregex_iterator i{text.begin(), text.end(), scripted}, end; i != end; ++i)
    names.insert((*i)[1]);
  return names;
}

std::string section(const source_file& x, const std::string& heading) {
  auto from = x.text.find("\n## " + heading);
  if (from == std::string::npos)
    return {};
  auto to = x.text.find("\n## ", from + 4);
  return x.text.substr(from, to - from);
}

} // namespace

TEST_CASE("tree: the top level is the agreed one") {
  static const std::set<std::string> agreed{
    "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", ".gitignore", ".dockerignore",
    ".clang-format",  ".clang-tidy",       ".ci",     "actors",    "apps",       "compose",
    "discovery",      "runtime",           "scripts", "tests"};
  report broken;
  for (auto& x : all_files())
    if (!agreed.contains(x.path.substr(0, x.path.find('/'))))
      broken.add(x, "belongs into one of the parts");
}

TEST_CASE("tree: every source is listed in the CMakeLists.txt of its part") {
  report broken;
  for (auto& x : all_files()) {
    if ((x.in("tests/conformance/") || x.in("tests/container/")) && x.ends("_test.py")
        && cmake_of(x).find("(" + std::filesystem::path{x.path}.stem().string())
             == std::string::npos)
      broken.add(x, "is not listed");
    if (!x.is_source())
      continue;
    auto inside = x.path.substr(x.path.find('/') + 1);
    auto text = cmake_of(x);
    auto at = text.find(inside);
    while (at != std::string::npos && at > 0
           && !std::isspace(static_cast<unsigned char>(text[at - 1])))
      at = text.find(inside, at + 1);
    if (at == std::string::npos)
      broken.add(x, "is not listed");
  }
}

TEST_CASE("tree: nothing names a machine of its authors or a place to download from") {
  static const std::set<std::string> hosts{
    "www.erlang.org", "erlang.org",          "hexdocs.pm",       "elixir-lang.org",
    "github.com",     "www.boost.org",       "docs.openssl.org", "www.rfc-editor.org",
    "www.docker.com", "actor-framework.org", "www.w3.org",       "localhost",
    "127.0.0.1"};
  static const std::regex url{R"(\bhttps?://([\w.-]+))"};
  static const std::regex own{R"((^|[\s"'`=(:])/(home|root|work|mnt|Users)/)"};
  report broken;
  for (auto& x : all_files()) {
    broken.each_line(
      x, x.text, [](auto& line) { return std::regex_search(line, own); }, "path of one machine");
    broken.each_line(
      x, x.text,
      [](auto& line) {
        std::smatch match;
        return std::regex_search(line, match, url) && !hosts.contains(match[1].str());
      },
      "address that is not in the list of this test");
  }
}

TEST_CASE("tree: a unit test is named after the header whose rule it checks, or after its file") {
  std::set<std::string> headers;
  for (auto& x : all_files())
    if (x.is_header())
      headers.insert(std::filesystem::path{x.path}.stem().string());
  report broken;
  for (auto& x : all_files()) {
    if (!x.in("tests/unit/") || !x.is_source())
      continue;
    auto stem = std::filesystem::path{x.path}.stem().string();
    for (auto& name : test_names(x)) {
      auto subject = name.substr(0, name.find(": "));
      if (subject == name || !(headers.contains(subject) || subject + "_test" == stem))
        broken.add(x, "\"" + name + "\" does not begin with a header and a colon");
    }
  }
}

TEST_CASE("tree: names of tests are unique and can be passed on by CTest and doctest") {
  std::set<std::string> seen;
  report broken;
  for (auto& x : all_files()) {
    if (!x.in("tests/") || !x.is_source())
      continue;
    for (auto& name : test_names(x)) {
      if (name.find_first_of(";[]*\\\"") != std::string::npos)
        broken.add(x, "\"" + name + "\" has one of ; [ ] * \\ \"");
      if (!seen.insert(name).second)
        broken.add(x, "\"" + name + "\" exists twice");
    }
  }
}

TEST_CASE("tree: the README shows the sample that is compiled") {
  auto& sample = file_at("apps/samples/hello/main.cpp");
  REQUIRE_FALSE(sample.text.empty());
  auto code = sample.text.substr(sample.text.find("\n#include") + 1);
  auto& readme = file_at("README.md").text;
  CHECK_MESSAGE(readme.find("```cpp\n" + code + "```") != std::string::npos,
                "README.md lacks this text as ```cpp block:\n", code);
}

TEST_CASE("tree: every guarantee of the README names tests that exist") {
  static const std::regex quoted{R"(`([^`]+)`)"};
  auto names = all_test_names();
  auto& readme = file_at("README.md");
  auto text = section(readme, "Guarantees");
  REQUIRE_FALSE(text.empty());
  static const std::regex row{R"(\n\|([^\n]*)\|([^\n|]*)\|(?=\n))"};
  size_t rows = 0;
  report broken;
  for (std::sregex_iterator i{text.begin(), text.end(), row}, end; i != end; ++i) {
    auto tests = (*i)[2].str();
    if (rows++ < 2) // Head and ruler.
      continue;
    std::sregex_iterator first{tests.begin(), tests.end(), quoted};
    if (first == end)
      broken.add(readme, "no test for:" + (*i)[1].str());
    for (auto j = first; j != end; ++j)
      if (!names.contains((*j)[1].str()))
        broken.add(readme, "there is no test `" + (*j)[1].str() + "`");
  }
  CHECK(rows > 2);
}

TEST_CASE("tree: the README of a part has each public header in its table") {
  report broken;
  for (std::string part : {"runtime", "actors", "discovery"}) {
    auto& readme = file_at(part + "/README.md");
    auto root = part == "runtime" ? part + "/troupe/" : part + "/troupe/" + part + "/";
    for (auto& path : public_headers(part)) {
      auto name = path.substr(root.size(), path.size() - root.size() - 4);
      if (readme.text.find("`" + name + "`") == std::string::npos)
        broken.add(readme, "`" + name + "` is missing");
    }
  }
}
