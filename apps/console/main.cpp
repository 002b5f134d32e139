// `troupe`: a node with a console.
//
//   $ troupe --name a@127.0.0.1 --cookie monster -e 'Node.self'
//   :"a@127.0.0.1"

#include "console.hpp"
#include "options.hpp"

#include <iostream>

int main(int argc, char** argv) {
  auto opts = troupe::console::read_options(argc, argv);
  if (!opts) {
    std::cerr << "troupe: " << opts.error().context << "\n";
    return 2;
  }
  if (opts->help)
    std::cout << opts->help_text;
  else if (opts->version)
    std::cout << "troupe " TROUPE_VERSION "\n";
  else
    return troupe::console::run(*opts);
  return 0;
}
