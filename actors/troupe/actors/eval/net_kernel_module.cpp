// What a node knows of others and can be told about them: nodes, cookies, ticktime, allow.

#include "troupe/actors/eval/node_arguments.hpp"

#include <algorithm>
#include <optional>

namespace troupe::actors::eval {

namespace {

using std::chrono::seconds;

const atom ignored{"ignored"};

// -- nodes --------------------------------------------------------------------------------------

struct node_type {
  std::string_view text;
  dist::node_class which;
};
constexpr node_type node_types[] = {{"visible", dist::node_class::visible},
                                    {"hidden", dist::node_class::hidden},
                                    {"connected", dist::node_class::connected},
                                    {"this", dist::node_class::self},
                                    {"known", dist::node_class::known}};

std::optional<dist::node_class> class_of(const term& x) {
  for (auto& [text, which] : node_types)
    if (x.is_atom(atom{text}))
      return which;
  return std::nullopt;
}

/// The nodes of the classes that `args[0]` names; each once.
std::vector<atom> nodes_of(node& at, const std::vector<term>& args) {
  auto one = !args[0].is_list();
  auto wanted = one ? std::optional{std::vector{args[0]}} : args[0].to_vector();
  std::vector<atom> result;
  for (auto& x : wanted.value_or(std::vector<term>{term{}})) {
    auto which = class_of(x);
    if (!which)
      throw argument_error("erlang", "nodes", args,
                           {one ? "not a valid node type" : "not a list of valid node types", ""});
    for (auto name : at.nodes(*which))
      if (std::ranges::find(result, name) == result.end())
        result.push_back(name);
  }
  return result;
}

/// erlang:nodes/2 (rule CONN-14).
term nodes_with_info(node& at, const std::vector<term>& args) {
  static const atom connection_id{"connection_id"}, type{"node_type"};
  if (!args[1].is(term::kind::map))
    throw argument_error("erlang", "nodes", args, {"", "not a map"});
  auto with_id = false, with_type = false;
  for (auto& [key, value] : args[1].as_map()) {
    auto flag = value.is_atom(atom{"true"}) || value.is_atom(atom{"false"});
    if (!flag || (!key.is_atom(connection_id) && !key.is_atom(type)))
      throw argument_error("erlang", "nodes", args, {"", "invalid options in map"});
    (key.is_atom(connection_id) ? with_id : with_type) = value.truthy();
  }
  std::vector<term> result;
  for (auto name : nodes_of(at, args)) {
    auto link = at.kernel() ? at.kernel()->connection_to(name) : std::nullopt;
    std::vector<term_pair> info;
    if (with_id)
      info.emplace_back(connection_id,
                        link ? term{static_cast<int64_t>(link->id)} : term{atom{"undefined"}});
    if (with_type)
      info.emplace_back(type, atom{link                       ? link->hidden ? "hidden" : "visible"
                                   : name == at.core().name() ? "this"
                                                              : "known"});
    result.push_back(term::tuple({name, term::map(std::move(info))}));
  }
  return term::list(result);
}

term state_of(node& at) {
  if (!at.is_alive())
    return term::map({{atom{"started"}, atom{"no"}}});
  auto domain = at.configuration().short_names ? "shortnames" : "longnames";
  return term::map({{atom{"started"}, atom{"static"}},
                    {atom{"name"}, at.core().name()},
                    {atom{"name_type"}, atom{"static"}},
                    {atom{"name_domain"}, atom{domain}}});
}

// -- cookies ------------------------------------------------------------------------------------

term cookie_for(node& at, atom peer) {
  if (!at.is_alive())
    return atom{"nocookie"};
  return atom::try_make(at.get_cookie(peer.text())).value_or(atom{"nocookie"});
}

term get_cookie(node& at, const std::vector<term>& args) {
  return cookie_for(at, args.empty() ? at.core().name()
                                     : atom_argument("erlang", "get_cookie", args, 0));
}

/// erlang:set_cookie/2; `args` are a node and its cookie (rules COOKIE-08, COOKIE-09, COOKIE-11).
term set_cookie(node& at, const std::vector<term>& args) {
  auto peer = atom_argument("erlang", "set_cookie", args, 0);
  auto cookie = atom_argument("erlang", "set_cookie", args, 1);
  if (!at.is_alive() && peer == at.core().name())
    throw argument_error("erlang", "set_cookie", args,
                         {"the node name is not part of a distributed system", ""});
  if (!at.is_alive())
    throw error(atom{"distribution_not_started"});
  if (auto set = at.set_cookie(peer.text(), std::string{cookie.text()}); !set)
    throw argument_error("erlang", "set_cookie", args, {"", set.error().context});
  return true;
}

term set_default_cookie(node& at, const std::vector<term>& args) {
  static_cast<void>(atom_argument("erlang", "set_cookie", args, 0));
  if (!at.is_alive())
    throw error(atom{"distribution_not_started"});
  return set_cookie(at, {at.core().name(), args[0]});
}

/// Node.set_cookie/1,2, whose guards come first.
term set_node_cookie(node& at, std::vector<term> args) {
  if (args.size() == 1)
    args.insert(args.begin(), at.core().name());
  if (!args[0].is(term::kind::atom) || !args[1].is(term::kind::atom))
    throw no_clause_of("Elixir.Node", "set_cookie", 2);
  return set_cookie(at, args);
}

// -- ticktime -----------------------------------------------------------------------------------

term ongoing(dist::ticktime_change::duration to) {
  return term::tuple(
    {atom{"ongoing_change_to"}, static_cast<int64_t>(std::chrono::ceil<seconds>(to).count())});
}

term ticktime_of(node& at) {
  if (!at.is_alive())
    return ignored;
  auto now = at.ticktime();
  if (now.next())
    return ongoing(*now.next());
  return static_cast<int64_t>(std::chrono::ceil<seconds>(now.current()).count());
}

term set_ticktime(node& at, const std::vector<term>& args) {
  constexpr int64_t seconds_max = 86'400; // as --ticktime
  auto* to = args[0].get_if<int64_t>();
  auto* transition = args.size() > 1 ? args[1].get_if<int64_t>() : nullptr;
  if (!to || *to < 1 || (args.size() > 1 && (!transition || *transition < 0)))
    throw no_clause();
  if (*to > seconds_max || (transition && *transition > seconds_max))
    throw bad_argument();
  if (!at.is_alive())
    return ignored;
  auto answer = at.set_ticktime(seconds{*to}, seconds{transition ? *transition : 60});
  switch (answer) {
    case dist::ticktime_change::answer::unchanged: return atom{"unchanged"};
    case dist::ticktime_change::answer::initiated: return atom{"change_initiated"};
    case dist::ticktime_change::answer::ongoing: break;
  }
  return ongoing(at.ticktime().next().value_or(at.ticktime().current()));
}

// -- allow --------------------------------------------------------------------------------------

term allow(node& at, const std::vector<term>& args) {
  if (!at.is_alive())
    return ignored;
  auto given = args[0].is_list() ? args[0].to_vector() : std::nullopt;
  std::vector<atom> names;
  for (auto& x : given.value_or(std::vector<term>{term{}}))
    if (x.is(term::kind::atom) && given)
      names.push_back(x.as_atom());
    else
      return atom{"error"};
  return at.allow(names) ? atom{"ok"} : atom{"error"};
}

term allowed(node& at) {
  if (!at.is_alive())
    return ignored;
  return term::tuple({atom{"ok"}, list_of(at.allowed())});
}

/// A function of the node and the arguments.
template <class F>
builtin of_node(F f) {
  return quick([f](environment& env, auto& args) { return f(node_of(env), args); });
}

} // namespace

void add_net_kernel_module(module_table& m) {
  auto visible = of_node([](node& at, auto&) { return list_of(at.nodes()); });
  auto classes = of_node([](node& at, auto& args) { return list_of(nodes_of(at, args)); });
  m.add("Elixir.Node", "list", 0, visible);
  m.add("erlang", "nodes", 0, visible);
  m.add("Elixir.Node", "list", 1, classes);
  m.add("erlang", "nodes", 1, classes);
  m.add("erlang", "nodes", 2, of_node(nodes_with_info));
  m.add("net_kernel", "get_state", 0, of_node([](node& at, auto&) { return state_of(at); }));
  m.add("Elixir.Node", "get_cookie", 0, of_node(get_cookie));
  m.add("erlang", "get_cookie", 0, of_node(get_cookie));
  m.add("erlang", "get_cookie", 1, of_node(get_cookie));
  m.add("erlang", "set_cookie", 1, of_node(set_default_cookie));
  m.add("erlang", "set_cookie", 2, of_node(set_cookie));
  m.add("Elixir.Node", "set_cookie", 1, of_node(set_node_cookie));
  m.add("Elixir.Node", "set_cookie", 2, of_node(set_node_cookie));
  m.add("net_kernel", "get_net_ticktime", 0,
        of_node([](node& at, auto&) { return ticktime_of(at); }));
  m.add("net_kernel", "set_net_ticktime", 1, of_node(set_ticktime));
  m.add("net_kernel", "set_net_ticktime", 2, of_node(set_ticktime));
  m.add("net_kernel", "allow", 1, of_node(allow));
  m.add("net_kernel", "allowed", 0, of_node([](node& at, auto&) { return allowed(at); }));
  add_node_events(m);
}

} // namespace troupe::actors::eval
