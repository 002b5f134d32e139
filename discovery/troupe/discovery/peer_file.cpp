#include "troupe/discovery/peer_file.hpp"

#include "troupe/discovery/internal/host_port.hpp"
#include "troupe/discovery/limits.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace troupe::discovery {

namespace {

template <class T>
void add_once(std::vector<T>& all, T x, std::set<T>& seen) {
  if (seen.insert(x).second)
    all.push_back(std::move(x));
}

// From `#` on, or from Erlang's `%`, at the beginning of the line or behind a blank: an IPv6
// address may have a `%` inside.
std::string_view without_comment(std::string_view line) {
  for (size_t i = 0; i < line.size(); ++i)
    if ((line[i] == '#' || line[i] == '%') && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      return line.substr(0, i);
  return line;
}

// `'host'.`, or what is wrong with it.
result<std::string> parse_host_line(std::string_view line) {
  auto end = line.find('\'', 1);
  auto fail = [&](const char* why) -> result<std::string> {
    return error{errc::invalid_config, "'" + internal::shown(line) + "' is no host: " + why};
  };
  if (end == std::string_view::npos || internal::trim(line.substr(end + 1)) != ".")
    return fail("it must be of the form 'app.local'. with the quotes and a dot behind them");
  auto host = line.substr(1, end - 1);
  if (!internal::is_address(host) && !internal::is_host_name(host))
    return fail("there is neither a host's name nor an address between the quotes");
  return std::string{host};
}

} // namespace

std::variant<peer_list, bad_line> parse_peer_file(std::string_view text) {
  peer_list all;
  std::set<seed> seeds;
  std::set<std::string> hosts;
  if (text.starts_with("\xEF\xBB\xBF")) // An editor's mark of UTF-8.
    text.remove_prefix(3);
  for (size_t number = 1; !text.empty(); ++number) {
    auto end = text.find('\n');
    auto line = internal::trim(without_comment(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty())
      continue;
    if (line.front() == '\'') {
      auto host = parse_host_line(line);
      if (!host)
        return bad_line{number, host.error().context};
      add_once(all.hosts, std::move(*host), hosts);
    } else {
      auto x = parse_seed(line);
      if (!x)
        return bad_line{number, x.error().context};
      add_once(all.seeds, std::move(*x), seeds);
    }
    if (all.seeds.size() > limits::seeds_max || all.hosts.size() > limits::seeds_max)
      return bad_line{number, "there are more than " + std::to_string(limits::seeds_max)
                                + " peers; the file must list fewer"};
  }
  return all;
}

seed_changes difference(std::vector<seed> before, std::vector<seed> after) {
  std::ranges::sort(before, std::less{});
  std::ranges::sort(after, std::less{});
  seed_changes x;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(x.added));
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(x.removed));
  return x;
}

} // namespace troupe::discovery
