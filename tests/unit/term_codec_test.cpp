#include "troupe/dist/term_codec.hpp"

#include "../support/random_term.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;
using namespace std::string_literals;

namespace {

/// What node a writes, node b reads.
struct fixture {
  term_writer writer{ends_of_a};
  term_reader reader{ends_of_b};

  std::string write(const term& x) {
    std::string out;
    REQUIRE(writer.value(out, x));
    return out;
  }

  term read(const std::string& bytes) {
    reader.open(bytes);
    auto x = reader.value();
    REQUIRE(reader.done());
    return x;
  }

  term cross(const term& x) { return read(write(x)); }

  /// Numbers the names that crossed so far, at both ends.
  std::string number_names(size_t bytes_max = limits::frame_bytes_max) {
    std::string out;
    writer.names(out, bytes_max);
    reader.open(out);
    reader.names();
    REQUIRE(reader.done());
    return out;
  }
};

const atom ok{"ok"};

atom name(size_t n) {
  return atom{"codec" + std::to_string(n)};
}

} // namespace

TEST_CASE_FIXTURE(fixture, "term_codec: every kind of term comes back as it was") {
  fun closure{{}, {}, 2, {atom{"a@h"}, 11, 5}, 7, term::tuple({ok, 1}), term::map({{ok, "x"}})};
  fun external{atom{"Elixir.Enum"}, atom{"map"}, 2, {}, 0, {}, {}};
  const term all[] = {
    0,
    -1,
    std::numeric_limits<int64_t>::max(),
    std::numeric_limits<int64_t>::min(),
    0.0,
    -0.5,
    1e300,
    std::numeric_limits<double>::infinity(),
    ok,
    atom{},
    atom{""},
    atom{std::string(atom::size_max, 'x')},
    "",
    "text",
    "\xff\x00 bytes"s,
    std::string(100'000, 'y'),
    term::tuple({}),
    term::tuple({1, "two", term::tuple({})}),
    term::empty_list(),
    term::list({1, 2, 3}),
    term::list(std::vector<term>{ok}, 4),
    term::charlist("grüße"),
    term::map({}),
    term::map({{1, 2}, {1.0, 3}, {term::list({}), term::map({})}}),
    pid{},
    reference{},
    closure,
    external,
  };
  for (auto& x : all) {
    auto y = cross(x);
    CHECK(y == x);
    CHECK(y.type() == x.type());
  }
}

TEST_CASE_FIXTURE(fixture, "term_codec: a closure keeps who made it and its number") {
  pid creator{atom{"a@h"}, 11, 5};
  auto x = cross(fun{{}, {}, 3, creator, 300, term::tuple({ok}), term::map({{ok, 1}})}).as_fun();
  CHECK(x.creator == creator);
  CHECK(x.index == 300);
  CHECK(x.arity == 3);
  CHECK(x.module == atom{});
  CHECK(x.clauses == term::tuple({ok}));
  CHECK(x.bindings == term::map({{ok, 1}}));
}

TEST_CASE_FIXTURE(fixture, "term_codec: integers take one to eleven bytes") {
  CHECK(write(0) == "\x01\x00"s);
  CHECK(write(-1) == "\x01\x01"s);
  CHECK(write(63).size() == 2);
  CHECK(write(64).size() == 3);
  CHECK(write(std::numeric_limits<int64_t>::min()).size() == 11);
}

TEST_CASE_FIXTURE(fixture, "term_codec: random terms come back as they were") {
  auto seed = next_seed();
  CAPTURE(seed);
  random_terms random{seed};
  for (int i = 0; i < 500; ++i) {
    auto x = random.value();
    REQUIRE(cross(x) == x);
    if (i % 100 == 0)
      number_names();
  }
}

TEST_CASE_FIXTURE(fixture,
                  "term_codec: a process is of the sender, of the receiver, or of a third node") {
  auto check = [&](const pid& x, term_tag tag, size_t size) {
    auto bytes = write(x);
    CHECK(bytes.front() == static_cast<char>(tag));
    CHECK(bytes.size() == size);
    CHECK(read(bytes) == term{x});
    CHECK(cross(reference{x.node, x.creation, x.id}) == term{reference{x.node, x.creation, x.id}});
  };
  check({ends_of_a.self, 11, 5}, term_tag::pid_sender, 2);
  check({ends_of_a.peer, 22, 5}, term_tag::pid_receiver, 2);
  check({ends_of_a.self, 22, 5}, term_tag::pid_other, 1 + 5 + 4 + 1); // an earlier life
  check({atom{"c@h"}, 33, 5}, term_tag::pid_other, 1 + 5 + 4 + 1);
}

TEST_CASE("term_codec: the same process is written differently at the two ends, and read alike") {
  term_writer a_to_b{ends_of_a}, b_to_a{ends_of_b};
  term_reader at_a{ends_of_a}, at_b{ends_of_b};
  for (auto& x : {pid{atom{"a@h"}, 11, 5}, pid{atom{"b@h"}, 22, 6}, pid{atom{"c@h"}, 33, 7}}) {
    std::string there, back;
    a_to_b.process(there, x);
    at_b.open(there);
    auto seen = at_b.process();
    CHECK(at_b.done());
    CHECK(seen == x);
    b_to_a.process(back, seen);
    at_a.open(back);
    CHECK(at_a.process() == x);
    CHECK(at_a.done());
    CHECK((there == back) == (x.node == atom{"c@h"}));
  }
}

TEST_CASE_FIXTURE(fixture, "term_codec: a name is text until the reader was told its number") {
  CHECK(write(ok) == "\x04\x02ok"s);
  CHECK(write(ok) == "\x04\x02ok"s);
  CHECK(number_names() == "\x02ok"s);
  CHECK(write(ok) == "\x03\x00"s);
  CHECK(read(write(ok)) == term{ok});
  CHECK(number_names().empty());
}

TEST_CASE_FIXTURE(fixture,
                  "term_codec: what was written before names were numbered is read after it") {
  auto early = write(term::tuple({ok, name(1)}));
  number_names();
  auto late = write(term::tuple({name(1), ok}));
  CHECK(read(late) == term::tuple({name(1), ok}));
  CHECK(read(early) == term::tuple({ok, name(1)}));
}

TEST_CASE_FIXTURE(fixture,
                  "term_codec: names are numbered in the order in which they were written") {
  write(term::list({name(2), name(1), name(2), ok}));
  CHECK(number_names()
        == "\x06"
           "codec2\x06"
           "codec1\x02ok"s);
  CHECK(write(term::list({name(2), name(1), ok})) == "\x0d\x03\x03\x00\x03\x01\x03\x02"s);
}

TEST_CASE_FIXTURE(fixture, "term_codec: as many names are numbered at once as there is room for") {
  write(term::list({name(1), name(2), name(3)}));
  CHECK(number_names(15).empty() == false);
  CHECK(write(name(1)).front() == static_cast<char>(term_tag::atom_known));
  CHECK(write(name(3)).front() == static_cast<char>(term_tag::atom_text));
  CHECK(number_names(3).empty());
  CHECK_FALSE(number_names().empty());
  CHECK(cross(term::list({name(3), name(2), name(1)})) == term::list({name(3), name(2), name(1)}));
  CHECK(write(name(3)) == "\x03\x02"s);
}

TEST_CASE_FIXTURE(fixture, "term_codec: when all numbers are given, further names stay text") {
  for (size_t i = 0; i < limits::interned_names_max; ++i)
    write(name(i));
  while (!number_names().empty())
    ;
  auto last = limits::interned_names_max;
  CHECK(cross(name(last - 1)) == term{name(last - 1)});
  CHECK(write(name(last - 1)).front() == static_cast<char>(term_tag::atom_known));
  CHECK(write(name(last)).front() == static_cast<char>(term_tag::atom_text));
  CHECK(number_names().empty());
  CHECK(write(name(last)).front() == static_cast<char>(term_tag::atom_text));
  CHECK(cross(name(last)) == term{name(last)});
}

TEST_CASE_FIXTURE(fixture, "term_codec: terms are nested to the limit, and no deeper") {
  auto wrap = [](auto f) {
    term x = 1;
    for (size_t i = 0; i < limits::term_depth_max; ++i)
      x = f(x);
    return x;
  };
  auto as_closure = [](const term& x) { return term{fun{{}, {}, 0, {}, 0, x, {}}}; };
  const term deepest[] = {
    wrap([](const term& x) { return term::tuple({x}); }),
    wrap([](const term& x) { return term::list({x}); }),
    wrap([](const term& x) {
      return term::map({{x, 1}});
    }),
    wrap([](const term& x) {
      return term::map({{1, x}});
    }),
    wrap(as_closure),
  };
  for (auto& x : deepest) {
    CHECK(term_writer::fits(x));
    CHECK(cross(x) == x);
    std::string out;
    CHECK_FALSE(term_writer::fits(term::tuple({x})));
    CHECK_FALSE(writer.value(out, term::tuple({ok, x})));
    CHECK_FALSE(writer.value(out, term::list(std::vector<term>{1}, as_closure(x))));
    CHECK(out.empty());
  }
  number_names();
  CHECK(write(ok).front()
        == static_cast<char>(term_tag::atom_text)); // it was only in what was refused
}

TEST_CASE_FIXTURE(fixture, "term_codec: a long list is not a deep one") {
  std::vector<term> many(20'000, 7);
  auto x = term::list(many);
  CHECK(term_writer::fits(x));
  CHECK(cross(x) == x);
}

TEST_CASE_FIXTURE(fixture,
                  "term_codec: a reader goes on with the next frame where the last one ended") {
  auto first = write(1) + write("two");
  reader.open(first);
  CHECK(reader.value() == term{1});
  CHECK(reader.ok());
  CHECK_FALSE(reader.done());
  CHECK(reader.value() == term{"two"});
  CHECK(reader.done());
  CHECK(read(write(3)) == term{3});
}
