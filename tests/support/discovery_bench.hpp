// Discovery on the nodes of a cluster in memory, with sources that the test plays.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "support/cluster.hpp"
#include "support/fake_source.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

class discovery_bench {
public:
  discovery_bench(std::vector<std::string> names, uint64_t seed, cluster::settings how = {})
    : nodes(std::move(names), seed, how) {}

  /// Starts discovery on a node, with sources `first` and `second`.
  discovery::service& start(const std::string& name, discovery::options opts = {}) {
    auto& x = sides_[name];
    x.first = std::make_shared<fake_source>("first");
    x.second = std::make_shared<fake_source>("second");
    opts.more = {x.first, x.second};
    x.running = std::move(*discovery::service::start(nodes.at(name), std::move(opts)));
    x.events = nodes.spawn(name, name + "_events");
    x.running->subscribe(x.events.id());
    nodes.run();
    return *x.running;
  }
  fake_source& first(const std::string& name) { return *sides_.at(name).first; }
  fake_source& second(const std::string& name) { return *sides_.at(name).second; }
  discovery::service& service(const std::string& name) { return *sides_.at(name).running; }

  /// What a source says of a node of the cluster, with its address.
  discovery::observation of(const std::string& name, uint64_t incarnation = 1) {
    discovery::observation x;
    x.name = name + "@mem";
    x.instance = std::hash<std::string>{}(name) + incarnation;
    x.incarnation = incarnation;
    x.creation = nodes.at(name).core().creation();
    x.endpoints = {nodes.at(name).address()};
    return x;
  }

  /// Events since the last call, as "what node detail"; without the detail when `brief`.
  std::vector<std::string> events(const std::string& name, bool brief = true) {
    std::vector<std::string> result;
    for (auto& x : raw_events(name)) {
      auto text = std::string{x.what.text()};
      if (x.node != atom{})
        text += " " + std::string{x.node.text().substr(0, x.node.text().find('@'))};
      result.push_back(brief || x.detail.empty() ? text : text + ": " + x.detail);
    }
    return result;
  }

  cluster nodes;

private:
  struct side {
    std::shared_ptr<fake_source> first, second;
    std::unique_ptr<discovery::service> running;
    puppet events;
  };

  std::vector<discovery::discovery_event> raw_events(const std::string& name) {
    nodes.run();
    std::vector<discovery::discovery_event> result;
    for (auto& mail : sides_.at(name).events.terms()) {
      discovery::discovery_event event;
      if (from_term(mail, event, nodes.at(name).core()))
        result.push_back(event);
    }
    return result;
  }

  std::map<std::string, side> sides_;
};

} // namespace troupe::test
