// Two programs with a node each over TCP on loopback, for as long as one likes.
//
// Erlang counterpart: none.
// Threads: confined to the test; what processes call says so.

#pragma once

#include "support/epmd_fixture.hpp"
#include "troupe/node.hpp"
#include "troupe/process.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace troupe::test {

inline constexpr const char* stress_here = "a@127.0.0.1";
inline constexpr const char* stress_there = "b@127.0.0.1";

inline uint64_t number_from(const char* variable, uint64_t otherwise) {
  auto* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// How long all of it may take: TROUPE_STRESS_SECONDS, else half a minute.
inline std::chrono::seconds stress_time() {
  return std::chrono::seconds{number_from("TROUPE_STRESS_SECONDS", 30)};
}

/// TROUPE_STRESS_SEED, else another one each time; tests print it.
inline uint64_t stress_seed() {
  return number_from("TROUPE_STRESS_SEED", std::random_device{}());
}

/// Holds the calling thread up, as a handler does that waits for a disk.
inline void hold_thread(std::chrono::milliseconds time) {
  boost::asio::io_context io;
  boost::asio::steady_timer pause{io, time};
  pause.wait();
}

inline int64_t resident_bytes() {
  int64_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> pages;
  return pages * 4096;
}

/// Is called `echo`, and answers each pid with a message to it.
inline task<> echo(process& self) {
  static_cast<void>(self.register_name(atom{"echo"}));
  for (;;) {
    auto waiting = self.receive<pid>();
    auto who = co_await std::move(waiting);
    self.send(who, atom{"echoed"});
  }
}

/// The test's own node, and the one of another program that runs `prepare` on its.
class two_programs {
public:
  two_programs(dist::transport_mode transport, const std::function<void(node&)>& prepare,
               const std::function<void(config&)>& change = {})
    : mapper_port_(free_port(io_)), other_([&] {
        auto b = node::start(options_of(stress_there, transport, change), quiet);
        if (!b)
          return;
        prepare(**b);
        (*b)->wait();
      }) {
    auto started = node::start(options_of(stress_here, transport, change), quiet);
    REQUIRE(started);
    a_ = std::move(*started);
    auto limit = std::chrono::steady_clock::now() + patience;
    while (!a_->ping(stress_there) && std::chrono::steady_clock::now() < limit) {
    }
    REQUIRE(a_->nodes().size() == 1);
  }

  node& a() { return *a_; }
  child& other() { return other_; }

private:
  static void quiet(const std::string&, const std::string&) {}

  config options_of(const char* name, dist::transport_mode transport,
                    const std::function<void(config&)>& change) const {
    config how;
    how.name = name;
    how.cookie = "monster";
    how.epmd_port = mapper_port_;
    how.transport = transport;
    how.threads = 4;
    if (change)
      change(how);
    return how;
  }

  boost::asio::io_context io_;
  uint16_t mapper_port_;
  child other_; // before any thread of ours
  std::unique_ptr<node> a_;
};

} // namespace troupe::test
