#include "troupe/process_info.hpp"

#include "troupe/internal/info_reader.hpp"
#include "troupe/internal/node_core.hpp"
#include "troupe/limits.hpp"
#include "troupe/process.hpp"

#include <algorithm>

namespace troupe {

namespace {

const atom undefined{"undefined"};

/// Waits for nothing in the mailbox.
struct answer_op final : internal::receive_op {
  bool take(caf::mailbox_element&) override { return false; }
};

/// Items of `process_info`, in the order of its fields.
const std::vector<atom>& whole() {
  static const auto& items = *new std::vector<atom>{
    atom{"registered_name"}, atom{"initial_call"}, atom{"status"},       atom{"message_queue_len"},
    atom{"links"},           atom{"monitors"},     atom{"monitored_by"}, atom{"dictionary"},
    atom{"trap_exit"},       atom{"priority"},     atom{"group_leader"}, atom{"parent"},
    atom{"memory"},          atom{"reductions"}};
  return items;
}

term list_of(const std::vector<atom>& items) {
  std::vector<term> result(items.begin(), items.end());
  return term::list(result);
}

std::vector<pid> pids_in(const term& list) {
  std::vector<pid> result;
  for (auto* i = &list; i->is(term::kind::cons); i = &i->tail())
    if (auto* x = i->head().get_if<pid>())
      result.push_back(*x);
  return result;
}

std::vector<term_pair> pairs_in(const term& list) {
  std::vector<term_pair> result;
  for (auto* i = &list; i->is(term::kind::cons); i = &i->tail())
    if (i->head().is_tuple(2))
      result.emplace_back(i->head().as_tuple()[0], i->head().as_tuple()[1]);
  return result;
}

template <class T>
T value_or(const term& x, T fallback) {
  auto* value = x.get_if<T>();
  return value ? *value : fallback;
}

process_info read_whole(const pid& who, const std::vector<term>& x) {
  process_info result;
  result.id = who;
  result.registered_name = value_or<atom>(x[0], {});
  result.initial_call = x[1];
  result.status = value_or<atom>(x[2], {});
  result.answered = !x[3].is_atom(undefined);
  result.message_queue_len = static_cast<size_t>(value_or<int64_t>(x[3], 0));
  result.links = pids_in(x[4]);
  result.monitors = x[5].to_vector().value_or(std::vector<term>{});
  result.monitored_by = pids_in(x[6]);
  result.dictionary = pairs_in(x[7]);
  result.trap_exit = x[8].is_atom(atom{"true"});
  result.priority = value_or<atom>(x[9], {});
  result.group_leader = value_or<pid>(x[10], {});
  result.parent = value_or<pid>(x[11], {});
  result.memory = static_cast<uint64_t>(value_or<int64_t>(x[12], 0));
  result.reductions = static_cast<uint64_t>(value_or<int64_t>(x[13], 0));
  return result;
}

} // namespace

// -- asking -------------------------------------------------------------------------------------

task<std::optional<term>> info_calls::ask(pid who, term items) {
  auto& self = static_cast<process&>(*this);
  auto& core = self.core();
  if (who.node != self.self().node)
    throw exit_request{term::tuple({atom{"badarg"}, term::empty_list()})}; // rule PID-05
  if (!core.is_local(who))
    co_return std::nullopt; // of an earlier life of this node (rule PID-04f)
  if (who == self.self()) {
    self.mailbox_.fetch([&self](caf::mailbox_element_ptr x) { self.accept(std::move(x)); });
    co_return answer_to(items);
  }
  signal question;
  question.type = signal::kind::info;
  question.from = self.self();
  question.to = who;
  question.ref = core.make_reference();
  question.value = items;
  self.answer_ = std::make_unique<internal::pending_answer>(question.ref, std::nullopt);
  core.route(std::move(question), self.context());
  answer_op op;
  op.deadline = self.deadline(limits::info_timeout);
  internal::wait_for wait{self, op};
  co_await wait;
  auto answer = std::move(self.answer_->value);
  self.answer_.reset();
  if (!answer)
    answer = core.info_from_outside(who, items); // it runs without waiting
  if (answer->is_atom(undefined))
    co_return std::nullopt;
  co_return answer;
}

task<std::optional<std::vector<term>>> info_calls::info(pid who, std::vector<atom> items) {
  for (auto item : items)
    if (std::ranges::find(info_items(), item) == info_items().end())
      throw exit_request{term::tuple({atom{"badarg"}, term::empty_list()})};
  auto asking = ask(who, list_of(items));
  auto answer = co_await std::move(asking);
  if (!answer)
    co_return std::nullopt;
  auto values = answer->to_vector();
  co_return values;
}

task<std::optional<process_info>> info_calls::info(pid who) {
  auto asking = ask(who, list_of(whole()));
  auto answer = co_await std::move(asking);
  if (!answer)
    co_return std::nullopt;
  std::optional<process_info> result{read_whole(who, *answer->to_vector())};
  co_return result;
}

task<bool> info_calls::is_alive(pid who) {
  auto asking = ask(who, term::empty_list());
  auto answer = co_await std::move(asking);
  co_return answer.has_value();
}

// -- answering ----------------------------------------------------------------------------------

const std::vector<atom>& info_calls::info_items() {
  return internal::info_reader::items();
}

term info_calls::answer_to(const term& items) {
  std::vector<term> result;
  for (auto* i = &items; i->is(term::kind::cons); i = &i->tail())
    result.push_back(
      internal::info_reader::read(static_cast<process&>(*this), i->head().as_atom()));
  return term::list(result);
}

void info_calls::answer_info(const signal& x) {
  auto& self = static_cast<process&>(*this);
  signal answer;
  answer.type = signal::kind::answer;
  answer.from = self.self();
  answer.to = x.from;
  answer.ref = x.ref;
  answer.value = self.dying_ ? term{undefined} : answer_to(x.value); // an exit came before
  self.core().route(std::move(answer), self.context());
}

void info_calls::forget_info() {
  dictionary_.clear();
  flags_.clear();
}

// -- flags --------------------------------------------------------------------------------------

namespace {

struct known_flag {
  atom name;
  term initial;
  std::vector<atom> values; ///< Empty: integers from 0 on.
};

const std::vector<known_flag>& known_flags() {
  static const auto& flags = *new std::vector<known_flag>{
    {atom{"priority"}, atom{"normal"}, {atom{"low"}, atom{"normal"}, atom{"high"}, atom{"max"}}},
    {atom{"message_queue_data"}, atom{"on_heap"}, {atom{"on_heap"}, atom{"off_heap"}}},
    {atom{"sensitive"}, false, {atom{"true"}, atom{"false"}}},
    {atom{"min_heap_size"}, 233, {}},
    {atom{"min_bin_vheap_size"}, 46422, {}},
    {atom{"fullsweep_after"}, 65535, {}}};
  return flags;
}

const known_flag* find_flag(atom name) {
  auto i = std::ranges::find(known_flags(), name, &known_flag::name);
  return i == known_flags().end() ? nullptr : &*i;
}

bool fits(const known_flag& flag, const term& value) {
  if (flag.values.empty())
    return value.is(term::kind::integer) && value.as_integer() >= 0;
  return std::ranges::any_of(flag.values, [&](atom x) { return value.is_atom(x); });
}

} // namespace

bool info_calls::is_flag(atom name) {
  return find_flag(name) != nullptr;
}

std::optional<term> info_calls::flag(atom name) const {
  auto* known = find_flag(name);
  if (!known)
    return std::nullopt;
  auto i = flags_.find(name);
  return i == flags_.end() ? known->initial : i->second;
}

std::optional<term> info_calls::flag(atom name, const term& value) {
  auto* known = find_flag(name);
  if (!known || !fits(*known, value))
    return std::nullopt;
  auto old = flag(name);
  flags_[name] = value;
  return old;
}

} // namespace troupe
