// What time it is: System, :erlang and :os.

#include "troupe/actors/eval/quick.hpp"
#include "troupe/inspect.hpp"
#include "troupe/internal/node_core.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::actors::eval {

namespace {

using std::chrono::nanoseconds;
using kind = term::kind;
using arguments = std::vector<term>;

constexpr int64_t native_unit = 1'000'000'000; // parts per second

/// Parts per second of a unit; nothing when it is none.
std::optional<int64_t> unit_of(const term& x) {
  static const std::pair<std::string_view, int64_t> names[] = {{"second", 1},
                                                               {"seconds", 1},
                                                               {"millisecond", 1000},
                                                               {"milli_seconds", 1000},
                                                               {"microsecond", 1'000'000},
                                                               {"micro_seconds", 1'000'000},
                                                               {"nanosecond", native_unit},
                                                               {"nano_seconds", native_unit},
                                                               {"native", native_unit},
                                                               {"perf_counter", native_unit}};
  if (x.is(kind::integer) && x.as_integer() > 0)
    return x.as_integer();
  if (x.is(kind::atom))
    for (auto& [name, parts] : names)
      if (x.as_atom().text() == name)
        return parts;
  return std::nullopt;
}

/// Converts towards minus infinity.
term converted(int64_t value, int64_t from, int64_t to) {
  auto whole = value / from, rest = value % from;
  if (rest < 0) {
    rest += from;
    --whole;
  }
  int64_t part = 0, result = 0;
  if (__builtin_mul_overflow(rest, to, &part) || __builtin_mul_overflow(whole, to, &result)
      || __builtin_add_overflow(result, part / from, &result))
    throw integer_overflow();
  return result;
}

failure unsupported(const term& x) {
  return exception("ArgumentError",
                   "unsupported time unit. Expected :second, :millisecond, :microsecond, "
                   ":nanosecond, or a positive integer, got "
                     + inspect_term(x, {.width = 0}));
}

int64_t monotonic(process& self) {
  return nanoseconds{self.core().time().now().time_since_epoch()}.count();
}

int64_t system_time(process& self) {
  return nanoseconds{self.core().time().wall().time_since_epoch()}.count();
}

int64_t offset(process& self) {
  return system_time(self) - monotonic(self);
}

struct source {
  std::string_view name;
  int64_t (*read)(process& self);
};

/// `erlang` fails as :erlang does, else as Elixir does.
builtin reader(const source& from, bool erlang) {
  return quick_function([from, erlang](process& self, const arguments& args) {
    auto unit = args.empty() ? std::optional{native_unit} : unit_of(args[0]);
    if (!unit && erlang)
      throw bad_at(from.name, args, 0, "invalid time unit");
    if (!unit)
      throw unsupported(args[0]);
    return converted(from.read(self), native_unit, *unit);
  });
}

term convert(const arguments& args, bool erlang) {
  auto from = unit_of(args[1]), to = unit_of(args[2]);
  if (!erlang && !(from && to))
    throw unsupported(from ? args[2] : args[1]);
  if (!args[0].is(kind::integer) || !from || !to)
    throw bad_argument();
  return converted(args[0].as_integer(), *from, *to);
}

/// `{megaseconds, seconds, microseconds}`
term timestamp(process& self) {
  constexpr int64_t million = 1'000'000;
  auto micros = system_time(self) / 1000;
  return term::tuple({micros / million / million, micros / million % million, micros % million});
}

term unique_integer(process& self, const arguments& args) {
  auto options = args.empty() ? std::optional{arguments{}} : args[0].to_vector();
  auto known
    = [](const term& x) { return x.is_atom(atom{"positive"}) || x.is_atom(atom{"monotonic"}); };
  if (!options || !std::ranges::all_of(*options, known))
    throw bad_at("unique_integer", args, 0, options ? "invalid modifier" : "not a list");
  return static_cast<int64_t>(self.core().make_reference().id);
}

} // namespace

void add_time_modules(module_table& m) {
  static const source sources[]
    = {{"monotonic_time", &monotonic}, {"system_time", &system_time}, {"time_offset", &offset}};
  for (size_t arity : {0, 1}) {
    for (auto& x : sources) {
      m.add("Elixir.System", x.name, arity, reader(x, false));
      m.add("erlang", x.name, arity, reader(x, true));
    }
    m.add("Elixir.System", "os_time", arity, reader({"os_time", &system_time}, false));
    m.add("os", "system_time", arity, reader({"system_time", &system_time}, true));
    m.add("Elixir.System", "unique_integer", arity, quick_function(unique_integer));
    m.add("erlang", "unique_integer", arity, quick_function(unique_integer));
  }
  m.add_pure("Elixir.System", "convert_time_unit", 3,
             [](const arguments& args) { return convert(args, false); });
  m.add_pure("erlang", "convert_time_unit", 3,
             [](const arguments& args) { return convert(args, true); });
  auto now = quick_function([](process& self, auto&) { return timestamp(self); });
  m.add("erlang", "timestamp", 0, now);
  m.add("os", "timestamp", 0, now);
}

} // namespace troupe::actors::eval
