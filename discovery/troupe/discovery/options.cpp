#include "troupe/discovery/options.hpp"

#include "troupe/discovery/dns_spec.hpp"
#include "troupe/discovery/internal/source_factory.hpp"
#include "troupe/discovery/seed.hpp"
#include "troupe/node_name.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace troupe::discovery {

namespace po = boost::program_options;

namespace {

constexpr size_t cluster_bytes_max = 255;
constexpr const char* kinds = "auto, none, multicast, local, seeds:NODE[,NODE...], dns:NAME, "
                              "file:PATH or cache:PATH";

error bad(std::string text) {
  return {errc::invalid_config, std::move(text)};
}

struct kind_name {
  std::string_view text;
  source_spec::kind what;
  bool wants_argument;
};
constexpr std::array<kind_name, 6> kind_names{{
  {"multicast", source_spec::kind::multicast, false},
  {"seeds", source_spec::kind::seeds, true},
  {"dns", source_spec::kind::dns, true},
  {"file", source_spec::kind::file, true},
  {"local", source_spec::kind::local, false},
  {"cache", source_spec::kind::cache, true},
}};

std::string text_of(const po::variables_map& values, const char* name) {
  return values.count(name) ? values[name].as<std::string>() : std::string{};
}

/// All words of all `--discover`: the environment has one string for several.
std::vector<std::string> words(const po::variables_map& values) {
  std::vector<std::string> result;
  if (values.count("discover"))
    for (auto& given : values["discover"].as<std::vector<std::string>>()) {
      std::istringstream text{given};
      for (std::string word; text >> word;)
        result.push_back(word);
    }
  return result;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, ',');)
    if (!part.empty())
      result.push_back(part);
  return result;
}

std::optional<error> read_policy(const std::string& text, connect_policy& out) {
  if (text.empty() || text == "all")
    out = connect_policy::all;
  else if (text == "seeds")
    out = connect_policy::seeds;
  else if (text == "lazy")
    out = connect_policy::lazy;
  else if (text == "none")
    out = connect_policy::none;
  else
    return bad("--connect '" + text + "' is unknown: give all, seeds, lazy or none");
  return std::nullopt;
}

std::optional<error> read_multicast_port(const std::string& text, uint16_t& out) {
  if (text.empty())
    return std::nullopt;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{} || end != text.data() + text.size() || out == 0)
    return bad("--multicast-port '" + text + "' is not a port: give a number from 1 to 65535");
  return std::nullopt;
}

/// Whether only this machine can reach the node.
bool at_loopback(const config& how) {
  using boost::asio::ip::tcp;
  std::string host{node_name{how.name}.host()};
  if (!how.listen.host.empty())
    host = how.listen.host;
  boost::asio::io_context io; // the node's own does not run yet, and it would ask the same
  tcp::resolver names{io};
  boost::system::error_code failed;
  auto found = names.resolve(host, "0", failed);
  return !failed && !found.empty() && found.begin()->endpoint().address().is_loopback();
}

std::optional<error> check_text(const source_spec& x) {
  if (x.what == source_spec::kind::seeds)
    if (auto seeds = parse_seeds(x.text); !seeds)
      return seeds.error();
  if (x.what == source_spec::kind::dns)
    if (auto spec = parse_dns_spec(x.text); !spec)
      return spec.error();
  return std::nullopt;
}

std::optional<error> read_sources(const po::variables_map& values, const config& how,
                                  std::vector<source_spec>& out) {
  auto given = words(values);
  if (given.empty() && has_chosen_cookie(how))
    given = {"auto"};
  auto none = std::ranges::count(given, "none") > 0;
  if (none && given.size() > 1)
    return bad("--discover none excludes any other: give none alone, or leave it out");
  if (none)
    return std::nullopt;
  for (auto& word : given) {
    if (word == "auto") {
      for (auto& x : sources_of_auto(how))
        if (std::ranges::count(out, x) == 0)
          out.push_back(x);
      continue;
    }
    auto x = parse_source(word);
    if (!x)
      return x.error();
    if (auto failed = check_text(*x))
      return bad("--discover '" + word + "': " + failed->context);
    if (std::ranges::count(out, *x) == 0)
      out.push_back(*x);
  }
  return std::nullopt;
}

