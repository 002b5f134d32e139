#include "options.hpp"

#include <boost/program_options.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>

namespace troupe::console {

namespace po = boost::program_options;

namespace {

result<actors::shell_options::script> read_script(const std::string& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf(); // An empty file is a failure to `text`, a folder throws inside.
  if (!file.is_open() || errno != 0)
    return error{errc::invalid_config,
                 "--eval-file " + path + " cannot be read: " + std::strerror(errno)};
  return actors::shell_options::script{path, text.str()};
}

} // namespace

result<options> read_options(int argc, const char* const* argv, const extensions& more) {
  po::options_description known{"Options"};
  config::describe(known);
  for (auto& x : more)
    x->describe(known);
  auto add = known.add_options();
  add("eval,e", po::value<std::vector<std::string>>()->value_name("EXPR")->composing(),
      "evaluate, print the result; repeatable; then leave, with status 1 when one failed");
  add("eval-file", po::value<std::vector<std::string>>()->value_name("FILE")->composing(),
      "evaluate a file of Elixir code; repeatable, after --eval; then leave as after it");
  add("no-halt", po::bool_switch(),
      "go on until SIGTERM after --eval, --eval-file and at the end of input");
  add("version", po::bool_switch(), "print the version and leave");
  add("help", po::bool_switch(), "print this and leave");
  po::variables_map values;
  options result;
  result.doctor = argc > 1 && std::string_view{argv[1]} == "doctor";
  auto skipped = result.doctor ? 1 : 0;
  if (auto parsed = parse_options(argc - skipped, argv + skipped, known, values); !parsed)
    return parsed.error();
  result.no_halt = values["no-halt"].as<bool>();
  result.help = values["help"].as<bool>();
  result.version = values["version"].as<bool>();
  if (values.count("eval"))
    result.expressions = values["eval"].as<std::vector<std::string>>();
  std::ostringstream text;
  text
    << "Usage: troupe [options]           a node with a console that understands Elixir's syntax\n"
       "       troupe doctor [options]    what such a node would see of its network\n\n"
    << known
    << "\nThe same names can stand in the environment, as TROUPE_COOKIE, and in the file of "
       "--config.\n";
  result.help_text = text.str();
  if (result.help || result.version)
    return result;
  auto read = config::read(values);
  if (!read)
    return read.error();
  result.node = *read;
  if (values.count("eval-file"))
    for (auto& path : values["eval-file"].as<std::vector<std::string>>()) {
      auto script = read_script(path);
      if (!script)
        return script.error();
      result.scripts.push_back(std::move(*script));
    }
  for (auto& x : more)
    if (auto failed = x->read(values, result.node))
      return *failed;
  return result;
}

} // namespace troupe::console
