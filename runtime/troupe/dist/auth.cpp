#include "troupe/dist/auth.hpp"

#include "troupe/dist/tls_session.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <string>

namespace troupe::dist {

namespace {

// These texts are part of the protocol: nodes that disagree on one cannot talk.
constexpr std::string_view cookie_salt = "troupe 1 cookie";
constexpr std::string_view tls_label = "troupe 1 tls psk";
constexpr std::string_view tls_identity_label = "troupe 1 tls psk identity";
constexpr std::string_view handshake_label = "troupe 1 handshake mac";
constexpr std::string_view discovery_label = "troupe 1 discovery mac";

constexpr uint64_t scrypt_n = 1 << 15;
constexpr uint64_t scrypt_r = 8;
constexpr uint64_t scrypt_p = 1;
constexpr uint64_t scrypt_bytes_max = 64 << 20; // N * r * 128 and a little

struct kdf_deleter {
  void operator()(EVP_KDF* x) const { EVP_KDF_free(x); }
  void operator()(EVP_KDF_CTX* x) const { EVP_KDF_CTX_free(x); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool stretch(std::string_view cookie, key& to) {
  auto out = to.bytes();
  return EVP_PBE_scrypt(cookie.data(), cookie.size(), bytes_of(cookie_salt), cookie_salt.size(),
                        scrypt_n, scrypt_r, scrypt_p, scrypt_bytes_max, out.data(), out.size())
         == 1;
}

bool expand(const key& master, std::string_view label, key& to) {
  std::unique_ptr<EVP_KDF, kdf_deleter> hkdf{EVP_KDF_fetch(nullptr, "HKDF", nullptr)};
  if (!hkdf)
    return false;
  std::unique_ptr<EVP_KDF_CTX, kdf_deleter> context{EVP_KDF_CTX_new(hkdf.get())};
  if (!context)
    return false;
  // OpenSSL takes its inputs by pointers to what is not const, and only reads them.
  char digest[] = "SHA256";
  auto* secret = const_cast<unsigned char*>(master.bytes().data());
  auto* info = const_cast<char*>(label.data());
  const OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, key::size),
    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, label.size()),
    OSSL_PARAM_construct_end(),
  };
  auto out = to.bytes();
  return EVP_KDF_derive(context.get(), out.data(), out.size(), params) == 1;
}

} // namespace

key::~key() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

mac sign(const key& with, std::string_view text) {
  mac result{};
  unsigned char out[EVP_MAX_MD_SIZE] = {};
  unsigned size = 0;
  auto secret = with.bytes();
  // Without memory nothing is signed; `verify` never takes that for a proof.
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text),
           text.size(), out, &size)
      && size == result.size())
    std::copy_n(out, result.size(), result.begin());
  return result;
}

bool verify(const key& with, std::string_view text, std::string_view claimed) {
  auto right = sign(with, text);
  return right != mac{} && claimed.size() == right.size()
         && CRYPTO_memcmp(right.data(), claimed.data(), right.size()) == 0;
}

key_ring::key_ring() = default;

key_ring::~key_ring() = default;

result<std::shared_ptr<const key_ring>> key_ring::derive(std::string_view cookie) {
  if (cookie.empty())
    return error{errc::invalid_config, "the cookie is empty"};
  if (cookie.size() > cookie_bytes_max)
    return error{errc::invalid_config,
                 "the cookie is longer than " + std::to_string(cookie_bytes_max) + " bytes"};
  std::shared_ptr<key_ring> ring{new key_ring};
  key master;
  key tls_key;
  key tls_identity_key;
  if (!stretch(cookie, master) || !expand(master, tls_label, tls_key)
      || !expand(master, tls_identity_label, tls_identity_key)
      || !expand(master, handshake_label, ring->handshake_key_)
      || !expand(master, discovery_label, ring->discovery_key_))
    return error{errc::invalid_config, "OpenSSL cannot derive keys from the cookie"};
  auto tls = tls_contexts::make(tls_key, tls_identity_key);
  if (!tls)
    return tls.error();
  ring->tls_ = std::move(*tls);
  return std::shared_ptr<const key_ring>{std::move(ring)};
}

} // namespace troupe::dist
