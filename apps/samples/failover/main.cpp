// A service that survives its node: the one with the global name "greeter" hears what is typed at
// any node; when it goes, another one takes over.
//   $ troupe-failover --name ada@127.0.0.1 --cookie monster --discover local    (another terminal)
//   $ troupe-failover --name bob@127.0.0.2 --cookie monster --discover local
//   * bob@127.0.0.2 serves
//   * bob@127.0.0.2 stands by for ada@127.0.0.1      (they have met)
//   hello                                            (ada prints: bob@127.0.0.2 says hello)
//   * bob@127.0.0.2 serves                           (ada was stopped)

#include "troupe/actors/global_names.hpp"
#include "troupe/actors/run.hpp"
#include "troupe/discovery/command_line.hpp"

using namespace troupe;
namespace global = actors::global;

const term service{"greeter"};

/// Prints what it hears until it has to leave the name to another node, met just now.
task<> serve(process& self) {
  co_await self.io().println("* {} serves", self.node_name());
  for (auto x = term{}; !x.is_tagged(atom{"global_name_conflict"}, 2);) {
    x = co_await self.receive<term>();
    if (auto text = x.to_text())
      co_await self.io().println("{}", *text);
  }
}

task<> stand_by(process& self, pid holder) {
  co_await self.io().println("* {} stands by for {}", self.node_name(), holder.node.text());
  self.monitor(holder);
  auto waiting = self.receive_match([](const term& x) { return x.is_tagged(atom{"DOWN"}, 5); });
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
    for (auto typed = term{""}; typed.is(term::kind::binary);) { // until Ctrl-D
      typed = co_await self.io().get_line("");
      auto text = typed.to_text().value_or("");
      text.erase(text.find_last_not_of("\r\n") + 1);
      global::pass_on(self, service, term{self.node_name() + " says " + text});
    }
  };
  return run(argc, argv, body, parts);
}
