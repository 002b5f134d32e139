#include "../support/epmd_fixture.hpp"

#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::epmd;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using test::child;
using test::loopback;
using fixture = test::epmd_fixture;

TEST_CASE_FIXTURE(fixture, "registration: the first node serves and the second registers with it") {
  auto a = make("a@127.0.0.1", 9101);
  auto b = make("b@127.0.0.1", 9102);
  REQUIRE(start(*a));
  REQUIRE(start(*b));
  CHECK(a->serving());
  CHECK_FALSE(b->serving());
  CHECK(b->registered());
  CHECK(listing() == "a:9101 b:9102");
  auto found = find("b");
  REQUIRE(found);
  CHECK(*found == dist::endpoint{"127.0.0.1", 9102});
  b->stop();
  b->stop();
  CHECK(listed("a:9101"));
  CHECK(find("b").error() == errc::not_registered);
}

TEST_CASE_FIXTURE(fixture,
                  "registration: a name in use is refused at once and stays with its owner") {
  auto a = make("a@127.0.0.1", 9101);
  REQUIRE(start(*a));
  auto twin = make("a@127.0.0.1", 9102);
  auto refused = start(*twin);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == errc::name_in_use);
  CHECK(refused.error().context == "the name a@127.0.0.1 seems to be in use by another node");
  CHECK(listing() == "a:9101");
}

TEST_CASE_FIXTURE(fixture, "registration: a node keeps its own creation") {
  auto a = make("a@127.0.0.1", 9101);
  auto given = start(*a);
  REQUIRE(given);
  CHECK(*given > 3);
  registration_options options{node_name{"b@127.0.0.1"}};
  options.listen_port = 9102;
  options.mapper_port = mapper_port;
  options.creation = 77;
  registration b{io, options, [](registration_event, const std::string&) {}};
  auto kept = start(b);
  REQUIRE(kept);
  CHECK(*kept == 77);
}

TEST_CASE_FIXTURE(fixture, "registration: two loopback addresses are two hosts") {
  auto one = make("multinode@127.0.0.1", 9101);
  auto two = make("multinode@127.0.0.2", 9102);
  REQUIRE(start(*one));
  REQUIRE(start(*two));
  CHECK(one->serving());
  CHECK(two->serving());
  CHECK(*find("multinode", "127.0.0.1") == dist::endpoint{"127.0.0.1", 9101});
  CHECK(*find("multinode", "127.0.0.2") == dist::endpoint{"127.0.0.2", 9102});
}

TEST_CASE_FIXTURE(fixture, "registration: the host may be a name or an IPv6 address") {
  std::string host = "localhost";
  SUBCASE("name") {}
  SUBCASE("IPv6") {
    host = "::1";
  }
  auto a = make("a@" + host, 9101);
  auto started = start(*a);
  if (!started && host == "::1" && started.error() == errc::cannot_listen) {
    MESSAGE("not checked: this machine has no IPv6");
    return;
  }
  REQUIRE(started);
  auto found = find("a", host);
  REQUIRE(found);
  CHECK(found->port == 9101);
}

TEST_CASE_FIXTURE(fixture, "registration: an address of another machine cannot be served") {
  auto a = make("a@192.0.2.1", 9101); // Reserved for documentation.
  auto started = start(*a);
  REQUIRE_FALSE(started);
  CHECK(started.error() == errc::cannot_listen);
}

TEST_CASE_FIXTURE(fixture, "registration: a host without an address is told apart") {
  auto a = make("a@no-such-host.invalid", 9101);
  auto started = start(*a);
  REQUIRE_FALSE(started);
  bool told = started.error() == errc::unknown_host || started.error() == errc::timeout;
  CHECK(told);
}

TEST_CASE_FIXTURE(fixture, "registration: when the serving node is killed another one takes over") {
  child serving{[&] {
    io.notify_fork(boost::asio::io_context::fork_child);
    auto first = make("first@127.0.0.1", 9100);
    first->start([](const result<uint32_t>&) {});
    io.run();
  }};
  await_listener();
  std::vector<std::unique_ptr<registration>> waiting;
  std::string all;
  for (uint16_t i = 1; i <= 5; ++i) {
    waiting.push_back(make("n" + std::to_string(i) + "@127.0.0.1", 9100 + i));
    REQUIRE(start(*waiting.back()));
    all += (i == 1 ? "n" : " n") + std::to_string(i) + ":" + std::to_string(9100 + i);
  }
  CHECK(listing() == "first:9100 " + all);
  serving.kill_now();
  CHECK(listed(all, 2s));
  CHECK(std::ranges::count_if(waiting, [](auto& x) { return x->serving(); }) == 1);
  CHECK(std::ranges::count(events, registration_event::lost) == 5);
  CHECK(std::ranges::count(events, registration_event::serving) == 1);

  auto again = make("first@127.0.0.1", 9100);
  CHECK(start(*again)); // Its name went with it.
}

