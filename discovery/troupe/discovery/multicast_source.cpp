#include "troupe/discovery/multicast_source.hpp"

#include "troupe/discovery/internal/multicast_shell.hpp"
#include "troupe/discovery/internal/next_message.hpp"
#include "troupe/discovery/limits.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace troupe::discovery {

using internal::multicast_shell;

namespace {

/// How long a stop waits for the goodbyes; they take two pauses between them.
constexpr std::chrono::milliseconds farewell_time_max{95};
/// Waits are no longer, so that they can be added to any time.
constexpr std::chrono::hours wait_max{1};

} // namespace

/// Ends with the process, however that ends: its body is destroyed then.
class multicast_source::running {
public:
  running(multicast_source& home, std::shared_ptr<multicast_shell> shell)
    : home_(&home), shell_(std::move(shell)) {
    std::lock_guard guard{home_->mutex_};
    home_->shell_ = shell_;
  }
  running(const running&) = delete;
  running& operator=(const running&) = delete;
  ~running() {
    {
      std::lock_guard guard{home_->mutex_};
      if (home_->shell_ == shell_)
        home_->shell_ = nullptr;
    }
    shell_->close();
  }

private:
  multicast_source* home_;
  std::shared_ptr<multicast_shell> shell_;
};

result<std::shared_ptr<multicast_source>> multicast_source::make(multicast_options how,
                                                                 surroundings around) {
  auto settings = read(how);
  if (!settings)
    return settings.error();
  auto listens = numeric(around.self.listens);
  if (!listens)
    return listens.error();
  if (!around.io || !around.keys || !around.time)
    return error{errc::invalid_config, "multicast needs a node with a network and a cookie"};
  around.self.listens = *listens;
  auto wall_ms = how.wall_ms ? how.wall_ms : std::function<uint64_t()>{system_wall_ms};
  return std::shared_ptr<multicast_source>{
    new multicast_source{*settings, std::move(wall_ms), std::move(around)}};
}

multicast_source::multicast_source(multicast_settings settings, std::function<uint64_t()> wall_ms,
                                   surroundings around)
  : settings_(std::move(settings)), wall_ms_(std::move(wall_ms)), around_(std::move(around)),
    memory_(std::make_shared<internal::multicast_memory>(around_)) {}

task<> multicast_source::run(process& self, reporter to) {
  auto& time = *around_.time;
  beacon speaker{around_.self, [&time] { return time.random(); }};
  auto news = std::make_shared<internal::inbox<internal::multicast_news>>(self.home(), self.self(),
                                                                          limits::packets_max);
  multicast_shell::parts parts{
    around_, settings_, wall_ms_, memory_, news, to, speaker.goodbye().what};
  auto shell = std::make_shared<multicast_shell>(std::move(parts));
  running guard{*this, shell};
  shell->start();
  speaker.view(view_, time.now());
  if (view_.silent)
    speaker.fall_silent();
  speaker.start(time.now());

  auto perform = [&](beacon::outcome x) {
    for (auto& seen : x.seen)
      to.seen(std::move(seen));
    shell->send(std::move(x.send));
  };
  for (;;) {
    for (auto& x : news->take()) {
      if (auto* heard = std::get_if<internal::heard_packet>(&x))
        perform(speaker.receive(heard->what, heard->from, time.now()));
      else
        speaker.interface_changed(std::get<internal::changed_interface>(x).index, time.now());
    }
    perform(speaker.due(time.now()));
    auto now = time.now();
    auto pause = std::clamp<clock::duration>(std::min(speaker.next(), now + wait_max) - now,
                                             clock::duration{}, wait_max);
    auto waiting = internal::next_message(self, pause);
    auto told = co_await std::move(waiting);
    if (told) {
      view_ = *told;
      speaker.view(view_, time.now());
      if (view_.silent)
        speaker.fall_silent();
    }
  }
}

void multicast_source::farewell() {
  std::shared_ptr<multicast_shell> shell;
  {
    std::lock_guard guard{mutex_};
    shell = shell_;
  }
  if (!shell)
    return;
  auto done = std::make_shared<std::promise<void>>();
  auto said = done->get_future();
  shell->say_goodbye(std::move(done));
  static_cast<void>(said.wait_for(farewell_time_max));
}

} // namespace troupe::discovery
