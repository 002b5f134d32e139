// The bytes that PROTOCOL.md promises for the frames between processes. A difference is a change of
// the protocol: of the document, the golden bytes and the version too.

#include "../support/golden.hpp"
#include "../support/signal_pair.hpp"
#include "troupe/dist/framing.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;
using kind = signal::kind;

namespace {

struct fixture : signal_pair {
  /// What node a sends, as it lies in the stream.
  static std::string framed(const std::string& body) {
    std::string out;
    put_frame(out, body);
    return out;
  }

  /// Whether a new connection's first frame is the golden one, and reads as what was sent.
  void check(const std::string& name, const signal& x) {
    CAPTURE(name);
    signal_codec writer{ends_of_a, bridge}, reader{ends_of_b, bridge}, again{ends_of_a, bridge};
    auto frame = encode(writer, x);
    REQUIRE(frame);
    REQUIRE_FALSE(golden(name).empty());
    CHECK(framed(*frame) == golden(name));
    auto decoded = reader.decode(golden(name).substr(length_bytes));
    REQUIRE(decoded);
    REQUIRE(*decoded);
    CHECK(framed(*encode(again, **decoded)) == golden(name));
  }

  static std::string written(const std::vector<term>& terms) {
    term_writer writer{ends_of_a};
    std::string out;
    for (auto& x : terms)
      CHECK(writer.value(out, x));
    return out;
  }

  static void check_terms(const std::string& name, const std::vector<term>& terms) {
    CAPTURE(name);
    auto bytes = golden("term_" + name);
    CHECK(written(terms) == bytes);
    term_reader reader{ends_of_b};
    reader.open(bytes);
    for (auto& x : terms)
      CHECK(reader.value() == x);
    CHECK(reader.done());
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "golden_frames: each signal is the bytes that the protocol says") {
  const char* names[]
    = {"send",         "send_name",    "link",           "unlink",        "unlink_ack",
       "exit_linked",  "exit",         "monitor",        "monitor_name",  "demonitor",
       "down",         "spawn_native", "spawn_function", "spawn_closure", "spawn_reply",
       "group_leader", "nodes",        "ping",           "pong",          "send_alias"};
  auto all = all_signals();
  REQUIRE(all.size() == std::size(names));
  for (size_t i = 0; i < all.size(); ++i)
    check(names[i], all[i]);
}

TEST_CASE_FIXTURE(
  fixture, "golden_frames: names are numbered by a frame of their own, and used by the next") {
  auto all = all_signals();
  CHECK(framed(*encode(a, all[0])) == golden("send"));
  CHECK(encode(a, all[1]));
  auto names = a.names();
  REQUIRE(names);
  CHECK(framed(*names) == golden("names"));
  CHECK(framed(*encode(a, all[0])) == golden("send_numbered"));
  CHECK(b.decode(golden("names").substr(length_bytes)));
  auto x = arrive(golden("send_numbered").substr(length_bytes));
  CHECK(x.payload.get_as<std::string>(1) == "two");
}

TEST_CASE_FIXTURE(fixture, "golden_frames: each kind of term is the bytes that the protocol says") {
  auto least = std::numeric_limits<int64_t>::min();
  check_terms("integer", {0, -1, 300, least});
  check_terms("real", {0.5, -1.0});
  check_terms("pid", {at_a, at_b, pid{at_b.node, 21, 300}, at_c, pid{}});
  check_terms("reference", {of_a, reference{atom{"b@h"}, 22, 9}, reference{atom{"c@h"}, 33, 7}});
  check_terms("tuple", {term::tuple({}), term::tuple({1, term::tuple({})})});
  check_terms("map", {term::map({}), term::map({{1, "x"}})});
  check_terms("list", {term::list({}), term::list({1, 2}), term::cons(1, 2)});
  check_terms("binary", {"", std::string(300, 'y')});
  check_terms("fun", {fun{{}, {}, 1, at_a, 2, term::tuple({}), term::map({})},
                      fun{atom{"io"}, atom{"format"}, 2, {}, 0, {}, {}}});
}

TEST_CASE_FIXTURE(fixture,
                  "golden_frames: an atom is its text, or the number that the reader was told") {
  term_writer writer{ends_of_a};
  std::string out, told;
  for (int i = 0; i <= 300; ++i)
    writer.name(out, atom{"golden" + std::to_string(i)});
  writer.names(told, limits::frame_bytes_max);
  out.clear();
  writer.name(out, atom{"ok"});
  writer.name(out, atom{"golden300"});
  CHECK(out == golden("term_atom"));
  term_reader reader{ends_of_b};
  reader.open(told);
  reader.names();
  reader.open(out);
  CHECK(reader.value() == term{atom{"ok"}});
  CHECK(reader.value() == term{atom{"golden300"}});
  CHECK(reader.done());
}
