#include "troupe/discovery/announcement.hpp"

#include "troupe/discovery/internal/keyed_hash.hpp"
#include "troupe/discovery/internal/numeric_address.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/dist/framing.hpp"
#include "troupe/node_name.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <new>
#include <utility>

namespace troupe::discovery {

namespace {

using dist::put_uint;
using dist::take_uint;

constexpr std::string_view magic = "TRPD";
constexpr uint8_t version = 1;
constexpr uint8_t first_key = 0;
constexpr uint8_t hidden_flag = 1;
constexpr uint8_t short_names_flag = 2;

constexpr size_t tag_at = 8;
constexpr size_t header_bytes = 48;
constexpr size_t trailer_bytes = 16;
constexpr std::chrono::milliseconds interval_unit{100};
constexpr uint64_t interval_units_max = 0xffff;

/// Numbers of the wire: append only.
enum class field : uint8_t { name = 1, creation, endpoint, summary, to, nonce };

/// Whether a packet of this kind answers one node, or asks one.
bool has_addressee(announcement::kind x) {
  return x == announcement::kind::reply || x == announcement::kind::challenge
         || x == announcement::kind::response;
}

bool has_nonce(announcement::kind x) {
  return x == announcement::kind::challenge || x == announcement::kind::response;
}

void put_head(std::string& out, field what, size_t bytes) {
  put_uint(out, static_cast<uint8_t>(what), 1);
  put_uint(out, bytes, 1);
}

std::string encode_body(const announcement& x) {
  std::string out;
  if (!x.name.empty() && x.name.size() <= node_name::size_max) {
    put_head(out, field::name, x.name.size());
    out += x.name;
  }
  if (x.creation != 0) {
    put_head(out, field::creation, 4);
    put_uint(out, x.creation, 4);
  }
  if (x.known != 0 || x.digest != 0) {
    put_head(out, field::summary, 12);
    put_uint(out, x.known, 4);
    put_uint(out, x.digest, 8);
  }
  if (x.to != 0) {
    put_head(out, field::to, 8);
    put_uint(out, x.to, 8);
  }
  if (has_nonce(x.what)) {
    put_head(out, field::nonce, x.nonce.size());
    out.append(x.nonce.data(), x.nonce.size());
  }
  size_t count = 0;
  for (const auto& e : x.endpoints) {
    auto address = internal::numeric_address::parse(e.host);
    if (!address || e.port == 0)
      continue;
    auto bytes = address->bytes();
    auto full = header_bytes + out.size() + 4 + bytes.size() + trailer_bytes;
    if (full > limits::packet_bytes_max || count++ == limits::endpoints_max)
      break;
    put_head(out, field::endpoint, 2 + bytes.size());
    put_uint(out, e.port, 2);
    out += bytes;
  }
  return out;
}

/// Reads the body of an authentic packet, field by field.
class body_reader {
public:
  explicit body_reader(announcement& to) : to_(to) {}

  bool read(std::string_view body) {
    while (!body.empty()) {
      if (body.size() < 2)
        return false;
      auto what = static_cast<uint8_t>(take_uint(body, 1));
      auto size = take_uint(body, 1);
      if (size > body.size() || !read_field(what, body.substr(0, size)))
        return false;
      body.remove_prefix(size);
    }
    if (has_addressee(to_.what) && !has(field::to))
      return false;
    return has_nonce(to_.what) ? has(field::nonce) : has(field::name);
  }

private:
  [[nodiscard]] bool has(field x) const { return (seen_ >> static_cast<uint8_t>(x) & 1) != 0; }

  bool read_field(uint8_t what, std::string_view value) {
    if (what == static_cast<uint8_t>(field::endpoint))
      return read_endpoint(value);
    if (what == 0 || what > static_cast<uint8_t>(field::nonce))
      return true; // Of a newer node.
    if (has(field{what}))
      return false;
    seen_ |= 1u << what;
    switch (field{what}) {
      case field::name: return read_name(value);
      case field::creation: return read_number(value, to_.creation);
      case field::summary:
        if (value.size() != 12)
          return false;
        to_.known = static_cast<uint32_t>(take_uint(value, 4));
        to_.digest = take_uint(value, 8);
        return true;
      case field::to: return read_number(value, to_.to) && to_.to != 0;
      case field::nonce:
        if (value.size() != to_.nonce.size())
          return false;
        std::ranges::copy(value, to_.nonce.begin());
        return true;
      default: return true;
    }
  }

  bool read_name(std::string_view value) {
    if (!node_name::parse(value))
      return false;
    to_.name = value;
    return true;
  }

