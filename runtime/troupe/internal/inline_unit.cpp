#include "troupe/internal/inline_unit.hpp"

#include "troupe/internal/write_batch.hpp"
#include "troupe/process.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <utility>

namespace troupe::internal {

namespace {

/// Messages that a process may take in one go; as the scheduler's.
constexpr size_t throughput = 300;
/// Who runs longer than this is for the scheduler's threads from then on.
constexpr std::chrono::microseconds long_run{100};

} // namespace

inline_unit::~inline_unit() {
  hand_over();
}

void inline_unit::exec_later(caf::resumable* x) {
  {
    std::lock_guard guard{mutex_};
    if (!gave_up_) {
      ready_.push_back(x);
      return;
    }
  }
  system().scheduler().enqueue(x);
}

bool inline_unit::empty() const {
  std::lock_guard guard{mutex_};
  return ready_.empty();
}

void inline_unit::run() {
  write_batch writes;
  auto now = std::chrono::steady_clock::now();
  auto until = now + batch_max;
  while (auto* job = next()) {
    auto begin = now;
    auto outcome = job->resume(this, throughput);
    now = std::chrono::steady_clock::now();
    if (now - begin > long_run)
      if (auto* p = dynamic_cast<process*>(job))
        p->ran_long();
    switch (outcome) {
      case caf::resumable::resume_later: system().scheduler().enqueue(job); break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message: caf::intrusive_ptr_release(job); break;
      case caf::resumable::shutdown_execution_unit: break;
    }
    if (now > until)
      hand_over();
  }
}

void inline_unit::give_up() {
  {
    std::lock_guard guard{mutex_};
    gave_up_ = true;
  }
  hand_over();
}

void inline_unit::begin() {
  std::lock_guard guard{mutex_};
  gave_up_ = false;
}

caf::resumable* inline_unit::next() {
  std::lock_guard guard{mutex_};
  if (ready_.empty())
    return nullptr;
  auto* result = ready_.front();
  ready_.pop_front();
  return result;
}

void inline_unit::hand_over() {
  std::deque<caf::resumable*> rest;
  {
    std::lock_guard guard{mutex_};
    rest.swap(ready_);
  }
  for (auto* x : rest)
    system().scheduler().enqueue(x);
}

} // namespace troupe::internal
