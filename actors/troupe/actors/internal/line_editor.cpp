#include "troupe/actors/internal/line_editor.hpp"

#include <histedit.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <string_view>
#include <utility>

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace troupe::actors::internal {

namespace {

line_editor& self_of(EditLine* el) {
  void* self = nullptr;
  el_get(el, EL_CLIENTDATA, &self);
  return *static_cast<line_editor*>(self);
}

// As libedit shows a character at a column.
size_t columns_of(wchar_t c, size_t column) {
  constexpr size_t tab = 8;
  constexpr size_t caret_form = 2;
  if (c == L'\t')
    return tab - column % tab;
  auto width = wcwidth(c);
  return width < 0 ? caret_form : static_cast<size_t>(width);
}

size_t screen_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

constexpr char ctrl_c = '\x03';
constexpr char ctrl_d = '\x04';
constexpr char ctrl_r = '\x12';
constexpr char ctrl_z = '\x1a';

// Libedit shows and takes what the locale calls a character; without one that is ASCII only.
void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1)
    std::setlocale(LC_CTYPE, "C.UTF-8");
}

// Stops the whole job, as the terminal does for a program that leaves Ctrl-Z to it. The others are
// told while we ignore the signal, so that ours comes once and stops this very thread.
void stop_job() {
  struct sigaction ignore = {};
  struct sigaction before = {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGTSTP, &ignore, &before);
  ::kill(0, SIGTSTP);
  ::sigaction(SIGTSTP, &before, nullptr);
  ::raise(SIGTSTP);
}

bool input_ready() {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  return ::poll(&in, 1, 0) > 0;
}

} // namespace

line_editor::line_editor(const std::string& history_file, size_t history_lines, waiter wait)
  : history_file_(history_file), wait_(std::move(wait)) {
  use_utf8();
  const char* term = std::getenv("TERM");
  dumb_ = !term || std::string_view{term} == "dumb" || std::string_view{term}.empty();
  ::tcgetattr(STDIN_FILENO, &original_);
  el_ = el_init("troupe", stdin, stdout, stderr);
  history_ = history_init();
  HistEvent event;
  history(history_, &event, H_SETSIZE, static_cast<int>(history_lines));
  history(history_, &event, H_SETUNIQUE, 1);
  if (!history_file_.empty())
    history(history_, &event, H_LOAD, history_file_.c_str());
  el_set(el_, EL_CLIENTDATA, this);
  el_set(el_, EL_HIST, ::history, history_);
  el_set(el_, EL_PROMPT, &line_editor::prompt_of);
  el_set(el_, EL_GETCFN, &line_editor::read_char);
  el_set(el_, EL_EDITOR, "emacs");
  bind_keys();
  // Keys that are signals elsewhere are keys at the prompt. Between two prompts, what is typed
  // waits unechoed for the next one, where it can still be edited.
  el_set(el_, EL_SETTY, "-d", "intr=", "susp=", "quit=", nullptr);
  el_set(el_, EL_SETTY, "-x", "-echo", "-icanon", nullptr);
}

line_editor::~line_editor() {
  close();
  history_end(history_);
  el_end(el_); // Restores the terminal.
}

void line_editor::bind_keys() {
  constexpr std::pair<const char*, const char*> keys[] = {
    {"^D", "ed-delete-next-char"},     {"^R", "em-inc-search-prev"}, {"\\t", "ed-insert"},
    {"\\e[3~", "ed-delete-next-char"}, {"\\e[1~", "ed-move-to-beg"}, {"\\e[4~", "ed-move-to-end"},
    {"\\e[1;5C", "em-next-word"},      {"\\e[1;5D", "ed-prev-word"},
  };
  for (auto [key, command] : keys)
    el_set(el_, EL_BIND, key, command, nullptr);
}

void line_editor::open(std::string prompt, const std::string& typed) {
  prompt_ = std::move(prompt);
  open_ = true;
  el_set(el_, EL_UNBUFFERED, 1);
  if (typed.empty())
    return;
  erase();
  el_insertstr(el_, typed.c_str());
  redraw(prompt_);
}

void line_editor::close() {
  if (!std::exchange(open_, false))
    return;
  el_set(el_, EL_UNBUFFERED, 0);
}

