// What all sources together know about every peer, and which addresses it may be dialled at.
//
// Erlang counterpart: none; nodes() is only the connected part of it.
// Threads: not synchronised (pure); confined to the discovery process.
//
// Whom an entry stands for: the name tells nodes apart, the instance tells lives of one node apart.
// One peer heard by several sources is one entry. Nothing that a source says ends a connection.
//
// Whom a name belongs to, when another life than the current one is told of (older: the smaller
// incarnation, then the smaller instance):
// - The current one is not connected: the newcomer takes the name at once (`replaced`), for most
//   likely the node restarted. A life that is older, and only told of, is old news and ignored.
// - The current one is connected: the newcomer waits as `rival` and takes the name when the
//   connection goes down. A life with the creation of the connection need not wait.
// - A life that lost the name speaks again, or the current one speaks after a rival did: both are
//   alive. That is a `conflict`, told once per pair. From then on the older one has the name and
//   the other waits, until the older one says goodbye, or nothing is heard of it and it is not
//   connected.
// Speaking means an observation that is `fresh`. A life that said goodbye is not believed again.
//
// Words of a connected peer do not age; after the connection they hold for `grace` at least, so
// that a broken connection is repaired from both sides, whoever knew of whom.

#pragma once

#include "troupe/clock.hpp"
#include "troupe/discovery/event.hpp"
#include "troupe/discovery/observation.hpp"
#include "troupe/discovery/source.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::discovery {

class peer_table {
public:
  static constexpr std::chrono::seconds grace{60};

  struct life {
    uint64_t instance = 0;
    uint64_t incarnation = 0;
    uint32_t creation = 0;
    clock::time_point heard{}; ///< When it spoke last; the epoch: never.
  };
  struct word {
    std::vector<dist::endpoint> endpoints; ///< None: the source knows the name only.
    clock::time_point until{};             ///< time_point::max(): until `gone`.
    clock::time_point said{};
    uint64_t instance = 0; ///< The life that it is about; 0: the name, whoever has it.
    bool fresh = false;    ///< The life spoke, and no connection to it broke since.
  };
  struct entry {
    std::string name;          ///< Empty for a seed of which only the address is known.
    life current;              ///< The life that the name belongs to; instance 0: not known.
    std::optional<life> rival; ///< Another life with the same name, that was heard last.
    bool hidden = false;
    bool seed = false;
    bool connected = false;
    bool left = false; ///< It said goodbye and is only kept because it is listed or connected.
    uint32_t connected_creation = 0;
    std::map<std::string, word> sources; ///< By name of the source; those that list the peer.

    /// Whether this node knows it first-hand: connected, or it speaks. Only such peers may be told
    /// to others, or nodes would remind each other of one that is gone for ever.
    [[nodiscard]] bool first_hand() const;
  };
  /// What a change means for others.
  struct outcome {
    std::vector<discovery_event> events;
    /// Keys that are new or gone, or whose addresses or connection changed. Those that are there
    /// and not connected may be wanted by the dialer, whoever told of them.
    std::vector<std::string> changed;
    /// Keys to be dialled now: not connected, and heard, or told of by a node that knows.
    std::vector<std::string> wanted;
    bool silenced = false; ///< An older node has this node's name.
  };

  peer_table(std::string self, uint64_t instance, uint64_t incarnation, bool hidden = false);

  /// Takes what a source says. The key of an entry is its name, or `host:port` of a nameless one.
  outcome observe(const std::string& source, const observation& x, clock::time_point now);
  outcome connected(const std::string& name, uint32_t creation, bool hidden, clock::time_point now);
  outcome disconnected(const std::string& name, const std::string& why, clock::time_point now);
  /// A dial of a nameless entry found out who is there, connected or not; may be this node.
  outcome named(const std::string& key, const std::string& name, clock::time_point now);
  /// Forgets what is too old; never a connected peer.
  outcome expire(clock::time_point now);
  [[nodiscard]] clock::time_point next_expiry() const { return next_expiry_; }

