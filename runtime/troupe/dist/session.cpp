#include "troupe/dist/session.hpp"

#include "troupe/dist/auth.hpp"
#include "troupe/dist/channel.hpp"
#include "troupe/dist/fragment.hpp"
#include "troupe/dist/framing.hpp"
#include "troupe/dist/handshake.hpp"
#include "troupe/dist/key_chain.hpp"
#include "troupe/dist/outbox.hpp"
#include "troupe/dist/reassembly.hpp"
#include "troupe/dist/ticker.hpp"
#include "troupe/limits.hpp"

#include <openssl/rand.h>

#include <array>
#include <optional>
#include <utility>

namespace troupe::dist {

namespace {

constexpr size_t body_bytes_max = limits::frame_bytes_max + fragment_overhead_bytes_max;

/// Whether what is queued is still sent when the session ends for this reason.
bool ends_in_order(errc why) {
  return why == errc::disconnected || why == errc::shutting_down;
}

outbox::bounds outbox_bounds(const session::options& opts) {
  outbox::bounds result;
  result.soft_bytes = opts.outbound_bytes_soft;
  result.hard_bytes = opts.outbound_bytes_hard;
  return result;
}

/// Why the session ended when the peer gave `said` as its reason. Only some of those mean the same
/// here.
errc as_heard(errc said) {
  switch (said) {
    case errc::shutting_down:
    case errc::duplicate_connection:
    case errc::replaced: return said;
    default: return errc::connection_closed;
  }
}

std::shared_ptr<const key_ring> keys_for(const session::options& opts, std::string_view expected) {
  return opts.chain && !expected.empty() ? opts.chain->of(expected) : opts.keys;
}

} // namespace

class session::impl {
public:
  impl(role r, const options& opts, session_handler& handler, clock::time_point now,
       std::string expected);

  void start();
  void receive(std::string_view in, clock::time_point now);
  put_result put(uint64_t key, pieces&& frame);
  bool pull(pieces& out, size_t bytes_max);
  void take_queued(pieces& out, size_t bytes_max);
  void check(clock::time_point now);
  [[nodiscard]] clock::time_point next_check() const;
  void retime(clock::duration receiving, clock::duration sending, clock::time_point now);
  void close(errc why, std::string_view detail);
  void end(errc why, std::string_view detail);

  [[nodiscard]] bool is_up() const noexcept { return stage_ == stage::up; }
  [[nodiscard]] bool is_closed() const noexcept { return stage_ == stage::closed; }
  [[nodiscard]] size_t queued_bytes() noexcept {
    return channel_.out().size() + outbox_.queued_bytes() + last_word_.size();
  }
  [[nodiscard]] size_t held_bytes() const noexcept {
    return channel_.held_bytes() + reader_.held_bytes() + reassembly_.bytes();
  }

private:
  enum class stage : uint8_t { handshake, up, closed };

  [[nodiscard]] bool has_begun();
  void say_hello();
  void receive_frames(std::string_view& in);
  void receive_handshake(std::string_view frame);
  void receive_up(std::string_view frame);
  void receive_fragment(std::string_view frame);
  void come_up();
  void send_at_once(std::string_view body);

  role role_;
  options options_;
  session_handler& handler_;
  clock::time_point now_; // of the call that is being handled
  clock::time_point deadline_;
  stage stage_ = stage::handshake;
  channel channel_;
  bool said_hello_ = false;
  size_t bytes_before_up_ = 0;
  frame_reader reader_{limits::handshake_frame_bytes_max};
  std::optional<handshake> handshake_; // until it is up
  std::optional<ticker> ticker_;       // since it is up
  reassembly reassembly_;
  outbox outbox_;
  std::string last_word_; // a frame that goes out after all of `outbox_`
};

session::impl::impl(role r, const options& opts, session_handler& handler, clock::time_point now,
                    std::string expected)
  : role_(r), options_(opts), handler_(handler), now_(now), deadline_(now + opts.handshake_timeout),
    channel_({r, opts.mode, keys_for(opts, expected), opts.chain}), outbox_(outbox_bounds(opts)) {
  auto keys = keys_for(opts, expected);
  handshake::parameters p;
  p.role = r;
  p.mode = opts.mode;
  p.self = opts.self;
  if (expected.empty())
    p.chain = opts.chain; // whom to believe is known once the peer has said its name
  p.expected = std::move(expected);
  p.ticktime = std::chrono::ceil<std::chrono::milliseconds>(opts.ticktime);
  // Not from `clock`: a nonce that a seed gives away would let an old handshake be played again.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(p.fresh.data()), static_cast<int>(p.fresh.size()))
      == 1)
    handshake_.emplace(std::move(p), keys->handshake_key());
}

