// `--discover` and its companions as a part of a program.
//
// Erlang counterpart: none.
// Threads: as extension.

#pragma once

#include "troupe/discovery/options.hpp"
#include "troupe/discovery/service.hpp"
#include "troupe/extension.hpp"

#include <memory>
#include <optional>

namespace troupe::discovery {

/// `troupe::extensions parts{std::make_shared<discovery::command_line>()}` gives a program
/// discovery.
class command_line final : public extension {
public:
  void describe(boost::program_options::options_description& out) const override;
  std::optional<error> read(const boost::program_options::variables_map& values,
                            const config& how) override;
  std::optional<error> start(node& home) override;
  void stop() override;

  /// What was read.
  [[nodiscard]] const options& given() const noexcept { return options_; }
  /// Null before the start, and without a source.
  [[nodiscard]] service* running() const noexcept { return service_.get(); }

private:
  options options_;
  std::unique_ptr<service> service_;
};

} // namespace troupe::discovery
