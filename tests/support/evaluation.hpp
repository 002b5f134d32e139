// A console without terminal, process and node: source text in, printed value out.
//
// Erlang counterpart: none.
// Threads: confined to a test.

#pragma once

#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/actors/eval/parser.hpp"
#include "troupe/inspect.hpp"

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace troupe::test {

/// A process that only has a mailbox. A `receive` that finds nothing waits until `deliver`, unless
/// it has a timeout, which passes at once.
class mailbox_host final : public actors::eval::host {
public:
  pid self() const override { return {atom{"a@b"}, 5, 108}; }
  uint64_t next_number() override { return ++number_; }

  task<std::optional<term>> receive(std::function<bool(const term&)> match,
                                    std::optional<std::chrono::milliseconds> timeout) override {
    for (;;) {
      for (auto i = mailbox.begin(); i != mailbox.end(); ++i) {
        if (!match(*i))
          continue;
        std::optional<term> found{*i};
        mailbox.erase(i);
        co_return found;
      }
      if (timeout)
        co_return std::nullopt;
      co_await std::suspend_always{};
    }
  }

  task<> yield() override {
    ++yields;
    co_return;
  }

  std::deque<term> mailbox;
  size_t yields = 0;

private:
  uint64_t number_ = 0;
};

/// Evaluates line after line; variables stay.
class evaluation {
public:
  evaluation() : run_(modules_) {
    actors::eval::add_pure_modules(modules_);
    modules_.add_pure("Elixir.Kernel", "self", 0,
                      [this](const std::vector<term>&) { return term{host.self()}; });
    modules_.add_pure("Elixir.Kernel", "send", 2, [this](const std::vector<term>& args) {
      host.mailbox.push_back(args[1]);
      return args[1];
    });
    env.process = &host;
  }

  /// Returns the value as iex prints it, or `** ` with the failure and its stack; nothing while
  /// the line waits for a message.
  std::optional<std::string> operator()(std::string_view source) {
    start(source);
    return resume();
  }

  void start(std::string_view source) {
    text_.reset();
    fiber_.emplace();
    auto parsed = actors::eval::parse(source);
    if (auto* form = std::get_if<term>(&parsed))
      fiber_->start(line(*form));
    else
      fiber_->start(not_parsed());
  }

  std::optional<std::string> resume() {
    fiber_->resume();
    return text_;
  }

  mailbox_host host;
  actors::eval::environment env;

private:
  task<> not_parsed() {
    text_ = "not parsed";
    co_return;
  }

  task<> line(term form) {
    std::optional<actors::eval::failure> failed;
    term value;
    try {
      value = co_await run_.evaluate(form, env);
    } catch (actors::eval::failure& f) {
      failed = std::move(f);
    }
    inspect_options options;
    options.viewer = host.self();
    if (failed)
      text_ = "** " + actors::eval::format_failure(*failed, host.self()) + "\n"
              + actors::eval::format_stack(*failed, host.self());
    else
      text_ = inspect_term(value, options);
  }

  actors::eval::module_table modules_;
  actors::eval::interpreter run_;
  std::optional<std::string> text_;
  std::optional<fiber> fiber_;
};

/// One line and what the console prints for it.
struct example {
  const char* source;
  const char* printed;
};

} // namespace troupe::test
