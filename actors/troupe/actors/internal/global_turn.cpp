#include "troupe/actors/internal/global_turn.hpp"

#include "troupe/actors/internal/global_server.hpp"
#include "troupe/actors/process_groups.hpp"
#include "troupe/actors/server.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/node.hpp"

#include <algorithm>

namespace troupe::actors::internal {

namespace {

const atom word_granted{"granted"};
const atom word_taken{"taken"};

term reserve(const term& name, bool waits, bool wants_free) {
  return term::tuple({atom{"reserve"}, name, waits, wants_free});
}

/// The nodes that share names with this one, itself included, the greatest first.
task<std::vector<atom>> known_nodes(process& self) {
  auto asking = ask_global(self, atom{"get_known"});
  auto answer = co_await std::move(asking);
  std::vector<atom> result;
  for (auto& x : answer.to_vector().value_or(std::vector<term>{}))
    if (auto* name = x.get_if<atom>())
      result.push_back(*name);
  std::ranges::sort(result, std::greater<>{});
  co_return result;
}

/// One attempt: afterwards the turn is held on `nodes`, on all that were asked if `held`.
task<global_turn> attempt(process& self, term name, bool wants_free) {
  auto knowing = known_nodes(self);
  auto all = co_await std::move(knowing);
  global_turn result;
  std::vector<atom> boss{all.front()};
  std::vector<atom> others{all.begin() + 1, all.end()};
  result.nodes = boss;
  auto first = server::multi_call(self, boss, global_server_name, reserve(name, true, wants_free),
                                  global_answer_timeout);
  auto answers = co_await std::move(first);
  auto refused = false;
  auto judge = [&] {
    for (auto& [node, answer] : answers.replies) {
      result.taken = result.taken || answer.is_atom(word_taken);
      refused = refused || (!answer.is_atom(word_granted) && !answer.is_atom(word_taken));
    }
  };
  judge();
  if (result.taken || refused)
    co_return result;
  auto rest = server::multi_call(self, others, global_server_name, reserve(name, false, wants_free),
                                 global_answer_timeout);
  answers = co_await std::move(rest);
  result.nodes = all;
  judge();
  if (result.taken || refused)
    co_return result;
  auto again = known_nodes(self); // who came meanwhile was not asked
  auto now = co_await std::move(again);
  result.held = std::ranges::includes(all, now, std::greater<>{});
  co_return result;
}

} // namespace

task<term> ask_global(process& self, term request) {
  return pg::call(self, global_server_name, std::move(request));
}

task<std::optional<term>> ask_global_at(process& self, atom node, term request) {
  auto asking = server::multi_call(self, {node}, global_server_name, std::move(request),
                                   global_answer_timeout);
  auto answers = co_await std::move(asking);
  std::optional<term> result;
  if (!answers.replies.empty())
    result = answers.replies.front().second;
  co_return result;
}

task<global_turn> take_turn(process& self, term name, bool wants_free) {
  auto& time = self.core().time();
  auto deadline = time.now() + global_turn_timeout;
  for (unsigned times = 0; time.now() < deadline; ++times) {
    auto trying = attempt(self, name, wants_free);
    auto result = co_await std::move(trying);
    if (result.held)
      co_return result;
    auto taken = result.taken;
    auto ending = end_turn(self, std::move(result));
    co_await std::move(ending);
    if (taken) {
      global_turn none;
      none.taken = true;
      co_return none;
    }
    auto pausing = global_pause(self, times, global_pause_first, global_pause_last);
    co_await std::move(pausing);
  }
  co_return global_turn{};
}

task<> end_turn(process& self, global_turn x) {
  if (x.nodes.empty())
    co_return;
  std::vector<atom> others{x.nodes.begin() + 1, x.nodes.end()};
  auto ending
    = server::multi_call(self, others, global_server_name, atom{"end_turn"}, global_answer_timeout);
  auto answers = co_await std::move(ending);
  // Who waits there goes on only now, and finds the others free.
  auto boss = x.nodes.front();
  auto connected = boss == self.self().node;
  for (auto name : self.home().nodes())
    connected = connected || name == boss;
  if (connected)
    self.send(global_server_name, boss, term::tuple({atom{"end_turn"}, self.self()}));
}

task<> global_pause(process& self, unsigned times, clock::duration first, clock::duration last) {
  auto bound = first;
  for (unsigned i = 0; i < times && bound < last; ++i)
    bound *= 2;
  bound = std::min(bound, last);
  auto steps = static_cast<uint64_t>(bound.count());
  auto drawn = static_cast<clock::duration::rep>(self.core().time().random() % (steps + 1));
  return self.sleep(clock::duration{drawn});
}

} // namespace troupe::actors::internal
