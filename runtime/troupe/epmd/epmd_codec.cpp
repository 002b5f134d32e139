#include "troupe/epmd/epmd_codec.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::epmd {

namespace {

constexpr uint8_t visible_type = 77;
constexpr uint8_t hidden_type = 72;

void put8(std::string& out, unsigned x) {
  out.push_back(static_cast<char>(static_cast<uint8_t>(x)));
}

void put16(std::string& out, unsigned x) {
  put8(out, x >> 8);
  put8(out, x);
}

void put32(std::string& out, uint32_t x) {
  put16(out, x >> 16);
  put16(out, x & 0xffff);
}

void put_text16(std::string& out, std::string_view x, size_t size_max) {
  x = x.substr(0, size_max);
  put16(out, static_cast<unsigned>(x.size()));
  out += x;
}

// Reads numbers from the front of `bytes`; once they have run out, everything read is 0.
class reader {
public:
  explicit reader(std::string_view bytes) : bytes_(bytes) {}

  uint32_t number(size_t size) {
    uint32_t x = 0;
    for (char c : text(size))
      x = x << 8 | static_cast<uint8_t>(c);
    return x;
  }

  uint8_t u8() { return static_cast<uint8_t>(number(1)); }
  uint16_t u16() { return static_cast<uint16_t>(number(2)); }

  std::string_view text(size_t size) {
    if (bytes_.size() < size) {
      short_ = true;
      bytes_ = {};
      return {};
    }
    auto x = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return x;
  }

  std::string_view rest() { return text(bytes_.size()); }
  [[nodiscard]] bool ran_short() const { return short_; }

private:
  std::string_view bytes_;
  bool short_ = false;
};

void put_node_head(std::string& out, const node_info& x) {
  put16(out, x.port);
  put8(out, x.hidden ? hidden_type : visible_type);
  put8(out, x.protocol);
  put16(out, x.highest_version);
  put16(out, x.lowest_version);
  put_text16(out, x.name, name_bytes_max);
  put_text16(out, x.extra, extra_bytes_max);
}

// Registration and look-up carry a node in the same form.
decoded<node_info> get_node(reader& in) {
  node_info x;
  x.port = in.u16();
  x.hidden = in.u8() == hidden_type;
  x.protocol = in.u8();
  x.highest_version = in.u16();
  x.lowest_version = in.u16();
  size_t name_size = in.u16();
  if (name_size > name_bytes_max)
    return decode_error::malformed;
  x.name = in.text(name_size);
  size_t extra_size = in.u16();
  if (extra_size > extra_bytes_max)
    return decode_error::malformed;
  x.extra = in.text(extra_size);
  if (in.ran_short())
    return decode_error::incomplete;
  if (!valid_name(x.name))
    return decode_error::malformed;
  return x;
}

struct request_encoder {
  std::string& out;

  void kind(request_kind x) const { put8(out, static_cast<uint8_t>(x)); }
  void name(std::string_view x) const { out += x.substr(0, name_bytes_max); }

  void operator()(const alive2_request& x) const {
    kind(request_kind::alive2);
    put_node_head(out, x.node);
  }
  void operator()(const port_please2_request& x) const {
    kind(request_kind::port_please2);
    name(x.name);
  }
  void operator()(const names_request&) const { kind(request_kind::names); }
  void operator()(const dump_request&) const { kind(request_kind::dump); }
  void operator()(const kill_request&) const { kind(request_kind::kill); }
  void operator()(const stop_request& x) const {
    kind(request_kind::stop);
    name(x.name);
  }
};

decoded<request> decode_body(std::string_view body) {
  reader in{body};
  switch (static_cast<request_kind>(in.u8())) {
    case request_kind::alive2: {
      auto node = get_node(in);
      if (auto* x = std::get_if<node_info>(&node); x && x->port != 0)
        return request{alive2_request{std::move(*x)}};
      return decode_error::malformed; // The length field said that all of it is here.
    }
    case request_kind::port_please2: {
      auto name = in.rest();
      if (!valid_name(name))
        return decode_error::malformed;
      return request{port_please2_request{std::string{name}}};
    }
    case request_kind::names: return request{names_request{}};
    case request_kind::dump: return request{dump_request{}};
    case request_kind::kill: return request{kill_request{}};
    case request_kind::stop: {
      auto name = in.rest();
      return request{stop_request{std::string{name.substr(0, name_bytes_max)}}};
    }
  }
  return decode_error::malformed;
}

// Takes "name a at port 1" apart. The name is what stands between, spaces included.
std::optional<registered_name> parse_line(std::string_view line) {
  constexpr std::string_view head = "name ";
  constexpr std::string_view middle = " at port ";
  auto at = line.rfind(middle);
  if (!line.starts_with(head) || at == std::string_view::npos || at < head.size())
    return std::nullopt;
  registered_name x;
  x.name = line.substr(head.size(), at - head.size());
  auto digits = line.substr(at + middle.size());
  auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), x.port);
  if (bad != std::errc{} || end != digits.data() + digits.size() || !valid_name(x.name))
    return std::nullopt;
  return x;
}

} // namespace

