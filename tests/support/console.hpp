// Two connected nodes, one with a console: a line in, what appears out.
//
// Erlang counterpart: iex in a terminal.
// Threads: the test's.

#pragma once

#include "support/buffer_device.hpp"
#include "support/cluster.hpp"

#include "troupe/actors/eval/process_host.hpp"
#include "troupe/actors/group_leader.hpp"
#include "troupe/actors/shell.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <memory>
#include <regex>
#include <string>

namespace troupe::test {

/// Node a has the console, and b is connected.
struct console {
  explicit console(uint64_t seed) : c({"a", "b"}, seed) {
    actors::eval::install(c.at("a"));
    actors::eval::install(c.at("b"));
    device = std::make_shared<buffer_device>();
    actors::start_group_leader(c.at("a"), device);
    actors::shell_options opts;
    opts.interactive = true;
    actors::start_shell(c.at("a"), std::move(opts));
    CHECK(c.ping("a", "b"));
    c.run();
    device->written.clear();
  }

  /// Types a line and returns what appears until `time` later, in one line, with pids and
  /// references made equal.
  std::string operator()(const std::string& line,
                         std::chrono::milliseconds time = std::chrono::milliseconds{900}) {
    device->type(line);
    c.advance(time);
    static const std::regex numbers{"#(PID|Reference|Ref)<[0-9.]+>"};
    static const std::regex breaks{"\n+ *"};
    auto text = std::regex_replace(device->take(), numbers, "#$1<>");
    text = std::regex_replace(text, breaks, " ");
    if (text.ends_with(" "))
      text.pop_back();
    return text;
  }

  cluster c;
  std::shared_ptr<buffer_device> device;
};

struct typed {
  std::string source;
  std::string printed;
};

/// Types lines one after the other, for several seeds.
inline void check_console(std::initializer_list<typed> lines) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    console type{seed};
    for (auto& x : lines)
      CHECK_MESSAGE(type(x.source) == x.printed, x.source.c_str());
  }
}

} // namespace troupe::test
