#include "contender.hpp"

#include "erlang_source.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace troupe::bench {

namespace {

constexpr std::chrono::seconds start_patience{20};
constexpr std::chrono::seconds run_patience{180};
constexpr auto cookie = "bench";

void expect(child& from, const std::string& word) {
  if (auto said = from.hear(start_patience); said != word)
    throw std::runtime_error("expected \"" + word + "\", but it said \"" + said + "\"");
}

std::optional<std::string> program_in_path(const std::string& name) {
  std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
  for (size_t begin = 0; begin <= path.size();) {
    auto end = std::min(path.find(':', begin), path.size());
    auto file = path.substr(begin, end - begin) + "/" + name;
    if (access(file.c_str(), X_OK) == 0)
      return file;
    begin = end + 1;
  }
  return std::nullopt;
}

} // namespace

contender::~contender() {
  near_.reset();
  far_.reset();
  mapper_.reset();
  if (!folder_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
}

void contender::start_near(const std::vector<std::string>& command) {
  near_ = std::make_unique<child>(command);
  expect(*near_, "ready");
}

void contender::restart() {
  near_.reset();
  far_.reset();
  far_ = std::make_unique<child>(far_command_);
  expect(*far_, "ready");
  start_near(near_command_);
}

std::unique_ptr<contender> contender::troupe(const std::string& this_program,
                                             const std::string& transport, uint16_t epmd_port) {
  std::unique_ptr<contender> result{new contender{"troupe " + transport}};
  auto common = [&](const char* side, const char* name) {
    return std::vector<std::string>{this_program,
                                    "--side",
                                    side,
                                    "--name",
                                    std::string{name} + "@127.0.0.1",
                                    "--cookie",
                                    cookie,
                                    "--transport",
                                    transport,
                                    "--epmd-port",
                                    std::to_string(epmd_port),
                                    "--log-level",
                                    "error"};
  };
  auto far_name = "bench_far_" + transport;
  auto near_name = "bench_near_" + transport;
  result->far_command_ = common("far", far_name.c_str());
  result->near_command_ = common("near", near_name.c_str());
  result->near_command_.insert(result->near_command_.end(), {"--peer", far_name + "@127.0.0.1"});
  result->restart();
  return result;
}

std::unique_ptr<contender> contender::raw_tcp(const std::string& this_program) {
  std::unique_ptr<contender> result{new contender{"raw TCP"}};
  result->far_
    = std::make_unique<child>(std::vector<std::string>{this_program, "--side", "raw-far"});
  auto port = result->far_->hear(start_patience);
  result->start_near({this_program, "--side", "raw-near", "--peer", port});
  return result;
}

std::unique_ptr<contender> contender::erlang(uint16_t epmd_port, std::string& why) {
  for (auto name : {"erl", "erlc", "epmd"})
    if (!program_in_path(name)) {
      why = std::string{name} + " is not installed (package erlang-base)";
      return nullptr;
    }
  std::unique_ptr<contender> result{new contender{"Erlang"}};
  auto folder = (std::filesystem::temp_directory_path() / "troupe-bench-XXXXXX").string();
  if (!mkdtemp(folder.data()))
    throw std::runtime_error("cannot make a folder below " + folder);
  result->folder_ = folder;
  std::ofstream{folder + "/troupe_bench.erl"} << erlang_source;
  child compile{{"erlc", "-o", folder, folder + "/troupe_bench.erl"}};
  try {
    while (true)
      why += compile.hear(start_patience) + "\n";
  } catch (std::runtime_error&) { // it has ended
  }
  if (!std::filesystem::exists(folder + "/troupe_bench.beam"))
    throw std::runtime_error("erlc does not compile the module: " + why);
  auto port = std::to_string(epmd_port);
  setenv("ERL_EPMD_PORT", port.c_str(), 1);
  result->mapper_ = std::make_unique<child>(std::vector<std::string>{"epmd", "-port", port});
  auto common = [&](const std::string& name, const std::string& what) {
    return std::vector<std::string>{
      "erl",         "-noshell", "-name", name + "@127.0.0.1", "-setcookie", cookie, "-pa", folder,
      "-start_epmd", "false",    "+P",    "1000000",           "-eval",      what};
  };
  auto far = common("bench_far", "troupe_bench:far().");
  auto near = common("bench_near", "troupe_bench:near('bench_far@127.0.0.1').");
  result->far_ = std::make_unique<child>(far);
  expect(*result->far_, "ready");
  result->start_near(near);
  return result;
}

void contender::host(int64_t nodes) {
  far_->say(std::to_string(nodes));
  expect(*far_, "ready");
}

std::variant<measurement, std::string> contender::run(const workload& what, int64_t count) {
  auto is_troupe = !far_command_.empty();
  auto needs_more = what.name == "connection-bytes";
  if (needs_more && !is_troupe)
    return "not measured on " + name_;
  if (is_troupe && what.unit == unit::bytes)
    restart(); // what earlier workloads have left to the allocator would not count
  if (needs_more)
    host(count + 1);
  near_->say(fmt::format("run {} {} {}", what.name, count, what.parameter));
  auto line = near_->hear(run_patience);
  if (needs_more)
    host(0);
  if (auto x = parse_line(line))
    return *x;
  return line.starts_with("! ") ? line.substr(2) : "it said \"" + line + "\"";
}

} // namespace troupe::bench
