#include "troupe/function_table.hpp"

#include "troupe/spawn.hpp"

#include <memory>

namespace troupe {

function_table& function_table::get() {
  static auto* table = new function_table;
  return *table;
}

bool function_table::add(std::string key, starter f) {
  auto [i, fresh] = functions_.try_emplace(std::move(key), f);
  if (!fresh && i->second.start_ != f)
    i->second.start_ = nullptr;
  return true;
}

const function_table::entry* function_table::find(const std::string& key) const {
  auto i = functions_.find(key);
  return i != functions_.end() && i->second.start_ ? &i->second : nullptr;
}

function_table::entry::~entry() {
  delete origin_.load();
}

internal::origin_ptr function_table::entry::origin(const std::string& key) const {
  auto* known = origin_.load(std::memory_order_acquire);
  if (!known) {
    auto made = internal::native_origin(internal::demangle(key.c_str()), true);
    if (origin_.compare_exchange_strong(known, made.get()))
      return made;
    delete made.get(); // another thread was faster; `made` itself deletes nothing
  }
  return internal::origin_ptr{known};
}

} // namespace troupe
