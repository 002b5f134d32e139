#include "tidy/source_tree.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace troupe::tidy {

namespace {

namespace fs = std::filesystem;

const std::set<std::string> not_ours{".git", "build", "__pycache__", ".cache"};

std::vector<std::string> lines_of(std::string_view text) {
  std::istringstream in{std::string{text}};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

source_file read(const fs::path& top, const fs::path& path) {
  source_file x;
  x.path = fs::relative(path, top).generic_string();
  std::ifstream in{path, std::ios::binary};
  x.text.assign(std::istreambuf_iterator<char>{in}, {});
  x.lines = lines_of(x.text);
  if (x.is_cpp())
    x.code = code_of(x.text);
  return x;
}

std::vector<source_file> read_all() {
  const fs::path top{TROUPE_SOURCE_DIR};
  std::vector<source_file> files;
  for (auto i = fs::recursive_directory_iterator{top}; i != fs::recursive_directory_iterator{};
       ++i) {
    if (i->is_directory() && not_ours.contains(i->path().filename().string()))
      i.disable_recursion_pending();
    else if (i->is_regular_file() && !i->path().string().ends_with(".swp"))
      files.push_back(read(top, i->path()));
  }
  std::sort(files.begin(), files.end(), [](auto& x, auto& y) { return x.path < y.path; });
  return files;
}

/// Returns the end of the literal that begins at `at`, and whether it is one that `"` or `'` ends.
size_t end_of_literal(std::string_view text, size_t at) {
  auto quote = text[at];
  if (quote == '"' && at > 0 && text[at - 1] == 'R') {
    auto open = text.find('(', at);
    auto mark = ")" + std::string{text.substr(at + 1, open - at - 1)} + "\"";
    auto end = text.find(mark, open);
    return end == std::string_view::npos ? text.size() : end + mark.size();
  }
  for (auto i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == quote || text[i] == '\n')
      return i + 1;
  }
  return text.size();
}

bool is_digit_separator(std::string_view text, size_t at) {
  return at > 0 && std::isxdigit(static_cast<unsigned char>(text[at - 1])) && at + 1 < text.size()
         && std::isxdigit(static_cast<unsigned char>(text[at + 1]));
}

} // namespace

std::string code_of(std::string_view text) {
  std::string code{text};
  auto blank = [&](size_t from, size_t to) {
    for (auto i = from; i < std::min(to, code.size()); ++i)
      if (code[i] != '\n')
        code[i] = ' ';
  };
  for (size_t i = 0; i < text.size();) {
    auto end = i + 1;
    if (text.substr(i, 2) == "//") {
      end = std::min(text.find('\n', i), text.size());
      blank(i, end);
    } else if (text.substr(i, 2) == "/*") {
      end = std::min(text.find("*/", i + 2), text.size() - 2) + 2;
      blank(i, end);
    } else if (text[i] == '"' || (text[i] == '\'' && !is_digit_separator(text, i))) {
      end = end_of_literal(text, i);
      blank(i + 1, end - 1);
    }
    i = end;
  }
  return code;
}

const std::vector<source_file>& all_files() {
  static const auto files = read_all();
  return files;
}

const source_file& file_at(std::string_view path) {
  static const source_file none;
  for (auto& x : all_files())
    if (x.path == path)
      return x;
  return none;
}

std::vector<std::string> includes_of(const source_file& x) {
  static const std::regex pattern{R"(^\s*#\s*include\s*([<"][^>"]+[>"]).*)"};
  std::vector<std::string> found;
  std::smatch match;
  for (auto& line : x.lines)
    if (std::regex_match(line, match, pattern))
      found.push_back(match[1]);
  return found;
}

std::string banner_of(const source_file& x) {
  std::string banner;
  for (auto& line : x.lines) {
    if (!line.starts_with("//"))
      break;
    banner += line.substr(std::min<size_t>(line.size(), 3)) + " ";
  }
  return banner;
}

std::vector<std::string> public_headers(const std::string& part) {
  static const std::regex pattern{R"(troupe/[\w/]+\.hpp)"};
  auto& text = file_at(part + "/CMakeLists.txt").text;
  std::vector<std::string> found;
  for (std::sregex_iterator i{text.begin(), text.end(), pattern}, end; i != end; ++i)
    found.push_back(part + "/" + i->str());
  return found;
}

std::vector<std::string> test_names(const source_file& x) {
  static const std::regex pattern{
    R"re(TEST_CASE(?:_FIXTURE\s*\(\s*\w+\s*,|_TEMPLATE\s*\(|\s*\()((?:\s*"(?:[^"\\]|\\.)*")+))re"};
  static const std::regex piece{R"re("((?:[^"\\]|\\.)*)")re"};
  std::vector<std::string> names;
  for (std::sregex_iterator i{x.text.begin(), x.text.end(), pattern}, end; i != end; ++i) {
    auto pieces = (*i)[1].str();
    std::string name;
    for (std::sregex_iterator j{pieces.begin(), pieces.end(), piece}; j != end; ++j)
      name += (*j)[1].str();
    names.push_back(name);
  }
  return names;
}

void report::add(const source_file& where, size_t line, std::string_view what) {
  text_ += "\n  " + where.path + ":" + std::to_string(line) + ": " + std::string{what};
}

void report::add(const source_file& where, std::string_view what) {
  text_ += "\n  " + where.path + ": " + std::string{what};
}

void report::each_line(const source_file& where, std::string_view text,
                       const std::function<bool(const std::string&)>& broken,
                       std::string_view what) {
  size_t number = 0;
  for (auto& line : lines_of(text))
    if (++number; broken(line))
      add(where, number, what);
}

report::~report() {
  CHECK_MESSAGE(text_.empty(), text_);
}

} // namespace troupe::tidy
