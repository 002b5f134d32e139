#include "troupe/spawn.hpp"

#include <cxxabi.h>

#include <cstdlib>

namespace troupe {

function_table& function_table::get() {
  static auto* table = new function_table;
  return *table;
}

bool function_table::add(std::string key, starter f) {
  auto [i, fresh] = functions_.try_emplace(std::move(key), f);
  if (!fresh && i->second != f)
    i->second = nullptr;
  return true;
}

function_table::starter function_table::find(const std::string& key) const {
  auto i = functions_.find(key);
  return i == functions_.end() ? nullptr : i->second;
}

std::string internal::demangle(const char* name) {
  int status = 0;
  auto* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = text ? text : name;
  std::free(text);
  return result;
}

void internal::bad_arguments(const char* function, const term& arguments) {
  auto where = term::tuple({atom{"native"}, demangle(function), arguments});
  throw exit_request{term::tuple({atom{"badarg"}, term::list({where})})};
}

} // namespace troupe
