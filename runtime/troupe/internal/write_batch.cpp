#include "troupe/internal/write_batch.hpp"

#include <algorithm>
#include <utility>

namespace troupe::internal {

namespace {

thread_local write_batch* batch_of_thread = nullptr;

} // namespace

write_batch::write_batch() : outermost_(batch_of_thread == nullptr) {
  if (outermost_)
    batch_of_thread = this;
}

write_batch::~write_batch() {
  if (!outermost_)
    return;
  batch_of_thread = nullptr;
  for (auto& x : writers_)
    x->write_now();
}

write_batch* write_batch::current() noexcept {
  return batch_of_thread;
}

bool write_batch::has(const deferred_writer* x) const noexcept {
  return std::ranges::any_of(writers_, [x](const auto& y) { return y.get() == x; });
}

bool write_batch::add(std::shared_ptr<deferred_writer> x) {
  if (writers_.size() >= writers_max)
    return false;
  writers_.push_back(std::move(x));
  return true;
}

} // namespace troupe::internal
