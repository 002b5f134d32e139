// Which packets are believed: authentic, not replayed, of this cluster, not too many.
//
// Erlang counterpart: none.
// Threads: confined to the transport thread (pure).

#pragma once

#include "troupe/clock.hpp"
#include "troupe/discovery/announcement.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace troupe::discovery {

/// Keeps, for each instance, the highest sequence number with a window of 64 below it, so that an
/// old packet neither revives nor ends anything. An instance that is new is believed when its clock
/// differs from ours by limits::clock_difference_max at the most; one that is known, when its clock
/// and ours moved on by the same time, but for as much, since the packet that was least late. So a
/// clock may be wrong for weeks, and yet nobody can keep a packet that we missed for later. All
/// others have to answer a challenge first.
///
/// An instance that said goodbye stays known: its later packets are stale. A packet that is `to`
/// another instance is stale too.
///
/// Memory is bounded by limits::peers_max instances. Above it the one that was heard longest ago is
/// forgotten, and an unknown instance has to answer a challenge unless its packet is newer than all
/// of those that are forgotten. One whose clock is far ahead is not forgotten, because that would
/// concern everybody; when there are no others, the new instance is dropped.
class packet_filter {
public:
  packet_filter(const announcement_codec& codec, uint64_t own_instance,
                std::function<uint64_t()> random);
  ~packet_filter();

  struct verdict {
    drop why = drop::none;
    std::optional<announcement> content; ///< Set when it is to be believed.
    /// To be sent back to where the packet came from; `what`, `to` and `nonce` are set, the rest is
    /// for the sender to fill in.
    std::optional<announcement> challenge;
    /// A believed packet of a clock that is far off, once per instance: theirs minus ours.
    std::optional<std::chrono::seconds> clock_skew;
  };
  /// A packet of kind challenge to this instance is returned as content whatever the clock of its
  /// sender, because of two nodes that doubt each other one has to answer first. It proves nothing:
  /// answer it, and believe nothing else in it. A response that fits makes its instance known and
  /// is itself returned as content.
  [[nodiscard]] verdict take(std::span<const char> packet, clock::time_point now, uint64_t wall_ms);

  /// By `drop`; [0] counts what was believed.
  [[nodiscard]] const std::array<uint64_t, drop_count>& counts() const noexcept;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::discovery
