#include "troupe/spawn.hpp"

#include <cxxabi.h>

#include <cstdlib>

namespace troupe {

std::string internal::demangle(const char* name) {
  int status = 0;
  auto* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = text ? text : name;
  std::free(text);
  return result;
}

internal::origin_ptr internal::native_origin(std::string name, bool shared) {
  static const atom native{"native"};
  auto call = term::tuple({native, atom::try_make(name).value_or(native), 1});
  return origin_ptr{new process_origin{std::move(name), std::move(call), shared}};
}

namespace {

task<> begin(process& self, const internal::root_function& root) {
  try {
    return root(self);
  } catch (...) {
    throw exit_request{term::tuple({atom{"badarg"}, term::empty_list()})};
  }
}

} // namespace

task<> internal::run_function(process& self, root_function root) {
  auto body = begin(self, root);
  co_await std::move(body);
}

void internal::bad_arguments(const char* function, const term& arguments) {
  auto where = term::tuple({atom{"native"}, demangle(function), arguments});
  throw exit_request{term::tuple({atom{"badarg"}, term::list({where})})};
}

} // namespace troupe
