#include "troupe/dist/connection.hpp"

#include <thread>

namespace troupe::dist {

namespace {

/// A connection on which nothing was written for so long is idle: what is sent goes out at once.
constexpr std::chrono::microseconds idle_after{50};
/// What a process sent leaves after this, even when the process goes on running.
constexpr std::chrono::milliseconds deferral_max{1};
/// What one write to the socket carries at the most; large enough to fill it, small enough that a
/// control frame waits no longer than this takes.
constexpr size_t write_bytes = 128 * 1024;
/// Who has written so much lets others that wait for the processor go first, which may have short
/// messages at hand.
constexpr size_t bulk_bytes = write_bytes / 2;
/// Who sends writes as much as that, and so many times more; then the transport thread goes on: the
/// peer may take bytes as fast as this node writes them, and whoever writes would do nothing else
/// until the last byte is out. The transport thread writes once, in turns with reading.
constexpr size_t writes_of_sender = 4;
/// Memory that a connection keeps for the next frame.
constexpr size_t spare_bytes_max = 1024;

signal with_short_reason(const signal& x, const error& why) {
  signal result;
  result.type = x.type;
  result.from = x.from;
  result.to = x.to;
  result.name = x.name;
  result.ref = x.ref;
  result.value = term::tuple({atom{"unsendable"}, why.context});
  return result;
}

} // namespace

connection::connection(std::unique_ptr<stream> wire, const options& opts, connection_owner& owner,
                       actor_bridge& bridge, clock& time)
  : opts_(opts), owner_(&owner), bridge_(&bridge), time_(&time), wire_(std::move(wire)),
    session_(opts.role, opts.setup, *this, time.now(), opts.expected),
    congestion_(opts.setup.outbound_bytes_soft) {}

connection::~connection() = default;

void connection::start() {
  wire_->attach(shared_from_this());
  {
    std::lock_guard guard{mutex_};
    session_.start();
  }
  settle();
  arm();
}

bool connection::is_authenticated() const {
  std::lock_guard guard{mutex_};
  return codec_.has_value();
}

void connection::send(const signal& x) {
  std::optional<error> failed;
  bool posted = false;
  size_t bytes = 0;
  {
    std::lock_guard guard{mutex_};
    if (!session_.is_up())
      return;
    auto frame = codec_->encode(x, std::move(spare_));
    if (!frame
        && (x.type == signal::kind::down || x.type == signal::kind::exit
            || x.type == signal::kind::exit_linked))
      frame
        = codec_->encode(with_short_reason(x, frame.error())); // an end must be told in any case
    if (frame) {
      auto key = x.type == signal::kind::spawn_reply && x.value.is(term::kind::pid)
                   ? x.value.as_pid().id
                   : x.from.id;
      bytes = frame->size();
      session_.put(key, std::move(*frame));
      keep(std::move(*frame));
      while (auto names = codec_->names())
        session_.put(names_key, std::move(*names));
      congestion_.grew(session_.queued_bytes());
    } else {
      failed = frame.error();
    }
    posted = !events_.empty();
    if (!failed && !posted && may_defer())
      return;
  }
  if (failed)
    return owner_->on_unsendable(x, *failed);
  flush(writes_of_sender + bytes / write_bytes);
  if (posted) // the hard limit ended the session: its end is told on the transport thread
    time_->post([self = shared_from_this()] { self->settle(); });
}

/// Keeps the memory of a frame for the next one. With the mutex held.
void connection::keep(pieces&& frame) {
  frame.clear();
  if (frame.tail().capacity() <= spare_bytes_max)
    spare_ = std::move(frame);
}

bool connection::is_busy() const {
  std::lock_guard guard{mutex_};
  return congestion_.is_busy();
}

bool connection::hold(const held_sender& x) {
  std::lock_guard guard{mutex_};
  return session_.is_up() && congestion_.hold(x);
}

void connection::let_go(const reference& ref) {
  std::lock_guard guard{mutex_};
  congestion_.forget(ref);
}

size_t connection::held_senders() const {
  std::lock_guard guard{mutex_};
  return congestion_.size();
}

/// Whether this thread flushes later, when the process that it runs waits. With the mutex held.
bool connection::may_defer() {
  auto* batch = internal::write_batch::current();
  if (!batch || session_.queued_bytes() >= write_bytes)
    return false;
  if (!batch->has(this)
      && (time_->now() - last_write_ > idle_after || !batch->add(shared_from_this())))
    return false;
  if (!std::exchange(watched_, true))
    time_->after(deferral_max, [weak = weak_from_this()] {
      auto self = weak.lock();
      if (!self)
        return;
      {
        std::lock_guard guard{self->mutex_};
        self->watched_ = false;
      }
      self->flush();
    });
  return true;
}

void connection::write_now() {
  flush(writes_of_sender);
}

void connection::probe() {
  {
    std::lock_guard guard{mutex_};
    if (!session_.is_up())
      return;
    signal x;
    x.type = signal::kind::ping;
    if (auto frame = codec_->encode(x))
      session_.put(0, std::move(*frame));
  }
  flush();
}

void connection::retime(clock::duration receiving, clock::duration sending) {
  {
    std::lock_guard guard{mutex_};
    session_.retime(receiving, sending, time_->now());
  }
  arm();
}

void connection::close(errc why) {
  time_->post([self = shared_from_this(), why] {
    {
      std::lock_guard guard{self->mutex_};
      self->session_.close(why);
    }
    self->settle();
  });
}

// -- stream_handler -----------------------------------------------------------------------------

void connection::on_bytes(std::span<const char> bytes) {
  {
    std::lock_guard guard{mutex_};
    session_.receive(bytes, time_->now());
  }
  settle();
}

void connection::on_writable() {
  {
    std::lock_guard guard{mutex_};
    writing_ = false;
  }
  settle();
}

void connection::on_closed() {
  {
    std::lock_guard guard{mutex_};
    closed_wire_ = true;
    session_.lost();
  }
  settle();
}

// -- session_handler ----------------------------------------------------------------------------

errc connection::on_authenticated(const peer_identity& peer) {
  peer_ = peer;
  peer_name_ = atom::try_make(peer.name).value_or(atom{});
  if (auto refusal = owner_->on_authenticated(*this, peer); refusal != errc::none)
    return refusal;
  codec_ends ends;
  ends.self = atom{opts_.setup.self.name};
  ends.self_creation = opts_.setup.self.creation;
  ends.peer = peer_name_;
  ends.peer_creation = peer.creation;
  codec_.emplace(ends, *bridge_);
  return errc::none;
}

void connection::on_up() {
  events_.push_back({event::type::up, {}, errc::none, {}});
}

void connection::on_frame(std::string_view frame) {
  arrived(codec_->decode(frame));
}

void connection::on_long_frame(std::string frame) {
  arrived(codec_->take(std::move(frame)));
}

void connection::arrived(result<std::optional<signal>> decoded) {
  if (!decoded)
    session_.close(decoded.error().code, decoded.error().context);
  else if (*decoded)
    events_.push_back({event::type::arrived, std::move(**decoded), errc::none, {}});
}

void connection::on_closed(errc why, std::string_view detail) {
  events_.push_back({event::type::down, {}, why, std::string{detail}});
}

// -- doing what the session wants ---------------------------------------------------------------

/// Writes what waits, as far as the stream takes it; after so many times the transport thread goes
/// on.
void connection::flush(size_t times) {
  static thread_local pieces kept; // memory for all connections of the thread
  auto out = std::move(kept);
  auto more = true;
  for (; more && times > 0; --times) {
    more = flush_some(out);
    if (more && out.size() >= bulk_bytes)
      std::this_thread::yield();
    out.clear();
  }
  if (out.tail().capacity() <= 2 * write_bytes)
    kept = std::move(out);
  if (more)
    time_->post([self = shared_from_this()] { self->flush(); });
}

/// Writes once; returns whether more may be written.
bool connection::flush_some(pieces& out) {
  std::vector<held_sender> free;
  {
    std::lock_guard guard{mutex_};
    if (writing_ || closed_wire_)
      return false;
    last_write_ = time_->now();
    if (!session_.pull(out, write_bytes, last_write_)) {
      if (!session_.is_closed())
        return false;
      closed_wire_ = true;
    } else {
      writing_ = true;
    }
    free = congestion_.shrank(session_.queued_bytes());
  }
  if (!free.empty()) // a peer's mutex may be held, and they send to it next
    time_->post([self = shared_from_this(), free] { self->owner_->on_room(free); });
  if (out.empty()) {
    wire_->close();
    return false;
  }
  if (!wire_->write(std::move(out)))
    return false;
  std::lock_guard guard{mutex_};
  writing_ = false;
  return true;
}

void connection::run_events() {
  auto self = shared_from_this();
  for (;;) {
    std::vector<event> batch;
    {
      std::lock_guard guard{mutex_};
      batch.swap(events_);
    }
    if (batch.empty())
      return;
    for (auto& x : batch) {
      switch (x.what) {
        case event::type::up:
          arm(); // ticks are due long before the handshake's deadline
          owner_->on_up(self);
          break;
        case event::type::arrived: owner_->on_signal(self, std::move(*x.content)); break;
        case event::type::down: end(x); break;
      }
    }
  }
}

void connection::end(const event& x) {
  disarm();
  owner_->on_down(shared_from_this(), x.why, x.detail);
  std::vector<held_sender> free;
  {
    std::lock_guard guard{mutex_};
    free = congestion_.end();
  }
  owner_->on_room(free); // when they send again, it is to a node that is not connected
}

/// On the transport thread, after anything that moved the session.
void connection::settle() {
  flush();
  run_events();
}

void connection::arm() {
  std::lock_guard guard{mutex_};
  if (session_.is_closed())
    return;
  if (timer_)
    time_->cancel(*timer_);
  auto now = time_->now();
  auto next = session_.next_check();
  timer_
    = time_->after(next > now ? next - now : clock::duration::zero(), [weak = weak_from_this()] {
        auto self = weak.lock();
        if (!self)
          return;
        {
          std::lock_guard inner{self->mutex_};
          self->timer_.reset();
          self->session_.check(self->time_->now());
        }
        self->settle();
        self->arm();
      });
}

void connection::disarm() {
  std::lock_guard guard{mutex_};
  if (timer_)
    time_->cancel(*timer_);
  timer_.reset();
}

} // namespace troupe::dist
