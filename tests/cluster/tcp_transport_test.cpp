#include "troupe/dist/tcp_transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

using namespace troupe::dist;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

/// Owns its stream, as a connection does.
struct owner final : stream_handler {
  explicit owner(std::unique_ptr<stream> x) : wire(std::move(x)) {}
  void on_bytes(std::span<const char> bytes) override { got.append(bytes.data(), bytes.size()); }
  void on_writable() override {}
  void on_closed() override { closed = true; }

  std::unique_ptr<stream> wire;
  std::string got;
  bool closed = false;
};

/// A transport that accepted one connection, and the other end of it.
struct accepted {
  accepted() {
    auto at = transport.listen({"127.0.0.1", 0}, [this](std::unique_ptr<stream> wire) {
      auto x = std::make_shared<owner>(std::move(wire));
      served = x;
      x->wire->attach(x);
    });
    REQUIRE(at);
    other.connect({boost::asio::ip::make_address(at->host), at->port});
    run_until([this] { return served.lock() != nullptr; });
  }

  void run_until(const std::function<bool()>& done) {
    auto end = std::chrono::steady_clock::now() + 10s;
    while (!done() && std::chrono::steady_clock::now() < end)
      io.run_one_for(100ms);
    REQUIRE(done());
  }

  std::weak_ptr<owner> served;
  boost::asio::io_context io;
  boost::asio::io_context others;
  tcp::socket other{others};
  tcp_transport transport{io};
};

} // namespace

TEST_CASE("tcp_transport: who serves a stream lives until the stream ends") {
  accepted x;
  x.other.send(boost::asio::buffer("hello", 5));
  x.run_until([&] { return x.served.lock()->got == "hello"; });
  auto served = x.served.lock();
  x.other.close();
  x.run_until([&] { return served->closed; });
  served.reset();
  x.run_until([&] { return x.served.expired(); });
}

TEST_CASE("tcp_transport: a stream that is open when all stops is let go with who serves it") {
  for (auto closing : {false, true}) {
    CAPTURE(closing);
    std::weak_ptr<owner> served;
    {
      accepted x;
      served = x.served;
      if (closing) // The other end does not: the stream waits for it.
        served.lock()->wire->close();
      x.io.poll();
      CHECK_FALSE(served.expired());
    }
    CHECK(served.expired());
  }
}
