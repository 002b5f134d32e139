#include "troupe/dist/handshake.hpp"

#include "troupe/dist/framing.hpp"
#include "troupe/dist/key_chain.hpp"
#include "troupe/internal/quoting.hpp"

#include <algorithm>
#include <limits>

namespace troupe::dist {

namespace {

constexpr uint8_t hidden_flag = 1;

// Kind, versions, features, creation, flags, ticktime, nonce and two lengths: a hello without its
// texts.
constexpr size_t fixed_hello_bytes = 1 + 1 + 1 + 8 + 4 + 1 + 4 + 32 + 1 + 1;

char kind_byte(session_frame kind) {
  return static_cast<char>(kind);
}

handshake::step fail(errc why, std::string detail) {
  handshake::step result;
  result.failure = why;
  result.detail = std::move(detail);
  return result;
}

/// What a stranger calls itself, fit for a log: a name may hold what a terminal would obey.
std::string quoted(std::string_view name) {
  std::string out{"'"};
  internal::escape(out, name, '\'');
  return out += "'";
}

std::string make_hello(const handshake::parameters& p) {
  std::string out;
  out += kind_byte(session_frame::hello);
  put_uint(out, p.version_min, 1);
  put_uint(out, p.version_max, 1);
  put_uint(out, features_supported, 8);
  put_uint(out, p.self.creation, 4);
  put_uint(out, p.self.hidden ? hidden_flag : 0, 1);
  auto ticktime = std::clamp<int64_t>(p.ticktime.count(), 1, std::numeric_limits<uint32_t>::max());
  put_uint(out, static_cast<uint64_t>(ticktime), 4);
  out.append(p.fresh.data(), p.fresh.size());
  for (auto* text : {&p.self.name, &p.self.build_id}) {
    auto size = std::min<size_t>(text->size(), 255);
    put_uint(out, size, 1);
    out.append(*text, 0, size);
  }
  return out;
}

bool take_text(std::string_view& from, std::string& to) {
  if (from.empty())
    return false;
  auto size = take_uint(from, 1);
  if (size > from.size())
    return false;
  to = from.substr(0, size);
  from.remove_prefix(size);
  return true;
}

} // namespace

handshake::handshake(parameters p, const key& secret)
  : own_(std::move(p)), secret_(secret), stage_(stage::hello), own_hello_(make_hello(own_)) {}

std::string handshake::ready() {
  return std::string(1, kind_byte(session_frame::ready));
}

std::string handshake::farewell(session_frame kind, errc why) {
  return {kind_byte(kind), static_cast<char>(why)};
}

errc handshake::read_farewell(std::string_view frame) {
  if (frame.size() < 2)
    return errc::protocol_violation;
  switch (auto code = static_cast<errc>(static_cast<unsigned char>(frame[1]))) {
    case errc::tls_required: return errc::tls_unexpected;
    case errc::tls_unexpected: return errc::tls_required;
    case errc::none: return errc::protocol_violation;
    default: return code;
  }
}

handshake::step handshake::receive(std::string_view frame) {
  switch (static_cast<session_frame>(frame.empty() ? 0 : frame.front())) {
    case session_frame::hello:
      if (stage_ == stage::hello)
        return receive_hello(frame);
      break;
    case session_frame::auth:
      if (stage_ == stage::auth)
        return receive_auth(frame.substr(1));
      break;
    case session_frame::ready:
      if (stage_ == stage::ready) {
        step result;
        stage_ = stage::done;
        result.authenticated = true;
        return result;
      }
      break;
    case session_frame::reject: {
      auto result = fail(read_farewell(frame), "the peer refused the connection");
      result.tell = false;
      if (!peer_.name.empty()) // as it says; nothing of it need be proven yet
        result.detail = quoted(peer_.name)
                        + (result.failure == errc::cookie_mismatch ? " does not know the cookie"
                                                                   : " refused the connection");
      return result;
    }
    default: break;
  }
  return fail(errc::protocol_violation, "a frame that does not belong here in the handshake");
}

bool handshake::speaks_our_version(std::string_view body) const {
  auto min = static_cast<unsigned char>(body[1]);
  auto max = static_cast<unsigned char>(body[2]);
  return std::max(min, own_.version_min) <= std::min(max, own_.version_max);
}

bool handshake::parse_hello(std::string_view body, std::string_view& proof) {
  auto proof_bytes = own_.role == session::role::dialling ? mac{}.size() : 0;
  if (body.size() < fixed_hello_bytes + proof_bytes)
    return false;
  proof = body.substr(body.size() - proof_bytes);
  body.remove_suffix(proof_bytes);
  peer_hello_ = body;
  body.remove_prefix(3); // kind and versions
  peer_.features = take_uint(body, 8);
  peer_.creation = static_cast<uint32_t>(take_uint(body, 4));
  peer_.hidden = (take_uint(body, 1) & hidden_flag) != 0;
  peer_ticktime_ = std::chrono::milliseconds{take_uint(body, 4)};
  body.remove_prefix(own_.fresh.size());
  // What a newer node has to say follows; it is covered by the proofs like all else.
  return take_text(body, peer_.name) && take_text(body, peer_.build_id)
         && peer_ticktime_.count() > 0;
}

handshake::step handshake::check_names() const {
  if (peer_.name == own_.self.name)
    return fail(errc::self_connection, peer_.creation == own_.self.creation
                                         ? "the node dialled itself"
                                         : "another node has this node's name, " + own_.self.name);
  if (!own_.expected.empty() && peer_.name != own_.expected)
    return fail(errc::wrong_name,
                "'" + own_.expected + "' was dialled and " + quoted(peer_.name) + " answered");
  return {};
}

handshake::step handshake::receive_hello(std::string_view frame) {
  if (frame.size() < 3)
    return fail(errc::protocol_violation, "a hello that is cut short");
  if (!speaks_our_version(frame))
    return fail(errc::version_mismatch, "the peer speaks versions "
                                          + std::to_string(static_cast<uint8_t>(frame[1])) + " to "
                                          + std::to_string(static_cast<uint8_t>(frame[2])));
  std::string_view peer_proof;
  if (!parse_hello(frame, peer_proof))
    return fail(errc::protocol_violation, "a malformed hello");
  if (!node_name::parse(peer_.name))
    return fail(errc::invalid_node_name, "the peer's name is no node name");
  if (own_.chain)
    secret_ = own_.chain->of(peer_.name)->handshake_key();
  if (own_.role == session::role::accepting) {
    if (auto bad = check_names(); bad.failure != errc::none)
      return bad;
    stage_ = stage::auth;
    step result;
    result.reply = own_hello_ + proof();
    return result;
  }
  if (!verify(secret_, transcript(session::role::accepting), peer_proof))
    return fail(errc::cookie_mismatch, quoted(peer_.name) + " does not know the cookie");
  if (auto bad = check_names(); bad.failure != errc::none)
    return bad;
  stage_ = stage::ready;
  step result;
  result.reply = kind_byte(session_frame::auth) + proof();
  return result;
}

handshake::step handshake::receive_auth(std::string_view peer_proof) {
  if (!verify(secret_, transcript(session::role::dialling), peer_proof))
    return fail(errc::cookie_mismatch, quoted(peer_.name) + " does not know the cookie");
  stage_ = stage::done;
  step result;
  result.authenticated = true;
  return result;
}

std::string handshake::transcript(session::role prover) const {
  auto dialling = own_.role == session::role::dialling;
  std::string out = prover == session::role::dialling ? "troupe 1 dialler " : "troupe 1 acceptor ";
  out += own_.mode == transport_mode::tls ? "tls" : "plain";
  put_frame(out, dialling ? own_hello_ : peer_hello_);
  put_frame(out, dialling ? peer_hello_ : own_hello_);
  return out;
}

std::string handshake::proof() const {
  auto made = sign(secret_, transcript(own_.role));
  return {made.data(), made.size()};
}

} // namespace troupe::dist
