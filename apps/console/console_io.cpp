#include "console_io.hpp"

#include <cstdio>

namespace troupe::console {

void error_device::write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

} // namespace troupe::console
