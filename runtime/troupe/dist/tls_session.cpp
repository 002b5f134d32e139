#include "troupe/dist/tls_session.hpp"

#include "troupe/dist/key_chain.hpp"
#include "troupe/limits.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace troupe::dist {

namespace {

constexpr std::string_view psk_identity = "troupe 1";
constexpr size_t salt_bytes = 16;
constexpr size_t proof_bytes = 16; // of a MAC; a wrong key is met by the binder in any case
constexpr unsigned char psk_cipher[] = {0x13, 0x01}; // TLS_AES_128_GCM_SHA256

constexpr size_t record_header_bytes = 5;
constexpr size_t message_header_bytes = 4;
constexpr char change_cipher_spec = 20;
constexpr char handshake_record = 22;
constexpr char encrypted = 23;

size_t u16_at(std::string_view bytes, size_t at) {
  return static_cast<size_t>(static_cast<unsigned char>(bytes[at]) << 8
                             | static_cast<unsigned char>(bytes[at + 1]));
}

const tls_session::psk_source& source_of(SSL* ssl) {
  return *static_cast<const tls_session::psk_source*>(SSL_get_app_data(ssl));
}

/// The pre-shared key in the dress of an earlier session, as OpenSSL wants it.
SSL_SESSION* psk_session(SSL* ssl, const key& psk) {
  auto* result = SSL_SESSION_new();
  auto secret = psk.bytes();
  if (result
      && (!SSL_SESSION_set1_master_key(result, secret.data(), secret.size())
          || !SSL_SESSION_set_cipher(result, SSL_CIPHER_find(ssl, psk_cipher))
          || !SSL_SESSION_set_protocol_version(result, TLS1_3_VERSION))) {
    SSL_SESSION_free(result);
    return nullptr;
  }
  return result;
}

int find_psk(SSL* ssl, const unsigned char* id, size_t id_size, SSL_SESSION** out) {
  std::string_view identity{reinterpret_cast<const char*>(id), id_size};
  auto& from = source_of(ssl);
  // Of a key that we do not have the binder tells so, as of any wrong one.
  auto* meant = from.others ? from.others->meant_by(identity) : nullptr;
  auto known = identity.starts_with(psk_identity);
  *out = known ? psk_session(ssl, (meant ? meant : from.own)->psk()) : nullptr;
  return 1;
}

int use_psk(SSL* ssl, const EVP_MD* digest, const unsigned char** id, size_t* id_size,
            SSL_SESSION** out) {
  *out = nullptr;
  *id = nullptr;
  *id_size = 0;
  if (digest
      && !EVP_MD_is_a(digest, "SHA256")) // the peer asked for a suite that this key does not fit
    return 1;
  auto& from = source_of(ssl);
  *out = psk_session(ssl, from.own->psk());
  *id = reinterpret_cast<const unsigned char*>(from.identity.data());
  *id_size = from.identity.size();
  return *out != nullptr;
}

} // namespace

void tls_contexts::deleter::operator()(SSL_CTX* x) const {
  SSL_CTX_free(x);
}

tls_contexts::context_ptr tls_contexts::make_context(bool dialling) {
  context_ptr result{SSL_CTX_new(dialling ? TLS_client_method() : TLS_server_method())};
  auto* ctx = result.get();
  if (!ctx || !SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION)
      || !SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION)
      || !SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256")
      || !SSL_CTX_set1_groups_list(ctx, "X25519:P-256"))
    return nullptr;
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_clear_options(ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
  SSL_CTX_set_num_tickets(ctx, 0);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(ctx, 1);
  if (dialling) {
    // Nobody is trusted, so that whoever has a certificate instead of the key gets no further.
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_max_cert_list(ctx, limits::handshake_frame_bytes_max);
    SSL_CTX_set_psk_use_session_callback(ctx, use_psk);
  } else {
    SSL_CTX_set_psk_find_session_callback(ctx, find_psk);
  }
  return result;
}

std::string tls_contexts::new_identity() const {
  std::array<unsigned char, salt_bytes> salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
    return {};
  std::string fresh{reinterpret_cast<const char*>(salt.data()), salt.size()};
  auto proof = sign(identity_key_, fresh);
  return std::string{psk_identity} + fresh + std::string{proof.data(), proof_bytes};
}

