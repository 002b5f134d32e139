#include "troupe/function_table.hpp"

#include "troupe/spawn.hpp"

#include <memory>

namespace troupe {

function_table& function_table::get() {
  static auto* table = new function_table;
  return *table;
}

bool function_table::add(std::string key, starter f) {
  auto [i, fresh] = functions_.try_emplace(std::move(key));
  if (fresh)
    i->second.start = f;
  else if (i->second.start != f)
    i->second.start = nullptr;
  return true;
}

function_table::starter function_table::find(const std::string& key) const {
  auto i = functions_.find(key);
  return i == functions_.end() ? nullptr : i->second.start;
}

internal::origin_ptr function_table::origin_of(const std::string& key) const {
  auto i = functions_.find(key);
  if (i == functions_.end())
    return nullptr;
  auto* known = i->second.origin.load(std::memory_order_acquire);
  if (!known) {
    auto made = internal::native_origin(internal::demangle(key.c_str()), true);
    if (i->second.origin.compare_exchange_strong(known, made.get()))
      return made;
    delete made.get(); // another thread was faster; `made` itself deletes nothing
  }
  return internal::origin_ptr{known};
}

} // namespace troupe
