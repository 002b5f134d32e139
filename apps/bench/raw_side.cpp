#include "raw_side.hpp"

#include "measurement.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <sstream>
#include <thread>

namespace troupe::bench {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// As many bytes as a small message of a node has on the wire, more or less.
constexpr size_t message_bytes = 32;

double seconds_of(std::chrono::steady_clock::duration x) {
  return std::chrono::duration<double>(x).count();
}

/// What a connection is for: `bytes` to swallow, then one byte back; or 0: send back all that
/// comes.
void serve(tcp::socket wire) {
  uint64_t bytes = 0;
  boost::system::error_code failed;
  asio::read(wire, asio::buffer(&bytes, sizeof bytes), failed);
  std::vector<char> space(1 << 18);
  auto left = bytes;
  while (!failed && (bytes == 0 || left > 0)) {
    auto n = wire.read_some(asio::buffer(space), failed);
    if (failed)
      return;
    if (bytes == 0)
      asio::write(wire, asio::buffer(space, n), failed);
    else
      left -= std::min<uint64_t>(left, n);
  }
  asio::write(wire, asio::buffer(space, 1), failed);
}

tcp::socket dial(asio::io_context& io, uint16_t port, uint64_t bytes) {
  tcp::socket wire{io};
  wire.connect({asio::ip::address_v4::loopback(), port});
  wire.set_option(tcp::no_delay{true});
  asio::write(wire, asio::buffer(&bytes, sizeof bytes));
  return wire;
}

measurement one_pair(tcp::socket wire, int64_t count) {
  std::vector<char> space(message_bytes);
  std::vector<double> times;
  auto begin = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < count; ++i) {
    auto sent = std::chrono::steady_clock::now();
    asio::write(wire, asio::buffer(space));
    asio::read(wire, asio::buffer(space));
    times.push_back(seconds_of(std::chrono::steady_clock::now() - sent));
  }
  auto total = seconds_of(std::chrono::steady_clock::now() - begin);
  return {total / static_cast<double>(count), percentiles_of(std::move(times))};
}

/// A message of each pair is under way; what comes back goes out again.
measurement many_pairs(tcp::socket wire, int64_t count, int64_t pairs) {
  std::vector<char> space(message_bytes * static_cast<size_t>(pairs));
  auto begin = std::chrono::steady_clock::now();
  asio::write(wire, asio::buffer(space));
  auto left = static_cast<int64_t>(message_bytes) * count;
  while (left > 0) {
    auto n = wire.read_some(asio::buffer(space));
    left -= static_cast<int64_t>(n);
    if (left > 0)
      asio::write(wire, asio::buffer(space, n));
  }
  auto total = seconds_of(std::chrono::steady_clock::now() - begin);
  return {static_cast<double>(count) / total, {}};
}

measurement blobs(tcp::socket wire, int64_t count, int64_t size) {
  std::vector<char> space(static_cast<size_t>(size));
  auto begin = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < count; ++i)
    asio::write(wire, asio::buffer(space));
  asio::read(wire, asio::buffer(space, 1));
  auto total = seconds_of(std::chrono::steady_clock::now() - begin);
  return {static_cast<double>(count * size) / total, {}};
}

std::string answer(asio::io_context& io, uint16_t port, const std::string& line) {
  std::istringstream in{line};
  std::string verb;
  std::string name;
  int64_t count = 0;
  int64_t parameter = 0;
  in >> verb >> name >> count >> parameter;
  if (name == "rtt-1")
    return line_of(one_pair(dial(io, port, 0), count));
  if (name.starts_with("rtt-"))
    return line_of(many_pairs(dial(io, port, 0), count, parameter));
  if (name.starts_with("blob-"))
    return line_of(
      blobs(dial(io, port, static_cast<uint64_t>(count * parameter)), count, parameter));
  if (name == "connect") {
    auto begin = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < count; ++i)
      one_pair(dial(io, port, 0), 1);
    auto total = seconds_of(std::chrono::steady_clock::now() - begin);
    return line_of({static_cast<double>(count) / total, {}});
  }
  return "! not measured on raw TCP";
}

} // namespace

int run_raw_far() {
  asio::io_context io;
  tcp::acceptor listener{io, {asio::ip::address_v4::loopback(), 0}};
  std::thread{[&] {
    for (;;) {
      boost::system::error_code failed;
      auto wire = listener.accept(failed);
      if (failed)
        return; // the next dial says so
      wire.set_option(tcp::no_delay{true}, failed);
      std::thread{[wire = std::move(wire)]() mutable { serve(std::move(wire)); }}.detach();
    }
  }}.detach();
  std::cout << listener.local_endpoint().port() << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    ;
  std::_Exit(0); // its threads wait for connections
}

int run_raw_near(const std::string& port) {
  asio::io_context io;
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << answer(io, static_cast<uint16_t>(std::stoi(port)), line) << std::endl;
  return 0;
}

} // namespace troupe::bench
