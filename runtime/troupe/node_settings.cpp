// What a running node can be told about its peers.

#include "troupe/internal/node_impl.hpp"
#include "troupe/node.hpp"

namespace troupe {

namespace {

error no_network() {
  return {errc::invalid_config, "a node without a name has no peers"};
}

} // namespace

/// What the configuration says of peers.
std::optional<error> node::impl::apply_settings() {
  for (auto& [peer, secret] : how.peer_cookies)
    if (auto set = kernel->set_cookie(atom{peer}, secret); !set)
      return set.error();
  std::vector<atom> allowed(how.allow.begin(), how.allow.end());
  if (auto set = kernel->allow(allowed); !set)
    return set.error();
  auto policy = dist::spawn_policy::parse(how.allow_spawn);
  if (!policy)
    return policy.error();
  kernel->restrict_spawn(std::move(*policy));
  return std::nullopt;
}

bool node::connect_hidden(std::string_view peer) {
  return impl_->ask(peer, &internal::signal_carrier::connect_hidden);
}

result<bool> node::set_cookie(std::string_view peer, const std::string& cookie) {
  if (!impl_->kernel)
    return no_network();
  auto name = atom::try_make(peer);
  if (!name)
    return error{errc::invalid_node_name, "the name of the peer is too long or no text"};
  return impl_->kernel->set_cookie(*name, cookie);
}

result<bool> node::set_cookie(const std::string& cookie) {
  return set_cookie(name(), cookie);
}

std::string node::get_cookie(std::string_view peer) const {
  auto name = atom::try_make(peer);
  return impl_->kernel && name ? impl_->kernel->cookie_of(*name) : std::string{};
}

std::string node::get_cookie() const {
  return get_cookie(name());
}

dist::ticktime_change node::ticktime() const {
  return impl_->kernel ? impl_->kernel->ticktime() : dist::ticktime_change{impl_->how.ticktime};
}

dist::ticktime_change::answer node::set_ticktime(std::chrono::milliseconds to,
                                                 std::chrono::milliseconds transition) {
  return impl_->kernel ? impl_->kernel->set_ticktime(to, transition)
                       : dist::ticktime_change::answer::unchanged;
}

result<bool> node::allow(const std::vector<atom>& peers) {
  return impl_->kernel ? impl_->kernel->allow(peers) : no_network();
}

std::vector<atom> node::allowed() const {
  return impl_->kernel ? impl_->kernel->allowed() : std::vector<atom>{};
}

void node::restrict_spawn(dist::spawn_policy::predicate agrees) {
  auto policy = dist::spawn_policy::parse(impl_->how.allow_spawn);
  if (impl_->kernel && policy) // the configuration was read before
    impl_->kernel->restrict_spawn(policy->with(std::move(agrees)));
}

} // namespace troupe
