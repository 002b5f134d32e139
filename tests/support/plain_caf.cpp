// A program of plain CAF, which knows nothing of ours: `plain_caf serve` publishes an actor and
// prints its port, `plain_caf call PORT` talks to a published one and prints what comes.

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <iostream>
#include <string>
#include <unistd.h>

using namespace caf;

behavior serve(event_based_actor* self) {
  self->set_exit_handler(
    [](exit_msg& x) { std::cout << "exit " << to_string(x.reason) << std::endl; });
  return {
    [=](const actor& who, int64_t n, const std::string& s) {
      self->send(who, atom("echo"), n + 1, s + "!");
    },
    [=](atom_value what, double x, bool y) {
      std::cout << to_string(what) << ' ' << x << ' ' << y << std::endl;
    },
    [=](atom_value) { self->quit(exit_reason::user_shutdown); },
  };
}

behavior call(event_based_actor* self, const actor& other, bool linked) {
  self->monitor(other);
  if (linked)
    self->link_to(other);
  self->set_down_handler([=](down_msg& x) {
    std::cout << "down " << to_string(x.reason) << std::endl;
    if (!linked)
      self->quit();
  });
  self->set_exit_handler([=](exit_msg& x) {
    std::cout << "exit " << to_string(x.reason) << std::endl;
    self->quit();
  });
  self->send(other, actor_cast<actor>(self), int64_t{41}, std::string{"hello"});
  return {[=](atom_value what, int64_t n, const std::string& s) {
    std::cout << to_string(what) << ' ' << n << ' ' << s << std::endl;
    self->send(other, atom("end"));
  }};
}

void caf_main(actor_system& system, const actor_system_config& config) {
  auto& words = config.remainder;
  auto& net = system.middleman();
  if (!words.empty() && words[0] == "serve") {
    auto port = net.publish(system.spawn(serve), 0, "127.0.0.1");
    std::cout << (port ? *port : 0) << std::endl;
    for (;;) // until it is killed: a program that ends may not send all that it has to
      ::pause();
  }
  auto port = words.size() > 1 ? std::stoi(words[1]) : 0;
  if (auto other = net.remote_actor("127.0.0.1", static_cast<uint16_t>(port)))
    system.spawn(call, *other, words.size() > 2);
  else
    std::cout << to_string(other.error()) << std::endl;
}

CAF_MAIN(io::middleman)
