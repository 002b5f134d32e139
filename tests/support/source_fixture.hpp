// Sources on a real thread, real files and real events, without a network.
//
// Erlang counterpart: none.
// Threads: the test's, which is the sources' transport thread as well.

#pragma once

#include "troupe/discovery/internal/next_message.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/discovery/surroundings.hpp"
#include "troupe/dist/asio_clock.hpp"
#include "troupe/node.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::test {

/// A directory that goes with the test.
class temporary_directory {
public:
  temporary_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "troupe-test-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()));
    path_ = pattern;
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + '/' + name; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
};

inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::binary | std::ios::trunc} << text;
}

inline std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// A report as text: "+a@h 10.0.0.1:1", "-a@h", "!why", "works", or the word of an event.
inline std::string text_of(const discovery::report& x) {
  if (auto* why = std::get_if<discovery::report::trouble>(&x.content))
    return why->text.empty() ? "works" : '!' + why->text;
  if (auto* event = std::get_if<discovery::discovery_event>(&x.content))
    return std::string{event->what.text()};
  auto& seen = std::get<discovery::observation>(x.content);
  auto text = (seen.what == discovery::observation::kind::seen ? '+' : '-') + seen.name;
  for (auto& e : seen.endpoints)
    text += ' ' + dist::to_string(e);
  return text;
}

inline task<> run_source(process& self, std::shared_ptr<discovery::source> x,
                         discovery::reporter to) {
  auto body = x->run(self, std::move(to));
  co_await std::move(body);
}

/// One node's sources, and what they reported.
class source_fixture {
public:
  using inbox = discovery::internal::inbox<discovery::report>;

  source_fixture() {
    auto started = node::start(config{}, [](const std::string&, const std::string&) {});
    REQUIRE(started);
    home = std::move(*started);
    around.self.name = "a@127.0.0.1";
    around.self.instance = 1;
    around.self.incarnation = 1000;
    around.self.listens = {"0.0.0.0", 9100};
    around.time = &time;
    around.io = &io;
    reports = make_inbox();
  }

  ~source_fixture() { home->stop(); }

  std::shared_ptr<inbox> make_inbox() {
    auto owner = home->spawn([](process& self) { return discovery::internal::rest(self); });
    return std::make_shared<inbox>(*home, owner, discovery::limits::reports_max);
  }

  /// Runs a source's process, as discovery does.
  pid run(std::shared_ptr<discovery::source> x, const std::shared_ptr<inbox>& to) {
    discovery::reporter out{to, x->name()};
    return home->spawn(&run_source, std::move(x), std::move(out));
  }
  pid run(std::shared_ptr<discovery::source> x) { return run(std::move(x), reports); }

  bool run_until(const std::function<bool()>& condition,
                 std::chrono::milliseconds within = std::chrono::seconds{10}) {
    auto deadline = std::chrono::steady_clock::now() + within;
    for (;;) {
      if (condition()) // Once for each look: it may take what it finds.
        return true;
      if (std::chrono::steady_clock::now() >= deadline)
        return false;
      io.run_one_for(std::chrono::milliseconds{5});
    }
  }

  /// Waits until `text` is reported. What is reported before is kept in `unread`.
  bool says(const std::string& text, const std::shared_ptr<inbox>& from) {
    return run_until([&] {
      for (auto& x : from->take())
        unread.push_back(text_of(x));
      auto i = std::ranges::find(unread, text);
      if (i == unread.end())
        return false;
      unread.erase(i);
      return true;
    });
  }
  bool says(const std::string& text) { return says(text, reports); }

  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  dist::asio_clock time{io};
  temporary_directory directory;
  discovery::surroundings around;
  std::unique_ptr<node> home;
  std::shared_ptr<inbox> reports;
  std::vector<std::string> unread;
};

} // namespace troupe::test
