// The scheduler of a node, as a module of CAF. Its own policies do not do: `stealing` starves
// processes behind two that talk to each other, `sharing` hands nearly each message to another
// thread.
//
// Erlang counterpart: the emulator's schedulers.
// Threads: see run_queues; the rest as CAF's own.

#pragma once

#include "troupe/internal/run_queues.hpp"

#include <caf/actor_system.hpp>
#include <caf/logger.hpp>
#include <caf/policy/unprofiled.hpp>

// Around each job CAF's worker tells the logger, which is off here, whose it is: a dynamic_cast and
// two locked look-ups. This is the only place that makes a worker of these headers.
#pragma push_macro("CAF_PUSH_AID_FROM_PTR")
#undef CAF_PUSH_AID_FROM_PTR
#define CAF_PUSH_AID_FROM_PTR(job) static_cast<void>(0)
#include <caf/scheduler/coordinator.hpp>
#pragma pop_macro("CAF_PUSH_AID_FROM_PTR")

#include <memory>

namespace troupe::internal {

/// What CAF's coordinator and workers call.
class scheduler_policy : public caf::policy::unprofiled {
public:
  using job = run_queues::job;

  struct coordinator_data {
    explicit coordinator_data(caf::scheduler::abstract_coordinator*) {}
    std::unique_ptr<run_queues> queues;
  };
  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator*) {}
  };

  template <class Coordinator>
  void central_enqueue(Coordinator* self, job x) {
    self->data().queues->add(x);
  }
  template <class Worker>
  void external_enqueue(Worker* self, job x) {
    queues(self).add(x);
  }
  template <class Worker>
  void internal_enqueue(Worker* self, job x) {
    queues(self).add_next(self->id(), x);
  }
  template <class Worker>
  void resume_job_later(Worker* self, job x) {
    queues(self).add_last(self->id(), x);
  }
  template <class Worker>
  job dequeue(Worker* self) {
    return queues(self).take(self->id());
  }
  template <class Worker>
  void before_shutdown(Worker* self) {
    queues(self).retire(self->id());
  }
  template <class Worker, class F>
  void foreach_resumable(Worker*, F) {} // all at once, below
  template <class Coordinator, class F>
  void foreach_central_resumable(Coordinator* self, F f) {
    self->data().queues->drain(f);
  }

private:
  template <class Worker>
  static run_queues& queues(Worker* self) {
    return *self->parent()->data().queues;
  }
};

class scheduler final : public caf::scheduler::coordinator<scheduler_policy> {
public:
  using coordinator::coordinator;

  void init(caf::actor_system_config& cfg) override {
    coordinator::init(cfg);
    data().queues = std::make_unique<run_queues>(num_workers());
  }
  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new scheduler(system);
  }
};

} // namespace troupe::internal
