// A value or the error that took its place.
//
// Erlang counterpart: `{ok, Value} | {error, Reason}`.
// Threads: as its value.

#pragma once

#include "troupe/errc.hpp"

#include <utility>
#include <variant>

namespace troupe {

template <class T>
class [[nodiscard]] result {
public:
  result(T value) : value_(std::move(value)) {}
  result(troupe::error why) : value_(std::move(why)) {}

  explicit operator bool() const noexcept { return value_.index() == 0; }
  T& operator*() { return std::get<0>(value_); }
  const T& operator*() const { return std::get<0>(value_); }
  T* operator->() { return &std::get<0>(value_); }
  const T* operator->() const { return &std::get<0>(value_); }
  [[nodiscard]] const troupe::error& error() const { return std::get<1>(value_); }

private:
  std::variant<T, troupe::error> value_;
};

} // namespace troupe
