#include "troupe/dist/key_chain.hpp"

#include "troupe/dist/tls_session.hpp"

#include <algorithm>

namespace troupe::dist {

key_chain::key_chain(ring common, by_name own) : common_(std::move(common)), own_(std::move(own)) {
  for (auto& [name, keys] : own_)
    if (keys != common_ && std::ranges::find(others_, keys) == others_.end())
      others_.push_back(keys);
}

const key_chain::ring& key_chain::of(std::string_view node) const {
  auto i = own_.find(node);
  return i == own_.end() ? common_ : i->second;
}

const tls_contexts* key_chain::meant_by(std::string_view psk_identity) const {
  if (common_->tls().is_meant_by(psk_identity))
    return &common_->tls();
  for (auto& keys : others_)
    if (keys->tls().is_meant_by(psk_identity))
      return &keys->tls();
  return nullptr;
}

} // namespace troupe::dist
