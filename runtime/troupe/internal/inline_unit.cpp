#include "troupe/internal/inline_unit.hpp"

#include "troupe/internal/write_batch.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <utility>

namespace troupe::internal {

namespace {

/// Messages that a process may take in one go; as the scheduler's.
constexpr size_t throughput = 300;

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
  auto until = std::chrono::steady_clock::now() + batch_max;
  while (auto* job = next()) {
    switch (job->resume(this, throughput)) {
      case caf::resumable::resume_later: system().scheduler().enqueue(job); break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message: caf::intrusive_ptr_release(job); break;
      case caf::resumable::shutdown_execution_unit: break;
    }
    if (std::chrono::steady_clock::now() > until)
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
