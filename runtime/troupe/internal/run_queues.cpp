#include "troupe/internal/run_queues.hpp"

#include <algorithm>
#include <thread>

namespace troupe::internal {

namespace {

/// How often a thread looks around before it sleeps: some microseconds, a fraction of what a
/// wake-up costs.
constexpr int search_rounds = 30;
constexpr int pauses_per_round = 8;
/// Most jobs that a thread takes from the common queue at once.
constexpr size_t common_batch_max = 32;

void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

} // namespace

run_queues::run_queues(size_t workers) : busy_(workers) {
  for (size_t i = 0; i < workers; ++i) {
    lanes_.push_back(std::make_unique<lane>());
    lanes_.back()->seen.resize(workers);
    lanes_.back()->victim = static_cast<uint32_t>(i);
  }
}

run_queues::~run_queues() = default;

// -- putting in ---------------------------------------------------------------------------------

void run_queues::add(job x) {
  {
    std::lock_guard guard{common_mutex_};
    common_.push_back(x);
    common_size_ = common_.size();
  }
  notify();
}

void run_queues::add_next(size_t worker, job x) {
  auto& me = *lanes_[worker];
  if (!me.turns.slot_allowed() && me.ring.size() == 0 && common_size_ == 0)
    me.turns.others_served();
  if (me.turns.slot_allowed()) {
    x = me.slot.exchange(x, std::memory_order_acq_rel);
    if (!x) {
      if (!watched_ && idle_count_ > 0)
        summon_watcher();
      return;
    }
  }
  append(me, x);
  notify();
}

void run_queues::add_last(size_t worker, job x) {
  auto& me = *lanes_[worker];
  append(me, x);
  // The worker looks for its next job now: alone, this one needs no other thread.
  if (me.ring.size() > 1 || me.slot.load(std::memory_order_relaxed))
    notify();
}

void run_queues::append(lane& me, job x) {
  if (me.ring.push(x))
    return;
  run_ring::batch half;
  auto count = me.ring.take_half(half);
  std::lock_guard guard{common_mutex_};
  common_.insert(common_.end(), half.begin(), half.begin() + static_cast<ptrdiff_t>(count));
  common_.push_back(x);
  common_size_ = common_.size();
}

// -- taking out ---------------------------------------------------------------------------------

run_queues::job run_queues::take(size_t worker) {
  auto& me = *lanes_[worker];
  if (me.turns.next_is_common())
    if (auto* x = take_common(me))
      return started(me, x);
  if (auto* x = take_own(me))
    return started(me, x);
  return started(me, search(worker));
}

run_queues::job run_queues::started(lane& me, job x) {
  me.started.store(me.started.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return x;
}

run_queues::job run_queues::take_own(lane& me) {
  if (me.turns.slot_allowed()) {
    if (auto* x = me.take_slot()) {
      me.turns.took_from_slot();
      return x;
    }
  }
  me.turns.others_served();
  if (auto* x = me.ring.pop())
    return x;
  if (auto* x = take_common(me))
    return x;
  return me.take_slot();
}

run_queues::job run_queues::take_common(lane& me) {
  if (common_size_ == 0)
    return nullptr;
  job first = nullptr;
  size_t more = 0;
  {
    std::lock_guard guard{common_mutex_};
    if (common_.empty())
      return nullptr;
    first = common_.front();
    common_.pop_front();
    if (me.ring.size() == 0)
      more = std::min(common_.size() / lanes_.size(), common_batch_max);
    for (size_t i = 0; i < more; ++i) {
      static_cast<void>(me.ring.push(common_.front())); // has room: it was empty
      common_.pop_front();
    }
    common_size_ = common_.size();
  }
  if (more > 0) // a thread that looked for them meanwhile has missed them
    notify();
  return first;
}

/// Looks at what others have, for a while, then sleeps; until there is something.
run_queues::job run_queues::search(size_t worker) {
  auto& me = *lanes_[worker];
  auto searching = false;
  for (;;) {
    if (!searching && 2 * searching_ < lanes_.size()) { // more would be in each other's way
      ++searching_;
      searching = true;
    }
    auto* x = searching ? look_around(me) : nullptr;
    if (!x) {
      x = sleep(worker, searching);
      searching = !x;
      if (x)
        return x;
      continue;
    }
    if (--searching_ == 0 && has_work())
      notify();
    return x;
  }
}

run_queues::job run_queues::look_around(lane& me) {
  for (int i = 0; i < search_rounds; ++i) {
    if (auto* x = take_common(me))
      return x;
    if (auto* x = steal(me))
      return x;
    for (int k = 0; k < pauses_per_round; ++k)
      pause();
  }
  return nullptr;
}

run_queues::job run_queues::steal(lane& me) {
  run_ring::batch half;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    auto& from = *lanes_[me.victim++ % lanes_.size()];
    if (&from == &me)
      continue;
    if (auto count = from.ring.take_half(half)) {
      for (size_t k = 1; k < count; ++k)
        static_cast<void>(me.ring.push(half[k])); // has room: who steals has nothing
      return half[0];
    }
  }
  return nullptr;
}

bool run_queues::has_work() const {
  return common_size_ > 0
         || std::ranges::any_of(lanes_, [](auto& x) { return x->ring.size() > 0; });
}

// -- sleeping -----------------------------------------------------------------------------------

void run_queues::notify() {
  if (idle_count_ == 0 || searching_ > 0)
    return;
  lane* woken = nullptr;
  {
    std::lock_guard guard{idle_mutex_};
    if (idle_.empty())
      return;
    auto worker = idle_.back();
    if (lanes_[worker]->watches && idle_.size() > 1)
      worker = idle_[idle_.size() - 2];
    woken = lanes_[worker].get();
    leave_idle(worker);
    woken->woken = true;
    ++searching_; // at once, so that not each of several jobs wakes a thread
  }
  woken->wake_up.notify_one();
}

run_queues::job run_queues::sleep(size_t worker, bool was_searching) {
  auto& me = *lanes_[worker];
  std::unique_lock guard{idle_mutex_};
  me.woken = false;
  me.watches = false;
  idle_.push_back(worker);
  idle_count_ = idle_.size();
  --busy_;
  if (was_searching)
    --searching_;
  if (has_work()) { // it came before others could see us here
    leave_idle(worker);
    ++searching_;
    return nullptr;
  }
  if (!watched_ && busy_ > 0)
    watched_ = me.watches = true;
  while (!me.woken) {
    if (me.watches && busy_ == 0)
      watched_ = me.watches = false; // who works next asks for a new one
    if (!me.watches) {
      me.wake_up.wait(guard, [&me] { return me.woken || me.watches; });
      continue;
    }
    if (me.wake_up.wait_for(guard, me.period, [&me] { return me.woken; }))
      break;
    guard.unlock();
    auto* stuck = free_stuck(me);
    me.period = stuck ? watch_period_min : std::min(2 * me.period, watch_period);
    guard.lock();
    if (!stuck)
      continue;
    if (me.woken)
      --searching_; // who woke us counted that; what it had for us is seen below
    else
      leave_idle(worker);
    auto more = me.woken;
    guard.unlock();
    if (more && has_work())
      notify();
    return stuck;
  }
  return nullptr;
}

/// Takes what waits in the slot of a thread that has not begun another job since the last look.
run_queues::job run_queues::free_stuck(lane& me) {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    auto& other = *lanes_[i];
    if (&other == &me)
      continue;
    auto begun = other.started.load(std::memory_order_relaxed);
    if (begun == me.seen[i])
      if (auto* x = other.take_slot())
        return x;
    me.seen[i] = begun;
  }
  return nullptr;
}

