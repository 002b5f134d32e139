#include "troupe/discovery/local_source.hpp"

#include "troupe/discovery/interfaces.hpp"
#include "troupe/discovery/internal/directory_watch.hpp"
#include "troupe/discovery/internal/local_directory.hpp"
#include "troupe/discovery/internal/next_message.hpp"
#include "troupe/discovery/internal/own_addresses.hpp"
#include "troupe/discovery/local_peers.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <variant>

namespace troupe::discovery {

namespace {

using internal::directory_change;
using internal::local_directory;
using change_inbox = internal::inbox<directory_change>;

constexpr size_t changes_max = 1024; // Above it news waits for the next interval.
// A lock is dropped a moment after the event that tells of it, and held for a moment by readers.
constexpr std::chrono::milliseconds moment{50};
// Who has our file for longer than this is no reader.
constexpr int moments_max = 10;

} // namespace

class local_source::watching {
public:
  watching(local_source& home, process& self, reporter to)
    : home_(home), time_(*home.around_.time), to_(std::move(to)), peers_(home.around_.self.name),
      inbox_(std::make_shared<change_inbox>(self.home(), self.self(), changes_max)) {}

  [[nodiscard]] clock::duration pause() const {
    auto next = std::min(look_again_.value_or(next_), publish_again_.value_or(next_));
    return std::max(next - time_.now(), clock::duration{});
  }

  void turn(const std::optional<cluster_view>& view) {
    if (view && view->silent && !std::exchange(silent_, true))
      home_.withdraw();
    auto now = time_.now();
    auto due = now >= next_;
    if (due) {
      next_ = now + home_.how_.interval;
      usable_ = open();
    }
    if (usable_ && (due || (publish_again_ && now >= *publish_again_)))
      publish(now);
    std::set<std::string> files;
    if (look_again_ && now >= *look_again_) {
      files.swap(doubtful_);
      look_again_.reset();
    }
    auto all = due;
    for (auto& change : inbox_->take()) {
      all = all || change.all;
      for (auto& name : change.files)
        if (auto file = local_directory::file_of(name); !file.empty()) {
          look_again_ = now + moment;
          doubtful_.insert(file);
          files.insert(std::move(file));
        }
    }
    look_at(all ? everything() : std::move(files));
  }

private:
  // Makes the directory, and begins to watch it, as long as either is not there.
  bool open() {
    auto why = home_.open();
    if (why) {
      to_.failed(std::move(why->context));
      return false;
    }
    if (!home_.around_.io || (watch_ && !watch_->lost()))
      return true;
    auto tell = [inbox = inbox_](directory_change x) { inbox->push(std::move(x)); };
    auto& path = home_.how_.directory;
    auto started = internal::directory_watch::start(*home_.around_.io, path, tell);
    watch_ = started ? std::move(*started) : nullptr;
    return true;
  }

  void publish(clock::time_point now) {
    publish_again_.reset();
    if (silent_)
      return;
    auto done = home_.publish();
    if (!done) {
      to_.failed(done.error().context);
    } else if (*done) {
      tries_ = 0;
      to_.works();
    } else if (++tries_ < moments_max) {
      publish_again_ = now + moment;
    } else {
      to_.failed("another node of this user has the name " + home_.around_.self.name
                 + "; nodes of this host do not find this one");
    }
  }

  std::set<std::string> everything() {
    auto known = peers_.files();
    std::set<std::string> files(known.begin(), known.end());
    auto there = home_.list();
    files.insert(there.begin(), there.end());
    return files;
  }

  void look_at(const std::set<std::string>& files) {
    for (auto& file : files)
      for (auto& change : peers_.update(file, announced(file)))
        to_.seen(std::move(change));
  }

