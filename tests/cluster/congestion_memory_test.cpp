// Two programs over loopback: a gigabyte from a sender that waits to a node that reads slowly.

#include "support/epmd_fixture.hpp"

#include "troupe/limits.hpp"
#include "troupe/node.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <iostream>
#include <string>
#include <utility>

#include <malloc.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr const char* here = "a@127.0.0.1";
constexpr const char* there = "b@127.0.0.1";
constexpr int64_t chunk_bytes = 256 * 1024;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int64_t total_bytes = 64 * 1024 * 1024;
#else
constexpr int64_t total_bytes = 1024 * 1024 * 1024;
#endif

config options_of(const char* name, uint16_t mapper_port) {
  config how;
  how.name = name;
  how.cookie = "monster";
  how.epmd_port = mapper_port;
  how.threads = 2;
  return how;
}

/// Keeps the thread that reads from the network busy half of the time.
void slow_down(troupe::clock& time) {
  time.after(1ms, [&time] {
    boost::asio::io_context io;
    boost::asio::steady_timer pause{io, 1ms};
    pause.wait();
    slow_down(time);
  });
}

/// Counts what comes and tells the sender when it is all.
task<> sink(process& self) {
  static_cast<void>(self.register_name(atom{"sink"}));
  slow_down(self.core().time());
  auto asking = self.receive<pid>();
  auto sender = co_await std::move(asking);
  self.send(sender, atom{"ready"});
  for (int64_t got = 0; got < total_bytes;) {
    auto waiting = self.receive<std::string>();
    auto x = co_await std::move(waiting);
    got += static_cast<int64_t>(x.size());
  }
  self.send(sender, atom{"all"});
}

int64_t used_bytes() {
  auto heap = mallinfo2();
  return static_cast<int64_t>(heap.uordblks + heap.hblkhd);
}

/// Returns how much more the program held at the most, or -1 when not all arrived.
task<> source(process& self, std::promise<int64_t>* done) {
  const atom to{"sink"};
  const atom at{there};
  for (auto ready = false; !ready;) { // it may not have its name yet
    self.send(to, at, self.self());
    auto asking = self.receive_for<atom>(1s);
    auto answer = co_await std::move(asking);
    ready = answer.has_value();
  }
  auto before = used_bytes();
  int64_t most = 0;
  for (int64_t sent = 0; sent < total_bytes; sent += chunk_bytes) {
    std::string chunk(chunk_bytes, 'x');
    auto sending = self.send_paced(to, at, std::move(chunk));
    most = std::max(most, used_bytes() - before);
    co_await std::move(sending);
  }
  auto waiting = self.receive_for<atom>(300s);
  auto all = co_await std::move(waiting);
  done->set_value(all ? most : -1);
}

} // namespace

TEST_CASE("congestion: a gigabyte to a slow reader takes a few megabytes (MSG-15)") {
  boost::asio::io_context io;
  auto mapper_port = test::free_port(io);
  test::child other{[mapper_port] {
    auto b = node::start(options_of(there, mapper_port));
    if (!b)
      return;
    (*b)->spawn(sink);
    (*b)->wait();
  }};
  auto started = node::start(options_of(here, mapper_port));
  REQUIRE(started);
  auto& a = **started;
  auto limit = std::chrono::steady_clock::now() + 10s;
  while (!a.ping(there) && std::chrono::steady_clock::now() < limit) {
  }
  REQUIRE(a.nodes().size() == 1);
  std::promise<int64_t> done;
  auto future = done.get_future();
  auto began = std::chrono::steady_clock::now();
  a.spawn(source, &done);
  REQUIRE(future.wait_for(300s) == std::future_status::ready);
  auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  auto most = future.get();
  std::cout << total_bytes / (1024 * 1024) << " MiB in " << took << " s, at the most "
            << most / 1024 << " KiB more held\n";
  CHECK(most >= 0);
  CHECK(a.kernel()->snapshot().held_senders == 0);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::cout << "not checked: bytes, a sanitizer has an allocator of its own\n";
#else
  CHECK(most < static_cast<int64_t>(8 * limits::outbound_bytes_soft));
#endif
  a.stop();
}
