// The reading half of term_codec.hpp.

#include "troupe/dist/term_codec.hpp"

#include <bit>
#include <utility>

namespace troupe::dist {

namespace {

constexpr int64_t unzigzag(uint64_t x) {
  return static_cast<int64_t>(x >> 1) ^ -static_cast<int64_t>(x & 1);
}

} // namespace

uint8_t term_reader::u8() {
  if (rest_.empty()) {
    fail();
    return 0;
  }
  auto x = static_cast<uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return x;
}

uint32_t term_reader::u32() {
  uint32_t x = 0;
  for (int i = 0; i < 4; ++i)
    x = x << 8 | u8();
  return ok_ ? x : 0;
}

uint64_t term_reader::varint() {
  uint64_t x = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    auto byte = u8();
    if (shift == 63 && byte > 1)
      break;
    if (byte == 0 && shift > 0) // not in as few bytes as it fits
      break;
    x |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return ok_ ? x : 0;
  }
  fail();
  return 0;
}

size_t term_reader::count() {
  auto n = varint();
  if (n > rest_.size()) { // an element has at least one byte
    fail();
    return 0;
  }
  return static_cast<size_t>(n);
}

std::string_view term_reader::bytes() {
  auto n = count();
  auto x = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return x;
}

/// What `bytes` yields, in memory of its own.
std::string term_reader::own_bytes() {
  auto x = bytes();
  if (!owned_ || !rest_.empty() || x.size() < owned_->capacity() / 2)
    return std::string{x};
  // Moving it to the front is cheaper than fresh memory. Nothing else of the frame is needed now.
  owned_->erase(0, owned_->size() - x.size());
  return std::move(*std::exchange(owned_, nullptr));
}

std::optional<std::string> term_reader::binary() {
  if (rest_.empty() || static_cast<term_tag>(rest_.front()) != term_tag::binary)
    return std::nullopt;
  rest_.remove_prefix(1);
  return own_bytes();
}

uint32_t term_reader::arity() {
  constexpr uint64_t arity_max = 255; // Erlang's
  auto n = varint();
  if (n > arity_max)
    fail();
  return ok_ ? static_cast<uint32_t>(n) : 0;
}

atom term_reader::text() {
  auto x = bytes();
  auto result = ok_ ? atom::try_make(x) : std::nullopt;
  if (!result)
    fail();
  return result.value_or(atom{});
}

atom term_reader::name_of(term_tag tag) {
  if (tag == term_tag::atom_text)
    return text();
  auto n = tag == term_tag::atom_known ? varint() : known_.size();
  if (ok_ && n < known_.size())
    return known_[n];
  fail();
  return {};
}

void term_reader::names() {
  while (ok_ && !rest_.empty()) {
    auto x = text();
    if (known_.size() >= limits::interned_names_max)
      fail();
    if (ok_)
      known_.push_back(x);
  }
}

atom term_reader::name() {
  return name_of(static_cast<term_tag>(u8()));
}

bool term_reader::id_of(term_tag tag, term_tag first, atom& node, uint32_t& creation,
                        uint64_t& id) {
  auto shape = static_cast<int>(tag) - static_cast<int>(first);
  switch (shape) {
    case 0:
      node = ends_.peer;
      creation = ends_.peer_creation;
      break;
    case 1:
      node = ends_.self;
      creation = ends_.self_creation;
      break;
    case 2:
      node = name();
      creation = u32();
      break;
    default: fail(); return false;
  }
  id = varint();
  return ok_;
}

pid term_reader::process() {
  pid x;
  return id_of(static_cast<term_tag>(u8()), term_tag::pid_sender, x.node, x.creation, x.id) ? x
                                                                                            : pid{};
}

reference term_reader::ref() {
  reference x;
  return id_of(static_cast<term_tag>(u8()), term_tag::ref_sender, x.node, x.creation, x.id)
           ? x
           : reference{};
}

std::vector<term> term_reader::elements(size_t depth) {
  auto n = count();
  std::vector<term> result;
  result.reserve(std::min<size_t>(n, 4096)); // a count alone must not make us allocate
  for (size_t i = 0; i < n && ok_; ++i)
    result.push_back(value(depth + 1));
  return result;
}

term term_reader::map(size_t depth) {
  auto n = count();
  std::vector<term_pair> entries;
  for (size_t i = 0; i < n && ok_; ++i) {
    auto key = value(depth + 1);
    auto element = value(depth + 1);
    entries.emplace_back(std::move(key), std::move(element));
  }
  return ok_ ? term::map(std::move(entries)) : term{};
}

term term_reader::closure(size_t depth) {
  fun x;
  x.creator = process();
  x.index = varint();
  x.arity = arity();
  x.clauses = value(depth + 1);
  x.bindings = value(depth + 1);
  return ok_ ? term{std::move(x)} : term{};
}

term term_reader::value(size_t depth) {
  if (depth > limits::term_depth_max) {
    fail();
    return {};
  }
  auto tag = static_cast<term_tag>(u8());
  if (!ok_)
    return {};
  switch (tag) {
    case term_tag::integer: return unzigzag(varint());
    case term_tag::real: {
      auto high = static_cast<uint64_t>(u32());
      return std::bit_cast<double>(high << 32 | u32());
    }
    case term_tag::atom_known:
    case term_tag::atom_text: return name_of(tag);
    case term_tag::pid_sender:
    case term_tag::pid_receiver:
    case term_tag::pid_other: {
      pid x;
      return id_of(tag, term_tag::pid_sender, x.node, x.creation, x.id) ? term{x} : term{};
    }
    case term_tag::ref_sender:
    case term_tag::ref_receiver:
    case term_tag::ref_other: {
      reference x;
      return id_of(tag, term_tag::ref_sender, x.node, x.creation, x.id) ? term{x} : term{};
    }
    case term_tag::tuple: return term::tuple(elements(depth));
    case term_tag::map: return map(depth);
    case term_tag::list: return term::list(elements(depth));
    case term_tag::list_tail: {
      auto xs = elements(depth);
      auto tail = value(depth + 1);
      return term::list(xs, std::move(tail));
    }
    case term_tag::binary: return own_bytes();
    case term_tag::closure: return closure(depth);
    case term_tag::function: {
      fun x;
      x.module = name();
      x.name = name();
      x.arity = arity();
      if (x.module == atom{}) // that is a closure
        fail();
      return ok_ ? term{std::move(x)} : term{};
    }
  }
  fail();
  return {};
}

} // namespace troupe::dist
