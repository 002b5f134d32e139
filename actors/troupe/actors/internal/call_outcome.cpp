#include "troupe/actors/internal/call_outcome.hpp"

#include "troupe/exit_reason.hpp"

#include <algorithm>

namespace troupe::actors::internal {

namespace {

using kind = outcome::kind;

const atom tag_erpc{"erpc"};
const atom tag_exit{"EXIT"};
const atom tag_badrpc{"badrpc"};
const atom tag_exception{"exception"};
const atom tag_signal{"signal"};
const atom tag_down{"DOWN"};
const atom tag_spawn_reply{"spawn_reply"};
const atom word_error{"error"};

struct word {
  kind type;
  atom answer; ///< In the reason of the process.
  atom entry;  ///< In the list of a multicall.
};

const word words[] = {{kind::ok, atom{"return"}, atom{"ok"}},
                      {kind::thrown, atom{"throw"}, atom{"throw"}},
                      {kind::exit, atom{"exit"}, atom{"exit"}},
                      {kind::error, atom{"error"}, atom{"error"}}};

const word& word_of(kind x) {
  return words[static_cast<size_t>(x)];
}

bool is_call_error(const outcome& x, std::string_view why) {
  return x.type == kind::error && x.value.is_tagged(tag_erpc, 2)
         && x.value.as_tuple()[1].is_atom(atom{why});
}

/// What another node sent may be anything.
bool is_well_formed(kind type, const term& value) {
  if (type == kind::exit)
    return value.is_tagged(tag_exception, 2) || value.is_tagged(tag_signal, 2);
  if (type == kind::error)
    return value.is_tagged(tag_exception, 3) || value.is_tagged(tag_erpc, 2);
  return true;
}

/// The request that `message` may be an answer to.
std::optional<reference> request_of(const term& message) {
  auto is_end = message.is_tagged(tag_down, 5);
  if (!is_end
      && !(message.is_tagged(tag_spawn_reply, 4) && message.as_tuple()[2].is_atom(word_error)))
    return std::nullopt;
  auto* id = message.as_tuple()[1].get_if<reference>();
  return id ? std::optional{*id} : std::nullopt;
}

term badrpc(term why) {
  return term::tuple({tag_badrpc, std::move(why)});
}

term badrpc_exit(term reason) {
  return badrpc(term::tuple({tag_exit, std::move(reason)}));
}

/// `{:EXIT, _}` counts as a failure however it was made.
term value_or_exit(const term& x) {
  return x.is_tagged(tag_exit, 2) ? badrpc(x) : x;
}

term rpc_error(const term& x) {
  auto parts = x.as_tuple();
  if (x.is_tagged(tag_exception, 3))
    return badrpc_exit(term::tuple({parts[1], parts[2]}));
  if (parts[1].is_atom(exit_reason::noconnection))
    return badrpc(atom{"nodedown"});
  if (parts[1].is_atom(atom{"timeout"}))
    return badrpc(parts[1]);
  return badrpc_exit(parts[1]);
}

} // namespace

outcome call_error_of(term why) {
  return {kind::error, term::tuple({tag_erpc, std::move(why)})};
}

outcome call_error(std::string_view why) {
  return call_error_of(atom{why});
}

term answer_of(const reference& tag, const outcome& x) {
  return term::tuple({tag, word_of(x.type).answer, x.value});
}

outcome outcome_of(const reference& tag, const term& reason) {
  if (reason.is_tuple(3) && reason.as_tuple()[0] == term{tag})
    for (auto& w : words)
      if (reason.as_tuple()[1].is_atom(w.answer) && is_well_formed(w.type, reason.as_tuple()[2]))
        return {w.type, reason.as_tuple()[2]};
  if (reason.is_atom(exit_reason::noconnection))
    return call_error("noconnection");
  return {kind::exit, term::tuple({tag_signal, reason})};
}

std::optional<outcome> outcome_of_message(const reference& id, const term& message) {
  if (request_of(message) != id)
    return std::nullopt;
  auto parts = message.as_tuple();
  return parts.size() == 5 ? outcome_of(id, parts[4]) : call_error_of(parts[3]);
}

term exit_reason_of(const outcome& x) {
  switch (x.type) {
    case kind::error: return term::tuple({x.value, term::empty_list()});
    case kind::thrown:
      return term::tuple({term::tuple({atom{"nocatch"}, x.value}), term::empty_list()});
    default: return x.value;
  }
}

term entry_of(const outcome& x) {
  return term::tuple({word_of(x.type).entry, x.value});
}

term rpc_value_of(const outcome& x) {
  switch (x.type) {
    case kind::error: return rpc_error(x.value);
    case kind::exit: return badrpc_exit(x.value.as_tuple()[1]);
    default: return value_or_exit(x.value);
  }
}

bool is_bad_node(const outcome& x) {
  return is_call_error(x, "noconnection") || is_call_error(x, "timeout");
}

std::pair<std::vector<term>, std::vector<atom>> split(const std::vector<atom>& nodes,
                                                      const std::vector<outcome>& outcomes) {
  std::pair<std::vector<term>, std::vector<atom>> result;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (is_bad_node(outcomes[i]))
      result.second.push_back(nodes[i]);
    else
      result.first.push_back(rpc_value_of(outcomes[i]));
  }
  return result;
}

// -- gathering ----------------------------------------------------------------------------------

gathering::gathering(std::vector<reference> ids) : answers_(ids.size()), missing_(ids.size()) {
  for (size_t i = 0; i < ids.size(); ++i)
    ids_.emplace_back(ids[i], i);
  std::ranges::sort(ids_);
}

std::optional<size_t> gathering::find(const term& message) const {
  auto id = request_of(message);
  if (!id)
    return std::nullopt;
  auto i = std::ranges::lower_bound(ids_, *id, {}, &std::pair<reference, size_t>::first);
  return i != ids_.end() && i->first == *id ? std::optional{i->second} : std::nullopt;
}

bool gathering::wants(const term& message) const {
  auto i = find(message);
  return i && !answers_[*i];
}

void gathering::take(const term& message) {
  auto i = find(message);
  if (!i || answers_[*i])
    return;
  answers_[*i] = outcome_of_message(message.as_tuple()[1].as_reference(), message);
  --missing_;
}

std::vector<outcome> gathering::outcomes() const {
  std::vector<outcome> result;
  for (auto& x : answers_)
    result.push_back(x ? *x : call_error("timeout"));
  return result;
}

} // namespace troupe::actors::internal
