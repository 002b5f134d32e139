#include "troupe/internal/transport_loop.hpp"

#include "troupe/internal/write_batch.hpp"
#include "troupe/limits.hpp"

#include <utility>

namespace troupe::internal {

namespace {

/// Without anything to look after for so long the stand-in sleeps until it is woken.
constexpr std::chrono::milliseconds idle_after{20};

thread_local inline_unit* unit_of_thread = nullptr;

} // namespace

caf::execution_unit* transport_loop::current() noexcept {
  return unit_of_thread;
}

void transport_loop::start(caf::actor_system& system) {
  first_ = std::make_unique<worker>(system);
  second_ = std::make_unique<worker>(system);
  first_->thread = std::thread{[this] { run(*first_, true); }};
  second_->thread = std::thread{[this] { run(*second_, false); }};
}

transport_loop::~transport_loop() {
  static_cast<void>(stop());
}

bool transport_loop::stop() {
  if (!first_)
    return true;
  io_->stop();
  std::unique_lock guard{mutex_};
  stopping_ = true;
  changed_.notify_all();
  auto all = changed_.wait_for(guard, limits::stop_grace / 4,
                               [this] { return first_->ended && second_->ended; });
  for (auto* x : {first_.get(), second_.get()}) {
    if (!x->thread.joinable())
      continue;
    if (x->ended) {
      guard.unlock();
      x->thread.join();
      guard.lock();
    } else {
      x->thread.detach();
    }
  }
  return all;
}

void transport_loop::run(worker& me, bool leads) {
  unit_of_thread = &me.unit;
  if (!leads)
    stand_by(me);
  lead(me);
  me.unit.give_up();
  unit_of_thread = nullptr;
  std::lock_guard guard{mutex_};
  me.ended = true;
  changed_.notify_all();
}

void transport_loop::lead(worker& me) {
  auto run_one = [this] {
    write_batch writes; // answers to what one read brought leave together
    return io_->run_one();
  };
  while (!stopping_) {
    if (run_one() == 0)
      break;
    if (me.unit.empty())
      continue;
    if (!other(me).stands_by) {
      me.unit.hand_over();
      continue;
    }
    auto lent = lease_.lend(); // first: a stand-in that goes to sleep looks once more
    note_activity();
    me.unit.run();
    if (!lease_.reclaim(lent))
      stand_by(me);
  }
}

void transport_loop::note_activity() {
  if (active_.load() || active_.exchange(true))
    return;
  { std::lock_guard guard{mutex_}; } // the stand-in is not between its look and its wait
  changed_.notify_all();
}

/// Returns when this thread holds the lease, or all ends.
void transport_loop::stand_by(worker& me) {
  auto seen = lease_.look();
  auto since = std::chrono::steady_clock::now();
  me.stands_by = true;
  while (!stopping_) {
    {
      std::unique_lock guard{mutex_};
      if (!active_)
        changed_.wait(guard, [this] { return active_ || stopping_; });
      else
        changed_.wait_for(guard, patience, [this] { return stopping_.load(); });
    }
    auto now = lease_.look();
    if (now == seen) {
      if (lease_.take_over(seen)) {
        me.stands_by = false;
        me.unit.begin();
        other(me).unit.give_up();
        return;
      }
      if (std::chrono::steady_clock::now() - since > idle_after) {
        active_ = false;
        if (lease_.look() != seen) // lent meanwhile by one who saw that somebody watches
          active_ = true;
      }
    } else {
      seen = now;
      since = std::chrono::steady_clock::now();
    }
  }
}

} // namespace troupe::internal
