// Processes and a program of plain CAF over loopback.

#include "troupe/actors/caf_bridge.hpp"

#include "support/plain_program.hpp"
#include "troupe/inspect.hpp"
#include "troupe/node.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;
using test::plain_program;
namespace caf_bridge = troupe::actors::caf_bridge;

namespace {

std::unique_ptr<node> start(bool with_io) {
  config how;
  how.threads = 2;
  how.caf_io = with_io;
  auto x = node::start(how, [](const std::string&, const std::string&) {});
  REQUIRE(x);
  return std::move(*x);
}

using body = std::function<task<std::string>(process&)>;

task<> run_body(process& self, const body* f, std::promise<std::string>* done) {
  auto running = (*f)(self);
  auto result = co_await std::move(running);
  done->set_value(std::move(result));
}

/// Runs `f` in a process and returns what it returns.
std::string run(node& a, const body& f) {
  std::promise<std::string> done;
  auto future = done.get_future();
  a.spawn(run_body, &f, &done);
  REQUIRE(future.wait_for(60s) == std::future_status::ready);
  return future.get();
}

/// What comes next, as text, with pids and references left out.
task<std::string> next(process& self) {
  auto waiting = self.receive_for<term>(20s);
  auto x = co_await std::move(waiting);
  if (x && x->is_tagged(atom{"DOWN"}, 5))
    co_return "DOWN " + inspect_term(x->as_tuple()[4]);
  if (x && x->is_tagged(atom{"EXIT"}, 3))
    co_return "EXIT " + inspect_term(x->as_tuple()[2]);
  co_return x ? inspect_term(*x) : "nothing";
}

/// Answers as the program expects, and ends as it says.
task<> answer(process& self) {
  auto waiting = self.receive_for<term>(20s);
  auto x = co_await std::move(waiting);
  if (!x || !x->is_tuple(3) || !x->as_tuple()[0].is(term::kind::pid))
    self.exit(atom{"unexpected"});
  auto who = x->as_tuple()[0].as_pid();
  self.send(who, term::tuple({atom{"got"}, x->as_tuple()[1].as_integer() + 1, x->as_tuple()[2]}));
  auto ending = self.receive_for<term>(20s); // an atom of CAF, which is none of ours
  static_cast<void>(co_await std::move(ending));
  self.exit(term::tuple({atom{"oops"}, term{7}}));
}

task<std::string> publish_answering(process& self) {
  auto who = self.spawn(answer);
  auto publishing = caf_bridge::publish(self, who);
  auto port = co_await std::move(publishing);
  co_return port ? std::to_string(*port) : to_string(port.error());
}

struct reached {
  pid who;
  std::string failed;
};

task<reached> reach(process& self, uint16_t port) {
  dist::endpoint at{"127.0.0.1", port};
  auto dialling = caf_bridge::remote_actor(self, at);
  auto found = co_await std::move(dialling);
  reached result;
  if (found)
    result.who = *found;
  else
    result.failed = to_string(found.error());
  co_return result;
}

uint16_t port_of(plain_program& x) {
  return static_cast<uint16_t>(std::stoi(x.line()));
}

} // namespace

TEST_CASE("caf_bridge: a plain CAF program talks with a published process, and sees its end") {
  auto a = start(true);
  for (auto linked : {false, true}) {
    CAPTURE(linked);
    auto port = run(*a, publish_answering);
    std::vector<std::string> words{"call", port};
    if (linked)
      words.emplace_back("linked");
    plain_program other{words};
    CHECK(other.line() == "got 42 hello");
    auto end = other.line();
    CHECK(end.find("{:oops, 7}") != std::string::npos);
    CHECK(end.find(linked ? "exit" : "down") != std::string::npos);
  }
}

TEST_CASE("caf_bridge: a process talks with an actor of a plain CAF program, and sees its end") {
  auto a = start(true);
  plain_program other{{"serve"}};
  auto port = port_of(other);
  auto seen = run(*a, [port](process& self) -> task<std::string> {
    auto reaching = reach(self, port);
    auto found = co_await std::move(reaching);
    if (!found.who)
      co_return found.failed;
    auto mine = found.who.node == self.self().node; // it looks like one of this node
    self.monitor(found.who);
    self.link(found.who);
    self.trap_exit(true);
    self.send(found.who, term::tuple({self.self(), term{1}, term{"a"}}));
    auto first = next(self);
    auto text = co_await std::move(first);
    self.send(found.who, term::tuple({atom{"note"}, term{0.5}, term{true}}));
    self.send(found.who, term::list({term{1}})); // has no form there: lost, and nothing else is
    self.send(found.who, atom{"stop"});
    auto second = next(self);
    text += ", " + co_await std::move(second);
    auto third = next(self);
    text += ", " + co_await std::move(third);
    self.monitor(found.who);
    auto fourth = next(self);
    text += ", " + co_await std::move(fourth);
    co_return text + (mine ? "" : " elsewhere");
  });
  CAPTURE(seen);
  CHECK(seen.starts_with("{:echo, 2, \"a!\"}, "));
  CHECK(seen.find("DOWN :shutdown") != std::string::npos);
  CHECK(seen.find("EXIT :shutdown") != std::string::npos);
  CHECK(seen.ends_with("DOWN :noproc"));
  CHECK(other.line() == "note 0.5 1");
}

