#include "troupe/discovery/cache_file.hpp"

#include "troupe/discovery/internal/host_port.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/node_name.hpp"

#include <algorithm>

namespace troupe::discovery {

namespace {

constexpr std::string_view first_line = "troupe-peers 1";

bool is_host(std::string_view text) {
  return internal::is_address(text) || internal::is_host_name(text);
}

std::string_view next_word(std::string_view& line) {
  auto blank = line.find(' ');
  auto word = line.substr(0, blank);
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  return word;
}

// Returns what is wrong, or nothing.
std::string read_line(std::string_view line, known_peer& x) {
  if (line.ends_with(' '))
    return "there is a blank at the end";
  auto word = next_word(line);
  auto name = node_name::parse(word);
  if (!name)
    return "'" + internal::shown(word) + "' is no name of a node";
  x.name = name->text();
  while (!line.empty()) {
    auto host = next_word(line);
    auto port = internal::parse_port(next_word(line));
    if (!is_host(host) || !port)
      return "behind the name there must be hosts and ports in turn";
    if (x.endpoints.size() == limits::endpoints_max)
      return "there are more than " + std::to_string(limits::endpoints_max) + " addresses";
    x.endpoints.push_back({std::string{host}, *port});
  }
  return {};
}

} // namespace

std::string write_cache(std::vector<known_peer> peers) {
  std::stable_partition(peers.begin(), peers.end(), [](auto& x) { return x.connected; });
  std::string text{first_line};
  text += '\n';
  size_t written = 0;
  for (auto& x : peers) {
    std::string places;
    size_t taken = 0;
    for (auto& e : x.endpoints)
      if (taken < limits::endpoints_max && is_host(e.host) && e.port != 0) {
        places += ' ' + e.host + ' ' + std::to_string(e.port);
        ++taken;
      }
    if (!node_name::parse(x.name) || (places.empty() && !x.connected))
      continue;
    text += x.name + places + '\n';
    if (++written == cached_peers_max)
      break;
  }
  return text;
}

result<std::vector<known_peer>> read_cache(std::string_view text) {
  auto fail = [](size_t line, const std::string& why) -> result<std::vector<known_peer>> {
    return error{errc::invalid_config, std::to_string(line) + ": " + why};
  };
  std::vector<known_peer> all;
  for (size_t number = 1; number == 1 || !text.empty(); ++number) {
    auto end = text.find('\n');
    if (end == std::string_view::npos)
      return fail(number, "the line has no end");
    auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (number == 1) {
      if (line != first_line)
        return fail(number, "it must be '" + std::string{first_line} + "'");
      continue;
    }
    known_peer x;
    auto why = read_line(line, x);
    if (!why.empty())
      return fail(number, why);
    if (all.size() == cached_peers_max)
      return fail(number, "there are more than " + std::to_string(cached_peers_max) + " peers");
    all.push_back(std::move(x));
  }
  return all;
}

} // namespace troupe::discovery