/// A worker begins to wake others while all that could look after its slot sleep.
void run_queues::summon_watcher() {
  lane* woken = nullptr;
  {
    std::lock_guard guard{idle_mutex_};
    if (watched_ || idle_.empty())
      return;
    woken = lanes_[idle_.back()].get();
    watched_ = woken->watches = true;
  }
  woken->wake_up.notify_one();
}

/// Needs `idle_mutex_`.
void run_queues::leave_idle(size_t worker) {
  auto i = std::ranges::find(idle_, worker);
  *i = idle_.back();
  idle_.pop_back();
  idle_count_ = idle_.size();
  ++busy_;
  hand_over_watch(*lanes_[worker]);
}

void run_queues::hand_over_watch(lane& me) {
  if (!me.watches)
    return;
  watched_ = me.watches = false;
  if (idle_.empty())
    return;
  auto& heir = *lanes_[idle_.back()];
  watched_ = heir.watches = true;
  heir.wake_up.notify_one();
}

void run_queues::retire(size_t worker) {
  auto& me = *lanes_[worker];
  {
    std::lock_guard guard{common_mutex_};
    if (auto* x = me.take_slot())
      common_.push_back(x);
    while (auto* x = me.ring.pop())
      common_.push_back(x);
    common_size_ = common_.size();
  }
  {
    std::lock_guard guard{idle_mutex_};
    --busy_;
  }
  if (common_size_ > 0)
    notify();
}

} // namespace troupe::internal
