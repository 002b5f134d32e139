#include "troupe/dist/node_monitor.hpp"

namespace troupe::dist {

namespace {

const atom nodedown{"nodedown"};

bool concerns(node_monitor::options::nodes which, bool hidden) {
  using nodes = node_monitor::options::nodes;
  return which == nodes::all || (which == nodes::hidden) == hidden;
}

} // namespace

term node_monitor::info(const options& opts, const event& x) {
  std::vector<term_pair> entries;
  if (opts.connection_id)
    entries.emplace_back(atom{"connection_id"}, static_cast<int64_t>(x.connection));
  if (opts.reason && x.why)
    entries.emplace_back(atom{"nodedown_reason"}, nodedown_reason(*x.why));
  if (opts.node_type)
    entries.emplace_back(atom{"node_type"}, atom{x.hidden ? "hidden" : "visible"});
  if (opts.shape == options::form::map)
    return term::map(std::move(entries));
  std::vector<term> pairs;
  for (auto& [key, value] : entries)
    pairs.push_back(term::tuple({key, value}));
  return term::list(pairs);
}

atom nodedown_reason(errc why) {
  switch (why) {
    case errc::disconnected: return atom{"disconnect"};
    case errc::tick_timeout: return atom{"net_tick_timeout"};
    case errc::shutting_down: return atom{"net_kernel_terminated"};
    case errc::connection_closed:
    case errc::replaced: return atom{"connection_closed"};
    default: return atom{to_string(why)};
  }
}

void node_monitor::unwatch(const pid& who, atom node) {
  auto i = watchers_.find(node);
  if (i == watchers_.end())
    return;
  auto j = i->second.find(who);
  if (j != i->second.end() && --j->second == 0)
    i->second.erase(j);
  if (i->second.empty())
    watchers_.erase(i);
}

std::vector<node_monitor::notice> node_monitor::notices(const event& x) const {
  std::vector<notice> result;
  for (auto& [key, count] : subscribers_) {
    auto& [who, opts] = key;
    if (!concerns(opts.which, x.hidden))
      continue;
    auto message = opts.shape == options::form::pair
                     ? term::tuple({atom{x.name}, x.node})
                     : term::tuple({atom{x.name}, x.node, info(opts, x)});
    result.insert(result.end(), count, {who, message});
  }
  return result;
}

std::vector<node_monitor::notice> node_monitor::node_up(atom node, bool hidden, uint64_t id) const {
  return notices({"nodeup", node, hidden, id});
}

std::vector<node_monitor::notice> node_monitor::node_down(atom node, bool hidden, errc why,
                                                          uint64_t id) const {
  return notices({"nodedown", node, hidden, id, &why});
}

std::vector<node_monitor::notice> node_monitor::take_watchers(atom node) {
  std::vector<notice> result;
  auto watchers = watchers_.extract(node);
  if (watchers.empty())
    return result;
  for (auto& [who, count] : watchers.mapped())
    result.insert(result.end(), count, {who, term::tuple({nodedown, node})});
  return result;
}

void node_monitor::prune(const std::function<bool(const pid&)>& gone) {
  std::erase_if(subscribers_, [&](auto& x) { return gone(x.first.first); });
  for (auto& [node, watchers] : watchers_)
    std::erase_if(watchers, [&](auto& x) { return gone(x.first); });
  std::erase_if(watchers_, [](auto& x) { return x.second.empty(); });
}

size_t node_monitor::size() const noexcept {
  auto result = subscribers_.size();
  for (auto& [node, watchers] : watchers_)
    result += watchers.size();
  return result;
}

} // namespace troupe::dist
