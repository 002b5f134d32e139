#include "options.hpp"

#include <boost/program_options.hpp>

#include <sstream>

namespace troupe::console {

namespace po = boost::program_options;

result<options> read_options(int argc, const char* const* argv) {
  po::options_description known{"Options"};
  config::describe(known);
  auto add = known.add_options();
  add("eval,e", po::value<std::vector<std::string>>()->value_name("EXPR")->composing(),
      "evaluate, print the result; repeatable; then leave, with status 1 when one failed");
  add("no-halt", po::bool_switch(), "go on until SIGTERM after --eval and at the end of input");
  add("version", po::bool_switch(), "print the version and leave");
  add("help", po::bool_switch(), "print this and leave");
  po::variables_map values;
  if (auto parsed = parse_options(argc, argv, known, values); !parsed)
    return parsed.error();
  options result;
  result.no_halt = values["no-halt"].as<bool>();
  result.help = values["help"].as<bool>();
  result.version = values["version"].as<bool>();
  if (values.count("eval"))
    result.expressions = values["eval"].as<std::vector<std::string>>();
  std::ostringstream text;
  text << "Usage: troupe [options]\n\nA node with a console that understands Elixir's syntax.\n\n"
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
  return result;
}

} // namespace troupe::console
