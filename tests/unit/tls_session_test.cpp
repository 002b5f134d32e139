#include "troupe/dist/tls_session.hpp"

#include "support/session_pair.hpp"
#include "troupe/limits.hpp"

#include <doctest/doctest.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

using namespace troupe;
using namespace troupe::dist;
using namespace troupe::test;

namespace {

using role = tls_session::role;
using status = tls_session::status;

struct side {
  side(role r, const tls_contexts& contexts) : talk(r, contexts, out) {}

  void feed(std::string_view bytes) {
    std::array<char, tls_session::record_bytes_max> buffer;
    while (auto n = talk.read(bytes, buffer))
      clear.append(buffer.data(), n);
  }

  std::string out;
  std::string clear;
  tls_session talk;
};

struct two_sides {
  two_sides(const tls_contexts& x, const tls_contexts& y)
    : dialler(role::dialling, x), acceptor(role::accepting, y) {
    dialler.talk.start();
    run();
  }

  void run() {
    while (!dialler.out.empty() || !acceptor.out.empty()) {
      acceptor.feed(std::exchange(dialler.out, {}));
      dialler.feed(std::exchange(acceptor.out, {}));
    }
  }

  side dialler;
  side acceptor;
};

struct ssl_deleter {
  void operator()(SSL_CTX* x) const { SSL_CTX_free(x); }
  void operator()(SSL* x) const { SSL_free(x); }
  void operator()(EVP_PKEY* x) const { EVP_PKEY_free(x); }
  void operator()(X509* x) const { X509_free(x); }
};

/// A server that has a certificate and no key of ours.
std::unique_ptr<SSL, ssl_deleter> stranger() {
  std::unique_ptr<EVP_PKEY, ssl_deleter> pair{EVP_EC_gen("P-256")};
  std::unique_ptr<X509, ssl_deleter> certificate{X509_new()};
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), pair.get());
  X509_sign(certificate.get(), pair.get(), EVP_sha256());
  std::unique_ptr<SSL_CTX, ssl_deleter> context{SSL_CTX_new(TLS_server_method())};
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), pair.get());
  std::unique_ptr<SSL, ssl_deleter> result{SSL_new(context.get())};
  SSL_set_bio(result.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(result.get());
  return result;
}

} // namespace

TEST_CASE("tls_session: two with the key of one cookie come up and understand each other") {
  auto& tls = keys_of("monster")->tls();
  two_sides x{tls, tls};
  REQUIRE(x.dialler.talk.state() == status::up);
  REQUIRE(x.acceptor.talk.state() == status::up);
  CHECK(x.dialler.talk.write("hello", x.dialler.out));
  CHECK(x.dialler.out.find("hello") == std::string::npos);
  std::string large(200'000, 'x');
  CHECK(x.dialler.talk.write(large, x.dialler.out));
  CHECK(x.acceptor.talk.write("answer", x.acceptor.out));
  x.run();
  CHECK((x.acceptor.clear == "hello" + large));
  CHECK(x.dialler.clear == "answer");
}

TEST_CASE("tls_session: another cookie is a cookie_mismatch on both sides") {
  two_sides x{keys_of("monster")->tls(), keys_of("mouse")->tls()};
  CHECK(x.dialler.talk.why() == errc::cookie_mismatch);
  CHECK(x.acceptor.talk.why() == errc::cookie_mismatch);
  CHECK_FALSE(x.dialler.talk.write("hello", x.dialler.out));
}

TEST_CASE("tls_session: a man in the middle with a certificate gets nowhere") {
  side dialler{role::dialling, keys_of("monster")->tls()};
  dialler.talk.start();
  auto other = stranger();
  for (int i = 0; i < 4; ++i) {
    BIO_write(SSL_get_rbio(other.get()), dialler.out.data(), static_cast<int>(dialler.out.size()));
    dialler.out.clear();
    SSL_do_handshake(other.get());
    char* bytes = nullptr;
    auto size = BIO_get_mem_data(SSL_get_wbio(other.get()), &bytes);
    dialler.feed({bytes, static_cast<size_t>(size)});
    BIO_reset(SSL_get_wbio(other.get()));
  }
  CHECK(dialler.talk.state() == status::failed);
  CHECK(dialler.talk.why() == errc::cookie_mismatch);
}

TEST_CASE("tls_session: a node without TLS is told from a wrong cookie by its alert") {
  side x{role::dialling, keys_of("monster")->tls()};
  x.talk.start();
  x.feed({"\x15\x03\x03\x00\x02\x02\x46", 7});
  CHECK(x.talk.why() == errc::tls_required);
}

TEST_CASE("tls_session: a stranger's records are refused by their header when they are not of the "
          "handshake") {
  for (std::string_view header : {
         std::string_view{"\x17\x03\x03\x40\x00", 5}, // longer than any of the handshake
         std::string_view{"\x16\x03\x01\x00\x00", 5}, // empty
         std::string_view{"\x18\x03\x03\x00\x03", 5}, // a heartbeat
         std::string_view{"\x16\x02\x01\x00\x05", 5}, // another protocol
         std::string_view{"\x16\x03\x01\x00\x05\x01\x01\x00\x00\x00",
                          10}, // the message would be 64 KiB
         std::string_view{"\x16\x03\x01\x00\x03\x01\x00\x00",
                          8}, // the message's header in two records
       }) {
    side x{role::accepting, keys_of("monster")->tls()};
    x.feed(header);
    CHECK(x.talk.state() == status::failed);
    CHECK(x.talk.why() == errc::protocol_violation);
  }
}

TEST_CASE("tls_session: a stranger can make it hold one short record at the most") {
  side x{role::accepting, keys_of("monster")->tls()};
  x.feed({"\x16\x03\x01\x04\x00", 5});
  x.feed(std::string(1023, 'x'));
  CHECK(x.talk.state() == status::handshaking);
  CHECK(x.talk.held_bytes() == 1028);
  x.feed("x");
  CHECK(x.talk.state() == status::failed);
  CHECK(x.talk.held_bytes() == 0);
}

TEST_CASE("tls_session: a handshake of endless short records ends") {
  side x{role::accepting, keys_of("monster")->tls()};
  side hello{role::dialling, keys_of("monster")->tls()};
  hello.talk.start();
  x.feed(hello.out);
  REQUIRE(x.talk.state() == status::handshaking);
  size_t fed = 0;
  while (x.talk.state() == status::handshaking && fed < 10'000) {
    x.feed({"\x14\x03\x03\x00\x01\x01", 6}); // a change of ciphers that changes nothing
    fed += 6;
  }
  CHECK(fed <= limits::unauthenticated_bytes_max);
}
