// Counts words: each line goes to one of the other nodes, which counts it; what they counted is
// added at the node `boss`. When a node is lost, others do what it had to do.
//
//   $ troupe-map-reduce --name one@127.0.0.2 --cookie monster --discover local    (each in another
//   $ troupe-map-reduce --name two@127.0.0.3 --cookie monster --discover local     terminal)
//   $ troupe-map-reduce --name boss@127.0.0.1 --cookie monster --discover local
//   to be or not to be
//   whether tis nobler in the mind
//   ^D
//   2 be
//   2 to
//   1 in
//   1 mind
//   ...

#include "word_count.hpp"

#include "troupe/actors/run.hpp"
#include "troupe/discovery/command_line.hpp"

using namespace troupe;

int main(int argc, char** argv) {
  extensions parts{std::make_shared<discovery::command_line>()}; // --discover, --cluster, ...
  auto body = [](process& self) -> task<> {
    if (!self.node_name().starts_with("boss@"))
      co_await self.receive<term>(); // A node that only works, until Ctrl-C.
    size_t lines = 0;
    for (;;) {
      auto line = co_await self.io().get_line("");
      if (!line.is(term::kind::binary))
        break; // Ctrl-D
      self.spawn_link(see_to, self.self(), line.to_text().value_or(""), lines++);
    }
    auto adding = add_up(self, lines);
    co_await std::move(adding);
  };
  return run(argc, argv, body, parts);
}
