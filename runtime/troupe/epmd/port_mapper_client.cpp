#include "troupe/epmd/port_mapper_client.hpp"

#include "troupe/epmd/internal/exchange.hpp"

#include <utility>

namespace troupe::epmd {

namespace asio = boost::asio;

namespace {

// Node, name and extra at their longest, and the two bytes before them.
constexpr size_t port2_bytes_max = 2 + 12 + name_bytes_max + extra_bytes_max;

// What a whole question needs; `subject` is what errors name.
template <class T>
struct question {
  std::string subject;
  internal::exchange_options options;
  std::function<result<T>(const internal::answer&)> decode;
  std::function<void(result<T>)> callback;
};

template <class T>
void ask(asio::io_context& io, const std::string& host, uint16_t port, question<T> q) {
  auto deadline = q.options.deadline;
  internal::resolve(io, host, port, deadline,
                    [&io, q = std::move(q)](result<internal::endpoints> found) mutable {
                      if (!found)
                        return q.callback(found.error());
                      q.options.to = std::move(*found);
                      auto options = std::move(q.options);
                      auto finish = [q = std::move(q)](result<internal::answer> got) {
                        if (got)
                          q.callback(q.decode(*got));
                        else
                          q.callback(error{got.error().code, q.subject});
                      };
                      internal::exchange::start(io, std::move(options), std::move(finish));
                    });
}

// An answer that ends too early comes from a port mapper that died or was stopped.
error broken(decode_error why, const std::string& subject) {
  return {why == decode_error::incomplete ? errc::no_port_mapper : errc::protocol_violation,
          subject};
}

} // namespace

void lookup(asio::io_context& io, const std::string& host, uint16_t mapper_port,
            const std::string& alive_name, std::chrono::milliseconds timeout,
            std::function<void(result<dist::endpoint>)> callback) {
  auto subject = alive_name + '@' + host;
  question<dist::endpoint> q;
  q.options.deadline = std::chrono::steady_clock::now() + timeout;
  q.options.request = encode(port_please2_request{alive_name});
  q.options.answer_bytes_max = port2_bytes_max;
  q.options.complete = [](std::string_view bytes) {
    auto x = decode_port2_response(bytes);
    auto* why = std::get_if<decode_error>(&x);
    return !why || *why != decode_error::incomplete;
  };
  q.decode = [subject](const internal::answer& got) -> result<dist::endpoint> {
    auto x = decode_port2_response(got.bytes);
    if (auto* why = std::get_if<decode_error>(&x))
      return broken(*why, subject);
    const auto& node = std::get<port2_response>(x).node;
    if (!node || node->port == 0)
      return error{errc::not_registered, subject};
    return dist::endpoint{got.from.address().to_string(), node->port};
  };
  q.subject = std::move(subject);
  q.callback = std::move(callback);
  ask(io, host, mapper_port, std::move(q));
}

void names(asio::io_context& io, const std::string& host, uint16_t mapper_port,
           std::chrono::milliseconds timeout,
           std::function<void(result<std::vector<registered_name>>)> callback) {
  question<std::vector<registered_name>> q;
  q.subject = host;
  q.options.deadline = std::chrono::steady_clock::now() + timeout;
  q.options.request = encode(names_request{});
  q.options.answer_bytes_max = listing_bytes_max;
  q.options.complete = [](std::string_view) { return false; }; // The end of the connection tells.
  q.decode = [host](const internal::answer& got) -> result<std::vector<registered_name>> {
    auto x = decode_names(got.bytes);
    if (auto* why = std::get_if<decode_error>(&x))
      return broken(*why, host);
    return std::get<std::vector<registered_name>>(std::move(x));
  };
  q.callback = std::move(callback);
  ask(io, host, mapper_port, std::move(q));
}

} // namespace troupe::epmd
