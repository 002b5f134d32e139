#include "troupe/epmd/epmd_table.hpp"

#include <algorithm>
#include <utility>

namespace troupe::epmd {

namespace {

constexpr uint32_t creation_min = 4;

} // namespace

epmd_table::epmd_table(uint32_t first_creation)
  : next_creation_(std::max(first_creation, creation_min)) {}

result<uint32_t> epmd_table::add(owner by, node_info node) {
  if (nodes_.contains(node.name))
    return error{errc::name_in_use, node.name};
  if (names_.contains(by) || nodes_.size() >= names_max)
    return error{errc::overload, node.name};
  auto name = node.name;
  names_.emplace(by, name);
  nodes_.emplace(std::move(name), std::move(node));
  auto creation = next_creation_;
  next_creation_ = std::max(next_creation_ + 1, creation_min);
  return creation;
}

bool epmd_table::remove(owner by) {
  auto i = names_.find(by);
  if (i == names_.end())
    return false;
  nodes_.erase(i->second);
  names_.erase(i);
  return true;
}

const node_info* epmd_table::find(std::string_view name) const {
  auto i = nodes_.find(name);
  return i == nodes_.end() ? nullptr : &i->second;
}

std::vector<node_info> epmd_table::snapshot() const {
  std::vector<node_info> all;
  all.reserve(nodes_.size());
  for (const auto& [name, node] : nodes_)
    all.push_back(node);
  return all;
}

} // namespace troupe::epmd
