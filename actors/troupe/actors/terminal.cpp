#include "troupe/actors/terminal.hpp"

#include "troupe/actors/internal/line_editor.hpp"
#include "troupe/actors/internal/read_stack.hpp"

#include <array>
#include <cerrno>
#include <functional>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace troupe::actors {

namespace {

using internal::line_editor;
using internal::read_stack;

constexpr size_t default_columns = 80;
constexpr size_t chunk_bytes = 4096;
// Bytes of one line that is read plainly; what is longer comes in pieces without a line break.
constexpr size_t line_bytes_max = 16 * 1024 * 1024;

void print(std::string_view text) {
  while (!text.empty()) {
    auto size = ::write(STDOUT_FILENO, text.data(), text.size());
    if (size >= 0) {
      text.remove_prefix(static_cast<size_t>(size));
    } else if (errno == EAGAIN) {
      pollfd out{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&out, 1, -1);
    } else if (errno != EINTR) {
      return; // Nobody looks at it any more.
    }
  }
}

std::optional<winsize> screen_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
    return std::nullopt;
  return size;
}

size_t screen_columns() {
  auto size = screen_size();
  return size && size->ws_col > 0 ? size->ws_col : default_columns;
}

// Ends a poll of the input thread.
class wake_pipe {
public:
  wake_pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0)
      throw std::system_error{errno, std::generic_category(), "pipe"};
  }
  ~wake_pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  wake_pipe(const wake_pipe&) = delete;
  wake_pipe& operator=(const wake_pipe&) = delete;

  void wake() {
    auto size = ::write(ends_[1], "", 1);
    (void)size; // Full: it wakes anyway.
  }
  void drain() {
    std::array<char, 64> bytes{};
    while (::read(ends_[0], bytes.data(), bytes.size()) > 0)
      ;
  }
  [[nodiscard]] int fd() const { return ends_[0]; }

private:
  std::array<int, 2> ends_{};
};

} // namespace

class terminal::core {
public:
  explicit core(terminal_options options);
  ~core();

  void write(std::string_view text);
  read_id read_line(std::string prompt, read_handler done, bool last);
  void reprompt(read_id id, std::string prompt);
  void cancel(read_id id);
  void stop();
  [[nodiscard]] bool interactive() const { return interactive_; }

private:
  using lock = std::unique_lock<std::mutex>;
  enum class ready { input, woken };

  void run();
  ready wait(lock& held, bool for_input);
  bool wait_for_rest_of_key();
  void show_newest();
  void edit();
  void close_editor();
  void read_plain();
  void take_plain_line();
  void deliver(std::optional<std::string> line);
  void call_handlers(lock& held);
  void end_all_reads();

  // Constant after construction.
  const terminal_options options_;
  const bool interactive_;

  std::mutex mutex_; // Guards all below; not held while handlers run.
  wake_pipe wake_;
  read_stack reads_;
  std::map<read_id, read_handler> handlers_;
  std::vector<std::function<void()>> due_; // What the input thread calls next.
  std::unique_ptr<line_editor> editor_;    // Only when interactive, until the end.
  std::optional<read_id> shown_;           // Whose prompt is on the screen.
  size_t interrupts_ = 0;                  // Ctrl-C, so often in a row.
  std::string input_;                      // Read plainly, not delivered yet.
  size_t searched_ = 0;                    // Bytes of input_ known to have no line break.
  lock* held_by_input_ = nullptr;          // The input thread's lock while it edits.
  bool end_of_file_ = false;               // Of all input; Ctrl-D only ends one read.
  bool stopping_ = false;

  std::thread thread_;
};

terminal::core::core(terminal_options options)
  : options_(std::move(options)), interactive_(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
  if (interactive_)
    editor_ = std::make_unique<line_editor>(options_.history_file, options_.history_lines,
                                            [this] { return wait_for_rest_of_key(); });
  thread_ = std::thread{[this] { run(); }};
}

terminal::core::~core() {
  stop();
  if (thread_.joinable())
    thread_.join();
}

void terminal::core::stop() {
  {
    lock held{mutex_};
    stopping_ = true;
    wake_.wake();
  }
  if (thread_.joinable() && std::this_thread::get_id() != thread_.get_id())
    thread_.join();
}

void terminal::core::write(std::string_view text) {
  lock held{mutex_};
  if (!interactive_)
    return print(text);
  auto columns = screen_columns();
  auto out = reads_.write(text, columns);
  if (!shown_)
    return print(out);
  editor_->erase();
  print(out);
  auto view = reads_.show(columns);
  print(view.before);
  editor_->redraw(std::move(view.prompt));
}

terminal::read_id terminal::core::read_line(std::string prompt, read_handler done, bool last) {
  lock held{mutex_};
  std::optional<read_id> id;
  if (!stopping_)
    id = last ? reads_.push_last(std::move(prompt)) : reads_.push(std::move(prompt));
  if (!id) {
    held.unlock();
    done(std::nullopt);
    return 0;
  }
  handlers_.emplace(*id, std::move(done));
  wake_.wake();
  return *id;
}

void terminal::core::reprompt(read_id id, std::string prompt) {
  lock held{mutex_};
  if (!reads_.reprompt(id, std::move(prompt)) || shown_ != id)
    return;
  reads_.keep_typed(id, editor_->typed());
  editor_->erase();
  close_editor();
  wake_.wake(); // the input thread shows it again
}

void terminal::core::cancel(read_id id) {
  lock held{mutex_};
  auto forgotten = handlers_.extract(id);
  held.unlock(); // What the handler holds may call back when it goes.
}

