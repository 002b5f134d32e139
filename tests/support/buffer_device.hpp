// A device of a group leader that keeps what is written and reads what the test typed.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "troupe/actors/group_leader.hpp"

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

class buffer_device final : public actors::io_device {
public:
  void write(std::string_view text) override { written += text; }

  void read_line(std::string prompt, line_handler done) override {
    prompts.push_back(prompt);
    waiting_.push_back(std::move(done));
    serve();
  }

  [[nodiscard]] std::optional<int> columns() const override { return 80; }

  /// A line without its newline.
  void type(const std::string& line) {
    lines_.push_back(line + "\n");
    serve();
  }
  /// What comes as it is; nothing is the end of input.
  void send(std::optional<std::string> text) {
    lines_.push_back(std::move(text));
    serve();
  }
  [[nodiscard]] std::string take() { return std::exchange(written, {}); }
  [[nodiscard]] size_t readers() const { return waiting_.size(); }

  std::string written;
  std::vector<std::string> prompts;

private:
  void serve() {
    while (!lines_.empty() && !waiting_.empty()) {
      auto done = std::move(waiting_.back()); // the newest gets the next line
      waiting_.pop_back();
      auto line = std::move(lines_.front());
      lines_.pop_front();
      done(std::move(line));
    }
  }

  std::deque<std::optional<std::string>> lines_;
  std::vector<line_handler> waiting_;
};

} // namespace troupe::test
