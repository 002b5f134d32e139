#include "troupe/discovery/internal/keyed_hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <new>

namespace troupe::discovery::internal {

namespace {

constexpr size_t block_bytes = 64; // of SHA-256
constexpr size_t proof_bytes_min = 16;

struct context_deleter {
  void operator()(const EVP_MD_CTX* x) const { EVP_MD_CTX_free(const_cast<EVP_MD_CTX*>(x)); }
};

using context = std::unique_ptr<EVP_MD_CTX, context_deleter>;

std::shared_ptr<const EVP_MD_CTX> prepare(const dist::key& with, unsigned char filler) {
  std::array<unsigned char, block_bytes> block;
  block.fill(filler);
  auto secret = with.bytes();
  for (size_t i = 0; i < secret.size(); ++i)
    block[i] = static_cast<unsigned char>(block[i] ^ secret[i]);
  context result{EVP_MD_CTX_new()};
  bool ready = result && EVP_DigestInit_ex2(result.get(), EVP_sha256(), nullptr) == 1
               && EVP_DigestUpdate(result.get(), block.data(), block.size()) == 1;
  OPENSSL_cleanse(block.data(), block.size());
  if (!ready)
    throw std::bad_alloc{};
  return {result.release(), context_deleter{}};
}

} // namespace

keyed_hash::keyed_hash(const dist::key& with)
  : inner_(prepare(with, 0x36)), outer_(prepare(with, 0x5c)) {}

std::optional<dist::mac> keyed_hash::sign(std::string_view text) const {
  thread_local const context scratch{EVP_MD_CTX_new()};
  dist::mac result{};
  auto* out = reinterpret_cast<unsigned char*>(result.data());
  auto* hash = scratch.get();
  if (!hash || EVP_MD_CTX_copy_ex(hash, inner_.get()) != 1
      || EVP_DigestUpdate(hash, text.data(), text.size()) != 1
      || EVP_DigestFinal_ex(hash, out, nullptr) != 1 || EVP_MD_CTX_copy_ex(hash, outer_.get()) != 1
      || EVP_DigestUpdate(hash, out, result.size()) != 1
      || EVP_DigestFinal_ex(hash, out, nullptr) != 1)
    return std::nullopt;
  return result;
}

bool keyed_hash::verify(std::string_view text, std::string_view claimed) const {
  if (claimed.size() < proof_bytes_min || claimed.size() > dist::mac{}.size())
    return false;
  auto right = sign(text);
  return right && CRYPTO_memcmp(right->data(), claimed.data(), claimed.size()) == 0;
}

} // namespace troupe::discovery::internal
