#include "troupe/discovery/command_line.hpp"

namespace troupe::discovery {

void command_line::describe(boost::program_options::options_description& out) const {
  options::describe(out);
}

std::optional<error> command_line::read(const boost::program_options::variables_map& values,
                                        const config& how) {
  auto x = options::read(values, how);
  if (!x)
    return x.error();
  options_ = std::move(*x);
  return std::nullopt;
}

std::optional<error> command_line::start(node& home) {
  if (options_.sources.empty())
    return std::nullopt;
  auto x = service::start(home, options_);
  if (!x)
    return x.error();
  service_ = std::move(*x);
  return std::nullopt;
}

void command_line::stop() {
  if (service_)
    service_->stop();
}

} // namespace troupe::discovery
