#include "troupe/internal/caf_system.hpp"

#include "troupe/internal/scheduler.hpp"

#include <caf/atom.hpp>
#include <caf/io/middleman.hpp>
#include <caf/logger.hpp>
#include <caf/node_id.hpp>

#include <sys/random.h>
#include <unistd.h>

#include <cstdlib>

// CAF derives the id of a system from the machine and the process id, which two containers can
// share; and without its io module it gives none at all, so that actors of two systems compare
// equal. The class that CAF 0.17 names as a friend, and does not ship, is the only way to set it.
// CAF starts its modules in the order of their numbers: with io this one comes behind it, replaces
// the id, and the broker, which is made when all are there, tells peers this one.
namespace caf::net {

class middleman : public actor_system::module {
public:
  explicit middleman(actor_system& system) : system_(system) {}

  void init(actor_system_config&) override {
    node_id::default_data::host_id_type host{};
    if (::getrandom(host.data(), host.size(), 0) != static_cast<ssize_t>(host.size()))
      std::abort();
    host.back() = 0xff; // never all zero, and never that of a peer (see proxy.cpp)
    system_.node_ = make_node_id(static_cast<uint32_t>(::getpid()), host);
  }
  void start() override {}
  void stop() override {}
  id_t id() const override { return network_manager; }
  void* subtype_ptr() override { return this; }
  static actor_system::module* make(actor_system& system, detail::type_list<>) {
    return new middleman(system);
  }

private:
  actor_system& system_;
};

} // namespace caf::net

namespace troupe::internal {

caf_system::settings::settings(const options& opts) {
  if (opts.deterministic)
    set("scheduler.policy", caf::atom("testing"));
  else
    load<scheduler>();
  set("scheduler.max-threads", opts.threads);
  // Without a bound a process that never runs out of mail is never interrupted.
  set("scheduler.max-throughput", size_t{300});
  set("logger.verbosity", caf::atom("quiet"));
  if (opts.io)
    load<caf::io::middleman>();
  load<caf::net::middleman>();
}

caf_system::caf_system(const options& opts) : settings_(opts), system_(settings_) {
  system_.await_actors_before_shutdown(false); // a node stops its processes itself, within a bound
}

caf_system::~caf_system() {
  caf::logger::set_current_actor_system(
    nullptr); // else the destructor waits for this thread to end
}

} // namespace troupe::internal
