#include "../support/epmd_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::epmd;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using test::loopback;
using fixture = test::epmd_fixture;

TEST_CASE_FIXTURE(fixture, "port_mapper_client: errors tell what is missing") {
  CHECK(find("a").error() == errc::no_port_mapper);
  CHECK(listing() == "no_port_mapper");
  tcp::acceptor silent{io, {boost::asio::ip::make_address(loopback), mapper_port}};
  auto late = wait_for<dist::endpoint>(
    [&](auto done) { lookup(io, loopback, mapper_port, "a", 50ms, done); });
  CHECK(late.error() == errc::timeout);
}

TEST_CASE_FIXTURE(fixture, "port_mapper_server: garbage is dropped and names stay") {
  auto a = make("a@127.0.0.1", 9101);
  auto b = make("b@127.0.0.1", 9102);
  REQUIRE(start(*a));
  REQUIRE(start(*b));
  CHECK(talk(std::string(2, '\xff')) == "");
  CHECK(talk(std::string(2, '\0')) == "");
  CHECK(talk("GET / HTTP/1.0\r\n\r\n") == "");
  CHECK(talk(encode(kill_request{})) == "NO");
  CHECK(talk(encode(stop_request{"b"})) == "");
  CHECK(talk(encode(dump_request{})).find("<b> at port 9102") != std::string::npos);
  CHECK(listing() == "a:9101 b:9102");
}

TEST_CASE_FIXTURE(fixture, "port_mapper_server: who registers nothing is dropped, who did stays") {
  server_options options;
  options.idle_timeout = 100ms;
  options.idle_connections_max = 3;
  port_mapper_server server{io, options};
  REQUIRE_FALSE(server.listen({loopback, mapper_port}));
  auto a = make("a@127.0.0.1", 9101);
  REQUIRE(start(*a));
  CHECK(talk("") == "");
  CHECK(talk("\x01") == "");
  std::vector<tcp::socket> crowd;
  for (int i = 0; i < 10; ++i) {
    crowd.emplace_back(io);
    crowd.back().connect({boost::asio::ip::make_address(loopback), mapper_port});
  }
  CHECK(listing() == "a:9101"); // The newest connection is served, the oldest went.
  CHECK(std::ranges::count(events, registration_event::lost) == 0);
}
