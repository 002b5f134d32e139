#include "support/chaos.hpp"
#include "support/cluster.hpp"
#include "support/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace troupe;
using namespace std::chrono_literals;
using test::cluster;
using test::texts;
using test::chaos::play;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t seeds = 100;
#else
constexpr uint64_t seeds = 1000;
#endif

uint64_t number_of(const char* variable, uint64_t otherwise) {
  auto* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace

TEST_CASE("chaos: whatever happens, a cluster shows only what Erlang could") {
  auto first = number_of("TROUPE_CHAOS_FIRST", 0);
  auto count = number_of("TROUPE_CHAOS_SEEDS", seeds);
  for (auto seed = first; seed < first + count; ++seed) {
    auto wrong = play(seed);
    CHECK_MESSAGE(wrong.empty(), wrong);
  }
}

// Its acknowledgement was lost, too, and the process ignored later links of the other end, so that
// the end of the one was never told to the other.
TEST_CASE("process: an unlink that was lost does not stand in the way of later links") {
  for (auto connected : {true, false})
    for (uint64_t seed = 0; seed < 10; ++seed) {
      CAPTURE(seed);
      CAPTURE(connected);
      cluster c{{"a", "b"}, seed};
      auto x = c.spawn("a", "x");
      auto y = c.spawn("b", "y");
      if (connected) {
        x.does([to = y.id()](process& self) { self.link(to); });
        c.run();
        CHECK(c.nodes("a") == "b");
      }
      c.silence("a", "b");
      x.does([to = y.id()](process& self) {
        self.link(to);
        self.unlink(to);
      });
      c.advance(2min); // ticks fail, or the dial does
      c.heal("a", "b");
      c.advance(10s);
      CHECK(x.mail().empty());
      static_cast<void>(y.mail()); // y may have been told of the lost connection
      y.does([to = x.id()](process& self) { self.link(to); });
      c.advance(1s);
      CHECK(y.mail().empty());
      x.does([](process& self) { self.exit(atom{"end"}); });
      c.advance(1s);
      CHECK(y.mail() == texts{"{:EXIT, :x, :end}"});
      for (auto name : {"a", "b"})
        CHECK(c.at(name).kernel()->snapshot().links == 0);
    }
}
