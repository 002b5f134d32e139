// A service that survives its node: of all nodes one has the global name "greeter" and answers;
// when it goes, another one takes over. What is typed is asked of whoever serves.
//
//   $ troupe-failover --name ada@127.0.0.1 --cookie monster --discover local    (in another
//   terminal)
//   * ada@127.0.0.1 serves
//   $ troupe-failover --name bob@127.0.0.2 --cookie monster --discover local
//   * bob@127.0.0.2 serves
//   * bob@127.0.0.2 stands by for ada@127.0.0.1      (they have met)
//   hello
//   ada@127.0.0.1 heard hello                        (and, when ada is stopped:)
//   * bob@127.0.0.2 serves

#include "troupe/actors/global_names.hpp"
#include "troupe/actors/run.hpp"
#include "troupe/discovery/command_line.hpp"

using namespace troupe;
namespace global = actors::global;

const term service{"greeter"};

struct question {
  pid from;
  std::string text;
};
TROUPE_MESSAGE(question, from, text);

/// Answers until another node, met just now, keeps the name.
task<> serve(process& self) {
  co_await self.io().println("* {} serves", self.node_name());
  for (;;) {
    auto x = co_await self.receive<term>();
    if (x.is_tagged(atom{"global_name_conflict"}, 2))
      co_return;
    if (question asked; from_term(x, asked, *self.bridge()))
      self.send(asked.from, term{self.node_name() + " heard " + asked.text});
  }
}

/// Waits until whoever serves ends.
task<> stand_by(process& self, pid holder) {
  co_await self.io().println("* {} stands by for {}", self.node_name(), holder.node.text());
  auto watch = self.monitor(holder);
  auto is_end = [watch](const term& x) {
    return x.is_tagged(atom{"DOWN"}, 5) && x.as_tuple()[1] == term{watch};
  };
  auto waiting = self.receive_match(is_end);
  co_await std::move(waiting);
}

task<> take_part(process& self) {
  for (auto both_live = global::resolver::random_notify();;) {
    auto registering = global::register_name(self, service, self.self(), both_live);
    auto is_ours = co_await std::move(registering);
    if (is_ours)
      co_await serve(self);
    auto holder = co_await global::whereis_name(self, service);
    if (holder && *holder != self.self())
      co_await stand_by(self, *holder);
  }
}

int main(int argc, char** argv) {
  extensions parts{std::make_shared<discovery::command_line>()}; // --discover, --cluster, ...
  auto body = [](process& self) -> task<> {
    self.spawn_link(take_part);
    for (;;) {
      auto typed = co_await self.io().get_line("");
      if (!typed.is(term::kind::binary))
        co_return; // Ctrl-D
      question asked{self.self(), typed.to_text().value_or("")};
      asked.text.erase(asked.text.find_last_not_of("\r\n") + 1);
      auto holder = co_await global::whereis_name(self, service);
      if (!holder)
        continue;
      self.send(*holder, asked);
      auto waiting = self.receive_for<std::string>(std::chrono::seconds{5});
      auto answer = co_await std::move(waiting);
      co_await self.io().println("{}", answer.value_or("nobody answers"));
    }
  };
  return run(argc, argv, body, parts);
}
