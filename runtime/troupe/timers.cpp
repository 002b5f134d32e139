#include "troupe/timers.hpp"

#include "troupe/internal/node_core.hpp"
#include "troupe/internal/timer_service.hpp"
#include "troupe/process.hpp"

namespace troupe {

namespace {

[[noreturn]] void fail(std::string_view reason) {
  throw exit_request{term::tuple({atom{reason}, term::empty_list()})};
}

std::optional<std::chrono::milliseconds> rounded(std::optional<clock::duration> x) {
  if (!x)
    return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(*x);
}

term timeout_message(const reference& ref, term content) {
  static const atom tag{"timeout"};
  return term::tuple({tag, ref, std::move(content)});
}

} // namespace

void timer_calls::start(const reference& ref, clock::duration delay, const pid& to, atom name,
                        caf::message content) {
  auto& core = static_cast<process*>(this)->core();
  auto to_name = !to && name != atom{};
  auto here = to && to.node == core.name();
  if (delay < clock::duration::zero() || delay > delay_max || (!to_name && !here))
    fail("badarg");
  if (here && !core.is_local(to))
    return; // of an earlier life of this node: nobody will get it (rule PID-04b)
  auto due = core.time().now() + delay;
  if (!core.timers().start({ref, due, to, name, std::move(content)}))
    fail("system_limit");
}

reference timer_calls::start(clock::duration delay, const pid& to, atom name,
                             caf::message content) {
  auto ref = static_cast<process*>(this)->core().make_reference();
  start(ref, delay, to, name, std::move(content));
  return ref;
}

reference timer_calls::start_timer(clock::duration delay, const pid& to, term message) {
  auto ref = static_cast<process*>(this)->core().make_reference();
  start(ref, delay, to, {}, caf::make_message(timeout_message(ref, std::move(message))));
  return ref;
}

reference timer_calls::start_timer(clock::duration delay, atom name, term message) {
  auto ref = static_cast<process*>(this)->core().make_reference();
  start(ref, delay, {}, name, caf::make_message(timeout_message(ref, std::move(message))));
  return ref;
}

std::optional<std::chrono::milliseconds> timer_calls::cancel_timer(const reference& timer) {
  return rounded(static_cast<process*>(this)->core().timers().cancel(timer));
}

std::optional<std::chrono::milliseconds> timer_calls::read_timer(const reference& timer) const {
  return rounded(static_cast<const process*>(this)->core().timers().left(timer));
}

} // namespace troupe
