#include "troupe/dist/asio_clock.hpp"

#include <boost/asio/post.hpp>

#include <sys/random.h>

#include <cstdlib>

namespace troupe::dist {

uint64_t asio_clock::random() {
  uint64_t x = 0;
  // Cannot be interrupted or short for eight bytes once the system has booted (getrandom(2)).
  if (::getrandom(&x, sizeof x, 0) != sizeof x)
    std::abort();
  return x;
}

clock::timer asio_clock::after(duration delay, std::function<void()> action) {
  std::lock_guard guard{mutex_};
  auto id = ++last_;
  auto& slot = timers_[id];
  slot = std::make_unique<boost::asio::steady_timer>(*io_, delay);
  slot->async_wait([this, id, action = std::move(action)](const boost::system::error_code& failed) {
    {
      std::lock_guard inner{mutex_};
      if (timers_.erase(id) == 0 || failed)
        return;
    }
    action();
  });
  return id;
}

void asio_clock::cancel(timer t) {
  std::lock_guard guard{mutex_};
  timers_.erase(t);
}

void asio_clock::post(std::function<void()> action) {
  boost::asio::post(*io_, std::move(action));
}

} // namespace troupe::dist
