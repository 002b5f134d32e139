#include "troupe/discovery/internal/local_directory.hpp"

#include "troupe/discovery/limits.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::discovery::internal {

namespace {

constexpr std::string_view lock_ending = ".lock";
constexpr int attempts_max = 10; // Each is lost only against a program that just removed the file.

error wrong(const std::string& what, int why) {
  return {errc::invalid_config, what + ": " + std::generic_category().message(why)};
}

bool is_ours(const std::string& path) {
  struct stat about {};
  return lstat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && about.st_uid == getuid();
}

// Makes a directory unless it is there, and says what is wrong with it.
std::optional<error> make_closed(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return wrong("cannot make the directory " + path, errno);
  struct stat about {};
  if (lstat(path.c_str(), &about) != 0)
    return wrong("cannot look at " + path, errno);
  auto refuse = [&](const std::string& why) {
    return error{errc::invalid_config,
                 "cannot use " + path + ": " + why + "; remove it, or set XDG_RUNTIME_DIR"};
  };
  if (!S_ISDIR(about.st_mode))
    return refuse("it is no directory");
  if (about.st_uid != getuid())
    return refuse("it belongs to another user");
  if ((about.st_mode & 077) != 0)
    return refuse("other users can enter it, its mode must be 0700");
  return {};
}

bool is_still(const descriptor& file, const std::string& path) {
  struct stat here {
  }, there{};
  return fstat(file.get(), &here) == 0 && lstat(path.c_str(), &there) == 0
         && here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

bool try_lock(const descriptor& file) {
  return flock(file.get(), LOCK_EX | LOCK_NB) == 0;
}

} // namespace

std::string local_base_directory() {
  if (auto* given = std::getenv("XDG_RUNTIME_DIR"); given && *given == '/' && is_ours(given))
    return std::string{given} + "/troupe/nodes";
  return "/tmp/troupe-" + std::to_string(getuid()) + "/nodes";
}

std::string network_id() {
  std::error_code failed;
  auto text = std::filesystem::read_symlink("/proc/self/ns/net", failed).string();
  std::string id = "net-"; // The link says `net:[4026531840]`.
  for (auto c : text)
    if (c >= '0' && c <= '9')
      id += c;
  return id;
}

result<local_directory> local_directory::open(const std::string& path) {
  auto above = directory_of(path);
  auto top = directory_of(above);
  std::error_code failed;
  std::filesystem::create_directories(directory_of(top), failed);
  for (auto& each : {top, above, path})
    if (auto why = make_closed(each))
      return *why;
  return local_directory{path};
}

result<local_directory::published> local_directory::publish(const std::string& file,
                                                            std::string_view text) {
  auto lock_path = at(file) + std::string{lock_ending};
  if (lock_ && !is_still(lock_, lock_path))
    lock_ = {}; // Somebody cleaned up.
  for (int i = 0; !lock_ && i < attempts_max; ++i) {
    descriptor lock{
      ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)};
    if (!lock)
      return wrong("cannot open " + lock_path, errno);
    if (!try_lock(lock))
      return published::taken;
    if (is_still(lock, lock_path))
      lock_ = std::move(lock);
  }
  if (!lock_)
    return published::taken;
  file_ = file;
  if (auto why = replace_small_file(at(file), at(".new-" + file), text)) {
    withdraw();
    return error{why->code, "cannot write " + at(file) + ": " + why->context};
  }
  return published::done;
}

bool local_directory::is_published() const {
  return lock_ && is_still(lock_, at(file_) + std::string{lock_ending})
         && ::access(at(file_).c_str(), F_OK) == 0;
}

void local_directory::withdraw() {
  if (!lock_)
    return;
  ::unlink(at(file_).c_str());
  auto lock_path = at(file_) + std::string{lock_ending};
  if (is_still(lock_, lock_path))
    ::unlink(lock_path.c_str());
  lock_ = {};
}

std::string local_directory::file_of(std::string_view name) {
  if (name.ends_with(lock_ending))
    name.remove_suffix(lock_ending.size());
  return name.starts_with('.') ? std::string{} : std::string{name};
}

std::vector<std::string> local_directory::list() const {
  std::set<std::string> files, locks;
  std::error_code failed;
  for (std::filesystem::directory_iterator i{path_, failed}, end; !failed && i != end;
       i.increment(failed)) {
    auto name = i->path().filename().string();
    auto file = file_of(name);
    if (file.empty() || files.size() + locks.size() >= 2 * limits::peers_max)
      continue;
    (file == name ? files : locks).insert(file);
  }
  for (auto& x : locks)
    if (!files.contains(x))
      static_cast<void>(removed_as_dead(x));
  return {files.begin(), files.end()};
}

std::optional<std::string> local_directory::read(const std::string& file) const {
  auto text = read_small_file(at(file), limits::packet_bytes_max);
  if (removed_as_dead(file) || !text)
    return {};
  return std::move(*text);
}

// Whether the lock of `file` was free; then both are removed. Opened for reading only, since to
// close a file that was open for writing wakes all who watch the directory.
bool local_directory::removed_as_dead(const std::string& file) const {
  auto lock_path = at(file) + std::string{lock_ending};
  for (int i = 0; i < attempts_max; ++i) {
    descriptor lock{::open(lock_path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (!lock && errno != ENOENT)
      return false;
    if (lock && !try_lock(lock))
      return false;
    if (lock && !is_still(lock, lock_path))
      continue;
    ::unlink(at(file).c_str()); // A lock is there before its file, so without one it is old.
    if (lock)
      ::unlink(lock_path.c_str());
    return true;
  }
  return false;
}

} // namespace troupe::discovery::internal
