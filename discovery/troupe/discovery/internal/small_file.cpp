#include "troupe/discovery/internal/small_file.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::discovery::internal {

namespace {

error wrong(int why) {
  return {errc::invalid_config, std::generic_category().message(why)};
}

} // namespace

descriptor::descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

descriptor::~descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<std::string> read_small_file(const std::string& path, size_t bytes_max) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file)
    return wrong(errno);
  struct stat about {};
  if (fstat(file.get(), &about) != 0)
    return wrong(errno);
  if (!S_ISREG(about.st_mode))
    return error{errc::invalid_config, "it is no regular file"};
  std::string text;
  char chunk[16 * 1024];
  for (;;) {
    auto got = ::read(file.get(), chunk, sizeof chunk);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return wrong(errno);
    if (got == 0)
      return text;
    text.append(chunk, static_cast<size_t>(got));
    if (text.size() > bytes_max)
      return error{errc::invalid_config,
                   "it is longer than " + std::to_string(bytes_max) + " bytes; it must be shorter"};
  }
}

std::optional<error> replace_small_file(const std::string& path, const std::string& temporary,
                                        std::string_view text) {
  auto fail = [&] {
    auto why = wrong(errno);
    ::unlink(temporary.c_str());
    return why;
  };
  ::unlink(temporary.c_str()); // Left by a program that was killed; its mode may be another one.
  descriptor file{
    ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!file)
    return wrong(errno);
  while (!text.empty()) {
    auto put = ::write(file.get(), text.data(), text.size());
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return fail();
    text.remove_prefix(static_cast<size_t>(put));
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    return fail();
  return {};
}

std::string directory_of(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace troupe::discovery::internal
