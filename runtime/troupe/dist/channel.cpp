#include "troupe/dist/channel.hpp"

#include "troupe/dist/auth.hpp"
#include "troupe/dist/framing.hpp"
#include "troupe/dist/handshake.hpp"
#include "troupe/dist/key_chain.hpp"

#include <utility>

namespace troupe::dist {

namespace {

using namespace std::string_view_literals;

/// Memory that a thread keeps for what it encrypts next.
constexpr size_t kept_bytes_max = 1024 * 1024;

/// A fatal alert, protocol_version: what a dialler that speaks TLS understands.
constexpr auto no_tls_here = "\x15\x03\x03\x00\x02\x02\x46"sv;

} // namespace

void channel::start() {
  if (!is_dialling())
    return;
  if (is_tls())
    start_tls();
  else
    say_magic();
}

void channel::say_magic() {
  out_ += plain_magic;
  said_magic_ = true;
}

std::string_view channel::read(std::string_view& from, std::span<char> buffer) {
  while (!open_ && !has_failed() && !from.empty())
    pass_gate(from);
  if (!open_ || has_failed())
    return {};
  if (!tls_)
    return std::exchange(from, {});
  if (!first_bytes_.empty()) { // not a whole record: nothing can come of them alone
    auto first = std::exchange(first_bytes_, {});
    std::string_view in = first;
    auto none = read_tls(in, buffer);
    if (!none.empty() || has_failed())
      return none;
  }
  return read_tls(from, buffer);
}

bool channel::write(std::string_view clear, std::string& to) {
  if (!is_tls()) {
    to += clear;
    return true;
  }
  if (!tls_ || !tls_->write(clear, to)) {
    fail(errc::protocol_violation, tls_ ? tls_->detail() : "there is no TLS session");
    return false;
  }
  return true;
}

/// What is encrypted is gathered first, so that records are as long as can be; in memory of the
/// thread, so that a thousand idle connections hold none.
bool channel::write(const pieces& clear, pieces& to) {
  if (!is_tls()) {
    to.append(clear, 0, clear.size());
    return true;
  }
  static thread_local std::string gathered;
  gathered.clear();
  clear.append_to(gathered);
  auto records = gathered.size() / tls_session::record_bytes_max + 1;
  to.reserve(gathered.size() + records * tls_session::record_overhead_bytes_max);
  auto ok = write(gathered, to.tail());
  if (gathered.capacity() > kept_bytes_max)
    gathered = {};
  return ok;
}

bool channel::can_write() const noexcept {
  if (has_failed())
    return false;
  return is_tls() ? tls_ && tls_->state() == tls_session::status::up : said_magic_;
}

void channel::pass_gate(std::string_view& from) {
  first_bytes_ += from.front();
  from.remove_prefix(1);
  if (auto words = classify(first_bytes_); words != first_words::incomplete)
    open_gate(words);
}

void channel::open_gate(first_words words) {
  switch (words) {
    case first_words::plain: return meet_plain();
    case first_words::tls: return meet_tls();
    case first_words::tls_alert:
      if (is_tls() && is_dialling())
        return meet_tls();
      break;
    case first_words::erlang: return fail(errc::foreign_protocol, "an Erlang node");
    case first_words::http: return fail(errc::protocol_violation, "the peer speaks HTTP");
    default: break;
  }
  fail(errc::protocol_violation, "the peer's first bytes are not those of a node");
}

void channel::meet_plain() {
  first_bytes_ = {};
  if (!is_dialling())
    say_magic();
  if (!is_tls()) {
    open_ = true;
    return;
  }
  if (!is_dialling())
    put_frame(out_, handshake::farewell(session_frame::reject, errc::tls_required));
  fail(errc::tls_required, "the peer speaks without TLS");
}

void channel::meet_tls() {
  if (!is_tls()) {
    if (!is_dialling())
      out_ += no_tls_here;
    return fail(errc::tls_unexpected, "the peer speaks TLS");
  }
  open_ = true;
  if (!is_dialling())
    start_tls();
}

void channel::start_tls() {
  auto r = is_dialling() ? tls_session::role::dialling : tls_session::role::accepting;
  tls_ = std::make_unique<tls_session>(r, options_.keys->tls(), out_, options_.chain.get());
  tls_->start();
  if (tls_->state() == tls_session::status::failed)
    fail(tls_->why(), tls_->detail());
}

std::string_view channel::read_tls(std::string_view& from, std::span<char> buffer) {
  auto n = tls_->read(from, buffer);
  if (tls_->state() == tls_session::status::failed)
    fail(tls_->why(), tls_->detail());
  else if (tls_->state() == tls_session::status::ended)
    fail(errc::connection_closed, "the peer closed the TLS session");
  return {buffer.data(), n};
}

void channel::fail(errc why, std::string detail) {
  if (has_failed())
    return;
  first_bytes_ = {};
  why_ = why;
  detail_ = std::move(detail);
}

} // namespace troupe::dist
