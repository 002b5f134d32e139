// The queue of one process: CAF's lock-free inbox, and behind it what was read but not received
// yet.
//
// Erlang counterpart: message queue with its save pointer.
// Threads: `push` from any thread, the rest only by the owner.

#pragma once

#include <caf/intrusive/inbox_result.hpp>
#include <caf/intrusive/lifo_inbox.hpp>
#include <caf/mailbox_element.hpp>

#include <memory>
#include <vector>

namespace troupe::internal {

class mailbox {
public:
  using element = caf::mailbox_element;
  using element_ptr = caf::mailbox_element_ptr;

  mailbox() = default;
  mailbox(const mailbox&) = delete;
  mailbox& operator=(const mailbox&) = delete;
  ~mailbox() {
    close([](element_ptr) {});
    clear();
  }

  // -- inbox ------------------------------------------------------------------------------------
  /// Takes `x`, unless the inbox is closed.
  caf::intrusive::inbox_result push(element_ptr& x) {
    auto* raw = x.release();
    auto result = inbox_.push_front(raw);
    if (result == caf::intrusive::inbox_result::queue_closed)
      x.reset(raw);
    return result;
  }

  /// Passes what came since the last call to `f`, in order.
  template <class F>
  void fetch(F&& f) {
    element* ordered = nullptr;
    for (auto* i = inbox_.take_head(); i;) {
      auto* next = static_cast<element*>(i->next);
      i->next = ordered;
      ordered = i;
      i = next;
    }
    while (ordered) {
      auto* next = static_cast<element*>(ordered->next);
      ordered->next = nullptr;
      f(element_ptr{ordered});
      ordered = next;
    }
  }

  /// Marks the inbox as waiting; false when something came in between.
  bool try_block() { return inbox_.try_block(); }

  /// Closes the inbox for good and passes what was in it to `f`, in order.
  template <class F>
  void close(F&& f) {
    if (inbox_.closed())
      return;
    std::vector<element*> rest;
    auto collect = [&](element* x) { rest.push_back(x); };
    inbox_.close(collect);
    for (auto i = rest.rbegin(); i != rest.rend(); ++i)
      f(element_ptr{*i});
  }

  // -- queue ------------------------------------------------------------------------------------
  void append(element_ptr x) {
    auto* raw = x.release();
    raw->next = nullptr;
    *tail_ = raw;
    tail_ = &raw->next;
    ++size_;
  }

  /// Begins a receive: the next scan starts at the oldest message.
  void rewind() { save_ = &head_; }

  /// Offers messages from the save pointer on to `match`, which takes what it needs of the first
  /// that fits; that one is removed. Returns whether one was taken.
  template <class F>
  bool scan(F&& match) {
    for (; *save_; save_ = &(*save_)->next) {
      auto* x = static_cast<element*>(*save_);
      if (match(*x)) {
        remove(save_);
        return true;
      }
    }
    return false;
  }

  /// Removes all messages for which `match` is true.
  template <class F>
  void erase_if(F&& match) {
    for (auto* at = &head_; *at;) {
      if (match(*static_cast<element*>(*at)))
        remove(at);
      else
        at = &(*at)->next;
    }
    rewind();
  }

  /// Shows all messages, oldest first.
  template <class F>
  void for_each(F&& f) const {
    for (auto* x = head_; x; x = x->next)
      f(*static_cast<const element*>(x));
  }

  void clear() {
    erase_if([](element&) { return true; });
  }

  [[nodiscard]] size_t size() const noexcept { return size_; }

private:
  /// The inbox destroys nothing: who pushes into a closed one keeps the element.
  struct keep {
    void operator()(element*) const noexcept {}
  };
  struct policy {
    using mapped_type = element;
    using unique_pointer = std::unique_ptr<element, keep>;
  };
  using node_pointer = element::node_pointer;

  void remove(node_pointer* at) {
    auto* x = static_cast<element*>(*at);
    *at = x->next;
    if (tail_ == &x->next)
      tail_ = at;
    --size_;
    element_ptr dropped{x};
  }

  caf::intrusive::lifo_inbox<policy> inbox_;
  node_pointer head_ = nullptr;
  node_pointer* tail_ = &head_;
  node_pointer* save_ = &head_;
  size_t size_ = 0;
};

} // namespace troupe::internal
