// The answer section of a DNS message, with the lifetime of each record.
//
// Erlang counterpart: inet_dns, which also does not decode in the resolver itself.
// Threads: pure functions and values.
//
// c-ares does not tell the lifetime of SRV records in the version that Debian 12 has.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::discovery {

/// Types of records. Fixed by RFC 1035, 3596 and 2782.
enum class dns_type : uint16_t { a = 1, aaaa = 28, srv = 33 };

struct dns_record {
  std::string host;           ///< An address, or the target of a service, without a dot at the end.
  uint16_t port = 0;          ///< Of a service.
  std::chrono::seconds ttl{}; ///< No longer than that of any alias that leads here.

  friend bool operator==(const dns_record&, const dns_record&) = default;
};

/// What became of a question.
enum class dns_status : uint8_t {
  ok,             ///< There is a record at least.
  no_data,        ///< The name is there, but no record of the type.
  no_name,        ///< NXDOMAIN.
  server_failure, ///< SERVFAIL, NOTIMP or FORMERR.
  refused,        ///< The server does not answer us.
  malformed,      ///< The answer is not DNS.
  unreachable,    ///< There is no server, or no way to it.
  timeout,
};
/// Returns a part of a sentence for people, such as "there is no such name (NXDOMAIN)".
[[nodiscard]] std::string_view to_string(dns_status x);
/// Whether the answer says something about the name; else the question has to be asked again.
[[nodiscard]] inline bool is_answer(dns_status x) {
  return x <= dns_status::no_name;
}

struct dns_answer {
  dns_status status = dns_status::timeout;
  std::vector<dns_record> records;
};

/// Records of the answer section that the reader takes; further ones are left out.
inline constexpr size_t dns_records_max = 4096;

/// Returns the records of this type, or nothing when the message is not whole. Services without a
/// target, or with one that is no host's name, are left out.
[[nodiscard]] std::optional<std::vector<dns_record>>
read_dns_records(std::span<const unsigned char> message, dns_type type);

} // namespace troupe::discovery
