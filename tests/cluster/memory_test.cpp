// Two programs over loopback: what a hundred thousand remote processes leave behind is nothing.
// TROUPE_MEMORY_PROCESSES chooses another number.

#include "support/epmd_fixture.hpp"

#include "troupe/dist/proxy.hpp"
#include "troupe/node.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <malloc.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr const char* here = "a@127.0.0.1";
constexpr const char* there = "b@127.0.0.1";
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int64_t processes = 10'000;
#else
constexpr int64_t processes = 100'000;
#endif
constexpr int64_t batch = 500; // Requests that are under way at once.

/// What a node holds. Blocks in use are what was allocated and not given back; the resident size
/// also has what the allocator keeps.
struct holdings {
  int64_t resident_bytes = 0, used_bytes = 0, processes = 0, proxies = 0, relations = 0;
};
TROUPE_MESSAGE(holdings, resident_bytes, used_bytes, processes, proxies, relations);

struct spent {
  int64_t replies = 0, downs = 0, exits = 0;
};

holdings look(process& self) {
  holdings x;
  malloc_trim(0);
  size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> pages;
  x.resident_bytes = static_cast<int64_t>(pages) * 4096;
  auto heap = mallinfo2();
  x.used_bytes = static_cast<int64_t>(heap.uordblks + heap.hblkhd);
  x.processes = static_cast<int64_t>(self.core().processes().size());
  x.proxies = static_cast<int64_t>(self.core().proxies().size());
  auto counts = self.home().kernel()->snapshot();
  x.relations = static_cast<int64_t>(counts.links + counts.monitors + counts.spawns + counts.held);
  return x;
}

/// The holdings of the other node, as a process of its own sees them.
task<holdings> look_there(process& self) {
  auto starting = self.spawn_at(
    node_name{there},
    [](process& other, pid asker) -> task<> {
      other.send(asker, look(other));
      co_return;
    },
    self.self());
  static_cast<void>(co_await std::move(starting));
  auto waiting = self.receive_for<holdings>(30s);
  auto x = co_await std::move(waiting);
  co_return x.value_or(holdings{});
}

/// What one of many does: nothing, or something that the spawner gets to know, or it waits to be
/// ended.
task<> brief(process& self, int64_t number) {
  if (number % 5 == 1)
    co_await self.receive<atom>();
  if (number % 5 == 2)
    self.exit(term::tuple({atom{"number"}, term{number}}));
}

task<spent> spawn_many(process& self, int64_t count) {
  spent total;
  for (int64_t done = 0; done < count; done += batch) {
    for (int64_t i = 0; i < batch; ++i) {
      auto what = internal::call_of<internal::named<&brief>>(*self.bridge(), int64_t{i});
      spawn_options how;
      how.monitor = true;
      how.link = i % 2 == 0;
      self.spawn_request_at(atom{there}, std::move(what), how);
    }
    for (int64_t replies = 0, downs = 0; replies < batch || downs < batch;) {
      auto waiting = self.receive_for<term>(60s);
      auto x = co_await std::move(waiting);
      if (!x)
        co_return total;
      if (x->is_tagged(atom{"spawn_reply"}, 4)) {
        ++replies;
        auto who = x->as_tuple()[3].is(term::kind::pid) ? x->as_tuple()[3].as_pid() : pid{};
        if (replies % 16 == 0) // A proxy, for an actor of CAF that wants to know the process.
          static_cast<void>(self.home().handle_of(who));
        self.send(who, atom{"go"});
      } else if (x->is_tagged(atom{"DOWN"}, 5)) {
        ++downs;
        ++total.downs;
      } else {
        ++total.exits;
      }
      total.replies += x->is_tagged(atom{"spawn_reply"}, 4);
    }
  }
  co_return total;
}

config options_of(const char* name, uint16_t mapper_port) {
  config how;
  how.name = name;
  how.cookie = "monster";
  how.epmd_port = mapper_port;
  how.threads = 2;
  return how;
}

struct outcome {
  std::vector<std::pair<holdings, holdings>> seen; // Before and after: here, there.
  spent total;
};

task<> measure(process& self, int64_t warm_up, int64_t count, std::promise<outcome>* done) {
  self.trap_exit(true);
  outcome result;
  for (auto n : {warm_up, count}) {
    auto spawning = spawn_many(self, n);
    result.total = co_await std::move(spawning);
    holdings mine, other;
    for (int tries = 0; tries < 100; ++tries) { // What ended last may still be on its way out.
      auto looking = look_there(self);
      other = co_await std::move(looking);
      mine = look(self);
      if (other.relations + other.proxies + mine.relations + mine.proxies == 0)
        break;
      auto resting = self.sleep(50ms);
      co_await std::move(resting);
    }
    result.seen.emplace_back(mine, other);
  }
  done->set_value(std::move(result));
}

int64_t number_of(const char* variable, int64_t otherwise) {
  auto* text = std::getenv(variable);
  return text ? std::strtoll(text, nullptr, 10) : otherwise;
}

std::string kilobytes(int64_t x) {
  return std::to_string(x / 1024) + " KiB";
}

void compare(const char* who, const holdings& before, const holdings& after) {
  INFO(who);
  std::cout << who << ": resident " << kilobytes(before.resident_bytes) << " -> "
            << kilobytes(after.resident_bytes) << ", in use " << kilobytes(before.used_bytes)
            << " -> " << kilobytes(after.used_bytes) << ", processes " << after.processes << '\n';
  CHECK(after.relations == 0);
  CHECK(after.proxies == 0);
  CHECK(after.processes == before.processes);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::cout << "not checked: bytes, a sanitizer has an allocator of its own\n";
#else
  CHECK(after.used_bytes - before.used_bytes < 512 * 1024);
  CHECK(after.resident_bytes - before.resident_bytes < 4 * 1024 * 1024);
#endif
}

} // namespace

TEST_CASE("memory: remote processes that have ended leave nothing") {
  auto count = number_of("TROUPE_MEMORY_PROCESSES", processes);
  boost::asio::io_context io;
  auto mapper_port = test::free_port(io);
  test::child other{[mapper_port] {
    auto b = node::start(options_of(there, mapper_port));
    if (b)
      (*b)->wait();
  }};
  auto started = node::start(options_of(here, mapper_port));
  REQUIRE(started);
  auto& a = **started;
  auto limit = std::chrono::steady_clock::now() + 10s;
  while (!a.ping(there) && std::chrono::steady_clock::now() < limit) {
  }
  REQUIRE(a.nodes().size() == 1);
  std::promise<outcome> done;
  auto began = std::chrono::steady_clock::now();
  auto future = done.get_future();
  a.spawn(measure, count / 5, count, &done);
  REQUIRE(future.wait_for(20min) == std::future_status::ready);
  auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  auto x = future.get();
  auto& [here_before, there_before] = x.seen[0];
  auto& [here_after, there_after] = x.seen[1];
  std::cout << count << " after " << count / 5 << ", together in " << took << " s\n";
  CHECK(x.total.replies == count);
  CHECK(x.total.downs == count);
  CHECK(x.total.exits == count / 2);
  compare(here, here_before, here_after);
  compare(there, there_before, there_after);
  a.stop();
}
