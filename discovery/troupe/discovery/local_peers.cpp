#include "troupe/discovery/local_peers.hpp"

#include "troupe/discovery/limits.hpp"

#include <cstdint>

namespace troupe::discovery {

namespace {

// Leaves room for what is put before and behind a file's name; 255 bytes is what Linux takes.
constexpr size_t file_name_max = 200;
constexpr std::string_view digits = "0123456789abcdef";

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'
         || c == '_' || c == '.' || c == '@';
}

std::string hash_text(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325; // FNV-1a.
  for (auto c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string all;
  for (int shift = 60; shift >= 0; shift -= 4)
    all += digits[hash >> shift & 15];
  return all;
}

observation observed(const announcement& x, observation::kind what) {
  observation y;
  y.what = what;
  y.name = x.name;
  y.instance = x.instance;
  y.incarnation = x.incarnation;
  y.creation = x.creation;
  y.hidden = x.hidden;
  y.fresh = what == observation::kind::seen;
  y.endpoints = x.endpoints;
  return y;
}

} // namespace

std::string local_file_name(std::string_view node) {
  std::string text;
  for (auto c : node) {
    auto byte = static_cast<unsigned char>(c);
    if (is_plain(c))
      text += c;
    else
      (text += '%').append({digits[byte >> 4], digits[byte & 15]});
  }
  if (text.size() > file_name_max)
    text = text.substr(0, file_name_max - 17) + '%' + hash_text(node);
  return text;
}

std::vector<observation> local_peers::update(const std::string& file,
                                             const std::optional<announcement>& x) {
  std::vector<observation> changes;
  auto old = nodes_.find(file);
  auto is_peer = x && x->what == announcement::kind::announce && x->name != self_;
  if (old != nodes_.end() && is_peer && old->second == *x)
    return changes;
  if (old != nodes_.end() && (!is_peer || old->second.name != x->name)) {
    changes.push_back(observed(old->second, observation::kind::gone));
    nodes_.erase(old);
  }
  if (!is_peer || (nodes_.size() >= limits::peers_max && !nodes_.contains(file)))
    return changes;
  nodes_[file] = *x;
  changes.push_back(observed(*x, observation::kind::seen));
  return changes;
}

std::vector<std::string> local_peers::files() const {
  std::vector<std::string> all;
  for (auto& [file, x] : nodes_)
    all.push_back(file);
  return all;
}

} // namespace troupe::discovery
