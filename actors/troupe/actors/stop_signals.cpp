#include "troupe/actors/stop_signals.hpp"

#include <pthread.h>
#include <signal.h>

namespace troupe::actors {

namespace {

sigset_t handled() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGUSR2); // ends the waiting thread
  return set;
}

} // namespace

stop_signals::stop_signals(std::function<void(int)> on_signal) {
  auto set = handled();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  waiter_ = std::thread{[set, on_signal = std::move(on_signal)] {
    for (;;) {
      int number = 0;
      if (sigwait(&set, &number) != 0 || number == SIGUSR2)
        return;
      on_signal(number);
    }
  }};
}

stop_signals::~stop_signals() {
  pthread_kill(waiter_.native_handle(), SIGUSR2);
  waiter_.join();
}

} // namespace troupe::actors
