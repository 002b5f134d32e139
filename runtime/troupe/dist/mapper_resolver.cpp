#include "troupe/dist/mapper_resolver.hpp"

#include "troupe/epmd/port_mapper_client.hpp"

namespace troupe::dist {

void mapper_resolver::resolve(const node_name& name, clock::duration timeout, handler done) {
  auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
  epmd::lookup(*io_, std::string{name.host()}, mapper_port_, std::string{name.alive()}, limit,
               [done = std::move(done)](result<endpoint> found) {
                 if (!found)
                   return done(found.error());
                 done(std::vector<endpoint>{*found});
               });
}

} // namespace troupe::dist
