// What `troupe` is told on its command line.
//
// Erlang counterpart: iex's options.
// Threads: a value.

#pragma once

#include "troupe/config.hpp"

#include <string>
#include <vector>

namespace troupe::console {

struct options {
  config node;
  std::vector<std::string> expressions;
  bool no_halt = false;
  bool help = false;
  bool version = false;
  std::string help_text;
};

[[nodiscard]] result<options> read_options(int argc, const char* const* argv);

} // namespace troupe::console
