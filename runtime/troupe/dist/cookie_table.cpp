#include "troupe/dist/cookie_table.hpp"

#include "troupe/limits.hpp"

namespace troupe::dist {

void cookie_table::set(cookie x) {
  common_ = std::move(x);
  refresh();
}

bool cookie_table::set(atom node, cookie x) {
  if (!own_.contains(node) && own_.size() >= limits::node_cookies_max)
    return false;
  own_[node] = std::move(x);
  refresh();
  return true;
}

const cookie& cookie_table::of(atom node) const {
  auto i = own_.find(node);
  return i == own_.end() ? common_ : i->second;
}

std::shared_ptr<const key_ring> cookie_table::keys_of(const std::string& text) const {
  if (common_.text == text)
    return common_.keys;
  for (auto& [node, x] : own_)
    if (x.text == text)
      return x.keys;
  return nullptr;
}

void cookie_table::refresh() {
  key_chain::by_name own;
  for (auto& [node, x] : own_)
    own.emplace(node.text(), x.keys);
  chain_ = std::make_shared<const key_chain>(common_.keys, std::move(own));
}

} // namespace troupe::dist
