// A function that runs on another node and prints here.
//
//   $ troupe-hello --name multinode@127.0.0.2 --cookie monster &
//   $ troupe-hello --name multinode@127.0.0.1 --cookie monster
//   hello from multinode@127.0.0.2

#include "troupe/actors/run.hpp"

using namespace troupe;

int main(int argc, char** argv) {
  return run(argc, argv, [](process& self) -> task<> { // --name, --cookie, ... are parsed by run()
    node_name peer{"multinode@127.0.0.2"};
    if (self.node_name() == peer.text())
      co_await self.receive<term>(); // This is the peer: it only has to be there, until Ctrl-C.
    auto greeter = co_await self.spawn_at(peer, [](process& there) -> task<> {
      co_await there.io().println("hello from {}", there.node_name()); // appears on this terminal
    });
    self.monitor(greeter);
    co_await self.receive<term>(); // {:DOWN, ref, :process, greeter, :normal}
  });
}
