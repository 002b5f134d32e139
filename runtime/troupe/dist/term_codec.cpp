#include "troupe/dist/term_codec.hpp"

#include <array>
#include <bit>

namespace troupe::dist {

namespace {

constexpr uint64_t zigzag(int64_t x) {
  return (static_cast<uint64_t>(x) << 1) ^ static_cast<uint64_t>(x >> 63);
}

void put(std::string& out, term_tag tag) {
  out.push_back(static_cast<char>(tag));
}

} // namespace

void term_writer::u32(std::string& out, uint32_t x) const {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(x >> shift));
}

void term_writer::varint(std::string& out, uint64_t x) const {
  std::array<char, 10> all; // of 7 bits each
  size_t n = 0;
  for (; x > 0x7f; x >>= 7)
    all[n++] = static_cast<char>(x | 0x80);
  all[n++] = static_cast<char>(x);
  out.append(all.data(), n);
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
    case term::kind::binary: binary(out, x.as_binary(), x); break;
  }
}

bool term_writer::fits(const term& x, size_t depth) {
  if (depth > limits::term_depth_max)
    return false;
  switch (x.type()) {
    default: return true;
    case term::kind::fun:
      return fits(x.as_fun().clauses, depth + 1) && fits(x.as_fun().bindings, depth + 1);
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

} // namespace troupe::dist
