#include "troupe/internal/scalar_text.hpp"

#include "troupe/internal/quoting.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace troupe::internal {

namespace {

/// Of the functions that Elixir's interpreter makes, as the supported version prints them.
constexpr uint32_t interpreted_arity_0 = 43;
constexpr uint32_t interpreted_uniq = 3316493;

/// Reals from here on, 2^53, have no fraction and print in scientific form.
constexpr double whole_min = 9007199254740992.0;

/// The numbers that stand for foreign nodes in pids and references.
class node_numbers {
public:
  static node_numbers& get() {
    static auto& all = *new node_numbers;
    return all;
  }

  size_t number_of(atom node, uint32_t creation) {
    std::lock_guard guard{mutex_};
    auto [i, fresh] = numbers_.try_emplace(node, nodes_.size() + 1);
    if (fresh)
      nodes_.emplace_back();
    nodes_[i->second - 1] = {node, creation, 0};
    return i->second;
  }

  /// Returns a pid with the node and the creation that were printed last under a number.
  std::optional<pid> node_of(size_t number) {
    std::lock_guard guard{mutex_};
    if (number == 0 || number > nodes_.size())
      return std::nullopt;
    return nodes_[number - 1];
  }

private:
  std::mutex mutex_; // guards both
  std::unordered_map<atom, size_t> numbers_;
  std::vector<pid> nodes_;
};

template <class Id>
std::string node_part(const Id& x, const pid& viewer) {
  auto local = x.node == viewer.node && x.creation == viewer.creation;
  return std::to_string(local ? 0 : node_numbers::get().number_of(x.node, x.creation));
}

std::string pid_text(const pid& x, const pid& viewer) {
  return "#PID<" + node_part(x, viewer) + "." + std::to_string(x.id & 0xFFF'FFFF) + "."
         + std::to_string(x.id >> 28) + ">";
}

std::string reference_text(const reference& x, const pid& viewer) {
  // The widths of the parts are Erlang's: 18 bits last, 32 before.
  auto part
    = [&](int shift, uint64_t mask) { return "." + std::to_string((x.id >> shift) & mask); };
  return "#Reference<" + node_part(x, viewer) + part(50, 0x3FFF) + part(18, 0xFFFF'FFFF)
         + part(0, 0x3'FFFF) + ">";
}

std::string fun_text(const fun& x) {
  auto arity = std::to_string(x.arity);
  if (x.module != atom{}) {
    return "&" + atom_text(x.module, atom_form::literal) + "."
           + atom_text(x.name, atom_form::remote_call) + "/" + arity;
  }
  auto index = interpreted_arity_0 - std::min(x.arity, interpreted_arity_0);
  return "#Function<" + std::to_string(index) + "." + std::to_string(interpreted_uniq) + "/" + arity
         + " in :erl_eval.expr/6>";
}

std::string scientific(const std::string& digits, int power) {
  auto rest = digits.size() == 1 ? "0" : digits.substr(1);
  return digits.substr(0, 1) + "." + rest + "e" + std::to_string(power);
}

/// Places the decimal point behind the first `n` of the shortest digits, unless that takes more
/// characters than the scientific form.
std::string place_point(const std::string& digits, int n) {
  auto size = static_cast<int>(digits.size());
  auto zeros = [](int count) { return std::string(static_cast<size_t>(count), '0'); };
  if (n > 0 && n < size)
    return digits.substr(0, static_cast<size_t>(n)) + "." + digits.substr(static_cast<size_t>(n));
  auto cost = static_cast<int>(std::to_string(n - 1).size()) + (size == 1 ? 3 : 2);
  if (n <= 0 && 2 - n <= cost)
    return "0." + zeros(-n) + digits;
  if (n >= size && n - size + 2 <= cost)
    return digits + zeros(n - size) + ".0";
  return scientific(digits, n - 1);
}

std::string real_text(double x) {
  if (!std::isfinite(x))
    return std::isnan(x) ? "nan" : x < 0 ? "-inf" : "inf";
  if (auto size = std::abs(x); size >= 1 && size < 1e16 && std::trunc(x) == x)
    return std::to_string(static_cast<int64_t>(x)) + ".0";
  char buffer[32];
  auto end = std::to_chars(buffer, std::end(buffer), x, std::chars_format::scientific).ptr;
  std::string_view text{buffer, static_cast<size_t>(end - buffer)};
  std::string sign{text[0] == '-' ? "-" : ""};
  if (x == 0)
    return sign + "0.0";
  auto e = text.find('e');
  int power = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, power);
  std::string digits;
  std::ranges::copy_if(text.substr(sign.size(), e - sign.size()), std::back_inserter(digits),
                       [](char c) { return c != '.'; });
  return sign
         + (std::abs(x) < whole_min ? place_point(digits, power + 1) : scientific(digits, power));
}

} // namespace

std::optional<pid> pid_of_text(std::string_view text, const pid& viewer) {
  constexpr uint64_t number_max = 0xFFF'FFFF, serial_max = 0xFFFF'FFFF;
  if (!text.starts_with('<') || !text.ends_with('>'))
    return std::nullopt;
  const auto* at = text.data() + 1;
  const auto* end = text.data() + text.size() - 1;
  uint64_t parts[3];
  for (size_t i = 0; i < std::size(parts); ++i) {
    if (i > 0 && (at == end || *at++ != '.'))
      return std::nullopt;
    auto [rest, failed] = std::from_chars(at, end, parts[i]);
    if (failed != std::errc{})
      return std::nullopt;
    at = rest;
  }
  if (at != end || parts[1] > number_max || parts[2] > serial_max || parts[1] + parts[2] == 0)
    return std::nullopt;
  std::optional result{viewer};
  if (parts[0] != 0)
    result = node_numbers::get().node_of(parts[0]);
  if (result)
    result->id = parts[2] << 28 | parts[1];
  return result;
}

std::string scalar_text(const term& x, const pid& viewer) {
  using enum term::kind;
  switch (x.type()) {
    case integer: return std::to_string(x.as_integer());
    case real: return real_text(x.as_real());
    case atom: return atom_text(x.as_atom(), atom_form::literal);
    case reference: return reference_text(x.as_reference(), viewer);
    case fun: return fun_text(x.as_fun());
    case pid: return pid_text(x.as_pid(), viewer);
    case nil: return "[]";
    default: return {};
  }
}

} // namespace troupe::internal