void terminal::core::run() {
  lock held{mutex_};
  held_by_input_ = &held;
  while (!stopping_) {
    call_handlers(held);
    if (interactive_ && !end_of_file_)
      show_newest();
    else if (reads_.newest())
      take_plain_line();
    if (stopping_ || !due_.empty())
      continue;
    if (wait(held, reads_.newest() && !end_of_file_) == ready::woken || stopping_)
      continue;
    if (interactive_)
      edit();
    else
      read_plain();
  }
  end_all_reads();
  call_handlers(held);
}

// A wake goes first: what it announces may change whose the input is.
terminal::core::ready terminal::core::wait(lock& held, bool for_input) {
  std::array<pollfd, 2> on{{{wake_.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  held.unlock();
  auto count = ::poll(on.data(), for_input ? 2 : 1, -1);
  held.lock();
  if (count <= 0 || on[0].revents == 0)
    return count > 0 ? ready::input : ready::woken;
  wake_.drain();
  return ready::woken;
}

// Others may print while the user thinks about the second half of a key such as Esc-b.
bool terminal::core::wait_for_rest_of_key() {
  return wait(*held_by_input_, true) == ready::input && !stopping_;
}

void terminal::core::show_newest() {
  auto newest = reads_.newest();
  if (newest == shown_)
    return;
  if (shown_) {
    reads_.keep_typed(*shown_, editor_->typed());
    editor_->erase();
    close_editor();
  }
  if (!newest)
    return;
  auto view = reads_.show(screen_columns());
  print(view.before);
  editor_->open(std::move(view.prompt), view.typed);
  shown_ = newest;
}

void terminal::core::close_editor() {
  editor_->close();
  shown_.reset();
}

void terminal::core::edit() {
  auto outcome = editor_->step();
  if (outcome == line_editor::outcome::editing)
    return;
  auto line = editor_->typed();
  close_editor();
  if (outcome == line_editor::outcome::hung_up) {
    end_of_file_ = true;
    return;
  }
  if (outcome == line_editor::outcome::interrupted)
    print("^C\n");
  if (outcome == line_editor::outcome::end_of_file)
    print("\n");
  reads_.line_ended();
  auto in_a_row
    = outcome == line_editor::outcome::interrupted ? (line.empty() ? interrupts_ : 0) + 1 : 0;
  interrupts_ = in_a_row;
  if (outcome == line_editor::outcome::interrupted) {
    if (options_.on_interrupt)
      due_.push_back([f = options_.on_interrupt, in_a_row] { f(in_a_row); });
  } else if (outcome == line_editor::outcome::end_of_file) {
    deliver(std::nullopt);
  } else {
    if (!line.empty())
      editor_->remember(line);
    deliver(line + '\n');
  }
}

void terminal::core::read_plain() {
  std::array<char, chunk_bytes> chunk{};
  auto size = ::read(STDIN_FILENO, chunk.data(), chunk.size());
  if (size > 0)
    input_.append(chunk.data(), static_cast<size_t>(size));
  else if (size == 0 || (errno != EINTR && errno != EAGAIN))
    end_of_file_ = true;
}

void terminal::core::take_plain_line() {
  auto end = input_.find('\n', searched_);
  if (end != std::string::npos) {
    deliver(input_.substr(0, end + 1));
    input_.erase(0, end + 1);
    searched_ = 0;
  } else if (end_of_file_ || input_.size() >= line_bytes_max) {
    deliver(input_.empty() ? std::nullopt : std::optional{std::exchange(input_, "")});
    searched_ = 0;
  } else {
    searched_ = input_.size();
  }
}

void terminal::core::deliver(std::optional<std::string> line) {
  auto handler = handlers_.extract(reads_.pop());
  if (!handler.empty())
    due_.push_back([done = std::move(handler.mapped()), line = std::move(line)] { done(line); });
}

void terminal::core::call_handlers(lock& held) {
  while (!due_.empty()) {
    auto now = std::exchange(due_, {});
    held.unlock();
    for (auto& call : now)
      call();
    now.clear();
    held.lock();
  }
}

void terminal::core::end_all_reads() {
  if (shown_) {
    editor_->erase();
    close_editor();
  }
  editor_.reset();
  while (reads_.newest())
    deliver(std::nullopt);
}

terminal::terminal(terminal_options options) : core_(std::make_unique<core>(std::move(options))) {}

terminal::~terminal() = default;

void terminal::write(std::string_view text) {
  core_->write(text);
}

terminal::read_id terminal::read_line(std::string prompt, read_handler done) {
  return core_->read_line(std::move(prompt), std::move(done), false);
}

terminal::read_id terminal::read_console_line(std::string prompt, read_handler done) {
  return core_->read_line(std::move(prompt), std::move(done), true);
}

void terminal::reprompt(read_id id, std::string prompt) {
  core_->reprompt(id, std::move(prompt));
}

void terminal::cancel(read_id id) {
  core_->cancel(id);
}

bool terminal::interactive() const {
  return core_->interactive();
}

std::optional<size_t> terminal::columns() const {
  auto size = screen_size();
  return size ? std::optional<size_t>{size->ws_col} : std::nullopt;
}

std::optional<size_t> terminal::rows() const {
  auto size = screen_size();
  return size ? std::optional<size_t>{size->ws_row} : std::nullopt;
}

void terminal::stop() {
  core_->stop();
}

} // namespace troupe::actors