void session::impl::start() {
  if (role_ != role::dialling || !has_begun())
    return;
  channel_.start();
  say_hello();
}

/// A nonce that is not random would be worse than no connection.
bool session::impl::has_begun() {
  if (!handshake_ && !is_up())
    end(errc::protocol_violation, "OpenSSL has no random bytes");
  return !is_closed();
}

void session::impl::say_hello() {
  if (role_ != role::dialling || !channel_.can_write() || std::exchange(said_hello_, true))
    return;
  send_at_once(handshake_->hello());
}

void session::impl::receive(std::string_view in, clock::time_point now) {
  now_ = now;
  if (!has_begun())
    return;
  if (ticker_)
    ticker_->received();
  std::array<char, channel::buffer_bytes> buffer; // not filled: its bytes are written first
  while (!is_closed()) {
    auto clear = channel_.read(in, buffer);
    say_hello();
    if (clear.empty())
      break;
    receive_frames(clear);
  }
  if (channel_.has_failed())
    end(channel_.why(), channel_.detail());
}

void session::impl::receive_frames(std::string_view& in) {
  while (!is_closed()) {
    std::string_view frame;
    auto before = in.size();
    auto outcome = reader_.next(in, frame);
    if (!is_up()) {
      bytes_before_up_ += before - in.size();
      if (bytes_before_up_ > limits::unauthenticated_bytes_max)
        return close(errc::frame_too_large, "the handshake is too long");
    }
    switch (outcome) {
      case frame_reader::outcome::more: return;
      case frame_reader::outcome::too_long:
        return close(errc::frame_too_large, "a frame is too long");
      case frame_reader::outcome::empty: return close(errc::protocol_violation, "a frame is empty");
      case frame_reader::outcome::frame: break;
    }
    if (is_up())
      receive_up(frame);
    else
      receive_handshake(frame);
  }
}

void session::impl::receive_handshake(std::string_view frame) {
  auto step = handshake_->receive(frame);
  if (step.failure != errc::none)
    return step.tell ? close(step.failure, step.detail) : end(step.failure, step.detail);
  if (!step.reply.empty())
    send_at_once(step.reply);
  if (step.authenticated)
    come_up();
}

void session::impl::come_up() {
  auto peer = handshake_->peer();
  auto why = handler_.on_authenticated(peer);
  if (is_closed())
    return;
  if (why != errc::none)
    return close(why, "'" + peer.name + "' is not taken");
  if (role_ == role::accepting)
    send_at_once(handshake::ready());
  ticker_.emplace(ticker::ticktimes{options_.ticktime, handshake_->peer_ticktime()}, now_);
  handshake_.reset();
  reader_.set_limit(body_bytes_max);
  stage_ = stage::up;
  handler_.on_up();
}

void session::impl::receive_up(std::string_view frame) {
  auto kind = static_cast<unsigned char>(frame.front());
  if (kind >= first_process_frame)
    return handler_.on_frame(frame);
  switch (static_cast<session_frame>(kind)) {
    case session_frame::tick: return;
    case session_frame::fragment: return receive_fragment(frame);
    case session_frame::reject: // of a dialler that had a second thought when `ready` came
      return end(handshake::read_farewell(frame), "the peer refused the connection");
    case session_frame::goodbye: {
      auto said = handshake::read_farewell(frame);
      return end(as_heard(said), "the peer said goodbye: " + to_string(said));
    }
    default:
      return close(errc::protocol_violation, "an unknown frame, kind " + std::to_string(kind));
  }
}

void session::impl::receive_fragment(std::string_view frame) {
  std::string message;
  if (auto why = reassembly_.add(frame, message); why != errc::none)
    return close(why, "a fragment that breaks the rules");
  if (!message.empty())
    handler_.on_long_frame(std::move(message));
}

