#include "troupe/epmd/registration.hpp"

#include "troupe/epmd/epmd_codec.hpp"
#include "troupe/epmd/internal/exchange.hpp"
#include "troupe/epmd/port_mapper_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

namespace troupe::epmd {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

namespace {

constexpr size_t alive2_answer_bytes_max = 64;

} // namespace

// One attempt asks the port mapper; when none answers it serves; when somebody else took the port
// in between, the next attempt asks that one.
class registration::core : public std::enable_shared_from_this<core> {
public:
  core(asio::io_context& io, registration_options options, event_handler on_event)
    : options_(std::move(options)), on_event_(std::move(on_event)), io_(io), timer_(io),
      connection_(io), random_(std::random_device{}()) {}

  void start(start_handler done);
  void stop();
  [[nodiscard]] bool registered() const { return connection_.is_open() || serving(); }
  [[nodiscard]] bool serving() const { return server_ != nullptr; }

private:
  void attempt();
  void on_answer(internal::answer got);
  void on_refused();
  void serve(errc why_not_asked);
  void retry(error why);
  void hold();
  void on_lost();
  void succeed(registration_event what, uint32_t creation);
  void give_up(error why);
  [[nodiscard]] node_info info() const;
  [[nodiscard]] std::string where() const;
  [[nodiscard]] error in_use() const;

