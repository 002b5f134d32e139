// Announcements for tests: the nodes a and b of the golden bytes, and packets that no codec makes.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "troupe/discovery/announcement.hpp"
#include "troupe/dist/framing.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace troupe::test {

using discovery::announcement;

/// The discovery key of the cookie `monster`; tests/unit/auth_test.cpp has it too. Deriving it
/// takes long.
inline const dist::key& monster_key() {
  static const dist::key result = [] {
    constexpr std::string_view hex
      = "025c684c95a1c6182fbf9fa5c7e9e1fe68d0b62f8876db49a2cfddf97f88f3a4";
    dist::key x;
    for (size_t i = 0; i < dist::key::size; ++i)
      x.bytes()[i]
        = static_cast<unsigned char>(std::stoul(std::string{hex.substr(2 * i, 2)}, nullptr, 16));
    return x;
  }();
  return result;
}

inline const discovery::announcement_codec& monster_codec() {
  static const discovery::announcement_codec result{monster_key(), "troupe"};
  return result;
}

inline constexpr uint64_t instance_of_a = 0x0102030405060708;
inline constexpr uint64_t instance_of_b = 0x1112131415161718;
inline constexpr uint64_t golden_wall_ms = 1'790'000'012'345;

/// What node a says of itself at the golden moment.
inline announcement from_a(announcement::kind what, uint32_t sequence = 1) {
  announcement x;
  x.what = what;
  x.instance = instance_of_a;
  x.incarnation = 1'790'000'000'000;
  x.sequence = sequence;
  x.wall_ms = golden_wall_ms;
  x.name = "a@10.0.0.7";
  x.creation = 0x01020304;
  if (what == announcement::kind::goodbye)
    return x;
  x.interval = std::chrono::milliseconds{2500};
  x.endpoints = {{"10.0.0.7", 9100}, {"fe80::7", 9100}};
  return x;
}

/// The same with an addressee, and a nonce for those kinds that have one.
inline announcement from_a_to(uint64_t to, announcement::kind what, uint32_t sequence = 1) {
  auto x = from_a(what, sequence);
  x.to = to;
  if (what != announcement::kind::reply)
    for (size_t i = 0; i < x.nonce.size(); ++i)
      x.nonce[i] = static_cast<char>(i);
  return x;
}

/// Appends the right proof to what nobody may have written.
inline std::string sealed(std::string packet, const dist::key& with = monster_key()) {
  auto proof = dist::sign(with, packet);
  packet.append(proof.data(), 16);
  return packet;
}

/// An authentic packet of node a with this body.
inline std::string with_body(announcement::kind what, std::string_view body) {
  auto packet = monster_codec().encode(from_a(what)).substr(0, 46);
  dist::put_uint(packet, body.size(), 2);
  return sealed(packet += body);
}

/// One field of a body.
inline std::string field(int number, std::string_view value) {
  std::string out{static_cast<char>(number), static_cast<char>(value.size())};
  return out += value;
}

} // namespace troupe::test
