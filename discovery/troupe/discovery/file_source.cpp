#include "troupe/discovery/file_source.hpp"

#include "troupe/discovery/internal/directory_watch.hpp"
#include "troupe/discovery/internal/mapper_survey.hpp"
#include "troupe/discovery/internal/next_message.hpp"
#include "troupe/discovery/internal/own_addresses.hpp"
#include "troupe/discovery/internal/small_file.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::discovery {

namespace {

constexpr size_t file_bytes_max = 256 * 1024; // limits::seeds_max of the longest lines fit.
constexpr size_t news_max = 256;              // Above it news is lost, but not that there was some.

struct file_changed {};
using news = std::variant<file_changed, internal::survey>;
using news_inbox = internal::inbox<news>;

} // namespace

class file_source::reading {
public:
  reading(const file_source& home, reporter to, std::shared_ptr<news_inbox> inbox)
    : how_(home.how_), around_(home.around_), to_(std::move(to)), inbox_(std::move(inbox)) {}

  /// Begins to watch, unless it does already; a directory that is missing may come later.
  void watch() {
    if (!around_.io || (watch_ && !watch_->lost()))
      return;
    auto tell
      = [inbox = inbox_](const internal::directory_change&) { inbox->push(file_changed{}); };
    auto started
      = internal::directory_watch::start(*around_.io, internal::directory_of(how_.path), tell);
    watch_ = started ? std::move(*started) : nullptr;
  }

  void read() {
    auto text = internal::read_small_file(how_.path, file_bytes_max);
    if (!text) {
      to_.failed("cannot read " + how_.path + ": " + text.error().context);
      return;
    }
    auto parsed = parse_peer_file(*text);
    if (auto* bad = std::get_if<bad_line>(&parsed)) {
      to_.failed(how_.path + ":" + std::to_string(bad->line) + ": " + bad->why);
      return;
    }
    to_.works();
    listed_ = std::get<peer_list>(std::move(parsed));
    std::erase_if(nodes_of_, [&](auto& entry) { return !is_listed(entry.first); });
    tell_changes();
  }

  /// Whether the hosts changed since they were asked last.
  [[nodiscard]] bool has_new_hosts() const { return asked_ != listed_.hosts; }

  void ask_hosts() {
    asked_ = listed_.hosts;
    if (!around_.io || asked_.empty())
      return;
    internal::survey_options options;
    options.mapper_port = how_.mapper_port;
    boost::asio::post(*around_.io, [io = around_.io, hosts = asked_, options, inbox = inbox_] {
      internal::survey_hosts(*io, hosts, options,
                             [inbox](internal::survey x) { inbox->push(std::move(x)); });
    });
  }

  /// Takes what the port mappers said; of one that did not answer, all stays as it was.
  void take(const internal::survey& all) {
    for (auto& host : all) {
      if (host.nodes && is_listed(host.host))
        nodes_of_[host.host] = internal::seeds_of(host);
    }
    tell_changes();
  }

private:
  bool is_listed(const std::string& host) const {
    return std::ranges::find(listed_.hosts, host) != listed_.hosts.end();
  }

  void tell_changes() {
    auto now = listed_.seeds;
    for (auto& [host, nodes] : nodes_of_)
      now.insert(now.end(), nodes.begin(), nodes.end());
    auto local = internal::local_addresses();
    std::erase_if(now, [&](auto& x) { return internal::is_own(x, around_.self, local); });
    std::ranges::sort(now, std::less{});
    now.erase(std::unique(now.begin(), now.end()), now.end());
    auto changes = difference(told_, now);
    for (auto& x : changes.removed)
      to_.seen(to_observation(x, observation::kind::gone));
    for (auto& x : changes.added)
      to_.seen(to_observation(x));
    told_ = std::move(now);
  }

  const options& how_;
  const surroundings& around_;
  const reporter to_;
  const std::shared_ptr<news_inbox> inbox_;
  std::unique_ptr<internal::directory_watch> watch_;
  peer_list listed_;
  std::vector<std::string> asked_;
  std::map<std::string, std::vector<seed>> nodes_of_; // By host; those that are listed.
  std::vector<seed> told_;
};

file_source::file_source(options how, surroundings around)
  : name_("file:" + how.path), how_(std::move(how)), around_(std::move(around)) {}

task<> file_source::run(process& self, reporter to) {
  auto inbox = std::make_shared<news_inbox>(self.home(), self.self(), news_max);
  reading x{*this, std::move(to), inbox};
  auto& time = *around_.time;
  auto next = time.now();
  bool changed = false;
  for (;;) {
    auto due = time.now() >= next;
    if (due || changed) {
      x.watch();
      x.read();
      if (due || x.has_new_hosts())
        x.ask_hosts();
      if (due)
        next = time.now() + how_.interval;
    }
    auto waiting = internal::next_message(self, std::max(next - time.now(), clock::duration{}));
    co_await std::move(waiting);
    changed = false;
    for (auto& what : inbox->take()) {
      if (auto* answers = std::get_if<internal::survey>(&what))
        x.take(*answers);
      else
        changed = true;
    }
  }
}

} // namespace troupe::discovery
