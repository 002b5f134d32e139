#include "troupe/message.hpp"

#include "troupe/dist/term_codec.hpp"
#include "troupe/inspect.hpp"

#include <cstdio>
#include <cstdlib>

namespace troupe {

namespace {

template <class T>
bool copy_if(const term& t, term::kind k, T& x, const T& (term::*get)() const) {
  if (!t.is(k))
    return false;
  x = (t.*get)();
  return true;
}

} // namespace

bool from_term(const term& t, std::string& x, actor_bridge&) {
  if (!t.is(term::kind::binary))
    return false;
  x = t.as_binary();
  return true;
}

bool from_term(const term& t, atom& x, actor_bridge&) {
  if (!t.is(term::kind::atom))
    return false;
  x = t.as_atom();
  return true;
}

bool from_term(const term& t, pid& x, actor_bridge&) {
  return copy_if(t, term::kind::pid, x, &term::as_pid);
}

bool from_term(const term& t, reference& x, actor_bridge&) {
  return copy_if(t, term::kind::reference, x, &term::as_reference);
}

bool from_term(const term& t, caf::atom_value& x, actor_bridge&) {
  // CAF packs ten characters of a small alphabet into an atom; others it cannot hold.
  if (!t.is(term::kind::atom) || t.as_atom().text().size() > 10)
    return false;
  auto text = std::string{t.as_atom().text()};
  x = caf::atom_from_string(text);
  return to_string(x) == text;
}

bool from_term(const term& t, caf::unit_t&, actor_bridge&) {
  return t.is_atom(atom{"unit"});
}

bool from_term(const term& t, caf::error& x, actor_bridge& bridge) {
  if (t.is_atom(atom{"none"})) {
    x = caf::error{};
    return true;
  }
  uint8_t code = 0;
  caf::atom_value category{};
  if (!t.is_tagged(atom{"error"}, 3) || !from_term(t.as_tuple()[1], code, bridge)
      || !from_term(t.as_tuple()[2], category, bridge))
    return false;
  x = caf::error{code, category};
  return true;
}

bool from_term(const term& t, caf::strong_actor_ptr& x, actor_bridge& bridge) {
  x = t.is(term::kind::pid) ? bridge.handle_of(t.as_pid()) : nullptr;
  return t.is(term::kind::pid) || t.is_atom(atom{});
}

bool from_term(const term& t, caf::actor& x, actor_bridge& bridge) {
  caf::strong_actor_ptr handle;
  if (!from_term(t, handle, bridge))
    return false;
  x = caf::actor_cast<caf::actor>(handle);
  return true;
}

bool from_term(const term& t, caf::actor_addr& x, actor_bridge& bridge) {
  caf::strong_actor_ptr handle;
  if (!from_term(t, handle, bridge))
    return false;
  x = caf::actor_cast<caf::actor_addr>(handle);
  return true;
}

std::string internal::to_bytes(const term& x) {
  std::string result;
  dist::term_writer writer{dist::codec_ends{}};
  if (!writer.value(result, x))
    result.clear(); // nested too deep: the reader refuses what is empty
  return result;
}

bool internal::from_bytes(const std::string& bytes, term& x) {
  dist::term_reader reader{dist::codec_ends{}};
  reader.open(bytes);
  x = reader.value();
  return reader.done();
}

std::string internal::to_text(const term& x) {
  return inspect_term(x, {.width = 0});
}

type_table& type_table::get() {
  static auto* table = new type_table;
  return *table;
}

type_table::type_table() {
  add<term>("term");
  add<pid>("pid");
  add<reference>("reference");
  add<atom>("atom");
  add<bool>("bool");
  add<int8_t>("i8");
  add<int16_t>("i16");
  add<int32_t>("i32");
  add<int64_t>("i64");
  add<uint8_t>("u8");
  add<uint16_t>("u16");
  add<uint32_t>("u32");
  add<uint64_t>("u64");
  add<float>("f32");
  add<double>("f64");
  add<std::string>("string");
  add<caf::atom_value>("caf_atom");
  add<caf::unit_t>("caf_unit");
  add<caf::error>("caf_error");
  add<caf::actor>("caf_actor");
  add<caf::actor_addr>("caf_actor_addr");
  add<caf::strong_actor_ptr>("caf_actor_ptr");
  add<std::vector<term>>("list");
  add<std::vector<int32_t>>("i32_list");
  add<std::vector<int64_t>>("i64_list");
  add<std::vector<double>>("f64_list");
  add<std::vector<std::string>>("string_list");
  add<std::vector<caf::actor>>("caf_actor_list");
  add<std::map<std::string, std::string>>("string_map");
}

bool type_table::add(uint16_t type_nr, std::type_index type, entry x) {
  if (!by_name_.emplace(x.name, x).second) {
    std::fprintf(stderr, "troupe: two message types are called '%s'\n",
                 std::string{x.name.text()}.c_str());
    std::abort(); // before main(): the program's source must change
  }
  if (type_nr != 0)
    by_number_.emplace(type_nr, x.name);
  else
    by_type_.emplace(type, x.name);
  return true;
}

const type_table::entry* type_table::find(atom name) const {
  auto i = by_name_.find(name);
  return i == by_name_.end() ? nullptr : &i->second;
}

const type_table::entry* type_table::find(const caf::rtti_pair& type) const {
  if (type.first != 0) {
    auto i = by_number_.find(type.first);
    return i == by_number_.end() ? nullptr : find(i->second);
  }
  auto i = by_type_.find(*type.second);
  return i == by_type_.end() ? nullptr : find(i->second);
}

term message_to_term(const caf::type_erased_tuple& x, actor_bridge& bridge) {
  if (x.size() == 1 && x.matches(0, caf::type_nr<term>::value, &typeid(term)))
    return *static_cast<const term*>(x.get(0));
  std::vector<term> elements;
  for (size_t i = 0; i < x.size(); ++i) {
    auto type = x.type(i);
    if (auto* entry = type_table::get().find(type))
      elements.push_back(entry->to_term(x.get(i), bridge));
    else
      elements.push_back(
        term::tuple({atom{"unregistered"}, type.second ? type.second->name() : "CAF type"}));
  }
  return elements.size() == 1 ? std::move(elements.front()) : term::tuple(std::move(elements));
}

bool is_portable(const caf::type_erased_tuple& x, std::string& culprit) {
  for (size_t i = 0; i < x.size(); ++i) {
    auto type = x.type(i);
    if (!type_table::get().find(type)) {
      culprit = type.second ? type.second->name() : "CAF type " + std::to_string(type.first);
      return false;
    }
  }
  return true;
}

} // namespace troupe
