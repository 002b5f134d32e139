#include "troupe/discovery/dns_answers.hpp"

#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::discovery;
using namespace std::chrono_literals;

namespace {

seed at(int number) {
  return {{}, dist::endpoint{"10.0.0." + std::to_string(number), 9100}};
}

dns_findings good(std::vector<int> numbers, std::chrono::seconds ttl = 30s) {
  dns_findings x{dns_findings::kind::good, {}, ttl, {}};
  for (auto i : numbers)
    x.peers.push_back(at(i));
  return x;
}

const dns_findings empty{dns_findings::kind::empty, {}, {}, "NXDOMAIN"};
const dns_findings failed{dns_findings::kind::failed, {}, {}, "timeout"};

// Changes as "+10.0.0.1 -10.0.0.2".
std::string text_of(const std::vector<observation>& all) {
  std::string text;
  for (auto& x : all)
    text += (text.empty() ? "" : " ") + std::string(x.what == observation::kind::seen ? "+" : "-")
            + x.endpoints.at(0).host;
  return text;
}

struct world {
  dns_answers answers;
  clock::time_point now{};

  std::string take(const dns_findings& x, clock::duration after = 1s) {
    now += after;
    return text_of(answers.take(x, now));
  }
  // With the middle of all random numbers: no spread.
  [[nodiscard]] double seconds(bool knows_peers) const {
    auto x = answers.pause(knows_peers, uint64_t{1} << 63);
    return std::chrono::duration<double>(x).count();
  }
};

} // namespace

TEST_CASE_FIXTURE(world, "dns_answers: who is listed is told once") {
  CHECK(take(good({1, 2})) == "+10.0.0.1 +10.0.0.2");
  CHECK(take(good({2, 1})).empty());
  CHECK(take(good({3, 1, 2})) == "+10.0.0.3");
}

TEST_CASE_FIXTURE(world, "dns_answers: errors and empty answers withdraw nobody, however long") {
  CHECK(take(good({1, 2})) == "+10.0.0.1 +10.0.0.2");
  for (int i = 0; i < 1000; ++i) {
    CHECK(take(failed, 1min).empty());
    CHECK(take(empty, 1min).empty());
  }
  CHECK(answers.size() == 2);
}

TEST_CASE_FIXTURE(world,
                  "dns_answers: answers with 5 of 15 at random add up to all and lose none") {
  auto seed_of_run = std::random_device{}();
  CAPTURE(seed_of_run);
  std::mt19937 random{seed_of_run};
  std::vector<int> all(15);
  for (int i = 0; i < 15; ++i)
    all[static_cast<size_t>(i)] = i;
  for (int i = 0; i < 60; ++i) {
    std::shuffle(all.begin(), all.end(), random);
    auto changes = take(good({all.begin(), all.begin() + 5}), 1s);
    CHECK(changes.find('-') == std::string::npos);
  }
  CHECK(answers.size() == 15);
}

TEST_CASE_FIXTURE(world, "dns_answers: who is missing long enough in enough answers is gone") {
  take(good({1, 2}));
  SUBCASE("many answers in a short time are not enough") {
    for (unsigned i = 0; i < 3 * dns_answers::absences_max; ++i)
      CHECK(take(good({1}), 1s).empty());
  }
  SUBCASE("a long time with few answers is not enough") {
    for (unsigned i = 1; i < dns_answers::absences_max; ++i)
      CHECK(take(good({1}), 1h).empty());
    CHECK(take(good({1}), 1h) == "-10.0.0.2");
    CHECK(take(good({1, 2})) == "+10.0.0.2");
  }
  SUBCASE("being listed again begins it anew") {
    for (unsigned i = 1; i < dns_answers::absences_max; ++i)
      CHECK(take(good({1}), 1h).empty());
    CHECK(take(good({1, 2})).empty());
    CHECK(take(good({1}), 1h).empty());
  }
}

TEST_CASE_FIXTURE(world, "dns_answers: with all places taken who is missing makes room") {
  dns_findings many = good({});
  for (size_t i = 0; i < limits::peers_max; ++i)
    many.peers.push_back({{}, dist::endpoint{"h", static_cast<uint16_t>(i + 1)}});
  take(many);
  auto more = many;
  more.peers.push_back(at(1));
  CHECK(take(more).empty()); // All are listed, so nobody gives way.
  more.peers.erase(more.peers.begin());
  CHECK(take(more) == "-h +10.0.0.1");
  CHECK(answers.size() == limits::peers_max);
}

TEST_CASE_FIXTURE(world, "dns_answers: the next round is due when the records end, within bounds") {
  take(good({1}, 30s));
  CHECK(seconds(true) == doctest::Approx(30));
  take(good({1}, 0s));
  CHECK(seconds(true) == doctest::Approx(1));
  take(good({1}, 3600s));
  CHECK(seconds(true) == doctest::Approx(60));
  CHECK(answers.pause(true, 0) == 48s);
  CHECK(answers.pause(true, ~uint64_t{0}) > 71s);
  CHECK(answers.pause(true, ~uint64_t{0}) <= 72s);
}

TEST_CASE_FIXTURE(world, "dns_answers: until a peer is known a round follows each second") {
  take(good({1}, 3600s));
  CHECK(seconds(false) == doctest::Approx(1));
  for (int i = 0; i < 10; ++i)
    take(empty);
  CHECK(seconds(false) == doctest::Approx(1));
  CHECK(seconds(true) == doctest::Approx(30));
}

TEST_CASE_FIXTURE(world, "dns_answers: after errors the rounds get rarer, up to 30 s") {
  std::vector<double> pauses;
  for (int i = 0; i < 12; ++i) {
    take(failed);
    pauses.push_back(seconds(false));
  }
  CHECK(pauses[0] == doctest::Approx(1));
  CHECK(pauses[1] == doctest::Approx(1.5));
  CHECK(pauses[2] == doctest::Approx(2.25));
  CHECK(pauses[11] == doctest::Approx(30));
  take(good({1}, 5s));
  CHECK(seconds(true) == doctest::Approx(5));
  take(failed);
  CHECK(seconds(true) == doctest::Approx(1));
}

TEST_CASE("dns_answers: of two questions the one that was answered with records counts") {
  using s = dns_status;
  for (auto x : {s::no_data, s::no_name, s::server_failure, s::refused, s::timeout}) {
    CHECK(combine(s::ok, x) == s::ok);
    CHECK(combine(x, s::ok) == s::ok);
    CHECK(combine(x, x) == x);
  }
  CHECK(combine(s::no_data, s::timeout) == s::timeout); // The other type may have records.
  CHECK(combine(s::timeout, s::no_name) == s::timeout);
  CHECK(combine(s::no_data, s::no_name) == s::no_data);
  CHECK(combine(s::server_failure, s::timeout) == s::server_failure);
}
