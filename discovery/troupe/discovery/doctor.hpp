// What a node would see of its network, on one page: `troupe doctor`.
//
// Erlang counterpart: none; `epmd -names` shows a part of it.
// Threads: called on the main thread, which it holds for some seconds.

#pragma once

#include "troupe/config.hpp"
#include "troupe/discovery/options.hpp"

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace troupe::discovery {

/// Facts in sections, one a line, and the problems among them.
class doctor_page {
public:
  /// `ok` is what is as it should be, `problem` is repeated at the end, `note` is neither.
  enum class mark { ok, problem, note };
  void add(const std::string& section, mark m, const std::string& text);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] size_t problems() const noexcept { return problems_.size(); }

private:
  std::string last_section_;
  std::string text_;
  std::vector<std::string> problems_;
};

struct doctor_options {
  config node;
  options look; ///< `auto` and `none` come as what they stand for.
  /// How long to listen for peers; nodes of a small cluster announce themselves every 2 s.
  std::chrono::milliseconds listen_for{3'000};
};

/// Looks at interfaces, multicast, peers heard, clocks, keys, DNS, seeds and the port mapper, and
/// prints what it saw. Returns 0, or 1 when there is a problem. Sends a hello, connects to seeds
/// and to the port mapper, and changes nothing.
[[nodiscard]] int run_doctor(const doctor_options& how, std::ostream& out);

} // namespace troupe::discovery
