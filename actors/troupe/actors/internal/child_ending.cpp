#include "troupe/actors/internal/child_ending.hpp"

#include "troupe/actors/supervisor.hpp"
#include "troupe/exit_reason.hpp"
#include "troupe/internal/node_core.hpp"

#include <map>
#include <set>
#include <utility>

namespace troupe::actors::internal {

namespace {

const atom tag_down{"DOWN"};
const atom tag_exit{"EXIT"};

/// The children that are ending, by what tells of their ends.
class endings {
public:
  explicit endings(process& self) : self_(self) {}

  void begin(ending x) {
    auto ref = self_.monitor(x.id);
    self_.exit(x.id, x.how.is_brutal() ? term{exit_reason::kill} : term{exit_reason::shutdown});
    auto due = after(x.how.is_brutal() ? clock::duration{supervisor::kill_wait_max} : x.how.time());
    due_.emplace(due, ref);
    by_pid_[x.id] = ref;
    by_ref_.emplace(ref, entry{std::move(x), due, {}, false});
  }

  [[nodiscard]] bool empty() const { return by_ref_.empty(); }
  [[nodiscard]] clock::duration time_left() const {
    auto due = due_.begin()->first;
    return due == clock::time_point::max() ? infinity : due - now();
  }
  [[nodiscard]] bool concerns(const term& x) const {
    if (x.is_tagged(tag_down, 5))
      return by_ref_.contains(x.as_tuple()[1].as_reference());
    return x.is_tagged(tag_exit, 3) && x.as_tuple()[1].is(term::kind::pid)
           && by_pid_.contains(x.as_tuple()[1].as_pid());
  }

  /// An exit only tells the reason: a child that ended before has no other one.
  void take(const term& x) {
    auto parts = x.as_tuple();
    if (x.is_tagged(tag_exit, 3)) {
      by_ref_.at(by_pid_.at(parts[1].as_pid())).told = parts[2];
      return;
    }
    auto i = by_ref_.find(parts[1].as_reference());
    auto reason = parts[4];
    if (reason.is_atom(exit_reason::noproc) && i->second.told)
      reason = *i->second.told;
    end(i, reason);
  }

  /// Time is up for those that come first.
  void expire() {
    while (!due_.empty() && due_.begin()->first <= now()) {
      auto i = by_ref_.find(due_.begin()->second);
      auto& x = i->second;
      if (x.killed || x.child.how.is_brutal()) {
        self_.demonitor(i->first, true);
        end(i, atom{"does_not_end"});
        continue;
      }
      self_.exit(x.child.id, exit_reason::kill);
      x.killed = true;
      due_.erase(due_.begin());
      x.due = after(supervisor::kill_wait_max);
      due_.emplace(x.due, i->first);
    }
  }

  std::vector<bad_ending> bad;

private:
  struct entry {
    ending child;
    clock::time_point due;
    std::optional<term> told;
    bool killed;
  };
  using place = std::map<reference, entry>::iterator;

  void end(place i, const term& reason) {
    auto& x = i->second.child;
    self_.unlink(x.id);
    if (!is_good_ending(x.how.is_brutal(), x.permanent, reason))
      bad.push_back({x.key, reason});
    due_.erase({i->second.due, i->first});
    by_pid_.erase(x.id);
    by_ref_.erase(i);
  }
  [[nodiscard]] clock::time_point now() const { return self_.core().time().now(); }
  [[nodiscard]] clock::time_point after(clock::duration x) const {
    return x > clock::time_point::max() - now() ? clock::time_point::max() : now() + x;
  }

  process& self_;
  std::map<reference, entry> by_ref_;
  std::map<pid, reference> by_pid_;
  std::set<std::pair<clock::time_point, reference>> due_;
};

} // namespace

bool is_good_ending(bool brutal, bool permanent, const term& reason) {
  if (reason.is_atom(brutal ? exit_reason::killed : exit_reason::shutdown))
    return true;
  return !permanent && is_clean_exit(reason);
}

task<std::vector<bad_ending>> end_children(process& self, std::vector<ending> children) {
  endings waiting{self};
  for (auto& x : children)
    waiting.begin(std::move(x));
  auto match = [&waiting](const term& x) { return waiting.concerns(x); };
  while (!waiting.empty()) {
    auto receiving = self.receive_match(match, waiting.time_left());
    auto x = co_await std::move(receiving);
    if (x)
      waiting.take(*x);
    else
      waiting.expire();
  }
  co_return std::move(waiting.bad);
}

} // namespace troupe::actors::internal