TEST_CASE_FIXTURE(fixture, "registration: a serving node that stops hands over, each time") {
  std::map<std::string, std::unique_ptr<registration>> nodes; // By line of the listing.
  for (uint16_t i = 0; i < 4; ++i) {
    auto name = "n" + std::to_string(i);
    auto port = static_cast<uint16_t>(9100 + i);
    auto node = make(name + "@127.0.0.1", port);
    REQUIRE(start(*node));
    nodes.emplace(name + ':' + std::to_string(port), std::move(node));
  }
  auto serves = [](auto& entry) { return entry.second->serving(); };
  while (nodes.size() > 1) {
    auto first = std::ranges::find_if(nodes, serves);
    REQUIRE(first != nodes.end());
    nodes.erase(first);
    std::string left;
    for (auto& [line, node] : nodes)
      left += (left.empty() ? "" : " ") + line;
    CHECK(listed(left, 2s));
    CHECK(std::ranges::count_if(nodes, serves) == 1);
  }
}

TEST_CASE_FIXTURE(fixture,
                  "registration: a name that was taken meanwhile is told once and tried on") {
  auto server = std::make_unique<port_mapper_server>(io);
  REQUIRE_FALSE(server->listen({loopback, mapper_port}));
  auto a = make("a@127.0.0.1", 9101);
  REQUIRE(start(*a));
  server = std::make_unique<port_mapper_server>(io);
  REQUIRE_FALSE(server->listen({loopback, mapper_port}));
  node_info thief;
  thief.name = "a";
  thief.port = 1;
  REQUIRE(server->add_local(thief));
  REQUIRE(run_until([&] { return std::ranges::count(events, registration_event::refused) > 0; }));
  run_until([] { return false; }, 600ms); // More attempts, none of them told.
  CHECK(std::ranges::count(events, registration_event::refused) == 1);
  server.reset();
  CHECK(run_until([&] { return a->serving(); }, 2s));
}

TEST_CASE_FIXTURE(fixture, "registration: a port that something else has ends the start") {
  tcp::acceptor other{io, {boost::asio::ip::make_address(loopback), mapper_port}};
  std::function<void()> accept = [&] {
    other.async_accept([&](boost::system::error_code bad, tcp::socket s) {
      if (bad)
        return;
      boost::asio::write(s, boost::asio::buffer(std::string_view{"220 hello\r\n"}), bad);
      accept();
    });
  };
  accept();
  auto a = make("a@127.0.0.1", 9101);
  auto started = start(*a);
  REQUIRE_FALSE(started);
  CHECK(started.error() == errc::no_port_mapper);
}

TEST_CASE_FIXTURE(fixture, "registration: a real epmd is used, and replaced when it is gone") {
  if (!std::filesystem::exists("/usr/bin/epmd")) {
    MESSAGE("not checked: epmd is not installed");
    return;
  }
  auto port_text = std::to_string(mapper_port);
  child epmd{[&] {
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO); // It reports what it refuses.
    execl("/usr/bin/epmd", "epmd", "-port", port_text.c_str(), "-address", "127.0.0.1", nullptr);
  }};
  await_listener();
  auto a = make("a@127.0.0.1", 9101);
  auto b = make("b@127.0.0.1", 9102);
  REQUIRE(start(*a));
  REQUIRE(start(*b));
  CHECK_FALSE(a->serving());
  CHECK(*find("a") == dist::endpoint{"127.0.0.1", 9101});
  CHECK(find("c").error() == errc::not_registered);
  CHECK(listing() == "a:9101 b:9102");
  auto twin = make("a@127.0.0.1", 9103);
  CHECK(start(*twin).error() == errc::name_in_use);
  epmd.kill_now();
  CHECK(listed("a:9101 b:9102", 2s));
}