  const registration_options options_;
  event_handler on_event_;
  asio::io_context& io_;
  start_handler done_; // Empty once it was called.
  internal::time_point start_deadline_;
  internal::endpoints addresses_; // Of our own host; asked and served in this order.
  asio::steady_timer timer_;
  std::shared_ptr<internal::exchange> exchange_; // The attempt under way.
  tcp::socket connection_;                       // Open while another program has our name.
  std::array<char, 64> ignored_;
  std::unique_ptr<port_mapper_server> server_; // Set while we serve.
  std::minstd_rand random_;
  bool refusal_told_ = false;
  bool retried_at_once_ = false;
  bool stopped_ = false;
};

void registration::core::start(start_handler done) {
  done_ = std::move(done);
  start_deadline_ = steady::now() + start_timeout;
  internal::resolve(io_, std::string{options_.name.host()}, options_.mapper_port, start_deadline_,
                    [self = shared_from_this()](result<internal::endpoints> found) {
                      if (self->stopped_)
                        return;
                      if (!found)
                        return self->give_up(found.error());
                      self->addresses_ = std::move(*found);
                      self->attempt();
                    });
}

void registration::core::stop() {
  stopped_ = true;
  done_ = nullptr;
  timer_.cancel();
  if (exchange_)
    exchange_->cancel();
  error_code ignored;
  connection_.close(ignored);
  server_.reset();
}

void registration::core::attempt() {
  internal::exchange_options x;
  x.to = addresses_;
  x.request = encode(alive2_request{info()});
  x.answer_bytes_max = alive2_answer_bytes_max;
  x.deadline = steady::now() + attempt_timeout;
  x.complete = [](std::string_view bytes) {
    auto decoded = decode_alive2_response(bytes);
    auto* why = std::get_if<decode_error>(&decoded);
    return !why || *why != decode_error::incomplete;
  };
  exchange_ = internal::exchange::start(io_, std::move(x),
                                        [self = shared_from_this()](result<internal::answer> got) {
                                          self->exchange_ = nullptr;
                                          if (got)
                                            self->on_answer(std::move(*got));
                                          else
                                            self->serve(got.error().code);
                                        });
}

void registration::core::on_answer(internal::answer got) {
  auto decoded = decode_alive2_response(got.bytes);
  if (auto* why = std::get_if<decode_error>(&decoded)) // Incomplete: it died while it answered.
    return serve(*why == decode_error::incomplete ? errc::no_port_mapper
                                                  : errc::protocol_violation);
  auto response = std::get<alive2_response>(decoded);
  if (!response.accepted)
    return on_refused();
  connection_ = std::move(got.socket);
  hold();
  succeed(registration_event::registered, response.creation);
}

void registration::core::on_refused() {
  if (done_)
    return give_up(in_use());
  if (!std::exchange(refusal_told_, true))
    on_event_(registration_event::refused, in_use().context);
  if (!stopped_)
    retry(in_use());
}

void registration::core::serve(errc why_not_asked) {
  std::error_code bad;
  auto candidates = addresses_;
  auto v4 = [](const tcp::endpoint& x) { return x.address().is_v4(); };
  if (options_.everywhere && std::ranges::any_of(addresses_, v4))
    candidates.insert(candidates.begin(), tcp::endpoint{tcp::v4(), options_.mapper_port});
  for (const auto& at : candidates) {
    auto server = std::make_unique<port_mapper_server>(io_);
    bad = server->listen({at.address().to_string(), at.port()});
    if (bad == std::errc::address_in_use && at.address().is_unspecified())
      continue; // The host has a port mapper for another address.
    if (bad == std::errc::address_in_use)
      break; // Serving another address of the host would split its names.
    if (bad)
      continue;
    auto creation = server->add_local(info()); // Cannot fail: the table is empty.
    server_ = std::move(server);
    return succeed(registration_event::serving, creation ? *creation : 0);
  }
  if (bad == std::errc::address_in_use) {
    auto code = why_not_asked == errc::timeout ? errc::timeout : errc::no_port_mapper;
    return retry({code, "no port mapper answers at " + where() + ", but the port is taken"});
  }
  error why{errc::cannot_listen, "no port mapper answers at " + where()
                                   + ", and serving one there failed: " + bad.message()};
  if (done_)
    give_up(std::move(why));
  else
    retry(std::move(why));
}

void registration::core::retry(error why) {
  if (done_ && steady::now() >= start_deadline_)
    return give_up(std::move(why));
  auto delay = std::chrono::duration_cast<steady::duration>(retry_interval);
  if (!std::exchange(retried_at_once_, true)) // Who took the port in between serves it now.
    delay = {};
  else
    delay = delay * std::uniform_int_distribution<int>{75, 125}(random_) / 100;
  timer_.expires_after(delay);
  timer_.async_wait([self = shared_from_this()](error_code failed) {
    if (!failed && !self->stopped_)
      self->attempt();
  });
}

// A port mapper says nothing more: the end of this read is its end.
void registration::core::hold() {
  connection_.async_read_some(asio::buffer(ignored_),
                              [self = shared_from_this()](error_code failed, size_t) {
                                if (self->stopped_)
                                  return;
                                if (failed)
                                  self->on_lost();
                                else
                                  self->hold();
                              });
}

void registration::core::on_lost() {
  error_code ignored;
  connection_.close(ignored);
  retried_at_once_ = false;
  on_event_(registration_event::lost, "the port mapper at " + where() + " went away");
  if (!stopped_)
    attempt();
}

void registration::core::succeed(registration_event what, uint32_t creation) {
  refusal_told_ = false;
  retried_at_once_ = false;
  auto text = what == registration_event::serving ? "serving the port mapper at " + where()
                                                  : "registered with the port mapper at " + where();
  on_event_(what, text);
  if (auto done = std::exchange(done_, nullptr))
    done(options_.creation != 0 ? options_.creation : creation);
}

void registration::core::give_up(error why) {
  auto done = std::exchange(done_, nullptr);
  stop();
  if (done)
    done(std::move(why));
}

node_info registration::core::info() const {
  node_info x;
  x.name = options_.name.alive();
  x.port = options_.listen_port;
  x.hidden = options_.hidden;
  return x;
}

std::string registration::core::where() const {
  auto port = std::to_string(options_.mapper_port);
  return "port " + port + " of " + std::string{options_.name.host()};
}

error registration::core::in_use() const {
  auto text = "the name " + options_.name.text() + " seems to be in use by another node";
  return {errc::name_in_use, std::move(text)};
}

registration::registration(asio::io_context& io, registration_options options,
                           event_handler on_event)
  : core_(std::make_shared<core>(io, std::move(options), std::move(on_event))) {}

registration::~registration() {
  stop();
}

void registration::start(start_handler done) {
  core_->start(std::move(done));
}

void registration::stop() {
  core_->stop();
}

bool registration::registered() const {
  return core_->registered();
}

bool registration::serving() const {
  return core_->serving();
}

} // namespace troupe::epmd
