// The terminal as the device of a group leader.
//
// Erlang counterpart: user_drv.
// Threads: any thread.

#pragma once

#include "troupe/actors/group_leader.hpp"
#include "troupe/actors/terminal.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace troupe::actors {

class terminal_device final : public io_device {
public:
  explicit terminal_device(std::shared_ptr<terminal> x) : terminal_(std::move(x)) {}

  void write(std::string_view text) override { terminal_->write(text); }
  void read_line(std::string prompt, line_handler done) override {
    terminal_->read_line(std::move(prompt), std::move(done));
  }
  void read_console_line(std::string prompt, line_handler done) override {
    console_read_ = terminal_->read_console_line(std::move(prompt), std::move(done));
  }
  void change_console_prompt(std::string prompt) override {
    terminal_->reprompt(console_read_, std::move(prompt));
  }
  [[nodiscard]] std::optional<int> columns() const override { return as_int(terminal_->columns()); }
  [[nodiscard]] std::optional<int> rows() const override { return as_int(terminal_->rows()); }

private:
  static std::optional<int> as_int(std::optional<size_t> x) {
    return x ? std::optional{static_cast<int>(*x)} : std::nullopt;
  }

  std::shared_ptr<terminal> terminal_;
  terminal::read_id console_read_ = 0; // Only the group leader's process uses it.
};

} // namespace troupe::actors
