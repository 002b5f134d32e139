#include "troupe/atom.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace troupe {

namespace {

/// Texts live in chunks that never move, so that reading one takes no lock.
class atom_table {
public:
  static atom_table& get() {
    static auto* table = new atom_table; // never destroyed: atoms outlive all static objects
    return *table;
  }

  std::optional<uint32_t> intern(std::string_view text) {
    {
      std::shared_lock guard{mutex_};
      if (auto i = index_.find(text); i != index_.end())
        return i->second;
    }
    if (text.size() > atom::size_max)
      return std::nullopt;
    std::unique_lock guard{mutex_};
    if (auto i = index_.find(text); i != index_.end())
      return i->second;
    if (count_ == atom::count_max)
      return std::nullopt;
    auto n = count_++;
    auto& chunk = chunks_[n / chunk_size];
    if (!chunk.load(std::memory_order_relaxed))
      chunk.store(new std::string[chunk_size], std::memory_order_release);
    auto& slot = chunk.load(std::memory_order_relaxed)[n % chunk_size];
    slot = text;
    index_.emplace(slot, n);
    return n;
  }

  std::string_view text(uint32_t n) const noexcept {
    return chunks_[n / chunk_size].load(std::memory_order_acquire)[n % chunk_size];
  }

private:
  static constexpr uint32_t chunk_size = 4096;

  atom_table() { intern("nil"); } // index 0

  std::shared_mutex mutex_; // guards index_, count_ and the growth of chunks_
  std::unordered_map<std::string_view, uint32_t> index_;
  uint32_t count_ = 0;
  std::array<std::atomic<std::string*>, atom::count_max / chunk_size> chunks_{};
};

} // namespace

atom::atom(std::string_view text) {
  auto n = atom_table::get().intern(text);
  if (!n)
    throw std::length_error{"cannot make an atom of " + std::to_string(text.size()) + " bytes"};
  index_ = *n;
}

std::optional<atom> atom::try_make(std::string_view text) {
  auto n = atom_table::get().intern(text);
  if (!n)
    return std::nullopt;
  atom result;
  result.index_ = *n;
  return result;
}

std::string_view atom::text() const noexcept {
  return atom_table::get().text(index_);
}

} // namespace troupe
