#include "troupe/discovery/internal/directory_watch.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <sys/inotify.h>
#include <unistd.h>

namespace troupe::discovery::internal {

namespace asio = boost::asio;

namespace {

constexpr uint32_t events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
                            | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr uint32_t endings = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;

} // namespace

class directory_watch::impl : public std::enable_shared_from_this<directory_watch::impl> {
public:
  impl(asio::io_context& io, int fd, handler f) : stream_(io, fd), on_change_(std::move(f)) {}

  void read_more() {
    stream_.async_read_some(asio::buffer(bytes_), [self = shared_from_this()](
                                                    boost::system::error_code failed, size_t n) {
      if (failed || !self->on_change_)
        return;
      self->tell(n);
      self->read_more();
    });
  }

  auto executor() { return stream_.get_executor(); }

  void close() {
    boost::system::error_code ignored;
    stream_.close(ignored);
    on_change_ = nullptr;
  }

  std::atomic<bool> lost = false;

private:
  void tell(size_t size) {
    directory_change change;
    for (size_t at = 0; at + sizeof(inotify_event) <= size;) {
      inotify_event event;
      std::memcpy(&event, bytes_.data() + at, sizeof event);
      at += sizeof event;
      if (event.len > size - at)
        break;
      if (event.mask & endings)
        lost = true;
      if (event.len > 0)
        change.files.emplace_back(bytes_.data() + at); // The kernel ends it with a zero.
      else
        change.all = true;
      at += event.len;
    }
    on_change_(std::move(change));
  }

  asio::posix::stream_descriptor stream_;
  handler on_change_;
  alignas(inotify_event) std::array<char, 16 * 1024> bytes_{};
};

directory_watch::directory_watch(std::shared_ptr<impl> x) : impl_(std::move(x)) {}

directory_watch::~directory_watch() {
  asio::post(impl_->executor(), [x = impl_] { x->close(); });
}

bool directory_watch::lost() const {
  return impl_->lost;
}

result<std::unique_ptr<directory_watch>>
directory_watch::start(asio::io_context& io, const std::string& directory, handler on_change) {
  auto fail = [](int why) {
    return error{errc::invalid_config, std::generic_category().message(why)};
  };
  auto fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0)
    return fail(errno);
  if (inotify_add_watch(fd, directory.c_str(), events) < 0) {
    auto why = errno;
    ::close(fd);
    return fail(why);
  }
  auto x = std::make_shared<impl>(io, fd, std::move(on_change));
  asio::post(io, [x] { x->read_more(); });
  return std::unique_ptr<directory_watch>{new directory_watch{std::move(x)}};
}

} // namespace troupe::discovery::internal
