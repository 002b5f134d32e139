#include "troupe/cookie.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe {

namespace {

constexpr size_t random_bytes = 32;

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

private:
  int fd_;
};

error refuse(std::string sentence) {
  return {errc::invalid_config, std::move(sentence)};
}

error refuse_errno(const std::string& what, int code) {
  return refuse(what + ": " + std::generic_category().message(code));
}

/// Reads to the end, but no more than is needed to see that it is too long.
result<std::string> read_text(const descriptor& file, const std::string& path) {
  constexpr size_t line_end_bytes = 2;
  std::array<char, cookie_bytes_max + line_end_bytes + 1> buffer{};
  size_t size = 0;
  while (size < buffer.size()) {
    auto n = ::read(file.get(), buffer.data() + size, buffer.size() - size);
    if (n == 0)
      break;
    if (n > 0)
      size += static_cast<size_t>(n);
    else if (errno != EINTR)
      return refuse_errno("cookie file " + path + " cannot be read", errno);
  }
  return std::string{buffer.data(), size};
}

result<std::string> parse_cookie(std::string_view text, const std::string& path) {
  if (text.ends_with('\n'))
    text.remove_suffix(1);
  if (text.ends_with('\r'))
    text.remove_suffix(1);
  if (text.empty())
    return refuse("cookie file " + path
                  + " is empty; write the cluster's cookie into it, or remove the file");
  if (text.size() > cookie_bytes_max)
    return refuse("cookie file " + path + " holds more than " + std::to_string(cookie_bytes_max)
                  + " bytes");
  if (std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    return refuse("cookie file " + path + " must hold one line of text");
  return std::string{text};
}

result<std::string> read_open_file(const descriptor& file, const std::string& path) {
  struct stat about {};
  if (::fstat(file.get(), &about) != 0)
    return refuse_errno("cookie file " + path + " cannot be read", errno);
  if (!S_ISREG(about.st_mode))
    return refuse("cookie file " + path + " is not a file");
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return refuse("cookie file " + path + " must be accessible by owner only; say: chmod 400 "
                  + path);
  auto text = read_text(file, path);
  return text ? parse_cookie(*text, path) : text;
}

bool fill_random(std::array<unsigned char, random_bytes>& bytes) {
  return ::getentropy(bytes.data(), bytes.size()) == 0;
}

std::string hex(const std::array<unsigned char, random_bytes>& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (auto b : bytes) {
    out += digits[b >> 4];
    out += digits[b & 15];
  }
  return out;
}

bool write_all(const descriptor& file, std::string_view text) {
  while (!text.empty()) {
    auto n = ::write(file.get(), text.data(), text.size());
    if (n >= 0)
      text.remove_prefix(static_cast<size_t>(n));
    else if (errno != EINTR)
      return false;
  }
  return ::fsync(file.get()) == 0;
}

/// Makes the file in one step, whole from its first moment: whoever opens it finds the cookie in
/// it. Returns 0, or `EEXIST` when another node was faster, or another error number.
int make_cookie_file(const std::string& path) {
  std::array<unsigned char, random_bytes> secret{};
  std::array<unsigned char, random_bytes> suffix{};
  if (!fill_random(secret) || !fill_random(suffix))
    return errno;
  auto draft_path = path + "." + hex(suffix).substr(0, 16);
  int code = 0;
  {
    descriptor draft{
      ::open(draft_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR)};
    if (draft.get() < 0)
      return errno;
    if (!write_all(draft, hex(secret) + "\n"))
      code = errno;
  }
  if (code == 0 && ::link(draft_path.c_str(), path.c_str()) != 0)
    code = errno;
  ::unlink(draft_path.c_str());
  return code;
}

} // namespace

result<std::string> read_cookie_file(const std::string& path) {
  // Not to wait for whoever writes into it, should it be a pipe.
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.get() < 0)
    return refuse_errno("cookie file " + path + " cannot be read", errno);
  return read_open_file(file, path);
}

result<std::string> read_or_make_default_cookie(const std::string& home) {
  auto path = home + "/.troupe.cookie";
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT)
    if (auto code = make_cookie_file(path); code != 0 && code != EEXIST)
      return refuse_errno("cookie file " + path + " cannot be made", code);
  return read_cookie_file(path);
}

} // namespace troupe
