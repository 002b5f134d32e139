// The server that does input and output for the processes of a node, and for those they spawn
// elsewhere.
//
// Erlang counterpart: group.erl and user.erl; requests, replies and errors are those of the I/O
// protocol. Threads: `start_group_leader` from any thread; the device is called from the server's
// process and calls back from a thread of its own.

#pragma once

#include "troupe/node.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

/// Where a group leader writes and from where it reads: a terminal, pipes, or a buffer in tests.
class io_device {
public:
  /// A line with its newline; the last one may lack it; nothing at the end of input.
  using line_handler = std::function<void(std::optional<std::string>)>;

  virtual ~io_device() = default;
  virtual void write(std::string_view text) = 0;
  /// Reads one line. Of several reads under way the newest gets the next line (rule IO-22).
  virtual void read_line(std::string prompt, line_handler done) = 0;
  /// A read of the console itself: it gets a line when no other one wants it. Erlang's shell
  /// competes with the processes it started, and loses its line to them, or wins theirs, by chance.
  virtual void read_console_line(std::string prompt, line_handler done) {
    read_line(std::move(prompt), std::move(done));
  }
  /// Changes the prompt of that read while it waits.
  virtual void change_console_prompt(std::string) {}
  [[nodiscard]] virtual std::optional<int> columns() const { return std::nullopt; }
  [[nodiscard]] virtual std::optional<int> rows() const { return std::nullopt; }
};

/// Starts a server for `device` and registers it as `name`, e.g. `standard_error`.
pid start_io_server(node& at, std::shared_ptr<io_device> device, atom name);

/// Starts the server, registers it as `user` and makes it the node's default group leader.
pid start_group_leader(node& at, std::shared_ptr<io_device> device);

} // namespace troupe::actors
