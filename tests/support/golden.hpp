// Reads the bytes that PROTOCOL.md promises, from tests/conformance/golden.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace troupe::test {

/// Returns the bytes of `name`.hex: pairs of hex digits; `#` begins a comment. Empty: there is no
/// such file.
inline std::string golden(const std::string& name) {
  auto folder
    = std::filesystem::path{__FILE__}.parent_path().parent_path() / "conformance" / "golden";
  std::ifstream file{folder / (name + ".hex")};
  std::string bytes;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words{line.substr(0, line.find('#'))};
    for (std::string word; words >> word;)
      bytes += static_cast<char>(std::stoi(word, nullptr, 16));
  }
  return bytes;
}

} // namespace troupe::test
