#include "troupe/actors/internal/io_requests.hpp"

#include "troupe/inspect.hpp"

#include <doctest/doctest.h>

using namespace troupe;
using namespace troupe::actors::internal;

namespace {

const atom unicode{"unicode"};

term request(std::string_view name, std::initializer_list<term> args) {
  std::vector<term> xs{atom{name}};
  xs.insert(xs.end(), args);
  return term::tuple(std::move(xs));
}

std::string refused(const term& x) {
  auto decoded = decode_request(x);
  auto* why = std::get_if<refusal>(&decoded);
  return why ? inspect_term(why->reply) : "accepted";
}

} // namespace

TEST_CASE("io_requests: put_chars takes text in every form that Erlang's chardata has") {
  for (auto& text :
       {term{"hé"}, term::charlist("hé"), term::list({term{"h"}, term::list({term{0xe9}})})}) {
    auto decoded = decode_request(request("put_chars", {unicode, text}));
    REQUIRE(std::holds_alternative<put_chars>(decoded));
    CHECK(std::get<put_chars>(decoded).text == "hé");
  }
  auto old = decode_request(request("put_chars", {"x"}));
  REQUIRE(std::holds_alternative<put_chars>(old));
}

TEST_CASE("io_requests: reads keep their prompt and count") {
  auto line = decode_request(request("get_line", {unicode, "name? "}));
  REQUIRE(std::holds_alternative<get_line>(line));
  CHECK(std::get<get_line>(line).prompt == "name? ");
  auto chars = decode_request(request("get_chars", {unicode, term::charlist("> "), 3}));
  REQUIRE(std::holds_alternative<get_chars>(chars));
  CHECK(std::get<get_chars>(chars).prompt == "> ");
  CHECK(std::get<get_chars>(chars).count == 3);
}

TEST_CASE("io_requests: geometry, options and batches are told apart") {
  CHECK(std::get<get_geometry>(decode_request(request("get_geometry", {atom{"columns"}}))).columns);
  CHECK_FALSE(
    std::get<get_geometry>(decode_request(request("get_geometry", {atom{"rows"}}))).columns);
  CHECK(std::holds_alternative<get_options>(decode_request(atom{"getopts"})));
  CHECK(std::get<set_options>(decode_request(request("setopts", {term::list({atom{"list"}})})))
          .options.size()
        == 1);
  CHECK(std::get<batch>(decode_request(request("requests", {term::list({atom{"getopts"}})})))
          .requests.size()
        == 1);
}

TEST_CASE("io_requests: what is wrong is answered with the protocol's errors") {
  CHECK(refused(atom{"nonsense"}) == "{:error, :request}");
  CHECK(refused(term{1}) == "{:error, :request}");
  CHECK(refused(term::tuple({})) == "{:error, :request}");
  CHECK(refused(request("get_geometry", {atom{"depth"}})) == "{:error, :request}");
  CHECK(refused(request("put_chars", {unicode, term{1}})) == "{:error, :put_chars}");
  CHECK(refused(request("put_chars", {atom{"klingon"}, "x"})) == "{:error, :put_chars}");
  CHECK(refused(request("get_until", {unicode, "> ", atom{"m"}, atom{"f"}, term::empty_list()}))
        == "{:error, :enotsup}");
  CHECK(refused(request("get_chars", {unicode, "> ", -1})) == "{:error, :enotsup}");
  CHECK(refused(request("get_password", {unicode})) == "{:error, :enotsup}");
}

TEST_CASE("io_requests: options are set as a whole or not at all") {
  io_options opts;
  CHECK(inspect_term(opts.list()) == "[binary: true, echo: true, encoding: :unicode]");
  CHECK(opts.set({atom{"list"}}).is_atom(atom{"ok"}));
  CHECK(inspect_term(opts.text("ab")) == "'ab'");
  CHECK(inspect_term(opts.set({atom{"binary"}, term::tuple({atom{"colour"}, true})}))
        == "{:error, :enotsup}");
  CHECK_FALSE(opts.binary);
  CHECK(
    opts.set({term::tuple({atom{"binary"}, true}), term::tuple({atom{"encoding"}, atom{"latin1"}})})
      .is_atom(atom{"ok"}));
  CHECK(inspect_term(opts.list()) == "[binary: true, echo: true, encoding: :latin1]");
}