  std::optional<announcement> announced(const std::string& file) {
    auto text = home_.read(file);
    if (!text) {
      strangers_.erase(file);
      return {};
    }
    auto decoded = home_.codec_.decode(*text);
    if (auto* x = std::get_if<announcement>(&decoded))
      return std::move(*x);
    if (std::get<drop>(decoded) == drop::mac && strangers_.insert(file).second)
      to_.happened(happened::auth_mismatch, atom{},
                   "the node of the file " + home_.how_.directory + '/' + file
                     + " has another cookie");
    return {};
  }

  local_source& home_;
  clock& time_;
  const reporter to_;
  local_peers peers_;
  const std::shared_ptr<change_inbox> inbox_;
  std::unique_ptr<internal::directory_watch> watch_;
  std::set<std::string> strangers_;             // Files with another cookie, told once.
  std::set<std::string> doubtful_;              // Looked at a moment after they changed.
  std::optional<clock::time_point> look_again_; // When that is.
  std::optional<clock::time_point> publish_again_;
  clock::time_point next_{};
  int tries_ = 0;
  bool usable_ = false;
  bool silent_ = false;
};

result<std::shared_ptr<local_source>> local_source::make(options how, surroundings around) {
  auto listens = numeric(around.self.listens);
  if (!listens)
    return listens.error();
  around.self.listens = *listens;
  if (how.directory.empty())
    how.directory = internal::local_base_directory() + '/' + internal::network_id();
  return std::shared_ptr<local_source>{new local_source{std::move(how), std::move(around)}};
}

local_source::local_source(options how, surroundings around)
  : how_(std::move(how)), around_(std::move(around)),
    codec_(around_.keys->discovery_key(), around_.cluster) {}

local_source::~local_source() = default;

task<> local_source::run(process& self, reporter to) {
  watching x{*this, self, std::move(to)};
  std::optional<cluster_view> view;
  for (;;) {
    x.turn(view);
    auto waiting = internal::next_message(self, x.pause());
    view = co_await std::move(waiting);
  }
}

void local_source::farewell() {
  std::lock_guard guard{mutex_};
  over_ = true;
  if (directory_)
    directory_->withdraw();
}

std::optional<error> local_source::open() {
  std::lock_guard guard{mutex_};
  auto opened = local_directory::open(how_.directory);
  if (!opened)
    return opened.error();
  if (!directory_)
    directory_ = std::make_unique<local_directory>(std::move(*opened));
  return {};
}

std::string local_source::packet() const {
  announcement x;
  x.hidden = around_.self.hidden;
  x.short_names = around_.self.short_names;
  x.instance = around_.self.instance;
  x.incarnation = around_.self.incarnation;
  x.sequence = 1;
  x.wall_ms = around_.self.incarnation; // Nobody looks: that the lock is held is the sign of life.
  x.name = around_.self.name;
  x.creation = around_.self.creation;
  auto& at = around_.self.listens;
  if (!internal::is_any_address(at.host))
    x.endpoints = {at};
  else if (at.host == "::")
    x.endpoints = {{"::1", at.port}, {"127.0.0.1", at.port}};
  else
    x.endpoints = {{"127.0.0.1", at.port}};
  return codec_.encode(x);
}

result<bool> local_source::publish() {
  std::lock_guard guard{mutex_};
  if (over_ || !directory_)
    return false;
  auto file = local_file_name(around_.self.name);
  if (directory_->is_published())
    return true;
  auto done = directory_->publish(file, packet());
  if (!done)
    return done.error();
  return *done == local_directory::published::done;
}

void local_source::withdraw() {
  std::lock_guard guard{mutex_};
  if (directory_)
    directory_->withdraw();
}

std::vector<std::string> local_source::list() {
  std::lock_guard guard{mutex_};
  return directory_ ? directory_->list() : std::vector<std::string>{};
}

std::optional<std::string> local_source::read(const std::string& file) {
  std::lock_guard guard{mutex_};
  return directory_ ? directory_->read(file) : std::nullopt;
}

} // namespace troupe::discovery