  [[nodiscard]] const entry* find(const std::string& key) const;
  [[nodiscard]] const std::map<std::string, entry>& entries() const noexcept { return peers_; }
  /// All addresses of an entry, each once: those of fresh sources first.
  [[nodiscard]] std::vector<dist::endpoint> endpoints(const std::string& key) const;
  [[nodiscard]] static std::vector<dist::endpoint> endpoints(const entry& x);
  /// Number, connected number and digest of named peers. Nodes that know the same lives, their own
  /// included, have the same digest; hidden nodes do not count for it.
  [[nodiscard]] cluster_view view() const noexcept { return view_; }

private:
  using iterator = std::map<std::string, entry>::iterator;
  using words = std::map<std::string, word>;

  /// A life that does not have the name that it claims.
  struct contender {
    life who;
    words said;
    clock::time_point until{}; // When it is forgotten.
    bool displaced = false;    // It had the name.
    bool spoke = false;        // Since it contends.
    bool told = false;         // As a conflict.
  };
  struct contest {
    std::vector<contender> others; // Not empty. Bounded by contenders_max.
    bool conflict = false;         // Two of these, or one and the current life, are alive.
  };
  struct departure {
    life who;
    clock::time_point until{};
  };
  static constexpr size_t contenders_max = 4;

  // Words: peer_table.cpp
  void seen(const std::string& source, const observation& x, clock::time_point now, outcome& out);
  void left(const std::string& source, const observation& x, clock::time_point now, outcome& out);
  void gone(const std::string& source, const observation& x, clock::time_point now, outcome& out);
  void address(const std::string& source, const observation& x, clock::time_point now,
               outcome& out);
  void merge(iterator i, const std::string& source, const observation& x, clock::time_point now,
             outcome& out);
  void expire_words(iterator i, clock::time_point now, outcome& out);
  /// Returns the entry of a key, made if there is none yet; `end` when the table is full.
  iterator make(const std::string& key, const std::string& name, outcome& out);
  bool evict(outcome& out);
  void erase(iterator i);
  void note_expiry(clock::time_point at);

  // Lives: peer_table_lives.cpp
  void about_self(const std::string& source, const observation& x, outcome& out);
  /// Whether `x` speaks for the current life, which it may have become by that.
  bool claims(iterator i, const std::string& source, const observation& x, clock::time_point now,
              outcome& out);
  bool newcomer(iterator i, const std::string& source, const observation& x, clock::time_point now,
                outcome& out);
  void heard_again(iterator i, size_t which, const std::string& source, const observation& x,
                   clock::time_point now, outcome& out);
  bool current_speaks(iterator i, const std::string& source, clock::time_point now, outcome& out);
  /// Gives the name to another; the present one contends from now on, unless `over`.
  void take(iterator i, size_t which, clock::time_point now, bool over, outcome& out);
  /// The same for the best of those that wait. Returns false when nobody does.
  bool succeed(iterator i, clock::time_point now, outcome& out);
  void tell_conflict(iterator i, size_t which, const std::string& source, outcome& out);
  void connected_life(iterator i, clock::time_point now, outcome& out);
  void drop_contender(iterator i, size_t which);
  void forget_contenders(clock::time_point now);
  void set_life(entry& e, const life& x);
  void remember_departure(const std::string& name, const life& x, clock::time_point now);
  [[nodiscard]] bool is_over(const observation& x) const;
  void show_rival(entry& e) const;
  [[nodiscard]] static bool lives(const entry& e);
  [[nodiscard]] static uint64_t share(const entry& e);

  const std::string self_;
  const life own_;
  std::map<std::string, entry> peers_;         // Bounded by limits::peers_max.
  std::map<std::string, contest> contests_;    // By name; only of entries.
  std::map<std::string, departure> departed_;  // By name; bounded by limits::peers_max.
  std::map<std::string, std::string> aliases_; // From address to name; same bound.
  std::set<uint64_t> namesakes_;               // Lives with our name that were told; bounded by 64.
  clock::time_point next_expiry_ = clock::time_point::max(); // May be too early, never too late.
  cluster_view view_;
};

} // namespace troupe::discovery
