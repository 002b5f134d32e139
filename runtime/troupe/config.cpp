#include "troupe/config.hpp"

#include "troupe/cookie.hpp"
#include "troupe/internal/peer_options.hpp"
#include "troupe/node_name.hpp"

#include <boost/program_options.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>

namespace troupe {

namespace po = boost::program_options;
using internal::describe_peers;
using internal::read_peers;

namespace {

error bad(std::string text) {
  return {errc::invalid_config, std::move(text)};
}

constexpr unsigned threads_max = 1024;

std::optional<unsigned> read_number(const std::string& text, unsigned lowest, unsigned highest) {
  unsigned value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value > highest
      || value < lowest)
    return std::nullopt;
  return value;
}

result<uint16_t> read_port(const std::string& text, const char* option, uint16_t lowest) {
  auto value = read_number(text, lowest, 65535);
  if (!value)
    return bad("--" + std::string{option} + " '" + text + "' is not a port: give a number from "
               + std::to_string(lowest) + " to 65535");
  return static_cast<uint16_t>(*value);
}

result<dist::endpoint> read_listen(const std::string& text) {
  dist::endpoint at;
  std::string port;
  if (!text.empty() && text.front() == '[') { // [v6]:port
    auto end = text.find(']');
    if (end == std::string::npos || (end + 1 < text.size() && text[end + 1] != ':'))
      return bad("--listen '" + text + "' is not an address: give ADDR, ADDR:PORT or [ADDR]:PORT");
    at.host = text.substr(1, end - 1);
    port = end + 1 < text.size() ? text.substr(end + 2) : "";
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    at.host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':') + 1);
  } else {
    at.host = text;
  }
  if (port.empty())
    return at;
  auto number = read_port(port, "listen", 0);
  if (!number)
    return number.error();
  at.port = *number;
  return at;
}

result<bool> read_switch(const std::string& text, const char* option) {
  if (text != "true" && text != "false")
    return bad("--" + std::string{option} + " '" + text + "' is unknown: give true or false");
  return text == "true";
}

result<std::string> short_name(const std::string& text) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0)
    return bad("--sname: this machine has no host name");
  std::string own = host.data();
  auto full
    = text.find('@') == std::string::npos ? text + "@" + own.substr(0, own.find('.')) : text;
  auto parsed = node_name::parse(full);
  if (!parsed)
    return parsed.error();
  if (parsed->host().find('.') != std::string_view::npos)
    return bad("cannot set the short node name '" + text
               + "': its host part must have no dot; use --name for a long name");
  return full;
}

} // namespace

void config::describe(po::options_description& out) {
  auto add = out.add_options();
  add("name", po::value<std::string>()->value_name("NAME@HOST"),
      "long node name; without a name the node is nonode@nohost and has no network");
  add("sname", po::value<std::string>()->value_name("NAME"),
      "short node name; the host is this machine's");
  add("cookie", po::value<std::string>()->value_name("TEXT"),
      "the secret that all nodes of a cluster share");
  add("cookie-file", po::value<std::string>()->value_name("PATH"),
      "file with the secret; default ~/.troupe.cookie, made at first use");
  add("listen", po::value<std::string>()->value_name("ADDR[:PORT]"),
      "where to accept peers; default the address of HOST and any free port");
  add("transport", po::value<std::string>()->value_name("tls|plain"),
      "how nodes talk; default tls, keyed by the cookie");
  add("ticktime", po::value<std::string>()->value_name("SECONDS"),
      "a peer silent for this long is down; default 60, fractions allowed");
  describe_peers(out);
  add("hidden", po::bool_switch(), "connect only where asked to; peers list this node as hidden");
  add("connect-all", po::value<std::string>()->value_name("true|false"),
      "connect to the peers of peers, and share global names; default true");
  add("prevent-overlapping-partitions", po::value<std::string>()->value_name("true|false"),
      "disconnect from nodes that other nodes lost; default true");
  add("epmd-port", po::value<std::string>()->value_name("N"),
      "port of the port mapper; default 4369");
  add("caf-io", po::bool_switch(),
      "let the program talk with plain CAF programs, which prove nothing of who they are");
  add("threads", po::value<std::string>()->value_name("N"),
      "threads that run processes; default one per core");
  add("log-level", po::value<std::string>()->value_name("LEVEL"),
      "error, warning, info (default) or debug");
  add("log-file", po::value<std::string>()->value_name("PATH"),
      "where log lines go; default standard error");
  add("config", po::value<std::string>()->value_name("PATH"),
      "file with these options, one `name = value` a line");
}

