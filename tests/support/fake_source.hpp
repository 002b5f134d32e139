// A source that says what a test tells it.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "troupe/discovery/service.hpp"
#include "troupe/discovery/source.hpp"
#include "troupe/node.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

class fake_source final : public discovery::source {
public:
  explicit fake_source(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

  task<> run(process& self, discovery::reporter to) override {
    ++runs;
    to_ = std::move(to);
    who_ = self.self();
    for (;;) {
      auto waiting = self.receive<term>();
      auto x = co_await std::move(waiting);
      if (x.is_atom(atom{"crash"}))
        throw std::runtime_error("boom");
      if (x.is_tagged(atom{"cluster_view"}, 5))
        views.push_back(x);
    }
  }
  void farewell() override { ++farewells; }

  [[nodiscard]] const discovery::reporter& says() const { return *to_; }
  void crash(node& at) const { at.send(who_, term{atom{"crash"}}); }

  int runs = 0;
  int farewells = 0;
  std::vector<term> views;

private:
  std::string name_;
  std::optional<discovery::reporter> to_;
  pid who_;
};

} // namespace troupe::test
