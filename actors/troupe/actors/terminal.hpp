// Standard input and output of the program, shared by all who print and read.
//
// Erlang counterpart: user_drv and group: output while somebody types leaves the line being typed
// intact, and the newest of several reads gets the next line. Lines are edited by libedit. Threads:
// any thread; handlers run on the terminal's own input thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

struct terminal_options {
  /// Where entered lines are kept from run to run; empty keeps them for this run only.
  std::string history_file;
  size_t history_lines = 1000;
  /// Called when the user typed Ctrl-C at a prompt, with how often in a row, nothing else typed in
  /// between. The line is gone; the prompt comes back afterwards.
  std::function<void(size_t times)> on_interrupt;
};

/// A program has one, made before other threads use the locale. When input and output are a
/// terminal, prompts are shown and lines are edited; otherwise lines are read as they come, without
/// prompts.
class terminal {
public:
  using read_id = uint64_t;
  /// Gets the line with its "\n", or the last line without one, or nothing at the end of the file.
  using read_handler = std::function<void(std::optional<std::string>)>;

  explicit terminal(terminal_options options = {});
  ~terminal();
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  /// Prints above the prompt, if there is one. Returns when the system has taken the text, and is
  /// not mixed with other texts.
  void write(std::string_view text);

  /// Asks for a line. Of several reads the newest gets the next one, then the one before it goes
  /// on, with what was typed for it. Every handler is called once, unless cancelled: with nothing
  /// when too many reads wait (1024), and when the terminal stops.
  read_id read_line(std::string prompt, read_handler done);

  /// The same for the console itself: its read comes after all others, so that a question that a
  /// process asks meanwhile is answered first, whichever came first.
  read_id read_console_line(std::string prompt, read_handler done);

  /// Changes the prompt of a read that waits.
  void reprompt(read_id id, std::string prompt);

  /// Forgets a handler. Its read keeps its place and swallows a line, as in Erlang (IO-23).
  void cancel(read_id id);

  /// Whether a user is there: prompts are shown and lines edited.
  [[nodiscard]] bool interactive() const;

  /// Size of the screen; nothing when output is no terminal.
  [[nodiscard]] std::optional<size_t> columns() const;
  [[nodiscard]] std::optional<size_t> rows() const;

  /// Takes the prompt off the screen, gives the terminal its own settings back and ends all reads;
  /// `write` goes on to work. A program must call it before it exits by any other way than through
  /// the destructor. May be called twice; from a handler it does not wait for the handler.
  void stop();

private:
  class core;
  std::unique_ptr<core> core_;
};

} // namespace troupe::actors
