// What a scheduler runs, as simple as it can be.
//
// Erlang counterpart: none.
// Threads: `runs` from any; the rest by who makes it.

#pragma once

#include <caf/resumable.hpp>

#include <atomic>
#include <functional>
#include <utility>

namespace troupe::test {

/// Runs `body` at each resume. Belongs to the test: references are counted and free nothing.
class job final : public caf::resumable {
public:
  using body_function = std::function<void(caf::execution_unit*)>;

  explicit job(body_function body = {}, resume_result result = awaiting_message)
    : body_(std::move(body)), result_(result) {}

  subtype_t subtype() const override { return unspecified; }
  resume_result resume(caf::execution_unit* on, size_t) override {
    auto result = result_; // whoever waits for `runs` may end it
    if (body_)
      body_(on);
    ++runs;
    return result;
  }
  void intrusive_ptr_add_ref_impl() override { ++references; }
  void intrusive_ptr_release_impl() override { --references; }

  std::atomic<int> runs{0};
  std::atomic<int> references{1};

private:
  body_function body_;
  resume_result result_;
};

} // namespace troupe::test
