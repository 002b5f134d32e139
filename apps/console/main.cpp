// `troupe`: a node with a console.
//
//   $ troupe --name a@127.0.0.1 --cookie monster -e 'Node.self'
//   :"a@127.0.0.1"

#include "console.hpp"
#include "options.hpp"

#include "troupe/discovery/command_line.hpp"
#include "troupe/discovery/doctor.hpp"

#include <iostream>
#include <memory>

int main(int argc, char** argv) {
  auto discovery = std::make_shared<troupe::discovery::command_line>();
  troupe::extensions parts{discovery};
  auto opts = troupe::console::read_options(argc, argv, parts);
  if (!opts) {
    std::cerr << "troupe: " << opts.error().context << "\n";
    return 2;
  }
  if (opts->help)
    std::cout << opts->help_text;
  else if (opts->version)
    std::cout << "troupe " TROUPE_VERSION "\n";
  else if (opts->doctor)
    return troupe::discovery::run_doctor({opts->node, discovery->given()}, std::cout);
  else
    return troupe::console::run(*opts, parts);
  return 0;
}