/// What has to hold for the sources that were named.
std::optional<error> check(const std::vector<source_spec>& sources, const config& how) {
  if (sources.empty())
    return std::nullopt;
  if (how.name.empty())
    return bad("--discover needs a node with a name: give one with --name or --sname");
  for (auto& x : sources)
    if (x.what == source_spec::kind::multicast && !has_chosen_cookie(how))
      return bad("--discover multicast needs a cookie that you chose: give --cookie or "
                 "--cookie-file, so that nobody else's nodes on the network join yours");
  return std::nullopt;
}

} // namespace

bool has_chosen_cookie(const config& how) {
  return !how.cookie.empty() || !how.cookie_file.empty();
}

std::vector<source_spec> sources_of_auto(const config& how) {
  if (how.name.empty() || at_loopback(how))
    return {};
  std::vector<source_spec> result;
  if (has_chosen_cookie(how))
    result.push_back({source_spec::kind::multicast, {}});
  result.push_back({source_spec::kind::local, {}});
  return result;
}

result<source_spec> parse_source(std::string_view text) {
  auto colon = text.find(':');
  auto word = text.substr(0, colon);
  auto known = std::ranges::find(kind_names, word, &kind_name::text);
  if (known == kind_names.end())
    return bad("--discover '" + std::string{text} + "' is unknown: give " + kinds);
  auto rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (known->wants_argument && rest.empty())
    return bad("--discover '" + std::string{text} + "' says too little: give " + kinds);
  if (!known->wants_argument && colon != std::string_view::npos)
    return bad("--discover '" + std::string{text} + "' says too much: give " + std::string{word}
               + " alone");
  return source_spec{known->what, std::string{rest}};
}

std::string to_string(const source_spec& x) {
  auto known = std::ranges::find(kind_names, x.what, &kind_name::what);
  return std::string{known->text} + (x.text.empty() ? "" : ":" + x.text);
}

void options::describe(po::options_description& out) {
  auto add = out.add_options();
  add("discover", po::value<std::vector<std::string>>()->value_name("SOURCE"),
      "how to find peers; repeatable: auto, none, multicast, local (nodes of this machine), "
      "seeds:NODE[,NODE...], dns:NAME, file:PATH, cache:PATH; default auto when a cookie is given, "
      "else none");
  add("cluster", po::value<std::string>()->value_name("NAME"),
      "nodes of other clusters on the same network are not seen; default troupe");
  add("connect", po::value<std::string>()->value_name("all|seeds|lazy|none"),
      "which of the peers found to connect to; default all");
  add("interfaces", po::value<std::string>()->value_name("GLOB[,GLOB...]"),
      "network interfaces for multicast, by name or as 10.0.0.0/8; !GLOB excludes; default all");
  add("multicast-port", po::value<std::string>()->value_name("N"),
      "UDP port of announcements; default 14369");
  add("dns-server", po::value<std::string>()->value_name("ADDR:PORT"),
      "for dns:NAME; default those of resolv.conf");
}

result<options> options::read(const po::variables_map& values, const config& how) {
  options x;
  if (auto failed = read_sources(values, how, x.sources))
    return *failed;
  if (auto failed = check(x.sources, how))
    return *failed;
  if (values.count("cluster")) {
    x.cluster = text_of(values, "cluster");
    if (x.cluster.empty() || x.cluster.size() > cluster_bytes_max)
      return bad("--cluster '" + x.cluster + "': give a name of 1 to "
                 + std::to_string(cluster_bytes_max) + " bytes");
  }
  if (auto failed = read_policy(text_of(values, "connect"), x.connect))
    return *failed;
  if (auto failed = read_multicast_port(text_of(values, "multicast-port"), x.multicast_port))
    return *failed;
  x.interfaces = split(text_of(values, "interfaces"));
  x.dns_server = text_of(values, "dns-server");
  if (auto servers = internal::dns_servers(x); !servers)
    return servers.error();
  return x;
}

} // namespace troupe::discovery
