// What `troupe` is told on its command line.
//
// Erlang counterpart: iex's options.
// Threads: a value.

#pragma once

#include "troupe/actors/shell.hpp"
#include "troupe/config.hpp"
#include "troupe/extension.hpp"

#include <string>
#include <vector>

namespace troupe::console {

struct options {
  config node;
  std::vector<std::string> expressions;
  std::vector<actors::shell_options::script> scripts; ///< Of --eval-file, read.
  bool doctor = false; ///< `troupe doctor`: show what a node with these options would see.
  bool no_halt = false;
  bool help = false;
  bool version = false;
  std::string help_text;
};

/// Reads them, and those of the node's extensions.
[[nodiscard]] result<options> read_options(int argc, const char* const* argv,
                                           const extensions& more);

} // namespace troupe::console
