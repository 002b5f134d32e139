#include "troupe/actors/internal/io_requests.hpp"

#include <array>

namespace troupe::actors::internal {

namespace {

bool is_encoding(const term& x) {
  return x.is_atom(atom{"unicode"}) || x.is_atom(atom{"latin1"}) || x.is_atom(atom{"utf8"});
}

std::string prompt_of(const term& x) {
  return x.is(term::kind::atom) && !x.is_atom(atom{}) ? std::string{x.as_atom().text()}
                                                      : x.to_text().value_or("");
}

io_request decode_put(std::span<const term> args) {
  // put_chars, [encoding,] chars; the form with module, function and arguments formats with
  // Erlang's io_lib, which this system does not have.
  if (args.empty() || args.size() > 2)
    return refusal{io_error("enotsup")};
  if (args.size() == 2 && !is_encoding(args.front()))
    return refusal{io_error("put_chars")};
  auto text = args.back().to_text();
  if (!text)
    return refusal{io_error("put_chars")};
  return put_chars{*text};
}

io_request decode_read(std::string_view name, std::span<const term> args) {
  if (!args.empty() && is_encoding(args.front()) && args.size() > 1)
    args = args.subspan(1);
  if (name == "get_line" && args.size() == 1)
    return get_line{prompt_of(args[0]), false};
  if (name == "get_chars" && args.size() == 2 && args[1].is(term::kind::integer)
      && args[1].as_integer() >= 0)
    return get_chars{prompt_of(args[0]), args[1].as_integer()};
  return refusal{io_error("enotsup")};
}

} // namespace

term io_error(std::string_view reason) {
  return term::tuple({atom{"error"}, atom{reason}});
}

io_request decode_request(const term& x) {
  auto bad = refusal{io_error("request")};
  if (x.is_atom(atom{"getopts"}))
    return get_options{};
  if (!x.is(term::kind::tuple) || x.as_tuple().empty() || !x.as_tuple()[0].is(term::kind::atom))
    return bad;
  auto name = x.as_tuple()[0].as_atom().text();
  auto args = x.as_tuple().subspan(1);
  if (name == "put_chars")
    return decode_put(args);
  if (name == "get_console_line" && args.size() == 1)
    return get_line{prompt_of(args[0]), true};
  if (name == "console_prompt" && args.size() == 1)
    return console_prompt{prompt_of(args[0])};
  if (name == "get_line" || name == "get_chars" || name == "get_until" || name == "get_password")
    return decode_read(name, args);
  if (name == "get_geometry" && args.size() == 1) {
    if (args[0].is_atom(atom{"columns"}) || args[0].is_atom(atom{"rows"}))
      return get_geometry{args[0].is_atom(atom{"columns"})};
    return bad;
  }
  if ((name == "setopts" || name == "requests") && args.size() == 1) {
    auto list = args[0].to_vector();
    if (!list)
      return bad;
    if (name == "setopts")
      return set_options{*list};
    return batch{*list};
  }
  return bad;
}

term io_options::set(const std::vector<term>& options) {
  auto changed = *this;
  for (auto& x : options) {
    auto is_pair = x.is_tuple(2) && x.as_tuple()[0].is(term::kind::atom);
    auto name = is_pair                  ? x.as_tuple()[0].as_atom().text()
                : x.is(term::kind::atom) ? x.as_atom().text()
                                         : "";
    auto on = !is_pair || x.as_tuple()[1].is_atom(atom{"true"});
    if (name == "binary")
      changed.binary = on;
    else if (name == "list" && !is_pair)
      changed.binary = false;
    else if (name == "echo" && is_pair)
      changed.echo = on;
    else if (name == "encoding" && is_pair && is_encoding(x.as_tuple()[1]))
      changed.encoding = x.as_tuple()[1].as_atom().text();
    else
      return io_error("enotsup");
  }
  *this = changed;
  return atom{"ok"};
}

term io_options::list() const {
  return term::list({term::tuple({atom{"binary"}, binary}), term::tuple({atom{"echo"}, echo}),
                     term::tuple({atom{"encoding"}, atom{encoding}})});
}

term io_options::text(const std::string& x) const {
  return binary ? term{x} : term::charlist(x);
}

} // namespace troupe::actors::internal