size_t line_editor::rows_above_cursor() const {
  auto columns = screen_columns();
  size_t at = 0; // Columns since the start of the prompt, rows joined.
  auto add = [&](wchar_t c) {
    auto width = columns_of(c, at % columns);
    if (at % columns + width > columns)
      at += columns - at % columns; // A wide character does not straddle rows.
    at += width;
  };
  std::mbstate_t state{};
  const char* from = prompt_.data();
  size_t left = prompt_.size();
  while (left > 0) {
    wchar_t c = 0;
    auto size = std::mbrtowc(&c, from, left, &state);
    if (size == 0 || size > left)
      break; // Not text of this locale; libedit leaves it out as well.
    add(c);
    from += size;
    left -= size;
  }
  const auto* line = el_wline(el_);
  for (const auto* p = line->buffer; p < line->cursor; ++p)
    add(*p);
  return at / columns;
}

void line_editor::erase() {
  std::string out = "\r";
  if (dumb_)
    out = "\n";
  else if (auto rows = rows_above_cursor(); rows > 0)
    out += "\x1b[" + std::to_string(rows) + "A";
  if (!dumb_)
    out += "\x1b[J";
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

void line_editor::redraw(std::string prompt) {
  prompt_ = std::move(prompt);
  el_resize(el_);
  el_set(el_, EL_REFRESH);
}

line_editor::outcome line_editor::step() {
  gave_up_ = false;
  first_ = read_byte();
  if (!first_)
    return hung_up_ ? outcome::hung_up : outcome::editing;
  const auto* now = el_line(el_);
  switch (*first_) {
    case ctrl_c: to_end_of_line(); return outcome::interrupted;
    case ctrl_z: suspend(); return outcome::editing;
    case ctrl_d:
      if (now->lastchar == now->buffer)
        return outcome::end_of_file;
      break;
    default: break;
  }
  auto search = *first_ == ctrl_r;
  auto result = run_key();
  // A search in the history hands the key that ended it back to libedit, where no poll sees it.
  if (result == outcome::editing && !gave_up_ && search) {
    may_wait_ = false;
    result = run_key();
    may_wait_ = true;
  }
  return result;
}

line_editor::outcome line_editor::run_key() {
  el_resize(el_);
  int size = 0;
  const char* line = el_gets(el_, &size);
  if (hung_up_)
    return outcome::hung_up;
  if (!gave_up_ && line && size > 0 && line[size - 1] == '\n')
    return outcome::line;
  return outcome::editing;
}

std::string line_editor::typed() const {
  const auto* line = el_line(el_);
  std::string text{line->buffer, line->lastchar};
  constexpr char given_up = '\x04'; // Left by libedit when a search in the history is given up.
  if (!text.empty() && (text.back() == '\n' || text.back() == given_up))
    text.pop_back();
  return text;
}

void line_editor::remember(const std::string& line) {
  HistEvent event;
  history(history_, &event, H_ENTER, line.c_str());
  if (!history_file_.empty())
    history(history_, &event, H_SAVE, history_file_.c_str());
}

void line_editor::to_end_of_line() {
  const auto* line = el_line(el_);
  erase();
  el_cursor(el_, static_cast<int>(line->lastchar - line->cursor));
  redraw(prompt_);
}

void line_editor::suspend() {
  auto prompt = prompt_;
  auto line = typed();
  erase();
  close();
  termios ours{};
  ::tcgetattr(STDIN_FILENO, &ours);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &original_);
  stop_job();
  // Libedit would take what the shell leaves for what the user wants.
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &ours);
  open(std::move(prompt), line);
}

char* line_editor::prompt_of(EditLine* el) {
  return self_of(el).prompt_.data();
}

std::optional<char> line_editor::read_byte() {
  for (;;) {
    if (!input_ready() && !(may_wait_ && wait_())) {
      gave_up_ = true;
      return std::nullopt;
    }
    char byte = 0;
    auto size = ::read(STDIN_FILENO, &byte, 1);
    if (size > 0)
      return byte;
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    hung_up_ = true;
    return std::nullopt;
  }
}

int line_editor::read_char(EditLine* el, wchar_t* out) {
  auto& self = self_of(el);
  std::mbstate_t state{};
  for (;;) {
    auto byte = self.first_ ? std::exchange(self.first_, std::nullopt) : self.read_byte();
    if (!byte)
      return 0;
    auto size = std::mbrtowc(out, &*byte, 1, &state);
    if (size == 0 || size == 1)
      return 1;
    if (size == static_cast<size_t>(-1))
      state = {}; // Not a character of this locale. Otherwise more bytes of it follow.
  }
}

} // namespace troupe::actors::internal
