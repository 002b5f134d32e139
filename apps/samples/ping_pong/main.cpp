// Two nodes: a process of the one asks, a process of the other answers, as often as it was started
// for.
//
//   $ troupe-ping-pong --name pong@127.0.0.2 --cookie monster &
//   $ troupe-ping-pong --name ping@127.0.0.1 --cookie monster
//   1: pong@127.0.0.2 answered after 104 us
//   2: pong@127.0.0.2 answered after 52 us
//   3: pong@127.0.0.2 answered after 49 us
//   it ended: normal

#include "troupe/actors/run.hpp"

#include <chrono>

using namespace troupe;
using namespace std::chrono;

struct ping {
  pid from;
  int number;
};
TROUPE_MESSAGE(ping, from, number);

/// Runs on the other node.
task<> answer(process& self, int count) {
  for (; count > 0; --count) {
    auto x = co_await self.receive<ping>();
    self.send(x.from, x.number);
  }
}

int main(int argc, char** argv) {
  return run(argc, argv, [](process& self) -> task<> {
    node_name peer{"pong@127.0.0.2"};
    if (self.node_name() == peer.text())
      co_await self.receive<term>(); // This is the peer: it only has to be there, until Ctrl-C.
    auto other = co_await self.spawn_at<answer>(peer, 3);
    self.monitor(other);
    for (int i = 1;; ++i) {
      auto sent = steady_clock::now();
      self.send(other, ping{self.self(), i});
      auto x = co_await self.receive<term>();
      if (x.is_tagged(atom{"DOWN"}, 5)) { // {:DOWN, ref, :process, other, reason}
        co_await self.io().println("it ended: {}", x.as_tuple()[4].as_atom().text());
        co_return;
      }
      auto took = duration_cast<microseconds>(steady_clock::now() - sent).count();
      co_await self.io().println("{}: {} answered after {} us", i, other.node.text(), took);
    }
  });
}