bool tls_contexts::is_meant_by(std::string_view identity) const {
  if (!identity.starts_with(psk_identity)
      || identity.size() != psk_identity.size() + salt_bytes + proof_bytes)
    return false;
  auto proof = sign(identity_key_, identity.substr(psk_identity.size(), salt_bytes));
  return std::string_view{proof.data(), proof_bytes}
         == identity.substr(identity.size() - proof_bytes);
}

result<std::unique_ptr<const tls_contexts>> tls_contexts::make(const key& psk,
                                                               const key& identity_key) {
  std::unique_ptr<tls_contexts> result{new tls_contexts{psk, identity_key}};
  result->dialling_ = result->make_context(true);
  result->accepting_ = result->make_context(false);
  if (!result->dialling_ || !result->accepting_) {
    ERR_clear_error();
    return error{errc::invalid_config,
                 "OpenSSL does not offer TLS 1.3 with X25519 and AES-128-GCM"};
  }
  return std::unique_ptr<const tls_contexts>{std::move(result)};
}

struct tls_session::bio {
  static int read(BIO* b, char* to, size_t size, size_t* got) {
    auto& window = static_cast<tls_session*>(BIO_get_data(b))->window_;
    BIO_clear_retry_flags(b);
    *got = window.copy(to, size);
    window.remove_prefix(*got);
    if (*got == 0)
      BIO_set_retry_read(b);
    return *got > 0;
  }

  static int write(BIO* b, const char* from, size_t size, size_t* put) {
    static_cast<tls_session*>(BIO_get_data(b))->out_->append(from, size);
    *put = size;
    return 1;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH; }

  static BIO* make(tls_session* owner) {
    static BIO_METHOD* const method = [] { // lives as long as the program, as OpenSSL's own do
      auto* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "troupe");
      if (m) {
        BIO_meth_set_read_ex(m, read);
        BIO_meth_set_write_ex(m, write);
        BIO_meth_set_ctrl(m, control);
      }
      return m;
    }();
    auto* b = method ? BIO_new(method) : nullptr;
    if (b) {
      BIO_set_data(b, owner);
      BIO_set_init(b, 1);
    }
    return b;
  }
};

void tls_session::deleter::operator()(SSL* x) const {
  SSL_free(x);
}

tls_session::tls_session(role r, const tls_contexts& contexts, std::string& out,
                         const key_chain* others)
  : role_(r), psk_{&contexts, others}, out_(&out) {
  if (r == role::dialling)
    psk_.identity = contexts.new_identity();
  if (r == role::dialling && psk_.identity.empty()) {
    fail(errc::protocol_violation, "OpenSSL has no random bytes");
    return;
  }
  ERR_clear_error();
  ssl_.reset(SSL_new(r == role::dialling ? contexts.dialling() : contexts.accepting()));
  auto* b = ssl_ ? bio::make(this) : nullptr;
  if (!b) {
    fail(errc::protocol_violation, "OpenSSL has no memory for a session");
    return;
  }
  SSL_set_bio(ssl_.get(), b, b);
  SSL_set_app_data(ssl_.get(), &psk_);
  if (r == role::dialling)
    SSL_set_connect_state(ssl_.get());
  else
    SSL_set_accept_state(ssl_.get());
}

tls_session::~tls_session() = default;

void tls_session::start() {
  if (role_ == role::dialling && status_ == status::handshaking)
    advance();
}

size_t tls_session::read(std::string_view& from, std::span<char> to) {
  if (status_ == status::handshaking)
    handshake(from);
  if (status_ != status::up)
    return 0;
  ERR_clear_error();
  window_ = from;
  size_t got = 0;
  auto ok = SSL_read_ex(ssl_.get(), to.data(), to.size(), &got);
  from = std::exchange(window_, {});
  if (ok)
    return got;
  switch (SSL_get_error(ssl_.get(), 0)) {
    case SSL_ERROR_WANT_READ: break;
    case SSL_ERROR_ZERO_RETURN: status_ = status::ended; break;
    default: fail_by_openssl(); break;
  }
  return 0;
}

