#include "troupe/dist/term_codec.hpp"

#include <bit>

namespace troupe::dist {

namespace {

constexpr uint64_t zigzag(int64_t x) {
  return (static_cast<uint64_t>(x) << 1) ^ static_cast<uint64_t>(x >> 63);
}

constexpr int64_t unzigzag(uint64_t x) {
  return static_cast<int64_t>(x >> 1) ^ -static_cast<int64_t>(x & 1);
}

void put(std::string& out, term_tag tag) {
  out.push_back(static_cast<char>(tag));
}

} // namespace

// -- writing -------------------------------------------------------------------------------------

void term_writer::u32(std::string& out, uint32_t x) const {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(x >> shift));
}

void term_writer::varint(std::string& out, uint64_t x) const {
  for (; x > 0x7f; x >>= 7)
    out.push_back(static_cast<char>(x | 0x80));
  out.push_back(static_cast<char>(x));
}

void term_writer::bytes(std::string& out, std::string_view x) const {
  varint(out, x.size());
  out.append(x);
}

void term_writer::name(std::string& out, atom x) {
  auto i = numbers_.find(x);
  if (i != numbers_.end() && i->second != no_number) {
    put(out, term_tag::atom_known);
    varint(out, i->second);
    return;
  }
  if (i == numbers_.end() && numbers_.size() < limits::interned_names_max) {
    numbers_.emplace(x, no_number);
    due_.push_back(x);
  }
  put(out, term_tag::atom_text);
  bytes(out, x.text());
}

void term_writer::names(std::string& out, size_t bytes_max) {
  constexpr size_t length_bytes_max = 2;
  auto end = out.size() + bytes_max;
  auto number = static_cast<uint32_t>(numbers_.size() - due_.size());
  auto i = due_.begin();
  for (; i != due_.end() && out.size() + length_bytes_max + i->text().size() <= end; ++i) {
    bytes(out, i->text());
    numbers_[*i] = number++;
  }
  due_.erase(due_.begin(), i);
}

void term_writer::process(std::string& out, const pid& x) {
  if (x.node == ends_.self && x.creation == ends_.self_creation) {
    put(out, term_tag::pid_sender);
  } else if (x.node == ends_.peer && x.creation == ends_.peer_creation) {
    put(out, term_tag::pid_receiver);
  } else {
    put(out, term_tag::pid_other);
    name(out, x.node);
    u32(out, x.creation);
  }
  varint(out, x.id);
}

void term_writer::ref(std::string& out, const reference& x) {
  if (x.node == ends_.self && x.creation == ends_.self_creation) {
    put(out, term_tag::ref_sender);
  } else if (x.node == ends_.peer && x.creation == ends_.peer_creation) {
    put(out, term_tag::ref_receiver);
  } else {
    put(out, term_tag::ref_other);
    name(out, x.node);
    u32(out, x.creation);
  }
  varint(out, x.id);
}

void term_writer::list(std::string& out, const term& x) {
  size_t size = 0;
  auto* last = &x;
  for (; last->is(term::kind::cons); last = &last->tail())
    ++size;
  auto proper = last->is(term::kind::nil);
  put(out, proper ? term_tag::list : term_tag::list_tail);
  varint(out, size);
  for (auto* i = &x; i->is(term::kind::cons); i = &i->tail())
    nested(out, i->head());
  if (!proper)
    nested(out, *last);
}

void term_writer::function(std::string& out, const fun& x) {
  if (x.module != atom{}) {
    put(out, term_tag::function);
    name(out, x.module);
    name(out, x.name);
    varint(out, x.arity);
    return;
  }
  put(out, term_tag::closure);
  process(out, x.creator);
  varint(out, x.index);
  varint(out, x.arity);
  nested(out, x.clauses);
  nested(out, x.bindings);
}

bool term_writer::value(std::string& out, const term& x) {
  if (!fits(x))
    return false;
  nested(out, x);
  return true;
}

void term_writer::nested(std::string& out, const term& x) {
  switch (x.type()) {
    case term::kind::integer:
      put(out, term_tag::integer);
      varint(out, zigzag(x.as_integer()));
      break;
    case term::kind::real: {
      put(out, term_tag::real);
      auto bits = std::bit_cast<uint64_t>(x.as_real());
      u32(out, static_cast<uint32_t>(bits >> 32));
      u32(out, static_cast<uint32_t>(bits));
      break;
    }
    case term::kind::atom: name(out, x.as_atom()); break;
    case term::kind::reference: ref(out, x.as_reference()); break;
    case term::kind::fun: function(out, x.as_fun()); break;
    case term::kind::pid: process(out, x.as_pid()); break;
    case term::kind::tuple:
      put(out, term_tag::tuple);
      varint(out, x.as_tuple().size());
      for (auto& element : x.as_tuple())
        nested(out, element);
      break;
    case term::kind::map:
      put(out, term_tag::map);
      varint(out, x.as_map().size());
      for (auto& [key, element] : x.as_map()) {
        nested(out, key);
        nested(out, element);
      }
      break;
    case term::kind::nil:
    case term::kind::cons: list(out, x); break;
    case term::kind::binary:
      put(out, term_tag::binary);
      bytes(out, x.as_binary());
      break;
  }
}

bool term_writer::fits(const term& x, size_t depth) {
  if (depth > limits::term_depth_max)
    return false;
  switch (x.type()) {
    default: return true;
    case term::kind::fun: return fits(x.as_fun().clauses, depth + 1) && fits(x.as_fun().bindings, depth + 1);
    case term::kind::tuple:
      for (auto& element : x.as_tuple())
        if (!fits(element, depth + 1))
          return false;
      return true;
    case term::kind::map:
      for (auto& [key, element] : x.as_map())
        if (!fits(key, depth + 1) || !fits(element, depth + 1))
          return false;
      return true;
    case term::kind::cons: {
      auto* i = &x;
      for (; i->is(term::kind::cons); i = &i->tail())
        if (!fits(i->head(), depth + 1))
          return false;
      return fits(*i, depth + 1);
    }
  }
}

// -- reading -------------------------------------------------------------------------------------

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

bool term_reader::id_of(term_tag tag, term_tag first, atom& node, uint32_t& creation, uint64_t& id) {
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
  return id_of(static_cast<term_tag>(u8()), term_tag::pid_sender, x.node, x.creation, x.id) ? x : pid{};
}

reference term_reader::ref() {
  reference x;
  return id_of(static_cast<term_tag>(u8()), term_tag::ref_sender, x.node, x.creation, x.id) ? x : reference{};
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
    case term_tag::binary: return bytes();
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
