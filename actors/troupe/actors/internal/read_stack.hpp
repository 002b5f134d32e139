// Who reads the next line of a terminal, and what has to be sent for its prompt to stand on a line
// of its own.
//
// Erlang counterpart: the pending reads inside group.erl (IO-22, IO-23). Difference: a prompt that
// follows an unfinished line of output starts a new line; what the program writes next continues
// the unfinished one all the same. Threads: confined to its owner.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors::internal {

class read_stack {
public:
  using read_id = uint64_t;

  /// Reads that wait at once; above it a read is refused.
  static constexpr size_t reads_max = 1024;

  /// How the newest read appears.
  struct view {
    std::string before; ///< To send first, as it is.
    std::string prompt; ///< Without line breaks.
    std::string typed;  ///< What was typed before a newer read came in between.
  };

  /// Adds the newest read: it gets the next line. Nothing when too many wait.
  std::optional<read_id> push(std::string prompt);

  /// Adds a read that gets a line when no other one wants it.
  std::optional<read_id> push_last(std::string prompt);

  /// Changes the prompt of a read that waits; false when it does not.
  bool reprompt(read_id id, std::string prompt);

  /// Remembers what was typed for the read that is shown, until `show` is called for it again.
  void keep_typed(read_id id, std::string typed);

  /// Whose prompt should be on the screen.
  [[nodiscard]] std::optional<read_id> newest() const;

  /// The newest read got its line, or the end of the file. Returns which it was.
  read_id pop();

  /// Says that a terminal `columns` wide shows the newest read. The cursor stands where `write`,
  /// `show` or `line_ended` left it, and no prompt is on the screen. At least one read must wait.
  view show(size_t columns);

  /// Returns what to send for `text`, for a terminal that is `columns` wide and shows no prompt.
  [[nodiscard]] std::string write(std::string_view text, size_t columns);

  /// The cursor went to the start of a new line because the user ended one.
  void line_ended();

private:
  struct pending {
    read_id id;
    std::string prompt;
    std::string typed;
  };

  // Where the unfinished line of output is on the screen.
  enum class place {
    before_cursor,
    line_above, // A prompt has, or had, the line below it.
    in_prompt,  // It is shown as the prompt, and gone from the screen when the prompt is.
  };

  [[nodiscard]] bool serves_as_prompt(size_t columns) const;

  std::vector<pending> reads_; // Newest last.
  read_id next_id_ = 1;
  std::string partial_; // Output since the last line break, cut at partial_bytes_max.
  place place_ = place::before_cursor;
};

} // namespace troupe::actors::internal
