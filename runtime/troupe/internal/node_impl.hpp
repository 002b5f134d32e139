// What a node owns, in the order in which it is taken down.
//
// Erlang counterpart: none.
// Threads: see node.hpp; one mutex guards what is named so.

#pragma once

#include "troupe/dist/asio_clock.hpp"
#include "troupe/dist/mapper_resolver.hpp"
#include "troupe/dist/net_kernel.hpp"
#include "troupe/dist/tcp_transport.hpp"
#include "troupe/epmd/registration.hpp"
#include "troupe/internal/caf_system.hpp"
#include "troupe/internal/transport_loop.hpp"
#include "troupe/node.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>

namespace troupe {

class node::impl {
public:
  impl(const config& c, const parts& p);

  void make_core(node& facade, log_function log);
  /// Returns what went wrong.
  std::optional<error> join_network();
  bool ask(std::string_view peer,
           void (internal::signal_carrier::*what)(atom, std::function<void(bool)>));
  std::vector<std::string> stop();

  const config how;
  const parts given;
  boost::asio::io_context io{2};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
  std::unique_ptr<dist::asio_clock> own_clock;
  std::unique_ptr<dist::tcp_transport> own_wires;
  std::unique_ptr<dist::mapper_resolver> own_names;
  troupe::clock* time = nullptr;
  std::unique_ptr<internal::caf_system> system;
  std::unique_ptr<internal::node_core> core;
  std::unique_ptr<dist::net_kernel> kernel;
  std::unique_ptr<epmd::registration> registration;
  dist::endpoint address;
  std::unique_ptr<internal::transport_loop> loop;

  std::mutex mutex; // guards all below
  std::condition_variable changed;
  pid group_leader;
  std::optional<int> stop_status;
  bool stopped = false;

private:
  bool real() const { return !given.drive; }
  result<std::shared_ptr<const dist::key_ring>> keys_of_cookie() const;
  std::optional<error> apply_settings();
  std::optional<error> register_name();
  std::vector<std::string> end_processes();
  bool wait_for_processes(clock::duration time_left);
  template <class F>
  bool await(clock::duration limit, F&& begin);
};

} // namespace troupe
