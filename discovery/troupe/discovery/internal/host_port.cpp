#include "troupe/discovery/internal/host_port.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace troupe::discovery::internal {

namespace {

constexpr size_t host_bytes_max = 253; // RFC 1035, without the last dot.
constexpr size_t label_bytes_max = 63;
constexpr size_t host_port_bytes_max = host_bytes_max + 7; // A dot, a colon, five digits.

error wrong(std::string why) {
  return {errc::invalid_config, std::move(why)};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_label_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool is_v4(std::string_view text) {
  in_addr unused{};
  return text.find('\0') == std::string_view::npos
         && inet_pton(AF_INET, std::string{text}.c_str(), &unused) == 1;
}

bool is_v6(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    return false;
  auto zone = text.find('%');
  if (zone != std::string_view::npos) {
    if (zone + 1 == text.size())
      return false;
    auto fits = [](char c) { return is_label_char(c) || c == '.'; };
    if (!std::ranges::all_of(text.substr(zone + 1), fits))
      return false;
  }
  in6_addr unused{};
  return inet_pton(AF_INET6, std::string{text.substr(0, zone)}.c_str(), &unused) == 1;
}

// Digits and dots only, so it is meant to be an address.
bool looks_like_v4(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
}

result<host_port> with_port(std::string_view host, std::string_view port) {
  auto number = parse_port(port);
  if (!number)
    return wrong("'" + std::string{port} + "' is no port; it must be a number from 1 to 65535");
  return host_port{std::string{host}, number};
}

result<host_port> in_brackets(std::string_view text) {
  auto end = text.find(']');
  if (end == std::string_view::npos)
    return wrong("there is no ']'");
  auto host = text.substr(1, end - 1);
  if (!is_v6(host))
    return wrong("'" + std::string{host} + "' between the brackets is no IPv6 address");
  auto rest = text.substr(end + 1);
  if (rest.empty())
    return host_port{std::string{host}, {}};
  if (rest.front() != ':')
    return wrong("behind ']' there must be a colon and a port");
  return with_port(host, rest.substr(1));
}

} // namespace

std::string shown(std::string_view text) {
  constexpr size_t bytes_max = 80;
  return text.size() <= bytes_max ? std::string{text}
                                  : std::string{text.substr(0, bytes_max)} + "...";
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<uint16_t> parse_port(std::string_view text) {
  if (text.starts_with('0'))
    return {};
  uint16_t number = 0;
  auto end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || at != end || number == 0)
    return {};
  return number;
}

bool is_address(std::string_view text) {
  return is_v4(text) || is_v6(text);
}

bool is_host_name(std::string_view text) {
  if (text.ends_with('.'))
    text.remove_suffix(1);
  if (text.empty() || text.size() > host_bytes_max)
    return false;
  for (;;) {
    auto dot = text.find('.');
    auto label = text.substr(0, dot);
    if (label.empty() || label.size() > label_bytes_max
        || !std::ranges::all_of(label, is_label_char))
      return false;
    if (dot == std::string_view::npos)
      return true;
    text.remove_prefix(dot + 1);
  }
}

result<host_port> parse_host_port(std::string_view text) {
  if (text.size() > host_port_bytes_max)
    return wrong("it is too long");
  if (text.empty())
    return wrong("there is no host");
  if (text.front() == '[')
    return in_brackets(text);
  if (is_v6(text))
    return host_port{std::string{text}, {}};
  auto colon = text.find(':');
  auto host = text.substr(0, colon);
  if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos)
    return wrong("there is more than one colon; an IPv6 address with a port needs brackets: "
                 "[fd00::1]:9100");
  if (host.empty())
    return wrong("there is no host");
  if (looks_like_v4(host) ? !is_v4(host) : !is_host_name(host))
    return wrong("'" + std::string{host} + "' is neither a host's name nor an address");
  if (colon == std::string_view::npos)
    return host_port{std::string{host}, {}};
  return with_port(host, text.substr(colon + 1));
}

} // namespace troupe::discovery::internal
