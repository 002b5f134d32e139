// Who is told of nodes: monitor_node and monitor_nodes.

#include "troupe/actors/eval/node_arguments.hpp"

#include <algorithm>
#include <optional>
#include <variant>

namespace troupe::actors::eval {

namespace {

const atom yes{"true"};
const atom no{"false"};
const atom node_type{"node_type"};
const atom nodedown_reason{"nodedown_reason"};
const atom connection_id{"connection_id"};

bool is_flag(const term& x) {
  return x.is_atom(yes) || x.is_atom(no);
}

term monitor_node(node& at, const pid& who, const std::vector<term>& args) {
  auto name = atom_argument("erlang", "monitor_node", args, 0);
  if (!is_flag(args[1]))
    throw argument_error("erlang", "monitor_node", args,
                         {"", "not a boolean ('true' or 'false')", ""});
  if (args.size() > 2) {
    auto given = args[2].is_list() ? args[2].to_vector() : std::nullopt;
    if (!given)
      throw argument_error("erlang", "monitor_node", args, {"", "", "not a list"});
    static const atom passive{"allow_passive_connect"};
    if (!std::ranges::all_of(*given, [](auto& x) { return x.is_atom(passive); }))
      throw argument_error("erlang", "monitor_node", args, {"", "", "invalid option in list"});
  }
  if (!at.is_alive())
    throw error(atom{"notalive"});
  at.monitor_node(who, name, args[1].truthy());
  return true;
}

// -- monitor_nodes ------------------------------------------------------------------------------

using options = dist::node_monitor::options;

/// Reads the options of net_kernel:monitor_nodes/2 (rules NM-02 to NM-05).
class option_reader {
public:
  std::variant<options, term> read(const term& given) {
    auto ok = given.is(term::kind::map) ? read_map(given) : read_list(given);
    return ok ? std::variant<options, term>{result_} : refusal_;
  }

private:
  bool refuse(std::string_view tag, term x) {
    refusal_ = term::tuple({atom{"error"}, term::tuple({atom{tag}, std::move(x)})});
    return false;
  }

  bool take_type(const term& value) {
    using nodes = options::nodes;
    static const std::pair<atom, nodes> types[] = {{atom{"visible"}, nodes::visible},
                                                   {atom{"hidden"}, nodes::hidden},
                                                   {atom{"all"}, nodes::all}};
    for (auto& [text, which] : types)
      if (value.is_atom(text)) {
        result_.which = which;
        result_.node_type = true;
        return true;
      }
    return false;
  }

  bool read_list(const term& given) {
    auto list = given.is_list() ? given.to_vector() : std::nullopt;
    if (!list)
      return refuse("invalid_options", given);
    result_.shape = list->empty() ? options::form::pair : options::form::list;
    std::vector<term> unknown, types;
    for (auto& x : *list) {
      if (x.is_atom(nodedown_reason))
        result_.reason = true;
      else if (x.is_atom(connection_id))
        result_.connection_id = true;
      else if (!x.is_tagged(node_type, 2))
        unknown.push_back(x);
      else if (!take_type(x.as_tuple()[1]))
        return refuse("bad_option_value", x);
      else if (std::ranges::find(types, x) == types.end())
        types.insert(types.begin(), x);
    }
    if (types.size() > 1)
      return refuse("option_value_mismatch", term::list(types));
    return unknown.empty() || refuse("unknown_options", term::list(unknown));
  }

  bool read_map(const term& given) {
    result_.shape = options::form::map;
    std::vector<term_pair> unknown, bad;
    for (auto& entry : given.as_map()) {
      auto& [key, value] = entry;
      if (key.is_atom(node_type)) {
        if (!take_type(value))
          bad.push_back(entry);
      } else if (key.is_atom(nodedown_reason) || key.is_atom(connection_id)) {
        if (!is_flag(value))
          bad.push_back(entry);
        (key.is_atom(connection_id) ? result_.connection_id : result_.reason) = value.truthy();
      } else {
        unknown.push_back(entry);
      }
    }
    if (!bad.empty())
      return refuse("bad_option_value", term::map(std::move(bad)));
    return unknown.empty() || refuse("unknown_options", term::map(std::move(unknown)));
  }

  options result_;
  term refusal_;
};

term monitor_nodes(node& at, const pid& who, const std::vector<term>& args) {
  if (!is_flag(args[0]))
    return atom{"error"};
  auto opts = option_reader{}.read(args.size() > 1 ? args[1] : term::empty_list());
  if (auto* refused = std::get_if<term>(&opts))
    return *refused;
  at.monitor_nodes(who, std::get<options>(opts), args[0].truthy());
  return atom{"ok"};
}

} // namespace

void add_node_events(module_table& m) {
  auto watch = quick([](environment& env, auto& args) {
    return monitor_node(node_of(env), env.process->self(), args);
  });
  for (size_t arity : {2, 3}) {
    m.add("Elixir.Node", "monitor", arity, watch);
    m.add("erlang", "monitor_node", arity, watch);
  }
  auto watch_all = quick([](environment& env, auto& args) {
    return monitor_nodes(node_of(env), env.process->self(), args);
  });
  m.add("net_kernel", "monitor_nodes", 1, watch_all);
  m.add("net_kernel", "monitor_nodes", 2, watch_all);
}

} // namespace troupe::actors::eval
