// A sender that waits for nothing, and a reader that has stopped.

#include "support/stress.hpp"
#include "troupe/inspect.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <iostream>
#include <string>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;
using test::stress_there;

namespace {

constexpr int64_t chunk_bytes = 4 * 1024 * 1024;

struct end {
  std::string reason;
  int64_t sent_bytes = 0, resident = 0;
};

/// Sends until it hears that the connection is gone.
[[maybe_unused]] task<> flood(process& self, std::promise<end>* done) {
  dist::node_monitor::options how;
  how.shape = dist::node_monitor::options::form::list;
  how.reason = true;
  self.home().monitor_nodes(self.self(), how, true);
  end x;
  while (x.reason.empty() && x.sent_bytes < 4 * static_cast<int64_t>(limits::outbound_bytes_hard)) {
    self.send(atom{"nobody"}, atom{stress_there}, std::string(chunk_bytes, 'x'));
    x.sent_bytes += chunk_bytes;
    x.resident = std::max(x.resident, test::resident_bytes());
    auto waiting = self.receive_for<term>(1ms);
    auto event = co_await std::move(waiting);
    if (event)
      x.reason = inspect_term(*event, {.width = 0});
  }
  self.home().monitor_nodes(self.self(), how, false);
  done->set_value(std::move(x));
}

} // namespace

TEST_CASE("stress: the hard limit of what waits to be sent ends the connection, with a reason") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::cout << "SKIPPED: a sanitizer has an allocator of its own\n";
#else
  test::two_programs both{dist::transport_mode::plain, [](node&) {}}; // it is the same for both
  both.other().freeze();
  auto before = test::resident_bytes();
  std::promise<end> done;
  auto future = done.get_future();
  both.a().spawn(flood, &done);
  REQUIRE(future.wait_for(120s) == std::future_status::ready);
  auto x = future.get();
  std::cout << x.sent_bytes / (1024 * 1024) << " MiB sent, "
            << (x.resident - before) / (1024 * 1024) << " MiB more held, then " << x.reason << '\n';
  CHECK(x.reason.find("overload") != std::string::npos);
  CHECK(x.sent_bytes < static_cast<int64_t>(limits::outbound_bytes_hard) + 16 * chunk_bytes);
  CHECK(x.resident - before < static_cast<int64_t>(limits::outbound_bytes_hard) * 5 / 4);
  both.other().kill_now();
  both.a().stop();
#endif
}
