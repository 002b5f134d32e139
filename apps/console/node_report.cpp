#include "node_report.hpp"

#include "troupe/inspect.hpp"

namespace troupe::console {

namespace {

/// `info` is what net_kernel says of a nodedown: a list of pairs.
std::string reason_of(const term& info) {
  static const atom key{"nodedown_reason"};
  for (auto& x : info.to_vector().value_or(std::vector<term>{}))
    if (x.is_tagged(key, 2) && x.as_tuple()[1].is(term::kind::atom))
      return std::string{x.as_tuple()[1].as_atom().text()};
  return inspect_term(info);
}

task<> report(process& self) {
  for (;;) {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    auto up = x.is_tagged(atom{"nodeup"}, 3);
    if ((!up && !x.is_tagged(atom{"nodedown"}, 3)) || !x.as_tuple()[1].is(term::kind::atom))
      continue;
    auto line = "node " + std::string{x.as_tuple()[1].as_atom().text()};
    self.core().log("info",
                    up ? line + " is up" : line + " is down: " + reason_of(x.as_tuple()[2]));
  }
}

} // namespace

void report_nodes(node& at) {
  dist::node_monitor::options all;
  all.which = dist::node_monitor::options::nodes::all;
  all.shape = dist::node_monitor::options::form::list;
  all.reason = true;
  at.monitor_nodes(at.spawn(report), all, true);
}

} // namespace troupe::console