  template <class T>
  static bool read_number(std::string_view value, T& to) {
    if (value.size() != sizeof(T))
      return false;
    to = static_cast<T>(take_uint(value, sizeof(T)));
    return true;
  }

  bool read_endpoint(std::string_view value) {
    if (value.size() != 6 && value.size() != 18)
      return false;
    auto port = static_cast<uint16_t>(take_uint(value, 2));
    if (port == 0)
      return false;
    if (to_.endpoints.size() < limits::endpoints_max)
      to_.endpoints.push_back({internal::numeric_address::of_bytes(value)->text(), port});
    return true;
  }

  announcement& to_;
  unsigned seen_ = 0; // A bit for each field that may come once.
};

} // namespace

std::string_view to_string(drop x) {
  switch (x) {
    case drop::none: return "none";
    case drop::size: return "size";
    case drop::magic: return "magic";
    case drop::version: return "version";
    case drop::foreign: return "foreign";
    case drop::mac: return "mac";
    case drop::malformed: return "malformed";
    case drop::self: return "self";
    case drop::replayed: return "replayed";
    case drop::stale: return "stale";
    case drop::rate: return "rate";
  }
  return "unknown";
}

announcement_codec::announcement_codec(const dist::key& key, std::string_view cluster)
  : hash_(std::make_shared<internal::keyed_hash>(key)) {
  // This text is part of the protocol.
  auto text = "troupe cluster " + std::string{cluster};
  std::array<unsigned char, EVP_MAX_MD_SIZE> hashed{};
  if (EVP_Digest(text.data(), text.size(), hashed.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc{};
  std::copy_n(hashed.begin(), tag_.size(), tag_.begin());
}

std::string announcement_codec::encode(const announcement& x) const {
  auto body = encode_body(x);
  auto units
    = (std::max(x.interval, {}) + interval_unit - std::chrono::milliseconds{1}) / interval_unit;
  std::string out{magic};
  put_uint(out, version, 1);
  put_uint(out, static_cast<uint8_t>(x.what), 1);
  put_uint(out, (x.hidden ? hidden_flag : 0u) | (x.short_names ? short_names_flag : 0u), 1);
  put_uint(out, first_key, 1);
  out.append(tag_.data(), tag_.size());
  put_uint(out, x.instance, 8);
  put_uint(out, x.incarnation, 8);
  put_uint(out, x.sequence, 4);
  put_uint(out, x.wall_ms, 8);
  put_uint(out, std::min(static_cast<uint64_t>(units), interval_units_max), 2);
  put_uint(out, body.size(), 2);
  out += body;
  auto proof = hash_->sign(out).value_or(dist::mac{}); // Without memory: nobody believes it.
  out.append(proof.data(), trailer_bytes);
  return out;
}

std::variant<announcement, drop> announcement_codec::decode(std::span<const char> packet) const {
  std::string_view text{packet.data(), packet.size()};
  if (text.size() < header_bytes + trailer_bytes || text.size() > limits::packet_bytes_max)
    return drop::size;
  if (!text.starts_with(magic))
    return drop::magic;
  if (static_cast<uint8_t>(text[4]) != version)
    return drop::version;
  if (text.substr(tag_at, tag_.size()) != std::string_view{tag_.data(), tag_.size()})
    return drop::foreign;
  auto proof = text.substr(text.size() - trailer_bytes);
  text.remove_suffix(trailer_bytes);
  if (static_cast<uint8_t>(text[7]) != first_key || !hash_->verify(text, proof))
    return drop::mac;
  announcement result;
  text.remove_prefix(5);
  auto what = take_uint(text, 1);
  auto flags = take_uint(text, 1);
  text.remove_prefix(1 + tag_.size());
  result.what = static_cast<announcement::kind>(what);
  result.hidden = (flags & hidden_flag) != 0;
  result.short_names = (flags & short_names_flag) != 0;
  result.instance = take_uint(text, 8);
  result.incarnation = take_uint(text, 8);
  result.sequence = static_cast<uint32_t>(take_uint(text, 4));
  result.wall_ms = take_uint(text, 8);
  result.interval = static_cast<int64_t>(take_uint(text, 2)) * interval_unit;
  if (what < static_cast<uint8_t>(announcement::kind::hello)
      || what > static_cast<uint8_t>(announcement::kind::response) || result.instance == 0
      || result.sequence == 0 || take_uint(text, 2) != text.size()
      || !body_reader{result}.read(text))
    return drop::malformed;
  return result;
}

} // namespace troupe::discovery
