#include "troupe/internal/log_sink.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>

namespace troupe::internal {

namespace {

int rank(const std::string& level) {
  return level == "error" ? 3 : level == "warning" ? 2 : level == "info" ? 1 : 0;
}

} // namespace

std::string format_line(const std::string& level, const std::string& text) {
  auto now = std::chrono::system_clock::now();
  auto millis
    = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  return fmt::format("{:%H:%M:%S}.{:03} [{}] {}",
                     fmt::localtime(std::chrono::system_clock::to_time_t(now)), millis, level,
                     text);
}

result<node_core::log_function> make_log_sink(const std::string& path) {
  std::shared_ptr<std::FILE> file{stderr, [](std::FILE*) {}};
  if (!path.empty()) {
    auto* opened = std::fopen(path.c_str(), "ae");
    if (!opened)
      return error{errc::invalid_config,
                   "--log-file '" + path + "' cannot be opened: " + std::strerror(errno)};
    file = {opened, std::fclose};
  }
  return node_core::log_function{[file](const std::string& level, const std::string& text) {
    auto line = format_line(level, text) + "\n";
    std::fwrite(line.data(), 1, line.size(),
                file.get()); // one call: lines of two threads do not mix
    std::fflush(file.get());
  }};
}

node_core::log_function at_level(const std::string& lowest, node_core::log_function f) {
  return
    [f = std::move(f), least = rank(lowest)](const std::string& level, const std::string& text) {
      if (rank(level) >= least)
        f(level, text);
    };
}

} // namespace troupe::internal
