// Who may do the transport's work: one thread, which can lend the right to another that waits.
//
// Erlang counterpart: dirty schedulers serve the same end: code that runs long does not hold up
// input and output.
// Threads: any; lock-free.

#pragma once

#include <atomic>
#include <cstdint>

namespace troupe::internal {

class lease {
public:
  using token = uint64_t;

  /// The holder is about to run something that may take long: from now on another may take over.
  [[nodiscard]] token lend() noexcept {
    auto x = (state_.load(std::memory_order_relaxed) + 2) | 1;
    state_.store(x); // before the lender looks whether anybody watches, see transport_loop
    return x;
  }

  /// The lender is done with it. False: another took over, and the lender does not hold it any
  /// more.
  [[nodiscard]] bool reclaim(token lent) noexcept {
    return state_.compare_exchange_strong(lent, lent & ~token{1}, std::memory_order_acq_rel);
  }

  /// Returns what it is at; equal answers to two looks mean that nothing happened in between.
  [[nodiscard]] token look() const noexcept { return state_.load(); }
  [[nodiscard]] static bool is_lent(token seen) noexcept { return (seen & 1) != 0; }

  /// Takes over what has been lent since it was `seen`. The caller holds it then.
  [[nodiscard]] bool take_over(token seen) noexcept { return is_lent(seen) && reclaim(seen); }

private:
  std::atomic<token> state_{0}; // Twice the number of loans, and one while it is lent.
};

} // namespace troupe::internal
