#include "troupe/internal/peer_options.hpp"

#include "troupe/cookie.hpp"
#include "troupe/dist/spawn_policy.hpp"
#include "troupe/limits.hpp"
#include "troupe/node_name.hpp"

#include <boost/program_options.hpp>

#include <algorithm>

namespace troupe::internal {

namespace po = boost::program_options;

namespace {

error bad(std::string text) {
  return {errc::invalid_config, std::move(text)};
}

/// The values of an option that may be repeated, cut at `between`.
std::vector<std::string> words_of(const po::variables_map& values, const char* option,
                                  const char* between) {
  std::vector<std::string> result;
  if (!values.count(option))
    return result;
  for (auto& value : values[option].as<std::vector<std::string>>())
    for (size_t at = 0; at < value.size();) {
      auto begin = std::min(value.find_first_not_of(between, at), value.size());
      at = std::min(value.find_first_of(between, begin), value.size());
      if (at > begin)
        result.push_back(value.substr(begin, at - begin));
    }
  return result;
}

std::optional<error> read_cookies(const po::variables_map& values, config& to) {
  for (auto& word : words_of(values, "cookie-for", " \t")) {
    auto equals = word.find('=');
    auto name = word.substr(0, equals);
    auto secret = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (secret.empty() || secret.size() > cookie_bytes_max || !node_name::parse(name))
      return bad("--cookie-for '" + name
                 + "' does not say a cookie for a node: give NODE@HOST=COOKIE, with a cookie of 1 "
                   "to "
                 + std::to_string(cookie_bytes_max) + " bytes without spaces");
    auto same = [&](auto& x) { return x.first == name; };
    if (std::ranges::none_of(to.peer_cookies, same)) // what comes first wins
      to.peer_cookies.emplace_back(name, secret);
  }
  if (to.peer_cookies.size() > limits::node_cookies_max)
    return bad("--cookie-for names more than " + std::to_string(limits::node_cookies_max)
               + " nodes");
  return std::nullopt;
}

} // namespace

void describe_peers(po::options_description& out) {
  using words = std::vector<std::string>;
  auto add = out.add_options();
  add("cookie-for", po::value<words>()->value_name("NODE=TEXT")->composing(),
      "another secret for one peer; repeatable");
  add("allow", po::value<words>()->value_name("NODE[,NODE...]")->composing(),
      "connect with these nodes only, in either direction; repeatable; default all");
  add("auto-connect", po::value<std::string>()->value_name("WHEN"),
      "whether a mere reference connects: always (default), once or never");
  add("allow-spawn", po::value<std::string>()->value_name("WHAT"),
      "what peers may start here: all (default), none, or a list of Module.function, "
      "module:function/arity, C++ functions and closures, with * for any text");
}

std::optional<error> read_peers(const po::variables_map& values, config& to) {
  if (auto failed = read_cookies(values, to))
    return failed;
  for (auto& word : words_of(values, "allow", ", \t")) {
    if (!node_name::parse(word))
      return bad("--allow '" + word + "' is no node: give names such as a@host, with commas");
    to.allow.push_back(word);
  }
  if (to.allow.size() > limits::allowed_nodes_max)
    return bad("--allow names more than " + std::to_string(limits::allowed_nodes_max) + " nodes");
  if (values.count("auto-connect")) {
    auto when = values["auto-connect"].as<std::string>();
    if (when != "always" && when != "once" && when != "never")
      return bad("--auto-connect '" + when + "' is unknown: give always, once or never");
    using dist::auto_connect;
    to.dialling = when == "once"    ? auto_connect::once
                  : when == "never" ? auto_connect::never
                                    : auto_connect::always;
  }
  if (values.count("allow-spawn")) {
    to.allow_spawn = values["allow-spawn"].as<std::string>();
    if (auto policy = dist::spawn_policy::parse(to.allow_spawn); !policy)
      return policy.error();
  }
  return std::nullopt;
}

} // namespace troupe::internal
