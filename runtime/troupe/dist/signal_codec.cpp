#include "troupe/dist/signal_codec.hpp"

#include <algorithm>
#include <array>

namespace troupe::dist {

namespace {

using kind = signal::kind;

constexpr uint8_t flag_same_build = 1;
constexpr uint8_t flag_link = 2;
constexpr uint8_t flag_monitor = 4;
/// Bits 3 and 4 of the flags of a spawn.
constexpr uint8_t priority_shift = 3;

const std::array<atom, 4>& priorities() {
  static const std::array<atom, 4> all{atom{}, atom{"low"}, atom{"high"}, atom{"max"}};
  return all;
}

const type_table::entry* text_entry() {
  static const auto* const entry = type_table::get().find(
    caf::rtti_pair{caf::type_nr<std::string>::value, &typeid(std::string)});
  return entry;
}

} // namespace

// What writes returns false when a term is nested too deep.
bool signal_codec::payload(std::string& out, const caf::message& x) {
  writer_.varint(out, x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    auto* entry = type_table::get().find(x.type(i));
    writer_.name(out, entry->name);
    if (x.match_element<std::string>(i)) // as its term is, but not copied for it
      writer_.binary(out, x.get_as<std::string>(i), x);
    else if (!writer_.value(out, entry->to_term(x.get(i), *bridge_)))
      return false;
  }
  return true;
}

bool signal_codec::payload(caf::message& x) {
  auto n = reader_.varint();
  caf::message_builder builder;
  for (uint64_t i = 0; i < n && reader_.ok(); ++i) {
    auto* entry = type_table::get().find(reader_.name());
    if (entry && entry == text_entry()) {
      if (auto text = reader_.binary()) {
        builder.append(std::move(*text));
        continue;
      }
    }
    auto value = reader_.value();
    // A type that this program does not know, or knows otherwise, arrives as the term it is.
    if (!entry || !entry->append(builder, value, *bridge_))
      builder.append(std::move(value));
  }
  x = builder.move_to_message();
  return reader_.ok();
}

bool signal_codec::spawn(std::string& out, const spawn_request& x) {
  auto flags = (x.what.same_build ? flag_same_build : 0) | (x.link ? flag_link : 0)
               | (x.monitor ? flag_monitor : 0);
  auto priority = std::ranges::find(priorities(), x.priority) - priorities().begin();
  flags |= static_cast<int>(priority % 4) << priority_shift; // `normal` may also be given
  writer_.u8(out, static_cast<uint8_t>(x.what.type));
  writer_.u8(out, static_cast<uint8_t>(flags));
  writer_.process(out, x.group_leader);
  switch (x.what.type) {
    case spawn_what::form::native: writer_.bytes(out, x.what.key); break;
    case spawn_what::form::function:
      writer_.name(out, x.what.module);
      writer_.name(out, x.what.name);
      break;
    case spawn_what::form::closure:
      if (!writer_.value(out, x.what.callable))
        return false;
      break;
  }
  return writer_.value(out, x.what.arguments);
}

std::unique_ptr<spawn_request> signal_codec::spawn() {
  auto x = std::make_unique<spawn_request>();
  auto form = reader_.u8();
  auto flags = reader_.u8();
  x->what.same_build = flags & flag_same_build;
  x->link = flags & flag_link;
  x->monitor = flags & flag_monitor;
  x->priority = priorities()[flags >> priority_shift & 3];
  x->group_leader = reader_.process();
  switch (form) {
    case 0: x->what.key = reader_.bytes(); break;
    case 1:
      x->what.module = reader_.name();
      x->what.name = reader_.name();
      break;
    case 2: x->what.callable = reader_.value(); break;
    default: reader_.fail();
  }
  x->what.type = static_cast<spawn_what::form>(form);
  x->what.arguments = reader_.value();
  if (form == 2 && !x->what.callable.is(term::kind::fun))
    reader_.fail();
  return x;
}

bool signal_codec::write_fields(std::string& out, const signal& x) {
  auto& w = writer_;
  switch (x.type) {
    case kind::send:
      w.process(out, x.from);
      w.process(out, x.to);
      w.varint(out, x.number);
      return payload(out, x.payload);
    case kind::send_name:
      w.process(out, x.from);
      w.name(out, x.name);
      return payload(out, x.payload);
    case kind::link:
    case kind::group_leader:
      w.process(out, x.from);
      w.process(out, x.to);
      break;
    case kind::unlink:
    case kind::unlink_ack:
      w.process(out, x.from);
      w.process(out, x.to);
      w.varint(out, x.number);
      break;
    case kind::exit_linked:
    case kind::exit:
      w.process(out, x.from);
      w.process(out, x.to);
      return w.value(out, x.value);
    case kind::monitor:
    case kind::demonitor:
      w.process(out, x.from);
      w.process(out, x.to);
      w.name(out, x.name);
      w.ref(out, x.ref);
      break;
    case kind::down:
      w.process(out, x.from);
      w.process(out, x.to);
      w.name(out, x.name);
      w.ref(out, x.ref);
      return w.value(out, x.value);
    case kind::spawn:
      w.process(out, x.from);
      w.ref(out, x.ref);
      return spawn(out, *x.spawn);
    case kind::spawn_reply:
      w.process(out, x.to);
      w.ref(out, x.ref);
      return w.value(out, x.value);
    case kind::nodes: return w.value(out, x.value);
    case kind::ping:
    case kind::pong: w.ref(out, x.ref); break;
    case kind::send_alias:
      w.process(out, x.from);
      w.ref(out, x.ref);
      return payload(out, x.payload);
    case kind::answer:
    case kind::info:
    case kind::timeout: break;
  }
  return true;
}

result<pieces> signal_codec::encode(const signal& x, pieces spare) {
  if (x.type == kind::answer || x.type == kind::timeout || x.type == kind::info)
    return error{errc::protocol_violation, "a signal of this node only"};
  std::string culprit;
  if (!is_portable(x.payload, culprit))
    return error{errc::invalid_config, "messages of type " + culprit
                                         + " cannot cross nodes: register it with TROUPE_MESSAGE"};
  auto out = std::move(spare);
  out.clear();
  out.tail().push_back(static_cast<char>(frame_kind(x.type)));
  writer_.lend_to(&out);
  auto written = write_fields(out.tail(), x);
  writer_.lend_to(nullptr);
  if (!written)
    return error{errc::frame_too_large, "a term is nested deeper than "
                                          + std::to_string(limits::term_depth_max) + " levels"};
  if (out.size() > frame_bytes_)
    return error{errc::frame_too_large, "a message of " + std::to_string(out.size())
                                          + " bytes; the limit is " + std::to_string(frame_bytes_)};
  return out;
}

std::optional<std::string> signal_codec::names() {
  std::string out(1, static_cast<char>(names_frame));
  writer_.names(out, limits::frame_bytes_max - 1);
  return out.size() > 1 ? std::optional{std::move(out)} : std::nullopt;
}

void signal_codec::read_fields(signal& x) {
  auto& r = reader_;
  switch (x.type) {
    case kind::send:
      x.from = r.process();
      x.to = r.process();
      x.number = r.varint();
      payload(x.payload);
      break;
    case kind::send_name:
      x.from = r.process();
      x.name = r.name();
      payload(x.payload);
      break;
    case kind::link:
    case kind::group_leader:
      x.from = r.process();
      x.to = r.process();
      break;
    case kind::unlink:
    case kind::unlink_ack:
      x.from = r.process();
      x.to = r.process();
      x.number = r.varint();
      break;
    case kind::exit_linked:
    case kind::exit:
      x.from = r.process();
      x.to = r.process();
      x.value = r.value();
      break;
    case kind::monitor:
    case kind::demonitor:
    case kind::down:
      x.from = r.process();
      x.to = r.process();
      x.name = r.name();
      x.ref = r.ref();
      if (x.type == kind::down)
        x.value = r.value();
      break;
    case kind::spawn:
      x.from = r.process();
      x.ref = r.ref();
      x.spawn = spawn();
      break;
    case kind::spawn_reply:
      x.to = r.process();
      x.ref = r.ref();
      x.value = r.value();
      break;
    case kind::nodes: x.value = r.value(); break;
    case kind::ping:
    case kind::pong: x.ref = r.ref(); break;
    case kind::send_alias:
      x.from = r.process();
      x.ref = r.ref();
      payload(x.payload);
      break;
    case kind::answer:
    case kind::info:
    case kind::timeout: r.fail();
  }
}

result<std::optional<signal>> signal_codec::decode(std::string_view frame) {
  return decode(frame, nullptr);
}

result<std::optional<signal>> signal_codec::take(std::string frame) {
  return decode(frame, &frame);
}

result<std::optional<signal>> signal_codec::decode(std::string_view frame, std::string* owned) {
  auto first = frame.empty() ? 0 : static_cast<uint8_t>(frame.front());
  auto malformed = [&] {
    return error{errc::protocol_violation, "a malformed frame of kind " + std::to_string(first)};
  };
  if (first == names_frame) {
    reader_.open(frame.substr(1));
    reader_.names();
    return reader_.done() ? result{std::optional<signal>{}} : malformed();
  }
  if (first > last_process_frame)
    return std::optional<signal>{};
  if (first < first_process_frame)
    return error{errc::protocol_violation, "a frame of kind " + std::to_string(first)};
  signal x;
  x.type = static_cast<kind>(first - first_process_frame);
  if (owned)
    reader_.open(*owned, 1);
  else
    reader_.open(frame.substr(1));
  read_fields(x);
  if (!reader_.done())
    return malformed();
  return std::optional<signal>{std::move(x)};
}

} // namespace troupe::dist
