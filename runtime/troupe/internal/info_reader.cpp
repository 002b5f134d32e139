#include "troupe/internal/info_reader.hpp"

#include "troupe/internal/node_core.hpp"
#include "troupe/process.hpp"

#include <algorithm>

namespace troupe::internal {

namespace {

const atom undefined{"undefined"};

} // namespace

// -- items --------------------------------------------------------------------------------------

term info_reader::status(process& x) {
  static const atom running{"running"}, waiting{"waiting"}, runnable{"runnable"};
  static const atom suspended{"suspended"};
  if (x.waiting_)
    return x.answer_ && x.answer_->suspended ? suspended : waiting;
  return x.started_ ? running : runnable; // only a process that waits answers others
}

term info_reader::messages(process& x) {
  std::vector<term> result;
  x.mailbox_.for_each([&](const caf::mailbox_element& m) {
    result.push_back(message_to_term(m.content(), *x.core_));
  });
  return term::list(result);
}

term info_reader::links(process& x) {
  std::vector<term> result;
  for (auto& who : x.links())
    result.emplace_back(who);
  return term::list(result);
}

term info_reader::monitors(process& x) {
  static const atom tag{"process"};
  std::vector<term> result;
  for (auto& [ref, m] : x.monitors_) {
    auto object = m.name == atom{} ? term{m.to} : term::tuple({m.name, m.node});
    result.push_back(term::tuple({tag, object}));
  }
  return term::list(result);
}

term info_reader::monitored_by(process& x) {
  std::vector<term> result;
  for (auto& [ref, w] : x.watchers_)
    result.emplace_back(w.who);
  return term::list(result);
}

term info_reader::dictionary(process& x) {
  std::vector<term> result;
  for (auto& [key, value] : x.dictionary().entries())
    result.push_back(term::tuple({key, value}));
  return term::list(result);
}

term info_reader::memory(process& x) {
  auto tables = x.links_.size() + x.monitors_.size() + x.watchers_.size() + x.dictionary().size();
  constexpr size_t entry_bytes = 96; // about what one entry of these maps takes
  return sizeof(process) + tables * entry_bytes + x.mailbox_.size() * sizeof(caf::mailbox_element);
}

term info_reader::registered_name(const process& x) {
  auto name = x.core_->names().name_of(x.self_);
  return name ? term{*name} : term::empty_list();
}

term info_reader::parent(const process& x) {
  return x.parent_ ? term{x.parent_} : term{undefined};
}

std::vector<info_reader::entry> info_reader::make_entries() {
  return {
    {atom{"registered_name"}, [](process& x) { return registered_name(x); }},
    {atom{"current_function"}, [](process& x) { return x.origin_->initial_call; }},
    {atom{"initial_call"}, [](process& x) { return x.origin_->initial_call; }},
    {atom{"status"}, &status},
    {atom{"message_queue_len"}, [](process& x) { return term{x.mailbox_.size()}; }},
    {atom{"messages"}, &messages},
    {atom{"links"}, &links},
    {atom{"monitors"}, &monitors},
    {atom{"monitored_by"}, &monitored_by},
    {atom{"dictionary"}, &dictionary},
    {atom{"trap_exit"}, [](process& x) { return term{x.trap_exit_}; }},
    {atom{"error_handler"}, [](process&) { return term{atom{"error_handler"}}; }},
    {atom{"priority"}, [](process& x) { return *x.flag(atom{"priority"}); }},
    {atom{"message_queue_data"}, [](process& x) { return *x.flag(atom{"message_queue_data"}); }},
    {atom{"group_leader"}, [](process& x) { return term{x.leader_}; }},
    {atom{"parent"}, [](process& x) { return parent(x); }},
    {atom{"memory"}, &memory},
    {atom{"reductions"}, [](process& x) { return term{x.turns_}; }},
    {atom{"suspending"}, [](process&) { return term::empty_list(); }},
  };
}

const std::vector<info_reader::entry>& info_reader::entries() {
  static const auto& result = *new std::vector<entry>{make_entries()};
  return result;
}

const std::vector<atom>& info_reader::items() {
  static const auto& result = *[] {
    auto* names = new std::vector<atom>;
    for (auto& x : entries())
      names->push_back(x.name);
    return names;
  }();
  return result;
}

// -- reading ------------------------------------------------------------------------------------

term info_reader::read(process& x, atom item) {
  auto i = std::ranges::find(entries(), item, &entry::name);
  return i == entries().end() ? term{undefined} : i->get(x);
}

term info_reader::read_from_outside(const process& x, atom item) {
  auto is = [item](std::string_view text) { return item.text() == text; };
  if (is("registered_name"))
    return registered_name(x);
  if (is("initial_call") || is("current_function"))
    return x.origin_->initial_call;
  if (is("parent"))
    return parent(x);
  if (is("status"))
    return atom{"running"};
  return undefined;
}

term info_reader::initial_call(const spawn_what& what) {
  auto count = [](const term& list) {
    int64_t n = 0;
    for (auto* i = &list; i->is(term::kind::cons); i = &i->tail())
      ++n;
    return n;
  };
  switch (what.type) {
    case spawn_what::form::function:
      return term::tuple({what.module, what.name, count(what.arguments)});
    case spawn_what::form::native: return native_origin(demangle(what.key.c_str()))->initial_call;
    case spawn_what::form::closure: break;
  }
  return term::tuple({atom{"erlang"}, atom{"apply"}, 2});
}

} // namespace troupe::internal
