// What to ask DNS for, as text.
//
// Erlang counterpart: libcluster's DNS strategies.
// Threads: pure functions and values.

#pragma once

#include "troupe/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::discovery {

/// - `app.local:9100`: the nodes that listen at port 9100 of every address of the name;
/// - `app.local`: the nodes that the port mapper of every address knows;
/// - `base@app.local[:9100]`: the nodes `base@<address>`, at the port, or at that which the port
///   mapper says;
/// - `[base@]_troupe._tcp.app.local`: SRV records, which have the ports.
struct dns_spec {
  std::string base;             ///< The part before `@`, or nothing.
  std::string name;             ///< Without a dot at the end unless it was given.
  std::optional<uint16_t> port; ///< Nothing: see above.
  bool service = false;         ///< Ask for SRV.

  friend bool operator==(const dns_spec&, const dns_spec&) = default;
};

/// Reads what stands behind `dns:`. Returns `errc::invalid_config` with a sentence that names the
/// input and says what would be right.
[[nodiscard]] result<dns_spec> parse_dns_spec(std::string_view text);

} // namespace troupe::discovery
