#include "troupe/node_name.hpp"

#include <algorithm>
#include <stdexcept>

namespace troupe {

namespace {

bool alive_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
         || c == '-';
}

bool host_char(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '@' && c != '\x7f';
}

} // namespace

result<node_name> node_name::parse(std::string_view text) {
  auto fail = [&](const char* why) -> result<node_name> {
    return error{errc::invalid_node_name, "invalid node name '" + std::string{text} + "': " + why};
  };
  if (text.size() > size_max)
    return fail("it is longer than 255 bytes");
  auto at = text.find('@');
  if (at == std::string_view::npos)
    return fail("it must be of the form name@host");
  auto alive = text.substr(0, at);
  auto host = text.substr(at + 1);
  if (alive.empty() || !std::ranges::all_of(alive, alive_char))
    return fail("the part before '@' must consist of letters, digits, '_' and '-'");
  if (host.empty() || !std::ranges::all_of(host, host_char))
    return fail("the part after '@' must be a host name or an address");
  return node_name{std::string{text}, at};
}

node_name::node_name(std::string_view text) : at_(0) {
  auto parsed = parse(text);
  if (!parsed)
    throw std::invalid_argument{parsed.error().context};
  *this = std::move(*parsed);
}

std::string_view node_name::alive() const noexcept {
  return std::string_view{text_}.substr(0, at_);
}

std::string_view node_name::host() const noexcept {
  return std::string_view{text_}.substr(at_ + 1);
}

} // namespace troupe