result<config> config::read(const po::variables_map& values) {
  config c;
  auto text = [&](const char* name) {
    return values.count(name) ? values[name].as<std::string>() : std::string{};
  };
  if (values.count("name") && values.count("sname"))
    return bad("--name and --sname exclude each other: give one of them");
  if (values.count("name")) {
    auto parsed = node_name::parse(text("name"));
    if (!parsed)
      return parsed.error();
    c.name = parsed->text();
  } else if (values.count("sname")) {
    auto name = short_name(text("sname"));
    if (!name)
      return name.error();
    c.name = *name;
    c.short_names = true;
  }
  c.cookie = text("cookie");
  if (values.count("cookie") && c.cookie.empty())
    return bad("--cookie is empty: give the secret that all nodes of the cluster share");
  c.cookie_file = text("cookie-file");
  if (values.count("listen")) {
    auto at = read_listen(text("listen"));
    if (!at)
      return at.error();
    c.listen = *at;
  }
  auto mode = values.count("transport") ? text("transport") : "tls";
  if (mode != "tls" && mode != "plain")
    return bad("--transport '" + mode + "' is unknown: give tls or plain");
  c.transport = mode == "tls" ? dist::transport_mode::tls : dist::transport_mode::plain;
  if (values.count("ticktime")) {
    auto given = text("ticktime");
    char* end = nullptr;
    auto seconds = std::strtod(given.c_str(), &end);
    if (given.empty() || *end != '\0' || !std::isfinite(seconds) || seconds < 0.1
        || seconds > 86'400)
      return bad("--ticktime '" + given + "' is no time: give seconds from 0.1 to 86400");
    c.ticktime = std::chrono::milliseconds{static_cast<int64_t>(seconds * 1000)};
  }
  if (auto failed = read_peers(values, c))
    return *failed;
  c.caf_io = values.count("caf-io") && values["caf-io"].as<bool>();
  c.hidden = values.count("hidden") && values["hidden"].as<bool>();
  for (auto [option, field] :
       {std::pair{"connect-all", &config::connect_all},
        std::pair{"prevent-overlapping-partitions", &config::prevent_overlapping_partitions}})
    if (values.count(option)) {
      auto on = read_switch(text(option), option);
      if (!on)
        return on.error();
      c.*field = *on;
    }
  if (values.count("epmd-port")) {
    auto port = read_port(text("epmd-port"), "epmd-port", 1);
    if (!port)
      return port.error();
    c.epmd_port = *port;
  }
  if (values.count("threads")) {
    auto count = read_number(text("threads"), 1, threads_max);
    if (!count)
      return bad("--threads '" + text("threads") + "' is no count: give a number from 1 to "
                 + std::to_string(threads_max));
    c.threads = *count;
  }
  if (values.count("log-level"))
    c.log_level = text("log-level");
  if (c.log_level != "error" && c.log_level != "warning" && c.log_level != "info"
      && c.log_level != "debug")
    return bad("--log-level '" + c.log_level + "' is unknown: give error, warning, info or debug");
  c.log_file = text("log-file");
  return c;
}

result<std::string> config::secret() const {
  if (!cookie.empty())
    return cookie;
  if (!cookie_file.empty())
    return read_cookie_file(cookie_file);
  auto* home = std::getenv("HOME");
  if (!home || !*home)
    return bad("there is no cookie: give --cookie or --cookie-file (HOME is not set, so there is "
               "no ~/.troupe.cookie)");
  return read_or_make_default_cookie(home);
}

result<bool> parse_options(int argc, const char* const* argv, const po::options_description& known,
                           po::variables_map& values) {
  try {
    // No guessing: what is short for one option today may be short for two tomorrow.
    auto style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    auto given = po::command_line_parser(argc, argv).options(known).style(style).run();
    for (auto& x : given.options)
      if (x.position_key >= 0)
        return bad("'" + (x.value.empty() ? std::string{} : x.value.front())
                   + "' is no option; --help lists the options");
    po::store(given, values);
    po::store(po::parse_environment(known,
                                    [&](std::string name) -> std::string {
                                      if (!name.starts_with("TROUPE_"))
                                        return {};
                                      name.erase(0, 7);
                                      for (auto& c : name)
                                        c = c == '_' ? '-'
                                                     : static_cast<char>(
                                                       std::tolower(static_cast<unsigned char>(c)));
                                      return known.find_nothrow(name, false) ? name : std::string{};
                                    }),
              values);
    if (values.count("config")) {
      auto path = values["config"].as<std::string>();
      std::ifstream file{path};
      if (!file)
        return bad("--config '" + path
                   + "' cannot be read: give a file with one `name = value` a line");
      po::store(po::parse_config_file(file, known), values);
    }
    po::notify(values);
  } catch (const po::error& x) {
    return bad(std::string{x.what()} + "; --help lists the options");
  }
  return true;
}

} // namespace troupe