bool valid_name(std::string_view x) {
  auto allowed
    = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != '@'; };
  return !x.empty() && x.size() <= name_bytes_max && std::ranges::all_of(x, allowed);
}

std::string encode(const request& x) {
  std::string body;
  std::visit(request_encoder{body}, x);
  std::string out;
  put16(out, static_cast<unsigned>(body.size()));
  return out + body;
}

std::string encode(const alive2_response& x, bool wide) {
  std::string out;
  put8(out, static_cast<uint8_t>(wide ? response_kind::alive2_x : response_kind::alive2));
  put8(out, x.accepted ? 0 : 1);
  if (wide)
    put32(out, x.creation);
  else
    put16(out, x.creation % 3 + 1); // Nodes that old know two bits, and 0 means any.
  return out;
}

std::string encode(const port2_response& x) {
  std::string out;
  put8(out, static_cast<uint8_t>(response_kind::port2));
  put8(out, x.node ? 0 : 1);
  if (x.node)
    put_node_head(out, *x.node);
  return out;
}

std::string encode_names(uint16_t mapper_port, const std::vector<node_info>& nodes) {
  std::string out;
  put32(out, mapper_port);
  for (const auto& x : nodes)
    out += "name " + x.name + " at port " + std::to_string(x.port) + '\n';
  return out;
}

std::string encode_dump(uint16_t mapper_port, const std::vector<node_info>& nodes) {
  std::string out;
  put32(out, mapper_port);
  for (const auto& x : nodes) // fd: epmd's own; tools only look for the word.
    out += "active name     <" + x.name + "> at port " + std::to_string(x.port) + ", fd = 0\n";
  return out;
}

decoded<request> decode_request(std::string_view bytes) {
  reader in{bytes};
  size_t size = in.u16();
  if (in.ran_short())
    return decode_error::incomplete;
  if (size == 0 || size > request_bytes_max)
    return decode_error::malformed;
  auto body = in.text(size);
  if (in.ran_short())
    return decode_error::incomplete;
  return decode_body(body);
}

decoded<alive2_response> decode_alive2_response(std::string_view bytes) {
  reader in{bytes};
  auto kind = static_cast<response_kind>(in.u8());
  if (!in.ran_short() && kind != response_kind::alive2 && kind != response_kind::alive2_x)
    return decode_error::malformed;
  alive2_response x;
  x.accepted = in.u8() == 0;
  x.creation = in.number(kind == response_kind::alive2_x ? 4 : 2);
  if (in.ran_short())
    return decode_error::incomplete;
  return x;
}

decoded<port2_response> decode_port2_response(std::string_view bytes) {
  reader in{bytes};
  auto kind = static_cast<response_kind>(in.u8());
  auto refused = in.u8() != 0;
  if (in.ran_short())
    return decode_error::incomplete;
  if (kind != response_kind::port2)
    return decode_error::malformed;
  if (refused)
    return port2_response{};
  auto node = get_node(in);
  if (auto* why = std::get_if<decode_error>(&node))
    return *why;
  return port2_response{std::get<node_info>(std::move(node))};
}

decoded<std::vector<registered_name>> decode_names(std::string_view bytes) {
  reader in{bytes};
  in.number(4);
  if (in.ran_short())
    return decode_error::incomplete;
  std::vector<registered_name> names;
  auto text = in.rest();
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    if (auto x = parse_line(text.substr(0, end)))
      names.push_back(std::move(*x));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

} // namespace troupe::epmd
