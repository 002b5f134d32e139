// The files of this project as the rules about them want to see them.
//
// Erlang counterpart: none.
// Threads: confined to the test.

#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::tidy {

struct source_file {
  std::string path; ///< From the top of the tree, with '/'.
  std::string text;
  std::vector<std::string> lines;
  std::string
    code; ///< C++ only: `text`, in which comments and the contents of literals are blanks.

  [[nodiscard]] bool in(std::string_view folder) const { return path.starts_with(folder); }
  [[nodiscard]] bool ends(std::string_view suffix) const { return path.ends_with(suffix); }
  [[nodiscard]] bool is_header() const { return ends(".hpp"); }
  [[nodiscard]] bool is_source() const { return ends(".cpp"); }
  [[nodiscard]] bool is_cpp() const { return is_header() || is_source(); }
};

/// Returns every text file but what was built or belongs to git.
[[nodiscard]] const std::vector<source_file>& all_files();

/// Returns the file at `path`; an empty one when there is none.
[[nodiscard]] const source_file& file_at(std::string_view path);

/// Returns what stands between the quotes or brackets of each include, with them.
[[nodiscard]] std::vector<std::string> includes_of(const source_file& x);

/// Returns the comment with which a file opens.
[[nodiscard]] std::string banner_of(const source_file& x);

/// Returns the headers that the part's CMakeLists.txt lists, as paths from the top of the tree.
[[nodiscard]] std::vector<std::string> public_headers(const std::string& part);

/// Returns the names of the test cases in a file, joined where they are written in pieces.
[[nodiscard]] std::vector<std::string> test_names(const source_file& x);

/// Returns the C++ text with blanks for comments and for what is inside literals; lines stay lines.
[[nodiscard]] std::string code_of(std::string_view text);

/// Says where a rule is broken, and lets the test case fail.
class report {
public:
  void add(const source_file& where, size_t line, std::string_view what);
  void add(const source_file& where, std::string_view what);
  /// Reports every line of `text`, which has as many lines as the file, for which `broken` is true.
  void each_line(const source_file& where, std::string_view text,
                 const std::function<bool(const std::string&)>& broken, std::string_view what);
  ~report();

private:
  std::string text_;
};

} // namespace troupe::tidy
