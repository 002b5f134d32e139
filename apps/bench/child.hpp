// A program that a benchmark runs, and that answers in lines.
//
// Threads: one.

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <string>
#include <sys/types.h>
#include <vector>

namespace troupe::bench {

class child {
public:
  /// Starts `command`; its input and output are pipes to us, its errors are ours. Throws
  /// std::system_error.
  explicit child(const std::vector<std::string>& command);
  /// Closes its input, and ends it when that does not within two seconds.
  ~child();
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  void say(const std::string& line);
  /// Returns the next line; throws std::runtime_error when none comes in time or the program ends.
  [[nodiscard]] std::string hear(std::chrono::seconds patience);

private:
  std::string name_;
  boost::asio::io_context io_;
  boost::asio::posix::stream_descriptor in_{io_};
  boost::asio::posix::stream_descriptor out_{io_};
  std::string read_;
  pid_t pid_ = 0;
};

} // namespace troupe::bench
