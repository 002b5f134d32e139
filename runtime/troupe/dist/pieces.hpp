// Bytes in order, some of them lent: a large binary is sent from where it lies, never copied.
//
// Erlang counterpart: the vectors of binaries that a port sends (ErlIOVec).
// Threads: values; lent bytes are immutable and may be shared with any thread.

#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::dist {

/// Bytes that lie in something that lives as long as `owner`, and do not change.
struct lent_bytes {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
};

class pieces {
public:
  pieces() = default;
  pieces(std::string text) : text_(std::move(text)) {}
  pieces(const pieces&) = default;
  pieces& operator=(const pieces&) = default;
  /// What was moved from is empty.
  pieces(pieces&& x) noexcept { swap(x); }
  pieces& operator=(pieces&& x) noexcept {
    pieces{std::move(x)}.swap(*this);
    return *this;
  }

  [[nodiscard]] size_t size() const noexcept { return text_.size() + lent_; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// Bytes that are not lent.
  [[nodiscard]] size_t own_bytes() const noexcept { return text_.size(); }
  void swap(pieces& x) noexcept;
  /// Keeps the memory of what was not lent.
  void clear() noexcept;
  /// Makes room for `bytes` more that are not lent.
  void reserve(size_t bytes) { text_.reserve(text_.size() + bytes); }

  /// A string to append to: its new bytes lie behind all others. Nothing else may be done to it.
  [[nodiscard]] std::string& tail() noexcept { return text_; }
  void append(std::string_view copied) { text_.append(copied); }
  void append(lent_bytes x);
  /// Appends `n` bytes of `x`, which has so many, beginning with the one at `from`.
  void append(const pieces& x, size_t from, size_t n);

  /// Calls `f(run)` with the runs of the `n` bytes at `from`, in order, until it returns false.
  template <class F>
  void each(size_t from, size_t n, F f) const {
    visit(from, n, [&](std::string_view run, const lent_bytes*) { return f(run); });
  }

  [[nodiscard]] std::string str() const;
  void append_to(std::string& out) const;

private:
  struct cut {
    size_t begin; // of the lent bytes, in all
    size_t own;   // bytes before them that are not lent
    lent_bytes what;
    [[nodiscard]] size_t end() const noexcept { return begin + what.bytes.size(); }
  };

  template <class F>
  void visit(size_t from, size_t n, F f) const {
    auto next = std::ranges::upper_bound(cuts_, from, {}, &cut::end);
    while (n > 0) {
      auto lent_before = next == cuts_.begin() ? 0 : next[-1].end() - next[-1].own;
      auto own_end = next == cuts_.end() ? size() : next->begin;
      std::string_view run;
      const lent_bytes* of = nullptr;
      if (from < own_end) {
        run = std::string_view{text_}.substr(from - lent_before, std::min(n, own_end - from));
      } else {
        of = &next->what;
        run = of->bytes.substr(from - next->begin, n);
        ++next;
      }
      if (!f(run, of))
        return;
      from += run.size();
      n -= run.size();
    }
  }

  std::string text_;      // all that is not lent
  std::vector<cut> cuts_; // where lent bytes lie between
  size_t lent_ = 0;
};

} // namespace troupe::dist
