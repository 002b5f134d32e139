#include "options.hpp"

#include <boost/program_options.hpp>

#include <sstream>

namespace troupe::bench {

namespace {

namespace po = boost::program_options;

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string word; std::getline(in, word, ',');)
    result.push_back(word);
  return result;
}

error unfit(const std::string& option, const std::string& given, const std::string& right) {
  return {errc::invalid_config, option + " " + given + ": must be " + right};
}

std::string all_names() {
  std::string result;
  for (auto& x : workloads())
    result += (result.empty() ? "" : ", ") + std::string{x.name};
  return result;
}

result<bool> read_choice(const po::variables_map& values, options& out) {
  for (auto& word : words_of(values["workloads"].as<std::string>())) {
    auto* found = find_workload(word);
    if (!found)
      return unfit("--workloads", word, "of " + all_names());
    out.chosen.push_back(found);
  }
  if (out.chosen.empty())
    for (auto& x : workloads())
      out.chosen.push_back(&x);
  for (auto& word : words_of(values["against"].as<std::string>())) {
    if (word != "raw" && word != "erlang")
      return unfit("--against", word, "raw, erlang, or both with a comma");
    (word == "raw" ? out.against_raw : out.against_erlang) = true;
  }
  if (auto given = values["transport"].as<std::string>(); given == "tls" || given == "plain")
    out.transports = {given};
  else if (given != "both")
    return unfit("--transport", given, "tls, plain or both");
  out.quick = values["quick"].as<bool>();
  out.rounds = values.count("rounds") ? values["rounds"].as<int>() : out.quick ? 1 : 5;
  if (out.rounds < 1 || out.rounds > 1000)
    return unfit("--rounds", std::to_string(out.rounds), "between 1 and 1000");
  return true;
}

/// The children are nodes and have a node's options.
result<options> read_side(int argc, const char* const* argv) {
  po::options_description known;
  config::describe(known);
  auto add = known.add_options();
  add("side", po::value<std::string>());
  add("peer", po::value<std::string>()->default_value(""));
  po::variables_map values;
  if (auto parsed = parse_options(argc, argv, known, values); !parsed)
    return parsed.error();
  options result;
  result.side = values["side"].as<std::string>();
  result.peer = values["peer"].as<std::string>();
  auto read = config::read(values);
  if (!read)
    return read.error();
  result.node = *read;
  return result;
}

} // namespace

result<options> read_options(int argc, const char* const* argv) {
  if (argc > 1 && std::string{argv[1]} == "--side")
    return read_side(argc, argv);
  po::options_description known{"Options"};
  auto add = known.add_options();
  auto text = [](const char* value) { return po::value<std::string>()->default_value(value); };
  add("workloads", text("")->value_name("NAME,..."), ("which: " + all_names()).c_str());
  add("transport", text("both")->value_name("tls|plain|both"), "how the nodes talk");
  add("against", text("")->value_name("raw,erlang"), "run the same beside raw TCP and Erlang");
  add("quick", po::bool_switch(), "less of everything, one round: under a minute");
  add("rounds", po::value<int>()->value_name("N"),
      "medians of so many rounds; default 5, or 1 with --quick");
  add("json", text("")->value_name("FILE"), "write all measurements there, too");
  add("plot", text("")->value_name("FILE.svg"), "draw the ratios there, too");
  add("help", po::bool_switch(), "print this and leave");
  po::variables_map values;
  options result;
  try {
    po::store(po::parse_command_line(argc, argv, known), values);
  } catch (po::error& x) {
    return error{errc::invalid_config, x.what()};
  }
  std::ostringstream help;
  help
    << "Usage: troupe-bench [options]    two programs on this machine, and how fast they talk\n\n"
    << known;
  result.help_text = help.str();
  result.help = values["help"].as<bool>();
  result.json = values["json"].as<std::string>();
  result.plot = values["plot"].as<std::string>();
  if (auto read = read_choice(values, result); !read)
    return read.error();
  return result;
}

} // namespace troupe::bench
