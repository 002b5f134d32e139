#include "troupe/dist/reassembly.hpp"

#include "troupe/dist/fragment.hpp"
#include "troupe/dist/session.hpp"

#include <algorithm>
#include <utility>

namespace troupe::dist {

namespace {

/// Memory set aside on the word of a first fragment, not yet touched; more only as bytes come. What
/// a message of whole MiBs has besides them must not make it grow.
constexpr size_t reserve_bytes_max = 4 * 1024 * 1024 + limits::frame_bytes_max;

} // namespace

errc reassembly::add(std::string_view body, std::string& message) {
  fragment x;
  if (!parse_fragment(body, x) || x.data.empty())
    return errc::protocol_violation;
  auto at = open_.find(x.stream);
  if (x.first != (at == open_.end()))
    return errc::protocol_violation;
  if (x.first) {
    if (static_cast<unsigned char>(x.data.front()) < first_process_frame)
      return errc::protocol_violation;
    if (x.total > bounds_.message_bytes || x.total > bounds_.bytes - bytes_
        || open_.size() >= bounds_.messages)
      return errc::frame_too_large;
    at = open_.try_emplace(x.stream).first;
    at->second.total = x.total;
    at->second.data.reserve(std::min<size_t>(x.total, reserve_bytes_max));
    bytes_ += x.total;
  }
  auto& [total, data] = at->second;
  auto rest = total - data.size();
  if (x.data.size() > rest || x.last != (x.data.size() == rest))
    return errc::protocol_violation;
  data += x.data;
  if (x.last) {
    message = std::move(data);
    bytes_ -= total;
    open_.erase(at);
  }
  return errc::none;
}

} // namespace troupe::dist
