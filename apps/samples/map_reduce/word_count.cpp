#include "word_count.hpp"

#include "troupe/node.hpp"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

using namespace troupe;

task<> count(process& self, pid whom, std::string line) {
  counted result;
  std::istringstream in{line};
  for (std::string word; in >> word;)
    ++result.words[word];
  self.send(whom, result);
  co_return;
}

task<> see_to(process& self, pid boss, std::string line, size_t turn) {
  for (;; ++turn) {
    auto others = self.home().nodes();
    if (others.empty())
      others.push_back(self.self().node);
    node_name at{others[turn % others.size()].text()};
    auto worker = co_await self.spawn_at<count>(at, self.self(), line);
    self.monitor(worker);
    auto x = co_await self.receive<term>();
    if (counted result; from_term(x, result, *self.bridge())) {
      self.send(boss, result);
      co_return;
    }
    co_await self.io().println("* {} is lost, another does its work", at.text()); // {:DOWN, ...}
  }
}

task<> add_up(process& self, size_t lines) {
  std::map<std::string, int64_t> total;
  for (; lines > 0; --lines) {
    auto x = co_await self.receive<counted>();
    for (auto& [word, n] : x.words)
      total[word] += n;
  }
  std::vector<std::pair<int64_t, std::string>> sorted;
  for (auto& [word, n] : total)
    sorted.emplace_back(-n, word);
  std::ranges::sort(sorted);
  for (auto& [n, word] : sorted)
    co_await self.io().println("{} {}", -n, word);
}
