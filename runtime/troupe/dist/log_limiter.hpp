// Keeps strangers from filling the log.
//
// Erlang counterpart: none.
// Threads: confined to the transport thread.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/limits.hpp"

#include <cstddef>

namespace troupe::dist {

/// At most limits::peer_log_lines_per_second lines in one second; counts what was left out.
class log_limiter {
public:
  struct answer {
    bool allowed = false;
    size_t left_out = 0; ///< Lines since the last allowed one that were not.
  };

  answer ask(clock::time_point now) {
    if (now - window_ >= std::chrono::seconds{1}) {
      window_ = now;
      lines_ = 0;
    }
    if (lines_ == limits::peer_log_lines_per_second) {
      ++left_out_;
      return {};
    }
    ++lines_;
    auto before = left_out_;
    left_out_ = 0;
    return {true, before};
  }

private:
  clock::time_point window_{};
  size_t lines_ = 0;
  size_t left_out_ = 0;
};

} // namespace troupe::dist
