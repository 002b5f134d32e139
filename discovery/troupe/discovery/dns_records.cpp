#include "troupe/discovery/dns_records.hpp"

#include "troupe/discovery/internal/host_port.hpp"

#include <algorithm>

#include <arpa/inet.h>

namespace troupe::discovery {

namespace {

constexpr uint16_t type_cname = 5;
constexpr uint16_t class_in = 1;
constexpr size_t name_bytes_max = 255;
constexpr size_t jumps_max = 128; // A name has no more labels than this.

// Reads a message from front to back; after the first thing that is not there, `ok` is false and
// all further reads yield nothing.
class reader {
public:
  explicit reader(std::span<const unsigned char> message) : all_(message) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] size_t at() const { return at_; }

  uint16_t u16() {
    auto x = bytes(2);
    return x.empty() ? uint16_t{0} : static_cast<uint16_t>(x[0] << 8 | x[1]);
  }
  uint32_t u32() {
    auto high = static_cast<uint32_t>(u16());
    return high << 16 | u16();
  }
  std::span<const unsigned char> bytes(size_t count) {
    if (!ok_ || all_.size() - at_ < count) {
      ok_ = false;
      return {};
    }
    auto x = all_.subspan(at_, count);
    at_ += count;
    return x;
  }
  // A name, with its labels written out where the message points back.
  std::string name() {
    std::string text;
    size_t position = at_;
    bool jumped = false;
    for (size_t jumps = 0; jumps <= jumps_max;) {
      if (!ok_ || position >= all_.size())
        break;
      size_t length = all_[position++];
      if (length == 0) {
        if (!jumped)
          at_ = position;
        return text;
      }
      if (length >= 0xC0) {
        if (position >= all_.size())
          break;
        auto target = (length & 0x3F) << 8 | all_[position++];
        if (!jumped)
          at_ = position;
        jumped = true;
        position = target;
        ++jumps;
        continue;
      }
      if (length > 63 || all_.size() - position < length || text.size() + length > name_bytes_max)
        break;
      if (!text.empty())
        text += '.';
      text.append(all_.begin() + static_cast<std::ptrdiff_t>(position),
                  all_.begin() + static_cast<std::ptrdiff_t>(position + length));
      position += length;
    }
    ok_ = false;
    return {};
  }

private:
  std::span<const unsigned char> all_;
  size_t at_ = 0;
  bool ok_ = true;
};

std::string address_text(int family, std::span<const unsigned char> bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  return inet_ntop(family, bytes.data(), text, sizeof text) ? text : "";
}

// The data of one record, which ends at `end`. Returns false when it is not whole.
bool read_data(reader& in, dns_type type, size_t length, dns_record& x) {
  if (type == dns_type::srv) {
    auto end = in.at() + length;
    in.bytes(4); // Priority and weight: all targets are peers.
    x.port = in.u16();
    x.host = in.name();
    return in.ok() && in.at() == end;
  }
  auto v4 = type == dns_type::a;
  auto bytes = in.bytes(length);
  if (!in.ok() || length != (v4 ? 4U : 16U))
    return false;
  x.host = address_text(v4 ? AF_INET : AF_INET6, bytes);
  return true;
}

bool is_useful(const dns_record& x, dns_type type) {
  return type != dns_type::srv || (x.port != 0 && internal::is_host_name(x.host));
}

} // namespace

std::string_view to_string(dns_status x) {
  switch (x) {
    case dns_status::ok: return "there are records";
    case dns_status::no_data: return "the name has no such records (NODATA)";
    case dns_status::no_name: return "there is no such name (NXDOMAIN)";
    case dns_status::server_failure: return "the server failed (SERVFAIL)";
    case dns_status::refused: return "the server refused to answer (REFUSED)";
    case dns_status::malformed: return "the server's answer is not DNS";
    case dns_status::unreachable: return "no server can be reached";
    case dns_status::timeout: return "no server answered in time";
  }
  return "unknown";
}

std::optional<std::vector<dns_record>> read_dns_records(std::span<const unsigned char> message,
                                                        dns_type type) {
  reader in{message};
  in.bytes(4); // Id and flags, which the resolver has checked.
  size_t questions = in.u16();
  size_t answers = in.u16();
  in.bytes(4);
  for (size_t i = 0; i < questions && in.ok(); ++i) {
    in.name();
    in.bytes(4);
  }
  std::vector<dns_record> all;
  std::chrono::seconds alias_ttl = std::chrono::seconds::max();
  for (size_t i = 0; i < answers && in.ok(); ++i) {
    in.name();
    auto what = in.u16();
    auto space = in.u16();
    auto ttl = in.u32();
    auto length = in.u16();
    dns_record x;
    x.ttl = std::chrono::seconds{ttl > 0x7FFFFFFF ? 0 : ttl}; // RFC 2181, section 8.
    if (space != class_in || what != static_cast<uint16_t>(type)) {
      if (space == class_in && what == type_cname)
        alias_ttl = std::min(alias_ttl, x.ttl);
      in.bytes(length);
      continue;
    }
    if (!read_data(in, type, length, x))
      return {};
    if (is_useful(x, type) && all.size() < dns_records_max)
      all.push_back(std::move(x));
  }
  if (!in.ok())
    return {};
  for (auto& x : all)
    x.ttl = std::min(x.ttl, alias_ttl);
  return all;
}

} // namespace troupe::discovery
