// :net_adm, as far as it asks port mappers and whole lists of nodes.

#include "troupe/actors/eval/node_arguments.hpp"
#include "troupe/epmd/port_mapper_client.hpp"
#include "troupe/limits.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

namespace troupe::actors::eval {

namespace {

using namespace std::chrono_literals;

constexpr auto names_timeout = 5s;
constexpr auto collecting = 3s; // Erlang's (rule ADM-06)

std::string own_host() {
  std::array<char, 256> host{};
  static_cast<void>(::gethostname(host.data(), host.size() - 1));
  return host.data();
}

term charlist(std::string_view text) {
  std::vector<term> result;
  for (auto c : text)
    result.emplace_back(static_cast<int64_t>(static_cast<unsigned char>(c)));
  return term::list(result);
}

/// A host is an atom or a charlist.
std::string host_of(const term& x) {
  if (x.is(term::kind::atom))
    return std::string{x.as_atom().text()};
  std::string result;
  auto letters = x.is_list() ? x.to_vector() : std::nullopt;
  for (auto& c : letters.value_or(std::vector<term>{term{}})) {
    auto* code = c.get_if<int64_t>();
    if (!letters || !code || *code < 1 || *code > 127)
      throw no_clause_of("erl_epmd", "open", 1);
    result += static_cast<char>(*code);
  }
  return result;
}

term answer_of(const result<std::vector<epmd::registered_name>>& found) {
  if (!found)
    return term::tuple(
      {atom{"error"}, atom{found.error() == errc::unknown_host ? "nxdomain" : "address"}});
  std::vector<term> pairs;
  for (auto& x : *found)
    pairs.push_back(term::tuple({charlist(x.name), static_cast<int64_t>(x.port)}));
  return term::tuple({atom{"ok"}, term::list(pairs)});
}

/// What net_adm:names/1 returns for `host` (rule ADM-01).
task<term> names_at(environment& env, std::string host) {
  auto& self = process_of(env);
  auto& at = self.home();
  auto* io = at.transport_io();
  if (!io)
    co_return term::tuple({atom{"error"}, atom{"address"}});
  auto ref = self.core().make_reference();
  auto tell = [core = &self.core(), to = self.self(), ref](auto found) {
    signal x;
    x.to = to;
    x.payload = caf::make_message(term::tuple({ref, answer_of(found)}));
    core->deliver(std::move(x));
  };
  auto port = at.configuration().epmd_port;
  at.time().post([io, host, port, tell] { epmd::names(*io, host, port, names_timeout, tell); });
  std::function<bool(const term&)> is_answer
    = [ref](const term& x) { return x.is_tuple(2) && x.as_tuple()[0] == term{ref}; };
  auto waiting = env.process->receive(std::move(is_answer), 2 * names_timeout);
  auto x = co_await std::move(waiting);
  if (!x)
    co_return term::tuple({atom{"error"}, atom{"address"}});
  co_return x->as_tuple()[1];
}

task<term> names(interpreter&, environment& env, std::vector<term> args) {
  auto host = args.empty() ? own_host() : host_of(args[0]);
  auto asking = names_at(env, std::move(host));
  auto found = co_await std::move(asking);
  co_return found;
}

/// Pings whoever is registered on the hosts; returns those that answer (rule ADM-02).
task<term> world_list(interpreter&, environment& env, std::vector<term> args) {
  auto hosts = args[0].is_list() ? args[0].to_vector() : std::nullopt;
  if (!hosts)
    throw no_clause();
  std::vector<atom> alive;
  for (auto& host : *hosts) {
    auto text = host_of(host);
    auto asking = names_at(env, text);
    auto found = co_await std::move(asking);
    auto listed = found.as_tuple()[1];
    auto entries = listed.is_list() ? listed.to_vector() : std::nullopt;
    for (auto& entry : entries.value_or(std::vector<term>{})) {
      auto name = atom::try_make(host_of(entry.as_tuple()[0]) + "@" + text);
      if (!name)
        continue;
      auto pinging = process_of(env).ping(*name);
      auto answers = co_await std::move(pinging);
      if (answers)
        alive.push_back(*name);
    }
  }
  co_return list_of(alive);
}

/// Pings the first live node of a list, and collects who of the others comes up after it.
task<term> ping_list(interpreter&, environment& env, std::vector<term> args) {
  auto given = args[0].is_list() ? args[0].to_vector() : std::nullopt;
  if (!given)
    throw no_clause_of("net_adm", "ping_first", 2);
  auto& self = process_of(env);
  auto& at = self.home();
  at.monitor_nodes(self.self(), {}, true);
  auto connected = at.nodes();
  std::vector<atom> alive;
  for (auto& x : *given) {
    auto name = atom_argument("net_adm", "ping", {x}, 0);
    auto known = std::ranges::find(connected, name) != connected.end();
    auto answers = known;
    if (!known) {
      auto pinging = self.ping(name);
      answers = co_await std::move(pinging);
    }
    if (answers)
      alive.push_back(name);
    if (answers && !known)
      break;
  }
  static const atom nodeup{"nodeup"};
  std::function<bool(const term&)> is_up = [](const term& x) { return x.is_tagged(nodeup, 2); };
  for (;;) {
    auto waiting = env.process->receive(is_up, collecting);
    auto x = co_await std::move(waiting);
    if (!x)
      break;
    auto& who = x->as_tuple()[1];
    if (std::ranges::find(*given, who) != given->end()
        && std::ranges::find(alive, who.as_atom()) == alive.end())
      alive.insert(alive.begin(), who.as_atom());
  }
  at.monitor_nodes(self.self(), {}, false);
  co_return list_of(alive);
}

} // namespace

void add_net_adm_module(module_table& m) {
  m.add("net_adm", "names", 0, names);
  m.add("net_adm", "names", 1, names);
  m.add("net_adm", "world_list", 1, world_list);
  m.add("net_adm", "ping_list", 1, ping_list);
  m.add_pure("net_adm", "localhost", 0, [](auto&) { return charlist(own_host()); });
}

} // namespace troupe::actors::eval
