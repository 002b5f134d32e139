#include "child.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace troupe::bench {

namespace {

[[noreturn]] void fail(const std::string& what, int code) {
  throw std::system_error(code, std::generic_category(), what);
}

struct pipe_ends {
  int read = -1;
  int write = -1;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    fail("pipe", errno);
  return {ends[0], ends[1]};
}

} // namespace

child::child(const std::vector<std::string>& command) : name_(command.front()) {
  auto to = make_pipe();
  auto from = make_pipe();
  in_.assign(to.write);
  out_.assign(from.read);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from.write, STDOUT_FILENO);
  std::vector<char*> words;
  for (auto& x : command)
    words.push_back(const_cast<char*>(x.c_str()));
  words.push_back(nullptr);
  auto failed = posix_spawnp(&pid_, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(to.read);
  close(from.write);
  if (failed != 0)
    fail("cannot start " + name_, failed);
}

child::~child() {
  in_.close();
  for (int i = 0; i < 200; ++i) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0)
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void child::say(const std::string& line) {
  auto text = line + "\n";
  boost::system::error_code failed;
  boost::asio::write(in_, boost::asio::buffer(text), failed);
  if (failed)
    throw std::runtime_error(name_ + " does not read: " + failed.message());
}

std::string child::hear(std::chrono::seconds patience) {
  boost::system::error_code failed = boost::asio::error::timed_out;
  size_t size = 0;
  boost::asio::async_read_until(out_, boost::asio::dynamic_buffer(read_), '\n',
                                [&](boost::system::error_code why, size_t n) {
                                  failed = why;
                                  size = n;
                                });
  io_.restart();
  io_.run_for(patience);
  if (failed) {
    out_.cancel();
    io_.restart();
    io_.run();
    throw std::runtime_error(name_ + " gave no answer: " + failed.message());
  }
  auto line = read_.substr(0, size - 1);
  read_.erase(0, size);
  return line;
}

} // namespace troupe::bench
