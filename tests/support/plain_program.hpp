// A run of the program of plain CAF (support/plain_caf.cpp).
//
// Erlang counterpart: none.
// Threads: confined to the test.

#pragma once

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::test {

/// What it prints is read line by line. It ends with this object.
class plain_program {
public:
  explicit plain_program(std::vector<std::string> words) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is aborted must not leave it behind
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
      std::vector<char*> args{const_cast<char*>(TROUPE_PLAIN_CAF)};
      for (auto& x : words)
        args.push_back(x.data());
      args.push_back(nullptr);
      execv(args[0], args.data());
      _exit(1);
    }
    close(ends[1]);
    out_ = fdopen(ends[0], "r");
  }
  ~plain_program() {
    end();
    std::fclose(out_);
  }
  plain_program(const plain_program&) = delete;
  plain_program& operator=(const plain_program&) = delete;

  void end() {
    if (pid_ <= 0)
      return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  std::string line() {
    char text[512];
    if (!std::fgets(text, sizeof text, out_))
      return "(no more)";
    std::string result = text;
    result.pop_back();
    return result;
  }

private:
  pid_t pid_ = -1;
  std::FILE* out_ = nullptr;
};

} // namespace troupe::test
