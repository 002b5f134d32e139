#include "support/discovery_simulation.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace std::chrono_literals;
using troupe::test::discovery_simulation;
namespace happened = troupe::discovery::happened;

namespace {

constexpr double loss = 0.2;
constexpr auto starts_within = 1s;

// Sanitizers take too long and too much memory for a million entries.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t many = 150;
#else
constexpr size_t many = 1000;
#endif

/// Whether all nodes know the same, and are linked with all that they know.
bool agree(const discovery_simulation& sim, size_t nodes) {
  auto first = sim.table(0).view();
  for (size_t i = 0; i < nodes; ++i) {
    auto view = sim.table(i).view();
    if (view.digest != first.digest || view.known != nodes - 1 || view.linked != nodes - 1)
      return false;
  }
  return true;
}

/// Packets a second of all nodes together, in the coming time.
double rate(discovery_simulation& sim, std::chrono::seconds time) {
  auto before = sim.packets();
  sim.run(time);
  return static_cast<double>(sim.packets() - before) / static_cast<double>(time.count());
}

size_t count(const discovery_simulation& sim, size_t nodes, troupe::atom what) {
  size_t result = 0;
  for (size_t i = 0; i < nodes; ++i)
    for (auto& x : sim.events(i))
      result += x.what == what ? 1 : 0;
  return result;
}

} // namespace

TEST_CASE("discovery_simulation: the same seed gives the same run") {
  auto run = [](uint64_t seed) {
    discovery_simulation sim{{20, loss, seed}};
    sim.start(0, 20, starts_within);
    sim.run(10s);
    return sim.fingerprint();
  };
  CHECK(run(1) == run(1));
  CHECK(run(1) != run(2));
}

TEST_CASE("discovery_simulation: ten nodes that lose a fifth of all packets find each other") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    discovery_simulation sim{{10, loss, seed}};
    sim.start(0, 10, starts_within);
    CHECK(sim.run_until_mesh(3s));
    sim.run(10s);
    CHECK(agree(sim, 10));
    CHECK(rate(sim, 60s) <= 6);
  }
}

TEST_CASE(
  "discovery_simulation: a hundred nodes that lose a fifth of all packets find each other") {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    discovery_simulation sim{{100, loss, seed}};
    sim.start(0, 100, starts_within);
    CHECK(sim.run_until_mesh(3s));
    sim.run(10s);
    CHECK(agree(sim, 100));
    CHECK(rate(sim, 60s) <= 12);
    CHECK(count(sim, 100, happened::disconnected) == 0);
    CHECK(count(sim, 100, happened::expired) == 0);
    CHECK(count(sim, 100, happened::conflict) == 0);
  }
}

TEST_CASE("discovery_simulation: a thousand nodes find each other, then hardly say a word") {
  discovery_simulation sim{{many, loss, 1}};
  sim.start(0, many, starts_within);
  CHECK(sim.run_until_mesh(4500ms));
  // Within that time nodes that told of a short interval have to speak once more.
  sim.run(10s);
  CHECK(agree(sim, many));
  CHECK(sim.packets_peak() <= 8 * many);
  auto told = sim.letter_peers();
  CHECK(rate(sim, 60s) <= 12);
  CHECK(sim.letter_peers() == told); // Digests only.
}

TEST_CASE(
  "discovery_simulation: nodes that start together do not announce themselves together later") {
  constexpr size_t some = many < 300 ? many : 300;
  discovery_simulation sim{{some, loss, 1}};
  sim.start(0, some, starts_within);
  CHECK(sim.run_until_mesh(4500ms));
  sim.run(10s);
  for (int i = 0; i < 8; ++i)
    CHECK(rate(sim, 10s) <= 15); // 10 on average; one window in a million has more than 15.
}

TEST_CASE("discovery_simulation: one node joins a hundred in a moment") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    discovery_simulation sim{{101, loss, seed}};
    sim.start(0, 100, starts_within);
    REQUIRE(sim.run_until_mesh(3s));
    sim.run(20s);
    auto packets = sim.packets();
    sim.start(100, 101, 0s);
    CHECK(sim.run_until_mesh(1s));
    CHECK(sim.packets() - packets < 40);
    sim.run(5s);
    CHECK(agree(sim, 101));
  }
}

TEST_CASE("discovery_simulation: a network that was cut in two heals within two seconds") {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    for (auto apart :
         {1s, 30s, 150s}) { // At once, in the middle of pauses, and when all is forgotten.
      CAPTURE(apart.count());
      discovery_simulation sim{{100, loss, seed}};
      sim.start(0, 100, starts_within);
      REQUIRE(sim.run_until_mesh(3s));
      sim.run(10s);
      sim.cut(50);
      sim.run(apart);
      CHECK(sim.links() == 2 * (50 * 49 / 2));
      sim.heal();
      CHECK(sim.run_until_mesh(2s));
      sim.run(10s);
      CHECK(agree(sim, 100));
    }
  }
}
