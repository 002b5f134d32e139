// Processes for plain CAF programs, and their actors for processes, through CAF's io module.
//
// Nothing of it is there unless the node was started with `config::caf_io` (`--caf-io`), and
// nothing listens before `publish`. CAF's protocol authenticates nobody and encrypts nothing: who
// reaches a published port can send anything to the process, and to every actor of this node that
// has ever sent something to a plain CAF program. Publish on loopback, or where a firewall decides.
//
// An actor of such a program looks like a process of this node: it has a pid, and send, link,
// monitor and exit work, in messages from there, too. Its end comes as that of a process; a lost
// connection is the reason `noconnection`. Messages to it are what internal/plain_message makes of
// them. `receive<term>` takes what comes from there: `(atom, int64_t, string)` as `{:put, 1, "x"}`;
// `receive<T>` only what is one `T` of CAF's. The other way round `{:put, 1, "x"}` is `(atom,
// int64_t, string)`; what has no such form is lost, and logged.
//
// Erlang counterpart: C nodes and Jinterface, which do know the cookie.
// Threads: every function is called by the process that it gets.

#pragma once

#include "troupe/dist/transport.hpp"
#include "troupe/process.hpp"
#include "troupe/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace troupe::actors::caf_bridge {

inline constexpr std::chrono::seconds default_timeout{5};

/// Lets plain CAF programs reach `who`, a process of this node, by `remote_actor(host, port)`.
/// Returns the port; with port 0 any free one. An empty host is loopback. Others may monitor and
/// link it. Errors: `errc::invalid_config` without `config::caf_io`, `errc::node_unreachable` when
/// `who` has ended or is of another node, `errc::cannot_listen` when the port is taken or the
/// address none of this host, `errc::timeout`.
[[nodiscard]] task<result<uint16_t>> publish(process& self, pid who, dist::endpoint at = {},
                                             clock::duration limit = default_timeout);

/// Closes the port again; who knows `who` already can still send to it. Errors:
/// `errc::invalid_config` as above, `errc::cannot_listen` when it is not published there,
/// `errc::timeout`.
[[nodiscard]] task<result<bool>> unpublish(process& self, pid who, uint16_t port,
                                           clock::duration limit = default_timeout);

/// Returns the actor that a plain CAF program has published there. Errors: `errc::invalid_config`
/// as above, `errc::unknown_host`, `errc::node_unreachable` when nobody listens there or nothing is
/// published, `errc::protocol_violation` when that is no CAF program of the same version,
/// `errc::timeout` when nothing, or no CAF, answers within `limit`.
[[nodiscard]] task<result<pid>> remote_actor(process& self, dist::endpoint at,
                                             clock::duration limit = default_timeout);

} // namespace troupe::actors::caf_bridge
