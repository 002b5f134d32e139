#include "troupe/task.hpp"

#include <array>
#include <new>

namespace troupe::internal {

namespace {

/// Frames are recycled by size class: a process waits and calls all the time, and the general
/// allocator costs a quarter of a message.
class frame_pool {
public:
  static constexpr size_t class_bytes = 64;
  static constexpr size_t classes = 16;          // frames up to 1 KiB
  static constexpr size_t kept_per_class = 1024; // bounds what an idle thread holds

  static frame_pool& get() {
    static thread_local frame_pool pool;
    return pool;
  }

  ~frame_pool() {
    for (auto& list : lists_)
      while (list.head)
        ::operator delete(std::exchange(list.head, list.head->next));
  }

  void* take(size_t bytes) {
    auto n = (bytes + class_bytes - 1) / class_bytes;
    if (n > classes)
      return ::operator new(bytes);
    auto& list = lists_[n - 1];
    if (!list.head)
      return ::operator new(n* class_bytes);
    --list.size;
    return std::exchange(list.head, list.head->next);
  }

  void give(void* frame, size_t bytes) noexcept {
    auto n = (bytes + class_bytes - 1) / class_bytes;
    if (n > classes || lists_[n - 1].size == kept_per_class)
      return ::operator delete(frame);
    auto& list = lists_[n - 1];
    list.head = new (frame) node{list.head};
    ++list.size;
  }

private:
  struct node {
    node* next;
  };
  struct free_list {
    node* head = nullptr;
    size_t size = 0;
  };
  std::array<free_list, classes> lists_;
};

} // namespace

void* allocate_frame(size_t bytes) {
  return frame_pool::get().take(bytes);
}

void free_frame(void* frame, size_t bytes) noexcept {
  frame_pool::get().give(frame, bytes);
}

} // namespace troupe::internal
