#include "troupe/actors/internal/pending_answers.hpp"

namespace troupe::actors::internal {

std::vector<pending_answers::ready> pending_answers::add(const reference& id, part what,
                                                         ready answer, std::set<atom> nodes) {
  if (nodes.empty() || waiting_.size() >= size_max)
    return {std::move(answer)};
  waiting_.emplace(id, entry{what, std::move(answer), std::move(nodes)});
  return {};
}

std::vector<pending_answers::ready> pending_answers::done(const reference& id, atom node) {
  auto i = waiting_.find(id);
  if (i == waiting_.end() || i->second.nodes.erase(node) == 0 || !i->second.nodes.empty())
    return {};
  return {waiting_.extract(i).mapped().answer};
}

std::vector<pending_answers::ready> pending_answers::told(atom node) {
  std::vector<ready> result;
  for (auto i = waiting_.begin(); i != waiting_.end();) {
    auto& x = i->second;
    auto last = x.what == part::names && x.nodes.erase(node) > 0 && x.nodes.empty();
    if (last)
      result.push_back(std::move(x.answer));
    i = last ? waiting_.erase(i) : std::next(i);
  }
  return result;
}

void pending_answers::await(atom node) {
  for (auto& [id, x] : waiting_)
    if (x.what == part::names)
      x.nodes.insert(node);
}

std::vector<pending_answers::ready> pending_answers::gone(atom node) {
  auto result = told(node);
  for (auto i = waiting_.begin(); i != waiting_.end();) {
    auto& x = i->second;
    auto last = x.nodes.erase(node) > 0 && x.nodes.empty();
    if (last)
      result.push_back(std::move(x.answer));
    i = last ? waiting_.erase(i) : std::next(i);
  }
  return result;
}

} // namespace troupe::actors::internal