TEST_CASE("caf_bridge: a plain CAF program that is lost is noconnection") {
  auto a = start(true);
  plain_program other{{"serve"}};
  auto port = port_of(other);
  auto seen = run(*a, [port, &other](process& self) -> task<std::string> {
    auto reaching = reach(self, port);
    auto found = co_await std::move(reaching);
    self.monitor(found.who);
    self.send(found.who, term::tuple({self.self(), term{1}, term{"a"}}));
    auto first = next(self);
    auto text = co_await std::move(first);
    other.end();
    auto second = next(self);
    text += ", " + co_await std::move(second);
    co_return text;
  });
  CHECK(seen == "{:echo, 2, \"a!\"}, DOWN :noconnection");
}

TEST_CASE("caf_bridge: the end of a linked process reaches the plain CAF program") {
  auto a = start(true);
  plain_program other{{"serve"}};
  auto port = port_of(other);
  a->spawn(
    [](process& self, uint16_t to) -> task<> {
      auto reaching = reach(self, to);
      auto found = co_await std::move(reaching);
      self.link(found.who);
      self.exit(term::tuple({atom{"broken"}, term{3}}));
    },
    port);
  CHECK(other.line().find("{:broken, 3}") != std::string::npos);
}

TEST_CASE("caf_bridge: nothing of it is there unless it was asked for") {
  auto a = start(false);
  CHECK_FALSE(a->system().has_middleman());
  CHECK(run(*a, publish_answering).starts_with("invalid_config: CAF's io module is not loaded"));
  auto seen = run(*a, [](process& self) -> task<std::string> {
    auto reaching = reach(self, 1);
    auto found = co_await std::move(reaching);
    co_return found.failed;
  });
  CHECK(seen.starts_with("invalid_config: CAF's io module is not loaded"));
}

TEST_CASE("caf_bridge: what cannot work is said, before a deadline") {
  using boost::asio::ip::tcp;
  auto a = start(true);
  boost::asio::io_context io;
  tcp::acceptor silent{io, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  auto port = silent.local_endpoint().port();
  auto began = std::chrono::steady_clock::now();
  auto taken = run(*a, [port](process& self) -> task<std::string> {
    dist::endpoint at{"127.0.0.1", port};
    auto publishing = caf_bridge::publish(self, self.self(), at);
    auto x = co_await std::move(publishing);
    co_return x ? "published" : to_string(x.error());
  });
  CHECK(taken.starts_with("cannot_listen: cannot listen at 127.0.0.1:"));
  auto dial = [&](const std::string& host, uint16_t to) {
    return run(*a, [host, to](process& self) -> task<std::string> {
      dist::endpoint at{host, to};
      auto dialling = caf_bridge::remote_actor(self, at, 1s);
      auto x = co_await std::move(dialling);
      co_return x ? "reached" : to_string(x.error());
    });
  };
  CHECK(dial("127.0.0.1", port).starts_with("timeout: 127.0.0.1:"));
  silent.close();
  CHECK(dial("127.0.0.1", port).starts_with("node_unreachable: nobody listens at 127.0.0.1:"));
  auto unknown = dial("no-such-host.invalid", port);
  CHECK((unknown.starts_with("unknown_host") || unknown.starts_with("timeout")));
  auto gone = run(*a, [](process& self) -> task<std::string> {
    auto publishing = caf_bridge::publish(self, pid{});
    auto x = co_await std::move(publishing);
    co_return x ? "published" : to_string(x.error());
  });
  CHECK(gone.starts_with("node_unreachable"));
  a->stop();
  CHECK(std::chrono::steady_clock::now() - began < 20s);
}

TEST_CASE("caf_bridge: what is unpublished is not reached any more") {
  auto a = start(true);
  auto seen = run(*a, [](process& self) -> task<std::string> {
    auto publishing = caf_bridge::publish(self, self.self());
    auto port = co_await std::move(publishing);
    if (!port)
      co_return to_string(port.error());
    auto closing = caf_bridge::unpublish(self, self.self(), *port);
    auto closed = co_await std::move(closing);
    if (!closed)
      co_return to_string(closed.error());
    auto again = caf_bridge::unpublish(self, self.self(), *port);
    auto twice = co_await std::move(again);
    auto text = std::to_string(*port) + (twice ? " twice" : "");
    co_return text;
  });
  REQUIRE(std::stoi(seen) > 0);
  CHECK(seen.find("twice") == std::string::npos);
  plain_program other{{"call", seen}};
  CHECK(other.line().find("cannot_connect") != std::string::npos);
}
