#include "troupe/discovery/internal/source_keeper.hpp"

#include "troupe/exit_reason.hpp"
#include "troupe/inspect.hpp"
#include "troupe/node.hpp"

#include <algorithm>

namespace troupe::discovery::internal {

namespace {

constexpr std::chrono::seconds pause_first{1};
constexpr std::chrono::seconds pause_last{30};
/// A source that ran for so long had recovered.
constexpr std::chrono::seconds stable_after{60};

task<> run_source(process& self, std::shared_ptr<source> what, reporter to) {
  auto body = what->run(self, std::move(to));
  co_await std::move(body);
}

} // namespace

source_keeper::source_keeper(process& self, std::vector<std::shared_ptr<source>> sources,
                             std::shared_ptr<inbox<report>> reports)
  : self_(&self), reports_(std::move(reports)) {
  for (auto& x : sources)
    sources_.push_back({std::move(x), {}, {}, {}, pause_first});
}

void source_keeper::start(kept& x) {
  x.again.reset();
  x.began = self_->home().time().now();
  x.runs = self_->spawn_link(run_source, x.what, reporter{reports_, x.what->name()});
}

void source_keeper::start_all() {
  for (auto& x : sources_)
    start(x);
}

std::optional<discovery_event> source_keeper::ended(const pid& who, const term& reason,
                                                    clock::time_point now) {
  auto i = std::ranges::find_if(sources_, [&](const kept& x) { return x.runs == who; });
  if (i == sources_.end())
    return std::nullopt;
  i->runs = {};
  if (reason.is_atom(exit_reason::normal) || reason.is_atom(exit_reason::shutdown))
    return std::nullopt;
  if (now - i->began > stable_after)
    i->pause = pause_first;
  i->again = now + i->pause;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(i->pause).count();
  i->pause = std::min<clock::duration>(i->pause * 2, pause_last);
  return discovery_event{happened::source_error,
                         {},
                         i->what->name(),
                         "it crashed: " + inspect_term(reason) + "; it is started again in "
                           + std::to_string(seconds) + " s"};
}

void source_keeper::due(clock::time_point now) {
  for (auto& x : sources_)
    if (x.again && *x.again <= now)
      start(x);
}

clock::time_point source_keeper::next() const {
  auto result = clock::time_point::max();
  for (auto& x : sources_)
    if (x.again)
      result = std::min(result, *x.again);
  return result;
}

void source_keeper::tell(const cluster_view& x) {
  for (auto& y : sources_)
    if (y.runs)
      self_->send(y.runs, x);
}

} // namespace troupe::discovery::internal
