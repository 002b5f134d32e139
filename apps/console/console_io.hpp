// Standard error as a device of the I/O protocol.
//
// Erlang counterpart: the process `standard_error`.
// Threads: any thread.

#pragma once

#include "troupe/actors/group_leader.hpp"

#include <string>

namespace troupe::console {

/// Writes to standard error; reads nothing.
class error_device final : public actors::io_device {
public:
  void write(std::string_view text) override;
  void read_line(std::string, line_handler done) override { done(std::nullopt); }
};

} // namespace troupe::console
