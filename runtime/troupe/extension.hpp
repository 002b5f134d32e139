// A part that a program adds to its node: options of its own, and what runs beside the processes.
//
// Erlang counterpart: an application that `-boot` starts, such as a libcluster supervisor.
// Threads: called on the main thread.

#pragma once

#include "troupe/config.hpp"
#include "troupe/errc.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace troupe {

class node;

class extension {
public:
  virtual ~extension() = default;
  /// Describes its options for --help and for the parser.
  virtual void describe(boost::program_options::options_description& out) const = 0;
  /// Reads them; errors as those of config::read.
  [[nodiscard]] virtual std::optional<error>
  read(const boost::program_options::variables_map& values, const config& how) = 0;
  /// The node runs. Errors are whole sentences.
  [[nodiscard]] virtual std::optional<error> start(node& home) = 0;
  /// The node is about to stop. Called once, also when `start` failed or was never called.
  virtual void stop() = 0;
};

using extensions = std::vector<std::shared_ptr<extension>>;

} // namespace troupe