bool tls_session::write(std::string_view plain, std::string& to) {
  if (status_ != status::up)
    return false;
  ERR_clear_error();
  auto* usual = std::exchange(out_, &to);
  size_t put = 0;
  auto ok = plain.empty() || SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &put);
  out_ = usual;
  if (!ok)
    fail_by_openssl();
  return ok;
}

void tls_session::handshake(std::string_view& from) {
  while (status_ == status::handshaking && take_record(from)) {
    window_ = record_;
    advance();
    window_ = {};
    record_.clear();
  }
  if (status_ != status::handshaking)
    record_ = {};
}

/// Moves bytes from `from` to `record_` and returns whether that is a whole record which may be
/// read.
bool tls_session::take_record(std::string_view& from) {
  auto wanted = record_header_bytes;
  do {
    if (record_.size() >= record_header_bytes)
      wanted = record_header_bytes + u16_at(record_, 3);
    auto n = std::min(from.size(), wanted - record_.size());
    record_.append(from.substr(0, n));
    from.remove_prefix(n);
    bytes_before_up_ += n;
    if (record_.size() < wanted)
      return false;
    if (auto* why = refuse_record()) {
      fail(errc::protocol_violation, why);
      return false;
    }
  } while (wanted == record_header_bytes);
  return true;
}

/// Looks at the header as soon as it is there, and again at the whole record. Returns what is
/// wrong.
const char* tls_session::refuse_record() const {
  auto size = u16_at(record_, 3);
  auto kind = record_[0];
  if (record_[1] != 3 || size == 0 || kind < change_cipher_spec || kind > encrypted)
    return "the peer does not speak TLS";
  if (size > limits::handshake_frame_bytes_max)
    return "a TLS record of the handshake is too long";
  if (record_.size() == record_header_bytes)
    return bytes_before_up_ + size > limits::unauthenticated_bytes_max
             ? "the TLS handshake is too long"
             : nullptr;
  if (kind != handshake_record)
    return nullptr;
  // One hello comes in clear, in one record; a length that it announces must be there.
  if (clear_records_ > 0 || size < message_header_bytes || record_[6] != 0
      || u16_at(record_, 7) + message_header_bytes != size)
    return "not the TLS hello of a node";
  return nullptr;
}

void tls_session::advance() {
  if (!record_.empty() && record_[0] == handshake_record)
    ++clear_records_;
  ERR_clear_error();
  auto r = SSL_do_handshake(ssl_.get());
  if (r == 1) {
    // OpenSSL counts a pre-shared key as a session that is used again. A man in the middle who has
    // any certificate can finish a handshake too, but not this way.
    if (SSL_session_reused(ssl_.get()))
      status_ = status::up;
    else
      fail(errc::cookie_mismatch, "the peer did not use the key of the cookie");
  } else if (SSL_get_error(ssl_.get(), r) != SSL_ERROR_WANT_READ) {
    fail_by_openssl();
  }
}

void tls_session::fail(errc why, std::string detail) {
  status_ = status::failed;
  why_ = why;
  detail_ = std::move(detail);
}

void tls_session::fail_by_openssl() {
  auto handshaking = status_ == status::handshaking;
  auto why = errc::protocol_violation;
  const char* text = nullptr;
  while (auto code = ERR_get_error()) {
    if (ERR_GET_LIB(code) != ERR_LIB_SSL)
      continue;
    if (!text)
      text = ERR_reason_error_string(code);
    switch (handshaking ? ERR_GET_REASON(code) : 0) {
      case SSL_R_BINDER_DOES_NOT_VERIFY:    // an acceptor sees the wrong key at once
      case SSL_R_TLSV1_ALERT_DECRYPT_ERROR: // and tells the dialler, by one of two alerts
      case SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER:
      case SSL_R_CERTIFICATE_VERIFY_FAILED: why = errc::cookie_mismatch; break;
      case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: // what a node without TLS answers
        why = errc::tls_required;
        break;
      default: break;
    }
  }
  if (why == errc::cookie_mismatch)
    return fail(why, "the peer does not know the cookie");
  fail(why, std::string{"TLS: "} + (text ? text : "unexpected end"));
}

} // namespace troupe::dist
