#include "troupe/internal/plain_message.hpp"

#include "support/fake_bridge.hpp"
#include "troupe/internal/caf_system.hpp"
#include "troupe/message.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace troupe;
using internal::to_plain_message;

namespace {

struct note {
  std::string text;
  int32_t number = 0;
};
TROUPE_MESSAGE(note, text, number);

caf::message of(const term& x) {
  return caf::make_message(x);
}

} // namespace

TEST_CASE("plain_message: CAF's own types stay as they are") {
  test::fake_bridge bridge;
  auto x = to_plain_message(caf::make_message(int32_t{1}, std::string{"a"}), bridge);
  REQUIRE(x);
  CHECK((x->match_elements<int32_t, std::string>()));
}

TEST_CASE("plain_message: a tuple becomes as many elements, anything else one") {
  test::fake_bridge bridge;
  auto x = to_plain_message(of(term::tuple({atom{"put"}, term{1}, term{"a"}, term{0.5}})), bridge);
  REQUIRE(x);
  REQUIRE((x->match_elements<caf::atom_value, int64_t, std::string, double>()));
  CHECK(x->get_as<caf::atom_value>(0) == caf::atom("put"));
  CHECK(x->get_as<int64_t>(1) == 1);
  CHECK(x->get_as<std::string>(2) == "a");
  auto single = to_plain_message(of(term{7}), bridge);
  REQUIRE(single);
  CHECK(single->match_elements<int64_t>());
  auto nothing = to_plain_message(of(term::tuple({})), bridge);
  REQUIRE(nothing);
  CHECK(nothing->empty());
}

TEST_CASE("plain_message: atoms that CAF cannot have are strings, true and false are bool") {
  test::fake_bridge bridge;
  auto x = to_plain_message(
    of(term::tuple({term{true}, atom{"Elixir.Enum"}, atom{"ok?"}, atom{"ok"}})), bridge);
  REQUIRE(x);
  CHECK((x->match_elements<bool, std::string, std::string, caf::atom_value>()));
  CHECK(x->get_as<bool>(0));
  CHECK(x->get_as<std::string>(1) == "Elixir.Enum");
}

TEST_CASE("plain_message: a struct crosses as its term") {
  test::fake_bridge bridge;
  auto x = to_plain_message(caf::make_message(note{"hi", 3}), bridge);
  REQUIRE(x);
  REQUIRE((x->match_elements<caf::atom_value, std::string, int64_t>()));
  CHECK(x->get_as<std::string>(1) == "hi");
}

TEST_CASE("plain_message: what has no form there is refused as a whole") {
  test::fake_bridge bridge;
  CHECK_FALSE(to_plain_message(of(term::list({term{1}})), bridge));
  CHECK_FALSE(to_plain_message(of(term::map({{term{1}, term{2}}})), bridge));
  CHECK_FALSE(to_plain_message(of(reference{atom{"a@b"}, 4, 1}), bridge));
  CHECK_FALSE(to_plain_message(of(term::tuple({term{1}, term::tuple({term{2}})})), bridge));
  CHECK_FALSE(to_plain_message(of(pid{atom{"a@b"}, 4, 1}), bridge)); // nobody has it
}

TEST_CASE("plain_message: a pid becomes the handle of its actor") {
  internal::caf_system system{{1, true, false}};
  caf::scoped_actor self{system.get()};
  test::fake_bridge bridge;
  pid mine{atom{"a@b"}, 4, 1};
  bridge.add(mine, caf::actor_cast<caf::strong_actor_ptr>(self));
  auto x = to_plain_message(of(mine), bridge);
  REQUIRE(x);
  REQUIRE(x->match_elements<caf::actor>());
  CHECK(x->get_as<caf::actor>(0).id() == self->id());
}
