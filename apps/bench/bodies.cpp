#include "bodies.hpp"

#include "troupe/node.hpp"

#include <chrono>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <stdexcept>
#include <unistd.h>
#include <unordered_map>
#include <vector>

/// Of tcmalloc, when the program is linked with it.
extern "C" [[gnu::weak]] int MallocExtension_GetNumericProperty(const char* property,
                                                                size_t* value);

namespace troupe::bench {

namespace {

using std::chrono::nanoseconds;

/// The clock that all programs of this machine share.
int64_t now_ns() {
  return std::chrono::duration_cast<nanoseconds>(
           std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

double seconds_since(int64_t begin) {
  return static_cast<double>(now_ns() - begin) * 1e-9;
}

const atom tag_ready{"ready"};
const atom tag_done{"done"};
const atom tag_sunk{"sunk"};
const atom tag_taken{"taken"};
const atom tag_reply{"spawn_reply"};
/// Blobs under way in the transfer beside which a ping is measured.
constexpr int64_t window = 16;

// -- on the far node, or on this one for local workloads ----------------------------------------

task<> echo(process& self, pid owner) {
  for (;;) {
    auto waiting = self.receive<int64_t>();
    auto x = co_await std::move(waiting);
    self.send(owner, x);
  }
}

/// Tells when the last one came. `acknowledge`: tells of each.
template <class T>
task<> sink(process& self, pid owner, int64_t count, bool acknowledge) {
  self.send(owner, term{tag_ready});
  for (int64_t i = 0; i < count; ++i) {
    auto waiting = self.receive<T>();
    co_await std::move(waiting);
    if (acknowledge)
      self.send(owner, term{tag_taken});
  }
  self.send(owner, term::tuple({tag_sunk, now_ns()}));
}

task<> number_sink(process& self, pid owner, int64_t count, bool acknowledge) {
  return sink<int64_t>(self, owner, count, acknowledge);
}

task<> blob_sink(process& self, pid owner, int64_t count, bool acknowledge) {
  return sink<std::string>(self, owner, count, acknowledge);
}

task<> nothing(process&) {
  co_return;
}

task<> report_to(process& self, pid owner) {
  self.send(owner, term{tag_done});
  co_return;
}

task<> wait(process& self, pid owner) {
  self.send(owner, term{tag_ready});
  auto waiting = self.receive<term>();
  co_await std::move(waiting);
}

// -- on the near node ---------------------------------------------------------------------------

/// Waits for a message that is the atom, or a tuple tagged by it.
task<term> expect(process& self, atom tag) {
  std::function<bool(const term&)> fits
    = [tag](const term& x) { return x.is_atom(tag) || x.is_tagged(tag, 2) || x.is_tagged(tag, 4); };
  auto waiting = self.receive_match(std::move(fits), std::chrono::seconds{120});
  auto x = co_await std::move(waiting);
  if (!x)
    throw std::runtime_error("nothing came for two minutes");
  co_return std::move(*x);
}

using times = std::shared_ptr<std::vector<double>>;

task<> ping(process& self, pid owner, node_name at, int64_t count, times out) {
  auto starting = self.spawn_at<echo>(at, self.self());
  auto partner = co_await std::move(starting);
  self.send(partner, int64_t{1});
  auto first = self.receive<int64_t>();
  co_await std::move(first);
  self.send(owner, term{tag_ready});
  std::function<bool(const term&)> is_go = [](const term& x) { return x.is_atom(tag_done); };
  auto waiting_go = self.receive_match(std::move(is_go));
  co_await std::move(waiting_go);
  out->reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    auto begin = now_ns();
    self.send(partner, i);
    auto waiting = self.receive<int64_t>();
    co_await std::move(waiting);
    out->push_back(seconds_since(begin));
  }
  self.exit(partner, atom{"kill"});
  self.send(owner, term{tag_done});
}

task<measurement> round_trips(process& self, node_name at, int64_t count, int64_t pairs) {
  std::vector<times> all;
  std::vector<pid> workers;
  for (int64_t i = 0; i < pairs; ++i) {
    all.push_back(std::make_shared<std::vector<double>>());
    workers.push_back(self.spawn_link(ping, self.self(), at, count / pairs, all.back()));
  }
  for (int64_t i = 0; i < pairs; ++i) {
    auto waiting = expect(self, tag_ready);
    co_await std::move(waiting);
  }
  auto begin = now_ns();
  for (auto& x : workers)
    self.send(x, term{tag_done});
  for (int64_t i = 0; i < pairs; ++i) {
    auto waiting = expect(self, tag_done);
    co_await std::move(waiting);
  }
  auto total = seconds_since(begin);
  std::vector<double> together;
  for (auto& x : all)
    together.insert(together.end(), x->begin(), x->end());
  auto done = static_cast<double>(together.size());
  co_return measurement{pairs == 1 ? total / done : done / total,
                        percentiles_of(std::move(together))};
}

template <class T>
task<> flood(process& self, pid to, T message, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    self.send(to, message);
  co_return;
}

/// Waits while the connection is busy, as Erlang's `!` does: a gigabyte that waits in memory would
/// end the connection.
template <>
task<> flood(process& self, pid to, std::string message, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    auto sending = self.send_paced(to, message);
    co_await std::move(sending);
  }
}

/// Seconds from the first send to the last receipt.
template <auto Sink, class T>
task<double> one_way(process& self, node_name at, int64_t count, int64_t senders, T message) {
  auto starting = self.spawn_at<Sink>(at, self.self(), count / senders * senders, false);
  auto to = co_await std::move(starting);
  auto ready = expect(self, tag_ready);
  co_await std::move(ready);
  auto begin = now_ns();
  for (int64_t i = 0; i < senders; ++i)
    self.spawn_link(flood<T>, to, message, count / senders);
  auto waiting = expect(self, tag_sunk);
  auto sunk = co_await std::move(waiting);
  co_return static_cast<double>(sunk.as_tuple()[1].as_integer() - begin) * 1e-9;
}

task<> transfer(process& self, pid owner, node_name at, int64_t count, int64_t size) {
  auto starting = self.spawn_at<blob_sink>(at, self.self(), count, true);
  auto to = co_await std::move(starting);
  std::string blob(static_cast<size_t>(size), 'x');
  for (int64_t i = 0; i < count; ++i) {
    if (i >= window) {
      auto waiting = expect(self, tag_taken);
      co_await std::move(waiting);
    }
    self.send(to, blob);
  }
  auto waiting = expect(self, tag_sunk);
  co_await std::move(waiting);
  self.send(owner, term{tag_done});
}

task<measurement> ping_in_transfer(process& self, job what) {
  auto starting = self.spawn_at<echo>(what.peer, self.self());
  auto partner = co_await std::move(starting);
  self.spawn_link(transfer, self.self(), what.peer, what.count, what.parameter);
  std::vector<double> all;
  std::function<bool(const term&)> is_done = [](const term& x) { return x.is_atom(tag_done); };
  for (;;) {
    auto begin = now_ns();
    self.send(partner, int64_t{1});
    auto waiting = self.receive<int64_t>();
    co_await std::move(waiting);
    all.push_back(seconds_since(begin));
    auto looking = self.receive_match(is_done, clock::duration::zero());
    auto done = co_await std::move(looking);
    if (done)
      break;
  }
  self.exit(partner, atom{"kill"});
  auto spread = percentiles_of(std::move(all));
  co_return measurement{spread.p99, spread};
}

task<double> remote_spawns(process& self, job what) {
  auto begin = now_ns();
  for (int64_t i = 0; i < what.count; ++i) {
    auto starting = self.spawn_at<nothing>(what.peer);
    co_await std::move(starting);
  }
  co_return seconds_since(begin);
}

task<double> pipelined_spawns(process& self, job what) {
  atom at{what.peer.text()};
  auto begin = now_ns();
  for (int64_t i = 0; i < what.count; ++i)
    self.spawn_request_at(at, internal::call_of<internal::named<nothing>>(*self.bridge()), {});
  std::function<bool(const term&)> is_reply
    = [](const term& x) { return x.is_tagged(tag_reply, 4); };
  for (int64_t i = 0; i < what.count; ++i) {
    auto waiting = self.receive_match(is_reply);
    co_await std::move(waiting);
  }
  co_return seconds_since(begin);
}

task<double> local_spawns(process& self, job what) {
  auto begin = now_ns();
  for (int64_t i = 0; i < what.count; ++i)
    self.spawn(report_to, self.self());
  for (int64_t i = 0; i < what.count; ++i) {
    auto waiting = expect(self, tag_done);
    co_await std::move(waiting);
  }
  co_return seconds_since(begin);
}

double resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  double pages = 0;
  in >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// What is allocated; for what is too small beside the allocator's reserves to be seen from
/// outside.
double allocated_bytes() {
  size_t bytes = 0;
  if (MallocExtension_GetNumericProperty
      && MallocExtension_GetNumericProperty("generic.current_allocated_bytes", &bytes))
    return static_cast<double>(bytes);
  auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

/// As many processes again as there are then: what the first ones take may have been there before.
task<double> process_bytes(process& self, job what) {
  std::vector<pid> all;
  double before = 0;
  for (int round = 0; round < 2; ++round) {
    before = resident_bytes();
    for (int64_t i = 0; i < what.count; ++i)
      all.push_back(self.spawn(wait, self.self()));
    for (int64_t i = 0; i < what.count; ++i) {
      auto waiting = expect(self, tag_ready);
      co_await std::move(waiting);
    }
  }
  auto after = resident_bytes();
  for (auto& x : all) {
    self.monitor(x);
    self.exit(x, atom{"kill"});
  }
  for (size_t i = 0; i < all.size(); ++i) {
    auto waiting = self.receive<term>();
    co_await std::move(waiting);
  }
  co_return (after - before) / static_cast<double>(what.count);
}

/// To nodes that the far side has started for this; the first one brings what is needed once.
task<double> connection_bytes(process& self, job what) {
  double before = 0;
  for (int64_t i = 0; i <= what.count; ++i) {
    if (i == 1)
      before = allocated_bytes();
    auto connecting = self.connect(atom{further_name(what.peer.text(), i)});
    if (!co_await std::move(connecting))
      throw std::runtime_error("cannot connect with a further node");
  }
  co_return (allocated_bytes() - before) / static_cast<double>(what.count);
}

task<double> connects(process& self, job what) {
  atom peer{what.peer.text()};
  auto begin = now_ns();
  for (int64_t i = 0; i < what.count; ++i) {
    auto ending = self.disconnect(peer);
    co_await std::move(ending);
    auto connecting = self.connect(peer);
    if (!co_await std::move(connecting))
      throw std::runtime_error("cannot connect again");
  }
  co_return seconds_since(begin);
}

task<measurement> rate_of(task<double> running, double things) {
  auto seconds = co_await std::move(running);
  co_return measurement{things / seconds, {}};
}

task<measurement> time_of(task<double> running, double things) {
  auto seconds = co_await std::move(running);
  co_return measurement{seconds / things, {}};
}

task<measurement> one_of(process& self, job x) {
  auto count = static_cast<double>(x.count);
  auto name = x.workload;
  auto here = node_name{self.node_name()};
  if (name.starts_with("rtt-"))
    return round_trips(self, x.peer, x.count, x.parameter);
  if (name.starts_with("oneway-"))
    return rate_of(one_way<number_sink>(self, x.peer, x.count, x.parameter, int64_t{1}), count);
  if (name.starts_with("blob-"))
    return rate_of(one_way<blob_sink>(self, x.peer, x.count, 1,
                                      std::string(static_cast<size_t>(x.parameter), 'x')),
                   count * static_cast<double>(x.parameter));
  if (name == "spawn")
    return time_of(remote_spawns(self, x), count);
  if (name == "spawn-pipelined")
    return rate_of(pipelined_spawns(self, x), count);
  if (name == "local-spawn")
    return rate_of(local_spawns(self, x), count);
  if (name == "local-oneway")
    return rate_of(one_way<number_sink>(self, here, x.count, 1, int64_t{1}), count);
  if (name == "local-pingpong")
    return round_trips(self, here, x.count, 1);
  if (name == "process-bytes")
    return time_of(process_bytes(self, x), 1);
  if (name == "connection-bytes")
    return time_of(connection_bytes(self, x), 1);
  if (name == "ping-in-transfer")
    return ping_in_transfer(self, x);
  if (name == "connect")
    return rate_of(connects(self, x), count);
  throw std::runtime_error("there is no workload " + name);
}

} // namespace

std::string further_name(std::string_view far, int64_t i) {
  auto at = far.find('@');
  return std::string{far.substr(0, at)} + "_" + std::to_string(i) + std::string{far.substr(at)};
}

task<measurement> perform(process& self, job what) {
  return one_of(self, std::move(what));
}

} // namespace troupe::bench
