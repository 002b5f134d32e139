#include "troupe/discovery/seed_source.hpp"

#include "troupe/discovery/internal/next_message.hpp"
#include "troupe/discovery/internal/own_addresses.hpp"

#include <utility>

namespace troupe::discovery {

seed_source::seed_source(std::vector<seed> seeds, self_description self)
  : seeds_(std::move(seeds)), self_(std::move(self)) {}

task<> seed_source::run(process& self, reporter to) {
  auto local = internal::local_addresses();
  for (auto& x : seeds_)
    if (!internal::is_own(x, self_, local))
      to.seen(to_observation(x));
  auto forever = internal::rest(self);
  co_await std::move(forever);
}

} // namespace troupe::discovery