session::put_result session::impl::put(uint64_t key, pieces&& frame) {
  if (!is_up())
    return put_result::closed;
  switch (outbox_.put(key, std::move(frame))) {
    case outbox::put_result::ok: return put_result::ok;
    case outbox::put_result::busy: return put_result::busy;
    case outbox::put_result::too_long: return put_result::too_long;
    case outbox::put_result::overflow: break;
  }
  close(errc::overload, "too much waits to be sent");
  return put_result::overflow;
}

bool session::impl::pull(pieces& out, size_t bytes_max) {
  auto before = out.size();
  if (!channel_.out().empty())
    out.append(std::exchange(channel_.out(), {}));
  if (outbox_.queued_bytes() > 0 || !last_word_.empty()) {
    pieces clear;
    auto encrypts = options_.mode == transport_mode::tls;
    take_queued(encrypts ? clear : out, bytes_max);
    if (encrypts && !channel_.write(clear, out)) {
      last_word_.clear();
      outbox_ = outbox{};
      end(channel_.why(), channel_.detail());
    }
  }
  if (ticker_ && out.size() > before)
    ticker_->sent();
  return out.size() > before;
}

void session::impl::take_queued(pieces& out, size_t bytes_max) {
  outbox_.take(out, bytes_max);
  if (outbox_.queued_bytes() == 0 && !last_word_.empty())
    out.append(std::exchange(last_word_, {}));
}

void session::impl::check(clock::time_point now) {
  now_ = now;
  if (is_closed() || now < next_check())
    return;
  if (!is_up())
    return close(errc::timeout, "the handshake took too long");
  switch (ticker_->check(now)) {
    case ticker::action::none: return;
    case ticker::action::down: return close(errc::tick_timeout, "the peer does not answer");
    case ticker::action::tick:
      if (queued_bytes() == 0) // else what waits says as much
        outbox_.put_control(std::string(1, static_cast<char>(session_frame::tick)));
      return;
  }
}

clock::time_point session::impl::next_check() const {
  if (is_closed())
    return clock::time_point::max();
  return is_up() ? ticker_->next_check() : deadline_;
}

void session::impl::retime(clock::duration receiving, clock::duration sending,
                           clock::time_point now) {
  options_.ticktime = receiving;
  if (ticker_)
    ticker_->retime(receiving, sending, now);
}

void session::impl::send_at_once(std::string_view body) {
  std::string frame;
  put_frame(frame, body);
  channel_.write(frame, channel_.out());
}

void session::impl::close(errc why, std::string_view detail) {
  if (is_up()) {
    if (!ends_in_order(why))
      outbox_.drop();
    put_frame(last_word_, handshake::farewell(session_frame::goodbye, why));
  } else if (channel_.can_write()) {
    send_at_once(handshake::farewell(session_frame::reject, why));
  }
  end(why, detail);
}

void session::impl::end(errc why, std::string_view detail) {
  if (is_closed())
    return;
  if (last_word_.empty())
    outbox_ = outbox{};
  stage_ = stage::closed;
  handler_.on_closed(why, detail);
}

session::session(role r, const options& opts, session_handler& handler, clock::time_point now,
                 std::string expected)
  : impl_(std::make_unique<impl>(r, opts, handler, now, std::move(expected))) {}

session::~session() = default;

void session::start() {
  impl_->start();
}

void session::receive(std::span<const char> bytes, clock::time_point now) {
  impl_->receive({bytes.data(), bytes.size()}, now);
}

session::put_result session::put(uint64_t key, pieces&& frame) {
  return impl_->put(key, std::move(frame));
}

bool session::pull(pieces& out, size_t bytes_max, clock::time_point) {
  return impl_->pull(out, bytes_max);
}

void session::check(clock::time_point now) {
  impl_->check(now);
}

clock::time_point session::next_check() const {
  return impl_->next_check();
}

void session::retime(clock::duration receiving, clock::duration sending, clock::time_point now) {
  impl_->retime(receiving, sending, now);
}

void session::close(errc why, std::string_view detail) {
  if (!impl_->is_closed())
    impl_->close(why, detail);
}

void session::lost() {
  impl_->end(errc::connection_closed, "the stream ended");
}

bool session::is_up() const noexcept {
  return impl_->is_up();
}

bool session::is_closed() const noexcept {
  return impl_->is_closed();
}

size_t session::queued_bytes() const noexcept {
  return impl_->queued_bytes();
}

size_t session::held_bytes() const noexcept {
  return impl_->held_bytes();
}

} // namespace troupe::dist
