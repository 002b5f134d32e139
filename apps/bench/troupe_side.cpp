#include "troupe_side.hpp"

#include "bodies.hpp"

#include "troupe/node.hpp"

#include <cstdlib>
#include <future>
#include <iostream>
#include <sstream>
#include <vector>

namespace troupe::bench {

namespace {

constexpr std::chrono::seconds patience{170};

std::unique_ptr<node> start(const options& opts) {
  auto started = node::start(opts.node);
  if (!started)
    throw std::runtime_error(started.error().context);
  return std::move(*started);
}

using answer = std::shared_ptr<std::promise<std::string>>;

task<> measure(process& self, job what, answer out) {
  std::string text;
  try {
    auto running = perform(self, std::move(what));
    auto x = co_await std::move(running);
    text = line_of(x);
  } catch (std::runtime_error& x) {
    text = std::string{"! "} + x.what();
  }
  out->set_value(std::move(text));
}

std::string run_line(node& at, const std::string& line, const std::string& peer) {
  std::istringstream in{line};
  std::string verb;
  job what{{}, 0, 0, node_name{peer}};
  if (!(in >> verb >> what.workload >> what.count >> what.parameter) || verb != "run")
    return "! not understood: " + line;
  auto out = std::make_shared<std::promise<std::string>>();
  auto future = out->get_future();
  at.spawn(measure, what, out);
  if (future.wait_for(patience) != std::future_status::ready)
    return "! not done in time";
  return future.get();
}

/// Nodes beside the far one, with nothing to do. Hidden: else they would connect among themselves.
std::vector<std::unique_ptr<node>> start_further(options opts, int64_t count) {
  std::vector<std::unique_ptr<node>> result;
  auto name = opts.node.name;
  opts.node.hidden = true;
  opts.node.threads = 1;
  for (int64_t i = 0; i < count; ++i) {
    opts.node.name = further_name(name, i);
    result.push_back(start(opts));
  }
  return result;
}

} // namespace

int run_far(const options& opts) {
  auto at = start(opts);
  std::vector<std::unique_ptr<node>> further;
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    further.clear();
    further = start_further(opts, std::atoll(line.c_str()));
    std::cout << "ready" << std::endl;
  }
  return 0;
}

int run_near(const options& opts) {
  auto at = start(opts);
  if (!at->connect(opts.peer)) {
    std::cout << "! cannot connect with " << opts.peer << std::endl;
    return 1;
  }
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << run_line(*at, line, opts.peer) << std::endl;
  return 0;
}

} // namespace troupe::bench
