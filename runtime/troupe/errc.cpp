#include "troupe/errc.hpp"

namespace troupe {

std::string to_string(errc code) {
  switch (code) { // no default: -Wswitch reports a missing enumerator
    case errc::none: return "none";
    case errc::invalid_node_name: return "invalid_node_name";
    case errc::cookie_mismatch: return "cookie_mismatch";
    case errc::node_unreachable: return "node_unreachable";
    case errc::frame_too_large: return "frame_too_large";
    case errc::protocol_violation: return "protocol_violation";
    case errc::version_mismatch: return "version_mismatch";
    case errc::wrong_name: return "wrong_name";
    case errc::self_connection: return "self_connection";
    case errc::duplicate_connection: return "duplicate_connection";
    case errc::tls_required: return "tls_required";
    case errc::tls_unexpected: return "tls_unexpected";
    case errc::timeout: return "timeout";
    case errc::connection_closed: return "connection_closed";
    case errc::disconnected: return "disconnected";
    case errc::tick_timeout: return "tick_timeout";
    case errc::overload: return "overload";
    case errc::shutting_down: return "shutting_down";
    case errc::foreign_protocol: return "foreign_protocol";
    case errc::replaced: return "replaced";
    case errc::name_in_use: return "name_in_use";
    case errc::cannot_listen: return "cannot_listen";
    case errc::invalid_config: return "invalid_config";
    case errc::unknown_host: return "unknown_host";
    case errc::no_port_mapper: return "no_port_mapper";
    case errc::not_registered: return "not_registered";
    case errc::not_allowed: return "not_allowed";
  }
  return "errc(" + std::to_string(static_cast<int>(code)) + ")";
}

std::string to_string(const error& x) {
  return x.context.empty() ? to_string(x.code) : to_string(x.code) + ": " + x.context;
}

} // namespace troupe
