// What process.hpp is made of: the CAF base, and the operations that a body waits for.
//
// Erlang counterpart: none.
// Threads: confined to the process.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/fwd.hpp"
#include "troupe/message.hpp"

#include <caf/actor_config.hpp>
#include <caf/behavior.hpp>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/none.hpp>
#include <caf/resumable.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/type_nr.hpp>

#include <coroutine>
#include <optional>
#include <typeinfo>
#include <utility>

namespace troupe::internal {

/// CAF's view of a process: an actor that the scheduler resumes. CAF's own mailbox, links, monitors
/// and timeouts are not used: they lack references, distinguish neither `kill` from `killed` nor
/// `noproc` from `noconnection`, and let exits overtake messages.
class process_base : public caf::local_actor,
                     public caf::resumable,
                     public caf::non_blocking_actor_base,
                     public caf::dynamically_typed_actor_base {
public:
  using signatures = caf::none_t;
  using behavior_type = caf::behavior;
  using caf::abstract_actor::enqueue;
  using caf::local_actor::local_actor;

  /// Not `scheduled_actor`: CAF would cast to that class.
  subtype_t subtype() const override { return resumable::unspecified; }
  void intrusive_ptr_add_ref_impl() override { intrusive_ptr_add_ref(ctrl()); }
  void intrusive_ptr_release_impl() override { intrusive_ptr_release(ctrl()); }
};

/// Something a body waits for: a message, an answer, or time.
struct receive_op {
  virtual ~receive_op() = default;
  /// Takes what it needs out of `x`, or returns false.
  virtual bool take(caf::mailbox_element& x) = 0;

  std::optional<clock::time_point> deadline;
  bool timed_out = false;
};

struct wait_for {
  process& owner;
  receive_op& op;

  wait_for(process& p, receive_op& o) : owner(p), op(o) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<>) noexcept;
  void await_resume() noexcept {}
};

actor_bridge& bridge_of(process& p);
clock::time_point deadline_of(process& p, clock::duration timeout);

/// Whether `x` is one value of type `T`.
template <class T>
[[nodiscard]] bool is_one(const caf::type_erased_tuple& x) {
  constexpr auto number = caf::type_nr<T>::value;
  return x.size() == 1 && x.matches(0, number, number == 0 ? &typeid(T) : nullptr);
}

/// Takes a message of type `T`, native or as a term.
template <class T>
struct receive_value final : receive_op {
  explicit receive_value(process& p) : owner(p) {}

  bool take(caf::mailbox_element& x) override {
    auto& content = x.content();
    if (is_one<T>(content)) {
      value.emplace(content.move_if_unshared<T>(0));
      return true;
    }
    if constexpr (std::is_same_v<T, term>) {
      value.emplace(message_to_term(content, bridge_of(owner)));
      return true;
    } else {
      T result{};
      if (!is_one<term>(content) || !from_term(content.get_as<term>(0), result, bridge_of(owner)))
        return false;
      value.emplace(std::move(result));
      return true;
    }
  }

  process& owner;
  std::optional<T> value;
};

/// What `process::receive` returns: waits in the frame of who awaits it.
template <class T>
class receiving {
public:
  explicit receiving(process& p) : op_(p) {}
  receiving(const receiving&) = delete;
  receiving& operator=(const receiving&) = delete;

  struct awaiter : wait_for {
    using wait_for::wait_for;
    T await_resume() { return std::move(*static_cast<receive_value<T>&>(op).value); }
  };
  awaiter operator co_await() && noexcept { return awaiter{op_.owner, op_}; }

private:
  receive_value<T> op_;
};

/// The same of `process::receive_for`.
template <class T>
class receiving_for {
public:
  receiving_for(process& p, clock::duration timeout) : op_(p), timeout_(timeout) {}
  receiving_for(const receiving_for&) = delete;
  receiving_for& operator=(const receiving_for&) = delete;

  struct awaiter : wait_for {
    using wait_for::wait_for;
    std::optional<T> await_resume() { return std::move(static_cast<receive_value<T>&>(op).value); }
  };
  awaiter operator co_await() && {
    op_.deadline = deadline_of(op_.owner, timeout_);
    return awaiter{op_.owner, op_};
  }

private:
  receive_value<T> op_;
  clock::duration timeout_;
};

} // namespace troupe::internal
