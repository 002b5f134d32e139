#include "troupe/internal/quoting.hpp"

#include "troupe/internal/identifier.hpp"
#include "troupe/internal/utf8.hpp"

namespace troupe::internal {

namespace {

/// Returns the letter of a short escape, or 0.
char short_escape(char32_t c) {
  switch (c) {
    case 7: return 'a';
    case 8: return 'b';
    case 9: return 't';
    case 10: return 'n';
    case 11: return 'v';
    case 12: return 'f';
    case 13: return 'r';
    case 27: return 'e';
    case 127: return 'd';
    case '\\': return '\\';
    case 0: return '0';
    default: return 0;
  }
}

bool prints_as_itself(char32_t c) {
  return (c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD)
         || (c >= 0x10000 && c <= 0x10FFFF);
}

void append_hex(std::string& out, char32_t value, int digits) {
  for (auto shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += "0123456789ABCDEF"[(value >> shift) & 0xF];
}

void escape_char(std::string& out, char32_t c) {
  if (auto letter = short_escape(c)) {
    out += '\\';
    out += letter;
  } else if (c == 0xFEFF) { // the byte order mark would not be seen
    out += "\\uFEFF";
  } else if (prints_as_itself(c)) {
    append_code_point(out, c);
  } else if (c < 0x100) {
    out += "\\x";
    append_hex(out, c, 2);
  } else {
    out += "\\x{";
    append_hex(out, c, 4); // what does not print lies in the first plane
    out += '}';
  }
}

std::string quoted(std::string_view text) {
  std::string result{"\""};
  escape(result, text, '"');
  return result += '"';
}

std::string literal(std::string_view text, atom_class kind) {
  switch (kind) {
    case atom_class::alias: {
      constexpr std::string_view prefix = "Elixir.";
      auto whole = text.size() <= prefix.size() || text == "Elixir.Elixir"
                   || text.starts_with("Elixir.Elixir.");
      return std::string{whole ? text : text.substr(prefix.size())};
    }
    case atom_class::operator_quoted:
    case atom_class::other: return ":" + quoted(text);
    default: {
      auto special = text == "nil" || text == "true" || text == "false";
      return (special ? "" : ":") + std::string{text};
    }
  }
}

} // namespace

bool is_printable(std::string_view text, size_t limit) {
  for (; !text.empty() && limit > 0; --limit) {
    auto c = take_code_point(text);
    if (!c || *c == 0 || (!prints_as_itself(*c) && !short_escape(*c)))
      return false;
  }
  return true;
}

bool escape(std::string& out, std::string_view text, char quote, size_t limit) {
  for (; !text.empty() && limit > 0; --limit) {
    if (text[0] == quote) {
      out += '\\';
      out += quote;
      text.remove_prefix(1);
    } else if (text.starts_with("#{")) {
      out += "\\#{";
      text.remove_prefix(2);
    } else if (auto c = take_code_point(text)) {
      escape_char(out, *c);
    } else {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text[0]), 2);
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

std::string atom_text(atom x, atom_form form) {
  auto text = x.text();
  auto kind = classify_atom(text);
  auto quote = kind == atom_class::operator_quoted || kind == atom_class::other;
  switch (form) {
    case atom_form::literal: break;
    case atom_form::key:
      return (quote || kind == atom_class::alias ? quoted(text) : std::string{text}) + ":";
    case atom_form::remote_call:
      if (kind == atom_class::other || kind == atom_class::not_callable
          || kind == atom_class::alias)
        return quoted(text);
      return std::string{text};
  }
  return literal(text, kind);
}

} // namespace troupe::internal
