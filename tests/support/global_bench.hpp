// A cluster whose nodes have global names, and calls of them that run to their end.
//
// Erlang counterpart: global_SUITE's helpers.
// Threads: the test's.

#pragma once

#include "support/cluster.hpp"

#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/global_names.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

namespace global = actors::global;

class global_bench {
public:
  global_bench(std::vector<std::string> nodes, uint64_t seed, cluster::settings how = {})
    : c(nodes, seed, how), names(std::move(nodes)) {
    for (auto& x : names)
      start(x);
  }

  void start(const std::string& node) {
    actors::eval::install(c.at(node));
    global::start(c.at(node));
  }

  /// A mesh of all nodes, whose names are known everywhere.
  void connect() {
    for (auto& x : names)
      for (auto& y : names)
        if (x < y)
          c.ping(x, y);
    c.run();
  }

  /// Every node is connected with every other.
  bool is_whole() {
    return std::ranges::all_of(names,
                               [&](auto& x) { return c.at(x).nodes().size() + 1 == names.size(); });
  }

  /// Runs `f(process&)` in a process of `node`; nothing when it ends otherwise or takes too long.
  template <class T>
  std::optional<T> ask(const std::string& node, std::function<task<T>(process&)> f,
                       clock::duration limit = std::chrono::seconds{30}) {
    auto waits = begin<T>(node, std::move(f));
    c.run_until([&] { return waits->done; }, limit);
    return waits->value;
  }

  template <class T>
  struct waiting {
    std::optional<T> value;
    std::optional<term> ended; ///< Why the process ended otherwise.
    bool done = false;
  };
  /// The same without running.
  template <class T>
  std::shared_ptr<waiting<T>> begin(const std::string& node, std::function<task<T>(process&)> f) {
    auto result = std::make_shared<waiting<T>>();
    c.at(node).spawn(
      [](process& self, std::shared_ptr<waiting<T>> out,
         std::function<task<T>(process&)> body) -> task<> {
        auto running = body(self);
        try {
          out->value = co_await std::move(running);
        } catch (exit_request& x) {
          out->ended = x.reason;
        }
        out->done = true;
      },
      result, std::move(f));
    return result;
  }

  std::function<task<bool>(process&)> registering(const term& name, const pid& who,
                                                  global::resolver how = {}) {
    return [=](process& self) { return global::register_name(self, name, who, how); };
  }

  /// Yes or no.
  bool register_name(const std::string& node, const term& name, const pid& who,
                     global::resolver how = {}) {
    return ask<bool>(node, registering(name, who, std::move(how))).value_or(false);
  }

  bool re_register_name(const std::string& node, const term& name, const pid& who) {
    return ask<bool>(node,
                     [=](process& self) -> task<bool> {
                       auto setting = global::re_register_name(self, name, who);
                       co_await std::move(setting);
                       co_return true;
                     })
      .value_or(false);
  }

  bool unregister_name(const std::string& node, const term& name) {
    return ask<bool>(node,
                     [=](process& self) -> task<bool> {
                       auto taking = global::unregister_name(self, name);
                       co_await std::move(taking);
                       co_return true;
                     })
      .value_or(false);
  }

  /// The holder as `node` knows it, or the null pid.
  pid whereis(const std::string& node, const term& name) {
    auto found = ask<std::optional<pid>>(
      node, [=](process& self) { return global::whereis_name(self, name); });
    return found ? found->value_or(pid{}) : pid{};
  }

  std::vector<term> registered(const std::string& node) {
    return ask<std::vector<term>>(node,
                                  [](process& self) { return global::registered_names(self); })
      .value_or(std::vector<term>{});
  }

  bool set_lock(const std::string& node, const term& resource, const term& requester,
                size_t retries = 0) {
    return ask<bool>(node,
                     [=](process& self) {
                       return global::set_lock(self, {resource, requester}, global::all_nodes(self),
                                               retries);
                     })
      .value_or(false);
  }

  cluster c;
  std::vector<std::string> names;
};

} // namespace troupe::test
