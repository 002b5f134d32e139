// What a word count is made of: who counts, who sees to it that somebody does, who adds.
//
// Erlang counterpart: none.
// Threads: bodies of processes.

#pragma once

#include "troupe/process.hpp"

#include <cstdint>
#include <map>
#include <string>

struct counted {
  std::map<std::string, int64_t> words;
};
TROUPE_MESSAGE(counted, words);

/// The map; runs on any node.
troupe::task<> count(troupe::process& self, troupe::pid whom, std::string line);

/// One for each line: gives it to one node after the other until one has counted it.
troupe::task<> see_to(troupe::process& self, troupe::pid boss, std::string line, size_t turn);

/// The reduction, and the report: the most frequent first.
troupe::task<> add_up(troupe::process& self, size_t lines);
