#include "troupe/actors/internal/read_stack.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors::internal {

namespace {

// Longer than any line of a screen: what is cut is never continued.
constexpr size_t partial_bytes_max = 4096;

constexpr std::string_view cursor_up = "\x1b[A";

} // namespace

std::optional<read_stack::read_id> read_stack::push(std::string prompt) {
  if (reads_.size() >= reads_max)
    return std::nullopt;
  reads_.push_back({next_id_, std::move(prompt), ""});
  return next_id_++;
}

std::optional<read_stack::read_id> read_stack::push_last(std::string prompt) {
  if (reads_.size() >= reads_max)
    return std::nullopt;
  reads_.insert(reads_.begin(), {next_id_, std::move(prompt), ""});
  return next_id_++;
}

bool read_stack::reprompt(read_id id, std::string prompt) {
  auto i = std::ranges::find(reads_, id, &pending::id);
  if (i == reads_.end())
    return false;
  i->prompt = std::move(prompt);
  return true;
}

void read_stack::keep_typed(read_id id, std::string typed) {
  auto i = std::ranges::find(reads_, id, &pending::id);
  if (i != reads_.end())
    i->typed = std::move(typed);
}

std::optional<read_stack::read_id> read_stack::newest() const {
  return reads_.empty() ? std::nullopt : std::optional{reads_.back().id};
}

read_stack::read_id read_stack::pop() {
  auto id = reads_.back().id;
  reads_.pop_back();
  return id;
}

read_stack::view read_stack::show(size_t columns) {
  auto& read = reads_.back();
  view v;
  v.typed = std::exchange(read.typed, "");
  if (place_ == place::in_prompt) {
    v.before = partial_;
    place_ = place::before_cursor;
  }
  // Lines above the last one of a prompt are printed once; only the last one is redrawn.
  if (auto last = read.prompt.rfind('\n'); last != std::string::npos) {
    if (!partial_.empty() && place_ == place::before_cursor)
      v.before += '\n';
    v.before += read.prompt.substr(0, last + 1);
    read.prompt.erase(0, last + 1);
    line_ended();
  }
  v.prompt = read.prompt;
  if (partial_.empty() || place_ == place::line_above)
    return v;
  if (v.prompt.empty() && serves_as_prompt(columns)) {
    v.before += '\r';
    v.prompt = partial_;
    place_ = place::in_prompt;
  } else {
    v.before += '\n';
    place_ = place::line_above;
  }
  return v;
}

std::string read_stack::write(std::string_view text, size_t columns) {
  if (text.empty())
    return "";
  std::string out;
  switch (std::exchange(place_, place::before_cursor)) {
    case place::before_cursor: break;
    case place::in_prompt: out = partial_; break;
    case place::line_above:
      // Bytes are at least as many as columns, so what fits by them is one row of the screen.
      if (partial_.size() < columns)
        out.append(cursor_up).append("\r").append(partial_);
      else
        partial_.clear();
      break;
  }
  out += text;
  auto last = text.rfind('\n');
  if (last != std::string_view::npos) {
    partial_.clear();
    text.remove_prefix(last + 1);
  }
  partial_ += text.substr(0, partial_bytes_max - std::min(partial_bytes_max, partial_.size()));
  return out;
}

void read_stack::line_ended() {
  partial_.clear();
  place_ = place::before_cursor;
}

// A program may write its prompt itself and read without one: then the user types behind it.
bool read_stack::serves_as_prompt(size_t columns) const {
  return partial_.size() < columns && std::ranges::none_of(partial_, [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
         });
}

} // namespace troupe::actors::internal
