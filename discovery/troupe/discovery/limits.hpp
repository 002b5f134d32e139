// Every bound of discovery, with its unit and what happens above it.
//
// Erlang counterpart: none.
// Threads: constants.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace troupe::discovery::limits {

/// One announcement; a longer packet is dropped unread. Fits one frame of any network.
inline constexpr size_t packet_bytes_max = 1200;
/// Peers that are known at once; above it one that is not connected and was not heard for longest
/// goes, and if all are connected the new one is not taken.
inline constexpr size_t peers_max = 4096;
/// Addresses of one peer; further ones are left out.
inline constexpr size_t endpoints_max = 8;
/// Reports that wait for the discovery process; above it the newest is dropped.
inline constexpr size_t reports_max = 65'536;
/// Packets that passed the filter and wait for their process; above it the newest is dropped.
inline constexpr size_t packets_max = 4096;
/// Authentic packets of nodes not heard before, per second, and in one burst; above it they are
/// dropped and counted.
inline constexpr size_t newcomers_per_second = 200;
inline constexpr size_t newcomers_burst = 1000;
/// How far a clock may be off before a challenge has to show that a packet is no replay.
inline constexpr std::chrono::seconds clock_difference_max{120};
/// Challenges sent per second; further packets of that kind are dropped.
inline constexpr size_t challenges_per_second = 5;
/// Dials at once, and begun per second.
inline constexpr size_t dials_in_flight_max = 64;
inline constexpr size_t dials_per_second = 300;
/// Pauses between dials of one peer: drawn between nothing and a bound that doubles from the first
/// to the last of these.
inline constexpr std::chrono::milliseconds backoff_first{500};
inline constexpr std::chrono::milliseconds backoff_last{60'000};
/// The share of packets that all nodes of a segment send together when nothing happens.
inline constexpr size_t segment_packets_per_second = 10;
inline constexpr std::chrono::milliseconds announce_interval_min{2'000};
inline constexpr std::chrono::milliseconds announce_interval_max{300'000};
/// Names asked of DNS, seeds, and lines of a file; what is beyond is an error at the start.
inline constexpr size_t seeds_max = 1024;

} // namespace troupe::discovery::limits
