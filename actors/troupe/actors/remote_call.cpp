#include "troupe/actors/remote_call.hpp"

#include "troupe/actors/eval/failures.hpp"

namespace troupe::actors {

namespace internal {

remote_functions& remote_functions::get() {
  static auto* table = new remote_functions;
  return *table;
}

bool remote_functions::add(std::string key, caller f) {
  auto [i, fresh] = functions_.try_emplace(std::move(key), f);
  if (!fresh && i->second != f)
    i->second = nullptr;
  return true;
}

remote_functions::caller remote_functions::find(const std::string& key) const {
  auto i = functions_.find(key);
  return i == functions_.end() ? nullptr : i->second;
}

void refuse_arguments(const char* key, const term& arguments) {
  auto name = troupe::internal::demangle(key);
  auto place = term::tuple({atom{"native"}, name, arguments, term::empty_list()});
  auto f = eval::error(atom{"function_clause"});
  f.stack = term::list({place});
  throw f;
}

} // namespace internal

remote_call<term> remote(atom module, atom name, std::vector<term> arguments) {
  remote_call<term> result;
  result.what.type = spawn_what::form::function;
  result.what.module = module;
  result.what.name = name;
  result.what.arguments = term::list(arguments);
  return result;
}

remote_call<term> remote(term fun) {
  remote_call<term> result;
  result.what.type = spawn_what::form::closure;
  result.what.callable = std::move(fun);
  result.what.arguments = term::empty_list();
  return result;
}

} // namespace troupe::actors
