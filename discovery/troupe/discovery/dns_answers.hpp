// What the answers of DNS mean over time: who is listed, and when to ask again.
//
// Erlang counterpart: libcluster's DNS strategies, which take each answer for the whole truth.
// Threads: not synchronised (pure); confined to the DNS source's process.
//
// An answer may be a part (servers shuffle and cut), old, or wrong for a moment, so nobody is
// withdrawn because of an error or an empty answer: only who was missing for a long time in many
// answers that listed others.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/discovery/dns_records.hpp"
#include "troupe/discovery/observation.hpp"
#include "troupe/discovery/seed.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::discovery {

/// The outcome of one round of questions.
struct dns_findings {
  enum class kind : uint8_t {
    good,   ///< Somebody is listed, be it only this node.
    empty,  ///< DNS says that there is nobody.
    failed, ///< Nothing is known.
  };
  kind what = kind::failed;
  std::vector<seed> peers;    ///< Without this node.
  std::chrono::seconds ttl{}; ///< The shortest.
  std::string why;            ///< Unless good: a part of a sentence.
};

/// Of the questions of one round: what is known counts, and of errors the one that says most.
[[nodiscard]] dns_status combine(dns_status x, dns_status y);

class dns_answers {
public:
  static constexpr std::chrono::seconds pause_min{1};
  static constexpr std::chrono::seconds pause_max{60};
  static constexpr std::chrono::seconds retry_max{30};
  /// Who is missing in this many good answers in a row, for this long, is gone.
  static constexpr unsigned absences_max = 30;
  static constexpr std::chrono::minutes absence_max{10};

  /// Returns who is new and who is gone.
  [[nodiscard]] std::vector<observation> take(const dns_findings& x, clock::time_point now);

  /// How long to wait until the next round, after `take`: as long as the records live, 1 s as long
  /// as `knows_peers` is false, and longer each time after errors. `random` spreads it.
  [[nodiscard]] clock::duration pause(bool knows_peers, uint64_t random) const;

  [[nodiscard]] size_t size() const noexcept { return peers_.size(); }

private:
  struct absence {
    unsigned answers = 0;
    clock::time_point since{};
  };

  void make_room(std::vector<observation>& changes);

  std::map<seed, absence> peers_; // Bounded by limits::peers_max.
  dns_findings::kind last_ = dns_findings::kind::good;
  std::chrono::seconds ttl_{};
  unsigned failures_ = 0; // In a row, empty answers included.
};

} // namespace troupe::discovery
