#include "troupe/epmd/internal/exchange.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <utility>

namespace troupe::epmd::internal {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr size_t chunk_bytes = 4096;

// A look-up that the system's resolver makes in a thread of asio, which cannot be interrupted: the
// deadline ends the waiting, not the look-up.
struct pending_resolve {
  explicit pending_resolve(asio::io_context& io) : resolver(io), timer(io) {}

  void finish(result<endpoints> outcome) {
    timer.cancel();
    if (auto f = std::exchange(done, nullptr))
      f(std::move(outcome));
  }

  tcp::resolver resolver;
  asio::steady_timer timer;
  std::function<void(result<endpoints>)> done;
};

result<endpoints> addresses(const std::string& host, const tcp::resolver::results_type& found) {
  endpoints all;
  for (const auto& entry : found)
    all.push_back(entry.endpoint());
  if (all.empty())
    return error{errc::unknown_host, host};
  std::ranges::stable_partition(all, [](const tcp::endpoint& x) { return x.address().is_v4(); });
  return all;
}

} // namespace

void resolve(asio::io_context& io, const std::string& host, uint16_t port, time_point deadline,
             std::function<void(result<endpoints>)> done) {
  error_code bad;
  auto address = asio::ip::make_address(host, bad);
  if (!bad) {
    asio::post(
      io, [done = std::move(done), at = tcp::endpoint{address, port}] { done(endpoints{at}); });
    return;
  }
  auto state = std::make_shared<pending_resolve>(io);
  state->done = std::move(done);
  state->timer.expires_at(deadline);
  state->timer.async_wait([state, host](error_code stopped) {
    if (stopped)
      return;
    state->resolver.cancel();
    state->finish(error{errc::timeout, host});
  });
  state->resolver.async_resolve(
    host, std::to_string(port), tcp::resolver::numeric_service,
    [state, host](error_code failed, const tcp::resolver::results_type& found) {
      if (failed)
        state->finish(error{errc::unknown_host, host});
      else
        state->finish(addresses(host, found));
    });
}

std::shared_ptr<exchange> exchange::start(asio::io_context& io, exchange_options options,
                                          handler done) {
  auto self = std::make_shared<exchange>(io, std::move(options), std::move(done));
  self->timer_.expires_at(self->options_.deadline);
  self->timer_.async_wait([self](error_code stopped) {
    if (!stopped)
      self->fail(errc::timeout);
  });
  asio::post(io, [self] { self->connect(0); });
  return self;
}

exchange::exchange(asio::io_context& io, exchange_options options, handler done)
  : options_(std::move(options)), done_(std::move(done)), socket_(io), timer_(io) {}

void exchange::cancel() {
  done_ = nullptr;
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

void exchange::connect(size_t index) {
  if (!done_)
    return;
  if (index >= options_.to.size())
    return fail(errc::no_port_mapper);
  error_code ignored;
  socket_.close(ignored);
  auto to = options_.to[index];
  socket_.async_connect(to, [self = shared_from_this(), to, index](error_code failed) {
    if (!self->done_)
      return;
    // Linux connects a loopback port to itself when nobody listens there and chance picks it as
    // source.
    error_code bad;
    if (failed || self->socket_.local_endpoint(bad) == to || bad)
      self->connect(index + 1);
    else
      self->send(to);
  });
}

void exchange::send(const tcp::endpoint& to) {
  peer_ = to;
  asio::async_write(socket_, asio::buffer(options_.request),
                    [self = shared_from_this()](error_code failed, size_t) {
                      if (!self->done_)
                        return;
                      if (failed)
                        self->fail(errc::no_port_mapper);
                      else
                        self->receive();
                    });
}

void exchange::receive() {
  chunk_.resize(chunk_bytes);
  socket_.async_read_some(
    asio::buffer(chunk_), [self = shared_from_this()](error_code failed, size_t size) {
      if (!self->done_)
        return;
      self->bytes_.append(self->chunk_, 0, size);
      if (self->bytes_.size() > self->options_.answer_bytes_max)
        self->fail(errc::protocol_violation);
      else if (failed || self->options_.complete(self->bytes_))
        self->finish(answer{std::move(self->socket_), self->peer_, std::move(self->bytes_)});
      else
        self->receive();
    });
}

void exchange::finish(result<answer> outcome) {
  auto done = std::exchange(done_, nullptr);
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (done)
    done(std::move(outcome));
}

void exchange::fail(errc code) {
  finish(error{code, ""});
}

} // namespace troupe::epmd::internal
