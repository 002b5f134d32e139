// A map that takes one pointer while it is empty: most processes have no links, no monitors and no
// dictionary.
//
// Erlang counterpart: the link and monitor trees of a process, made when there is something in.
// Threads: as std::map.

#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <utility>

namespace troupe::internal {

/// The part of a map that is used. Iterators are those of `Map`, but for this: erasing the last
/// entry, and adding the first one, invalidates `end()`.
template <class K, class V, class Map = std::map<K, V>>
class lazy_map {
public:
  using map = Map;
  using iterator = typename map::iterator;
  using const_iterator = typename map::const_iterator;

  lazy_map() = default;

  [[nodiscard]] bool empty() const noexcept { return !map_; }
  [[nodiscard]] size_t size() const noexcept { return map_ ? map_->size() : 0; }
  [[nodiscard]] iterator begin() { return get().begin(); }
  [[nodiscard]] iterator end() { return get().end(); }
  [[nodiscard]] const_iterator begin() const { return get().begin(); }
  [[nodiscard]] const_iterator end() const { return get().end(); }
  [[nodiscard]] iterator find(const K& key) { return get().find(key); }
  [[nodiscard]] const_iterator find(const K& key) const { return get().find(key); }

  V& operator[](const K& key) { return made()[key]; }
  template <class... As>
  std::pair<iterator, bool> try_emplace(const K& key, As&&... as) {
    return made().try_emplace(key, std::forward<As>(as)...);
  }

  void erase(iterator i) {
    map_->erase(i);
    shrink();
  }
  size_t erase(const K& key) {
    if (!map_)
      return 0;
    auto result = map_->erase(key);
    shrink();
    return result;
  }
  [[nodiscard]] typename map::node_type extract(const K& key) {
    if (!map_)
      return {};
    auto result = map_->extract(key);
    shrink();
    return result;
  }
  void clear() noexcept { map_.reset(); }

private:
  [[nodiscard]] map& get() const {
    static map none; // never filled
    return map_ ? *map_ : none;
  }
  map& made() {
    if (!map_)
      map_ = std::make_unique<map>();
    return *map_;
  }
  void shrink() {
    if (map_->empty())
      map_.reset();
  }

  std::unique_ptr<map> map_;
};

} // namespace troupe::internal
