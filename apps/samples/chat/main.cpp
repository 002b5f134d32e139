// A chat: every node has a process in the group "lobby"; what is typed at one appears at all
// others.
//
//   $ troupe-chat --name bob@127.0.0.2 --cookie monster --discover local     (in another terminal)
//   $ troupe-chat --name ada@127.0.0.1 --cookie monster --discover local
//   * bob@127.0.0.2 came
//   hello
//   bob@127.0.0.2: hi ada
//   * bob@127.0.0.2 left

#include "troupe/actors/process_groups.hpp"
#include "troupe/actors/run.hpp"
#include "troupe/discovery/command_line.hpp"

using namespace troupe;
namespace pg = actors::pg;

const term lobby{"lobby"};

/// Prints what is said in the room, and who comes and goes.
task<> listen(process& self) {
  co_await pg::join(self, lobby, self.self());
  co_await pg::monitor(self, lobby);
  for (;;) {
    auto x = co_await self.receive<term>();
    std::string text;
    if (pg::change change; from_term(x, change, *self.bridge())) {
      auto what = change.type == pg::change::kind::join ? " came" : " left";
      for (auto& who : change.who)
        text += "* " + std::string{who.node.text()} + what;
    } else {
      text = x.to_text().value_or("");
    }
    co_await self.io().println("{}", text);
  }
}

int main(int argc, char** argv) {
  extensions parts{std::make_shared<discovery::command_line>()}; // --discover, --cluster, ...
  auto body = [](process& self) -> task<> {
    pg::start_link(self);
    self.spawn_link(listen);
    for (;;) {
      auto typed = co_await self.io().get_line("");
      if (!typed.is(term::kind::binary))
        co_return; // Ctrl-D
      auto text = typed.to_text().value_or("");
      text.erase(text.find_last_not_of("\r\n") + 1);
      auto everybody = co_await pg::get_members(self, lobby);
      for (auto& who : everybody)
        if (who.node != self.self().node)
          self.send(who, term{self.node_name() + ": " + text});
    }
  };
  return run(argc, argv, body, parts);
}
