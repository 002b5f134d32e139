// The rules for every file that a machine can check. What breaks one is listed with file and line.

#include "tidy/source_tree.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

using namespace troupe::tidy;

namespace {

constexpr size_t header_lines_max = 250;
constexpr size_t source_lines_max = 400;
constexpr size_t test_lines_max = 300;
constexpr size_t main_lines_max = 60;
constexpr size_t columns_max = 100;

const std::vector<std::string> libraries{"runtime", "actors", "discovery"};

bool in_library(const source_file& x) {
  return x.in("runtime/") || x.in("actors/") || x.in("discovery/");
}

bool is_text(const source_file& x) {
  return !x.ends(".hex") && !x.ends(".bin") && !x.ends(".png");
}

size_t columns(const std::string& line) { // of UTF-8
  return static_cast<size_t>(
    std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool exists(const std::string& path) {
  return std::filesystem::exists(std::filesystem::path{TROUPE_SOURCE_DIR} / path);
}

/// Whether `name`, with its quotes, is a file that `from` may see under that name.
bool resolves(const source_file& from, const std::string& name) {
  auto path = name.substr(1, name.size() - 2);
  auto folder = from.path.substr(0, from.path.rfind('/') + 1);
  if (exists(folder + path) || exists("tests/" + path))
    return true;
  return std::any_of(libraries.begin(), libraries.end(),
                     [&](auto& part) { return exists(part + "/" + path); });
}

} // namespace

TEST_CASE("tidy: runtime includes nothing above it, actors and discovery nothing of each other") {
  report broken;
  for (auto& x : all_files()) {
    if (!in_library(x) || !x.is_cpp())
      continue;
    for (auto& name : includes_of(x)) {
      if (name.starts_with("\"troupe/actors/") && !x.in("actors/"))
        broken.add(x, "includes " + name);
      if (name.starts_with("\"troupe/discovery/") && !x.in("discovery/"))
        broken.add(x, "includes " + name);
      if (name.find("support/") != std::string::npos || name.find("apps/") != std::string::npos)
        broken.add(x, "includes " + name + ", which is above all libraries");
    }
  }
}

TEST_CASE("tidy: our own headers are included in quotes, all others in angle brackets") {
  report broken;
  for (auto& x : all_files()) {
    if (!x.is_cpp())
      continue;
    for (auto& name : includes_of(x)) {
      if (name.starts_with("<troupe/"))
        broken.add(x, name + " is one of ours: quotes");
      else if (name.front() == '"' && !resolves(x, name))
        broken.add(x, name + " is none of ours: angle brackets");
    }
  }
}

TEST_CASE("tidy: a source includes its own header first") {
  report broken;
  for (auto& x : all_files()) {
    if (!x.is_source() || !exists(x.path.substr(0, x.path.size() - 3) + "hpp"))
      continue;
    auto stem = x.path.substr(x.path.rfind('/') + 1);
    auto own = stem.substr(0, stem.size() - 3) + "hpp\"";
    auto names = includes_of(x);
    if (names.empty() || !(names.front() == "\"" + own || names.front().ends_with("/" + own)))
      broken.add(x, "its own header is not its first include");
  }
}

TEST_CASE("tidy: every header says what it is and which threads may use it") {
  report broken;
  for (auto& x : all_files()) {
    if (!x.is_header())
      continue;
    if (banner_of(x).find("Threads:") == std::string::npos)
      broken.add(x, "its opening comment has no `Threads:`");
    if (x.text.find("\n#pragma once\n") == std::string::npos)
      broken.add(x, "has no #pragma once");
  }
  for (auto& part : libraries)
    for (auto& path : public_headers(part))
      if (auto& x = file_at(path); banner_of(x).find("Erlang counterpart:") == std::string::npos)
        broken.add(x.path.empty() ? file_at(part + "/CMakeLists.txt") : x,
                   path + " has no `Erlang counterpart:` in its opening comment");
}

TEST_CASE("tidy: files keep to their sizes") {
  report broken;
  for (auto& x : all_files()) {
    if (!x.is_cpp())
      continue;
    auto limit = x.is_header()         ? header_lines_max
                 : x.ends("_test.cpp") ? test_lines_max
                 : x.ends("/main.cpp") ? main_lines_max
                                       : source_lines_max;
    if (x.lines.size() > limit)
      broken.add(x, std::to_string(x.lines.size()) + " lines, limit " + std::to_string(limit));
  }
  if (auto& top = file_at("CMakeLists.txt"); top.lines.size() > 40)
    broken.add(top, "more than 40 lines");
}

TEST_CASE("tidy: lines keep to their size") {
  report broken;
  for (auto& x : all_files())
    if (x.is_cpp())
      broken.each_line(
        x, x.text, [](auto& line) { return columns(line) > columns_max; },
        "longer than " + std::to_string(columns_max) + " columns");
}

TEST_CASE("tidy: text has no tabs, no blanks at the end of lines, and ends with a line break") {
  report broken;
  for (auto& x : all_files()) {
    if (!is_text(x))
      continue;
    broken.each_line(
      x, x.text, [](auto& line) { return line.find('\t') != std::string::npos; }, "tab");
    broken.each_line(
      x, x.text, [](auto& line) { return line.ends_with(' '); }, "blank at the end");
    if (!x.text.empty() && x.text.back() != '\n')
      broken.add(x, "no line break at the end");
  }
}

TEST_CASE("tidy: unit and cluster tests never sleep") {
  static const std::regex sleeping{R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b)"};
  report broken;
  for (auto& x : all_files())
    if (x.is_cpp() && (x.in("tests/unit/") || x.in("tests/cluster/") || x.in("tests/support/")))
      broken.each_line(
        x, x.code, [](auto& line) { return std::regex_search(line, sleeping); },
        "sleeps: advance the clock, or wait for a condition with a deadline");
}

TEST_CASE("tidy: the logic reads time and randomness from the clock") {
  static const std::regex direct{
    R"(\b(steady_clock|system_clock)::now\b|\brandom_device\b|\bstd::rand\b|\bgetrandom\b)"};
  // The clock itself, the time in front of log lines, random bits for the cookie and for the name
  // of this life of the node, the port mapper, which is sockets and nothing else, and how long a
  // thread has run.
  static const std::regex allowed{
    R"(runtime/troupe/(dist/asio_clock\.[ch]pp|internal/log_sink\.cpp|)"
    R"(internal/(caf_system|inline_unit|transport_loop)\.cpp|cookie\.cpp|epmd/\w+\.cpp))"};
  report broken;
  for (auto& x : all_files())
    if (x.is_cpp() && in_library(x) && !std::regex_match(x.path, allowed))
      broken.each_line(
        x, x.code, [](auto& line) { return std::regex_search(line, direct); },
        "use troupe/clock.hpp");
}

TEST_CASE("tidy: nothing is left for later or switched off") {
  // In pieces, so that this file does not break the rule.
  static const std::regex later{std::string{"\\b(TO"} + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b"};
  static const std::regex off{"#\\s*if\\s+0\\b|doctest::skip\\b|doctest::may_fail\\b"};
  report broken;
  for (auto& x : all_files()) {
    if (is_text(x))
      broken.each_line(
        x, x.text, [](auto& line) { return std::regex_search(line, later); }, "left for later");
    if (x.is_cpp())
      broken.each_line(
        x, x.code, [](auto& line) { return std::regex_search(line, off); }, "switched off");
  }
}

TEST_CASE("tidy: no braces with temporaries beside co_await, which g++ 12 miscompiles") {
  // Fine are the body of a lambda or a statement (`-> task<> {`, `) {`), and awaiters that own
  // nothing.
  static const std::regex awaiting{R"((?!co_await\(\))co_await[^;{}]*)"};
  static const std::regex awaiter{
    R"(co_await\s+(std::suspend_always|internal::wait_for|break_off))"};
  static const std::regex body{R"((\)|->\s*[\w:]+(<[\w:<>, ]*>)?|\bmutable|\bnoexcept)\s*$)"};
  report broken;
  for (auto& x : all_files()) {
    if (!x.is_cpp())
      continue;
    for (std::sregex_iterator i{x.code.begin(), x.code.end(), awaiting}, end; i != end; ++i) {
      auto after = static_cast<size_t>(i->position() + i->length());
      if (after >= x.code.size() || x.code[after] != '{' || std::regex_search(i->str(), body)
          || std::regex_match(i->str(), awaiter))
        continue;
      auto line = std::count(x.code.begin(), x.code.begin() + i->position(), '\n') + 1;
      broken.add(x, static_cast<size_t>(line), "`co_await ... {`: name the value first");
    }
  }
}

TEST_CASE("tidy: no header opens a namespace for others") {
  static const std::regex opening{R"(^using namespace\b)"};
  report broken;
  for (auto& x : all_files())
    if (x.is_header())
      broken.each_line(
        x, x.code, [](auto& line) { return std::regex_search(line, opening); },
        "using namespace in a header");
}
