// Nodes and a port mapper on loopback, in one thread and on a port that is free.
//
// Erlang counterpart: none.
// Threads: confined to the test.

#pragma once

#include "troupe/epmd/port_mapper_client.hpp"
#include "troupe/epmd/port_mapper_server.hpp"
#include "troupe/epmd/registration.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::test {

inline constexpr std::chrono::seconds patience{10};
inline const std::string loopback = "127.0.0.1";

/// Returns a port below the range from which the system takes the ports of outgoing connections.
inline uint16_t free_port(boost::asio::io_context& io) {
  std::random_device random;
  for (;;) {
    auto port = static_cast<uint16_t>(20'000 + random() % 12'000);
    boost::system::error_code bad;
    boost::asio::ip::tcp::acceptor probe{io};
    probe.open(boost::asio::ip::tcp::v4());
    probe.bind({boost::asio::ip::tcp::v4(), port}, bad);
    if (!bad)
      return port;
  }
}

/// A program that this test started, and ends.
class child {
public:
  explicit child(const std::function<void()>& body) : pid_(fork()) {
    if (pid_ == 0) {
      body();
      _exit(1);
    }
  }
  ~child() { kill_now(); }
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  /// It keeps its connections and does nothing any more.
  void freeze() const { ::kill(pid_, SIGSTOP); }

  void kill_now() {
    if (pid_ <= 0)
      return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

private:
  pid_t pid_;
};

/// One thread, one port mapper's port at 127.0.0.1, and whoever uses it.
struct epmd_fixture {
  static constexpr std::chrono::milliseconds ask_timeout{2'000};

  boost::asio::io_context io;
  uint16_t mapper_port = free_port(io);
  std::vector<epmd::registration_event> events;

  bool run_until(const std::function<bool()>& condition,
                 std::chrono::milliseconds within = patience) {
    auto deadline = std::chrono::steady_clock::now() + within;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{10});
    }
    return condition();
  }

  template <class T, class Start>
  result<T> wait_for(Start start) {
    auto got = std::make_shared<std::optional<result<T>>>();
    start([got](result<T> x) { got->emplace(std::move(x)); });
    REQUIRE(run_until([&] { return got->has_value(); }));
    return std::move(**got);
  }

  std::unique_ptr<epmd::registration> make(const std::string& name, uint16_t port) {
    epmd::registration_options options{node_name{name}};
    options.listen_port = port;
    options.mapper_port = mapper_port;
    return std::make_unique<epmd::registration>(
      io, options, [this](epmd::registration_event e, const std::string&) { events.push_back(e); });
  }

  result<uint32_t> start(epmd::registration& x) {
    return wait_for<uint32_t>([&](auto done) { x.start(done); });
  }

  result<dist::endpoint> find(const std::string& name, const std::string& host = loopback) {
    return wait_for<dist::endpoint>(
      [&](auto done) { epmd::lookup(io, host, mapper_port, name, ask_timeout, done); });
  }

  // The names at the port mapper with their ports, "a:1 b:2", or the error.
  std::string listing() {
    using list = std::vector<epmd::registered_name>;
    auto all = wait_for<list>(
      [&](auto done) { epmd::names(io, loopback, mapper_port, ask_timeout, done); });
    if (!all)
      return to_string(all.error().code);
    std::ranges::sort(*all, {}, &epmd::registered_name::name);
    std::string text;
    for (const auto& x : *all)
      text += (text.empty() ? "" : " ") + x.name + ':' + std::to_string(x.port);
    return text;
  }

  bool listed(const std::string& expected, std::chrono::milliseconds within = patience) {
    auto deadline = std::chrono::steady_clock::now() + within;
    while (listing() != expected)
      if (std::chrono::steady_clock::now() >= deadline)
        return false;
    return true;
  }

  // Waits until something listens at the port mapper's port, in whatever program.
  void await_listener() {
    REQUIRE(run_until([&] {
      boost::asio::ip::tcp::socket probe{io};
      boost::system::error_code bad;
      probe.connect({boost::asio::ip::make_address(loopback), mapper_port}, bad);
      return !bad;
    }));
  }

  // Sends bytes and returns what came back until the port mapper closed.
  std::string talk(const std::string& bytes) {
    auto socket = std::make_shared<boost::asio::ip::tcp::socket>(io);
    socket->connect({boost::asio::ip::make_address(loopback), mapper_port});
    boost::asio::write(*socket, boost::asio::buffer(bytes));
    auto in = std::make_shared<std::string>();
    auto ended = std::make_shared<bool>(false);
    boost::asio::async_read(*socket, boost::asio::dynamic_buffer(*in),
                            [=](boost::system::error_code, size_t) { *ended = socket->is_open(); });
    REQUIRE(run_until([&] { return *ended; }));
    return *in;
  }
};

} // namespace troupe::test
