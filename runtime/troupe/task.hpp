// The coroutine type of processes: a function that may wait without holding a thread.
//
// Erlang counterpart: the body of a process; every Erlang function may wait, here those that return
// `task`. Threads: confined to the process that runs it.
//
// g++ 12 destroys some temporaries of a full-expression with `co_await` twice. Keep to: named
// objects, or classes with constructors, as arguments beside `co_await`; no braced aggregates.

#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace troupe {

class fiber;

namespace internal {

class become;

void* allocate_frame(size_t bytes);
void free_frame(void* frame, size_t bytes) noexcept;

/// What every coroutine frame of a fiber knows.
struct promise_base {
  fiber* owner = nullptr;         // Set when the task is started.
  promise_base* parent = nullptr; // The frame that awaits this one.
  void** slot = nullptr;          // The awaiting side's handle; cleared when unwound from the leaf.
  std::exception_ptr error;
  std::coroutine_handle<> self;

  static void* operator new(size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, size_t bytes) noexcept { free_frame(frame, bytes); }
};

struct final_awaiter {
  bool await_ready() noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> h) noexcept;
  void await_resume() noexcept {}
};

template <class T>
struct promise_value : promise_base {
  std::optional<T> value;
  template <class U>
  void return_value(U&& x) {
    value.emplace(std::forward<U>(x));
  }
  T take() {
    if (error)
      std::rethrow_exception(std::exchange(error, {}));
    return std::move(*value);
  }
};

template <>
struct promise_value<void> : promise_base {
  void return_void() noexcept {}
  void take() {
    if (error)
      std::rethrow_exception(std::exchange(error, {}));
  }
};

} // namespace internal

/// A lazily started coroutine; runs when awaited. `co_await` yields its value or rethrows.
template <class T = void>
class [[nodiscard]] task {
public:
  struct promise_type : internal::promise_value<T> {
    task get_return_object() {
      auto h = std::coroutine_handle<promise_type>::from_promise(*this);
      this->self = h;
      return task{h.address()};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    internal::final_awaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { this->error = std::current_exception(); }
  };
  using handle = std::coroutine_handle<promise_type>;

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task(const task&) = delete;
  task& operator=(const task&) = delete;
  task& operator=(task&&) = delete;
  ~task() { destroy(frame_); }

  /// Gives up ownership of the frame.
  handle release() { return handle::from_address(std::exchange(frame_, nullptr)); }

  class awaiter {
  public:
    explicit awaiter(void* frame) : frame_(frame) {}
    awaiter(const awaiter&) = delete;
    awaiter& operator=(const awaiter&) = delete;
    ~awaiter() { destroy(frame_); }
    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> outer) noexcept;
    T await_resume() { return handle::from_address(frame_).promise().take(); }

  private:
    void* frame_; // Owned.
  };

  awaiter operator co_await() && noexcept { return awaiter{std::exchange(frame_, nullptr)}; }

private:
  explicit task(void* frame) noexcept : frame_(frame) {}
  static void destroy(void* frame) {
    if (frame)
      handle::from_address(frame).destroy();
  }

  void* frame_;
};

/// A stack of coroutine frames that run on one thread at a time: resumed by a trampoline, because
/// g++ makes symmetric transfer a tail call only when it optimises; unwound from the innermost
/// frame outwards without recursion.
class fiber {
public:
  fiber() = default;
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;
  ~fiber() { unwind(); }

  /// Takes over `root`; `resume` starts it.
  void start(task<> root) {
    auto h = root.release();
    h.promise().owner = this;
    leaf_ = &h.promise();
  }

  /// Runs until the innermost frame waits or the root is done.
  void resume() {
    next_ = leaf_->self;
    while (next_)
      std::exchange(next_, nullptr).resume();
  }

  /// Whether the root has returned or thrown.
  [[nodiscard]] bool done() const noexcept { return done_; }

  /// Destroys all frames, innermost first, and returns what the root threw, if it was done.
  std::exception_ptr unwind() {
    std::exception_ptr result;
    while (leaf_) {
      auto* p = leaf_;
      leaf_ = p->parent;
      if (p->slot)
        *p->slot = nullptr;
      result = std::move(p->error);
      p->self.destroy();
    }
    return result;
  }

private:
  template <class T>
  friend class task;
  friend struct internal::final_awaiter;
  friend class internal::become;

  internal::promise_base* leaf_ = nullptr; // Innermost live frame.
  std::coroutine_handle<> next_{};         // What the trampoline resumes next.
  bool done_ = false;
};

template <class Promise>
void internal::final_awaiter::await_suspend(std::coroutine_handle<Promise> h) noexcept {
  auto& p = h.promise();
  if (p.parent) {
    p.owner->leaf_ = p.parent;
    p.owner->next_ = p.parent->self;
  } else {
    p.owner->done_ = true;
  }
}

template <class T>
template <class Promise>
void task<T>::awaiter::await_suspend(std::coroutine_handle<Promise> outer) noexcept {
  auto& o = outer.promise();
  auto& p = handle::from_address(frame_).promise();
  p.parent = &o;
  p.owner = o.owner;
  p.slot = &frame_;
  o.owner->leaf_ = &p;
  o.owner->next_ = p.self;
}

namespace internal {

/// Awaited by a frame that has nothing left to do or to keep: `body` takes its place, and it goes.
class become {
public:
  explicit become(task<> body) : body_(std::move(body)) {}

  bool await_ready() noexcept { return false; }
  void await_suspend(std::coroutine_handle<task<>::promise_type> frame) noexcept {
    auto& old = frame.promise();
    auto body = body_.release();
    auto& next = body.promise();
    next.owner = old.owner;
    next.parent = old.parent;
    next.slot = old.slot;
    if (next.slot)
      *next.slot = body.address();
    next.owner->leaf_ = &next;
    next.owner->next_ = body;
    frame.destroy(); // and this object with it
  }
  void await_resume() noexcept {}

private:
  task<> body_;
};

} // namespace internal

} // namespace troupe
