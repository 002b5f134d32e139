// One line of a terminal that a user edits, with history: libedit in small steps, so that output of
// others can come in between.
//
// Erlang counterpart: edlin and user_drv.
// Threads: none of its own; calls are serialised by the owner.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <termios.h>

// Of histedit.h, which declares a function of the same name as the second.
struct editline;
struct history;

namespace troupe::actors::internal {

class line_editor {
public:
  enum class outcome {
    editing,     ///< The line goes on.
    line,        ///< The user ended the line.
    end_of_file, ///< Ctrl-D on an empty line.
    interrupted, ///< Ctrl-C.
    hung_up,     ///< The terminal is gone.
  };

  /// Waits until input is there, while nothing else of the editor is under way; false gives up the
  /// key that has come in part.
  using waiter = std::function<bool()>;

  /// Uses descriptors 0 and 1, and turns echo off until it is destroyed.
  line_editor(const std::string& history_file, size_t history_lines, waiter wait);
  ~line_editor();
  line_editor(const line_editor&) = delete;
  line_editor& operator=(const line_editor&) = delete;

  /// Shows a prompt at the cursor, which stands at the start of a line, and starts a line with
  /// `typed`.
  void open(std::string prompt, const std::string& typed);
  /// Ends the line. What is on the screen stays.
  void close();
  [[nodiscard]] bool is_open() const { return open_; }

  /// Takes prompt and line off the screen; the cursor goes to the start of the first row of them.
  void erase();
  /// Shows the line again, at the cursor, behind `prompt`.
  void redraw(std::string prompt);

  /// Reads one key. There must be input.
  outcome step();

  /// What was typed, without a line break.
  [[nodiscard]] std::string typed() const;

  /// Adds a line to the history and to its file.
  void remember(const std::string& line);

private:
  static char* prompt_of(editline* el);
  static int read_char(editline* el, wchar_t* out);
  void bind_keys();
  std::optional<char> read_byte();
  void to_end_of_line();
  void suspend();
  outcome run_key();
  [[nodiscard]] size_t rows_above_cursor() const;

  editline* el_;
  struct history* history_;
  termios original_; // The terminal's settings before and after us.
  std::string history_file_;
  waiter wait_;
  std::string prompt_;
  std::optional<char> first_; // Of the key being read, seen before libedit sees it.
  bool may_wait_ = true;      // For the rest of the key being read.
  bool gave_up_ = false;      // The key being read was given up.
  bool hung_up_ = false;
  bool open_ = false;
  bool dumb_; // The terminal cannot move its cursor.
};

} // namespace troupe::actors::internal
