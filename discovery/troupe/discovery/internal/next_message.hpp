// What the process of a source waits for: a view, its inbox, or time.
//
// Erlang counterpart: `receive _ -> ... after`.
// Threads: confined to the process.

#pragma once

#include "troupe/discovery/source.hpp"
#include "troupe/process.hpp"
#include "troupe/task.hpp"

#include <optional>

namespace troupe::discovery::internal {

/// Takes the oldest message, whatever it is, so that nothing piles up; or waits until `timeout` has
/// passed, if there is one. Returns the view, when it was one.
inline task<std::optional<cluster_view>> next_message(process& self,
                                                      std::optional<clock::duration> timeout) {
  auto waiting = self.receive_match([](const term&) { return true; }, timeout);
  auto x = co_await std::move(waiting);
  cluster_view view;
  if (x && from_term(*x, view, *self.bridge()))
    co_return view;
  co_return std::nullopt;
}

/// Takes all that comes, for ever.
inline task<> rest(process& self) {
  for (;;) {
    auto waiting = next_message(self, {});
    co_await std::move(waiting);
  }
}

} // namespace troupe::discovery::internal
