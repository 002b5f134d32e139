#include "troupe/dist/gate.hpp"

namespace troupe::dist {

namespace {

struct pattern {
  std::string_view text;
  first_words meaning;
};

constexpr pattern patterns[] = {
  {"\x16\x03", first_words::tls},    {"\x15\x03", first_words::tls_alert},
  {plain_magic, first_words::plain}, {"GET ", first_words::http},
  {"HEAD", first_words::http},       {"POST", first_words::http},
  {"PUT ", first_words::http},       {"OPTI", first_words::http},
  {"CONN", first_words::http},       {"DELE", first_words::http},
  {"TRAC", first_words::http},       {"PATC", first_words::http},
  {"PRI ", first_words::http},       {"HTTP", first_words::http},
};

/// Erlang's name message: its length in two bytes, which is a few hundred at most, then 'n' or 'N'.
first_words classify_erlang(std::string_view bytes) {
  if (static_cast<unsigned char>(bytes[0]) > 1)
    return first_words::other;
  if (bytes.size() < 3)
    return first_words::incomplete;
  return bytes[2] == 'n' || bytes[2] == 'N' ? first_words::erlang : first_words::other;
}

} // namespace

first_words classify(std::string_view bytes) {
  if (bytes.empty())
    return first_words::incomplete;
  for (auto& [text, meaning] : patterns) {
    if (bytes.starts_with(text))
      return meaning;
    if (text.starts_with(bytes))
      return first_words::incomplete;
  }
  return classify_erlang(bytes);
}

} // namespace troupe::dist
