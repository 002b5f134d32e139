// Who takes part: two operating-system processes, of which the near one measures.
//
// The near side prints `ready` when it is connected with the far one. To `run NAME COUNT PARAMETER`
// it answers with a measurement (see measurement.hpp), or with `! reason`. Both end with their
// input.
// Threads: one.

#pragma once

#include "child.hpp"
#include "measurement.hpp"
#include "workload.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::bench {

class contender {
public:
  /// `this_program` is the path of the benchmark itself.
  static std::unique_ptr<contender> troupe(const std::string& this_program,
                                           const std::string& transport, uint16_t epmd_port);
  static std::unique_ptr<contender> raw_tcp(const std::string& this_program);
  /// Null, with the reason in `why`, when Erlang is not installed.
  static std::unique_ptr<contender> erlang(uint16_t epmd_port, std::string& why);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Runs a workload; text says why there is no measurement.
  [[nodiscard]] std::variant<measurement, std::string> run(const workload& what, int64_t count);

  ~contender();

private:
  explicit contender(std::string name) : name_(std::move(name)) {}
  void start_near(const std::vector<std::string>& command);
  /// New programs in place of those that run.
  void restart();
  /// Lets the far side start nodes beside itself, in place of those before.
  void host(int64_t nodes);

  std::string name_;
  std::vector<std::string> far_command_; // Of troupe's.
  std::vector<std::string> near_command_;
  std::string folder_; // Of what was compiled for it.
  std::unique_ptr<child> mapper_;
  std::unique_ptr<child> far_;
  std::unique_ptr<child> near_;
};

} // namespace troupe::bench
