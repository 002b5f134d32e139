// Arbitrary bytes as source text: the parser answers with a term or an error, whose message can be
// printed, and what it takes for the beginning of an expression has an error of its own.
//
//   clang++ -std=c++20 -g -fsanitize=fuzzer,address,undefined -Iruntime -Iactors \
//     tests/fuzz/parser_fuzz.cpp actors/troupe/actors/eval/{builder,lexer*,parser*}.cpp \
//     actors/troupe/actors/eval/{source_error,unescape}.cpp runtime/troupe/{atom,term}.cpp \
//     runtime/troupe/internal/{term_order,utf8}.cpp -o parser_fuzz && ./parser_fuzz

#include "troupe/actors/eval/parser.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

using namespace troupe::actors::eval;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto result = parse({reinterpret_cast<const char*>(data), size});
  if (auto* error = std::get_if<syntax_error>(&result)) {
    require(error->type == "SyntaxError");
    require(error->message.starts_with("iex:"));
  } else if (auto* open = std::get_if<incomplete>(&result)) {
    require(open->otherwise.type == "TokenMissingError");
  }
  return 0;
}
