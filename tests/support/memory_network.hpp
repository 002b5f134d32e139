// A network in memory with seeded delays, cuts and silence, for clusters in one thread.
//
// Erlang counterpart: none.
// Threads: the test's. Whatever reaches a node is posted to its clock, so a node that does not run
// does not notice: connections to it are accepted and bytes wait, as a kernel does for a frozen
// program.
//
// Like TCP: bytes of one stream arrive once, in order, cut anywhere, or not at all; what is sent
// into silence is sent again when the silence ends; what reaches a machine that does not know the
// stream any more is answered by a reset.

#pragma once

#include "support/virtual_clock.hpp"

#include "troupe/dist/resolver.hpp"
#include "troupe/dist/transport.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

class memory_network;
struct memory_wire;

/// The machine of one node: makes its streams and knows where others listen.
class memory_host final : public dist::transport, public dist::resolver {
public:
  memory_host(memory_network& net, std::string name) : net_(&net), name_(std::move(name)) {}

  result<dist::endpoint> listen(const dist::endpoint& at, accept_handler on_accept) override;
  void connect(const dist::endpoint& to, clock::duration timeout, connect_handler done) override;
  void stop_listening() override;
  void resolve(const node_name& name, clock::duration timeout, handler done) override;

private:
  friend class memory_network;
  friend struct memory_wire;
  friend class memory_stream;
  struct attempt;

  void arrive(const std::shared_ptr<attempt>& x);

  memory_network* net_;
  std::string name_;
  clock* clock_ = nullptr; // Of the program that runs.
  uint64_t life_ = 0;      // Tells the programs that ran on it apart.
  bool runs_ = false;      // Whether one runs now.
  bool is_on_ = false;     // Whether the machine answers at all.
  accept_handler on_accept_;
};

class memory_network {
public:
  memory_network(shared_time now, uint64_t seed);
  ~memory_network();

  /// Starts a program on a machine, which is there from then on.
  memory_host& plug_in(const std::string& name, clock& time);
  /// The machine of a node, running or not.
  memory_host& at(const std::string& name);

  enum class ending : uint8_t {
    orderly, ///< After what was written has arrived.
    reset,   ///< At once: what is under way is lost.
  };
  /// Breaks the streams between two machines and refuses new ones until `heal`.
  void cut(const std::string& x, const std::string& y, ending how = ending::orderly);
  /// Packets between two machines vanish until `heal`; no stream is closed.
  void silence(const std::string& x, const std::string& y);
  /// The same in one direction.
  void mute(const std::string& from, const std::string& to);
  void heal(const std::string& x, const std::string& y);

  /// The program on a machine ends, without having closed anything itself.
  void kill(const std::string& name, ending how);
  /// The machine loses power: nobody is told, and until it is back nothing answers.
  void power_off(const std::string& name);
  /// The machine has no port mapper any more: only who knows its address reaches it.
  void unlist(const std::string& name) { unlisted_.insert(name); }
  /// The program of a machine is gone, its memory too.
  void forget(const std::string& name);

  /// What is under way. Run by the cluster.
  [[nodiscard]] virtual_clock& flights() noexcept { return flights_; }
  [[nodiscard]] const virtual_clock& flights() const noexcept { return flights_; }

  struct counts {
    size_t dials = 0, refused = 0, streams = 0, chunks = 0, bytes = 0, resets = 0;
  };
  [[nodiscard]] const counts& counters() const noexcept { return counters_; }

private:
  friend class memory_host;
  friend struct memory_wire;
  friend class memory_stream;
  using direction = std::pair<std::string, std::string>;

  clock::duration delay();
  size_t below(size_t bound);
  bool is_silent(const std::string& from, const std::string& to) const;
  bool is_cut(const std::string& x, const std::string& y) const;
  void end_program(memory_host& x);
  std::vector<std::shared_ptr<memory_wire>> wires();

  virtual_clock flights_;
  std::mt19937_64 random_;
  uint16_t last_port_ = 1000;
  std::map<std::string, std::unique_ptr<memory_host>> hosts_;
  std::map<std::string, dist::endpoint> names_; // Of nodes that listen, or did when they died.
  std::set<std::string> unlisted_;              // Names that no resolver knows.
  std::set<direction> silent_;
  std::set<direction> cut_;
  std::vector<std::weak_ptr<memory_wire>> wires_;
  std::vector<std::function<void()>> held_dials_; // Into silence.
  counts counters_;
};

} // namespace troupe::test
