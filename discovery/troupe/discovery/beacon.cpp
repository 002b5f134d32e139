#include "troupe/discovery/beacon.hpp"

#include "troupe/discovery/internal/dial_order.hpp"
#include "troupe/discovery/internal/token_bucket.hpp"
#include "troupe/discovery/limits.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <utility>

namespace troupe::discovery {

namespace {

using kind = announcement::kind;
using std::chrono::milliseconds;
using time_point = clock::time_point;

constexpr milliseconds first_hello_max{20};
constexpr std::array hello_pauses{milliseconds{100}, milliseconds{200}, milliseconds{400},
                                  milliseconds{800}, milliseconds{1600}};
constexpr milliseconds hello_again_min{100}; // Between two bursts on one interface.
constexpr size_t bursts_max = 64;            // Above it a hello on all interfaces serves for one.
constexpr milliseconds reply_delay_max{50};
constexpr double repliers = 3; // Of all nodes, for one hello.
constexpr milliseconds bootstrap{500};
constexpr milliseconds lifetime_min{15'000};
constexpr milliseconds silence_max{8'000}; // Times share_max: less than lifetime_min.

// A pause between announcements is such a share of the interval. The first one begins when that of
// many others may begin too.
constexpr double share_min = 0.75;
constexpr double share_max = 1.25;
constexpr double first_share_min = 0.25;

} // namespace

class beacon::impl {
public:
  impl(self_description self, std::function<uint64_t()> random)
    : self_(std::move(self)), random_(std::move(random)) {}

  void start(time_point now) {
    started_ = now;
    running_ = true;
    hello_on(0, now);
  }

  void interface_changed(unsigned interface, time_point now) {
    if (!running_ || silent_)
      return;
    if (bursts_.size() >= bursts_max && !bursts_.contains(interface))
      interface = 0;
    auto all = bursts_.find(0);
    if (all == bursts_.end() || all->second.sent > 0)
      hello_on(interface, now);
  }

  void view(const cluster_view& x, time_point now) {
    view_ = x;
    if (x.linked > 0)
      answered(0, now);
    if (announcing_ && next_announce_ > now)
      schedule(now);
  }

  outcome receive(const announcement& x, const place& from, time_point now) {
    outcome result;
    if (x.instance == self_.instance || (x.to != 0 && x.to != self_.instance))
      return result;
    switch (x.what) {
      case kind::hello: consider_reply(x, from, now); break;
      case kind::reply:
        answered(0, now);
        answered(from.interface, now);
        break;
      case kind::challenge:
        // It proves nothing about its sender, so it is no sign of life.
        if (!silent_ && responses_.take(now))
          result.send.push_back(make_answer(kind::response, x, from));
        return result;
      default: break;
    }
    if (x.name == self_.name && x.what != kind::goodbye && is_older_than(x) && !silent_
        && objections_.take(now))
      result.send.push_back(make_answer(kind::reply, x, from));
    if (!x.name.empty())
      result.seen.push_back(observe(x, from));
    return result;
  }

  outcome due(time_point now) {
    outcome result;
    if (!running_ || silent_)
      return result;
    for (auto i = bursts_.begin(); i != bursts_.end();)
      i = hello_due(*i, now, result) ? end_burst(i, now) : std::next(i);
    while (!replies_.empty() && replies_.front().at <= now) {
      result.send.push_back(std::move(replies_.front().what));
      replies_.pop_front();
    }
    if (announcing_ && next_announce_ <= now) {
      result.send.push_back(make(kind::announce));
      result.send.back().family = std::exchange(family_, family_ == 4 ? 6 : 4);
      auto forced = next_announce_ == latest_announce_;
      said(now);
      begin_pause(now, share_min);
      if (forced) {
        share_ *= draw(0.0, 1.0);
        schedule(now);
      }
    }
    return result;
  }

  [[nodiscard]] time_point next() const {
    auto result = time_point::max();
    if (!running_ || silent_)
      return result;
    for (const auto& [interface, x] : bursts_)
      result = std::min(result, x.at);
    if (!replies_.empty())
      result = std::min(result, replies_.front().at);
    return announcing_ ? std::min(result, next_announce_) : result;
  }

  [[nodiscard]] outgoing make(kind what) const {
    outgoing result;
    auto& x = result.what;
    x.what = what;
    x.hidden = self_.hidden;
    x.short_names = self_.short_names;
    x.instance = self_.instance;
    x.incarnation = self_.incarnation;
    x.name = self_.name;
    x.creation = self_.creation;
    if (what == kind::goodbye)
      return result;
    x.known = view_.known;
    x.digest = view_.digest;
    x.interval = longest_pause();
    return result;
  }

  void fall_silent() {
    silent_ = true;
    bursts_.clear();
    replies_.clear();
  }

private:
  struct burst {
    time_point at{};
    size_t sent = 0;
    bool ends = false; ///< After the first hello: there is an answer already.
  };
  struct reply {
    time_point at{};
    outgoing what;
  };
  using bursts = std::map<unsigned, burst>;

  // -- randomness -------------------------------------------------------------------------------

  /// Evenly between the two.
  double draw(double from, double to) {
    return from + (to - from) * static_cast<double>(random_() >> 11) * 0x1p-53;
  }

  clock::duration draw(clock::duration from, clock::duration to) {
    return from + scaled(to - from, draw(0.0, 1.0));
  }

  static clock::duration scaled(clock::duration x, double by) {
    return clock::duration{static_cast<clock::duration::rep>(static_cast<double>(x.count()) * by)};
  }

  // -- hellos -----------------------------------------------------------------------------------

  void hello_on(unsigned interface, time_point now) {
    auto [i, added] = bursts_.try_emplace(interface);
    auto& x = i->second;
    if (!added && x.sent == 0)
      return;
    x = {now + draw({}, first_hello_max), 0, false};
    if (auto last = last_hello_.find(interface); last != last_hello_.end())
      x.at = std::max(x.at, last->second + hello_again_min);
  }

  /// Returns whether the burst is over.
  bool hello_due(bursts::reference due, time_point now, outcome& out) {
    auto& [interface, x] = due;
    if (x.at > now)
      return false;
    out.send.push_back(make(kind::hello));
    out.send.back().only = interface;
    if (interface == 0)
      said(now);
    std::erase_if(last_hello_, [&](auto& h) { return now - h.second >= hello_again_min; });
    last_hello_[interface] = now;
    if (x.ends || x.sent == hello_pauses.size())
      return true;
    auto pause = hello_pauses[x.sent++];
    x.at = now + draw(pause * 4 / 5, pause * 6 / 5);
    return false;
  }

  void answered(unsigned interface, time_point now) {
    auto i = bursts_.find(interface);
    if (i == bursts_.end())
      return;
    if (i->second.sent == 0)
      i->second.ends = true;
    else
      end_burst(i, now);
  }

  bursts::iterator end_burst(bursts::iterator i, time_point now) {
    if (i->first == 0 && !std::exchange(announcing_, true))
      begin_pause(now, first_share_min);
    return bursts_.erase(i);
  }

  // -- answers ----------------------------------------------------------------------------------

  [[nodiscard]] bool is_older_than(const announcement& x) const {
    return std::pair{self_.incarnation, self_.instance} < std::pair{x.incarnation, x.instance};
  }

  void consider_reply(const announcement& x, const place& from, time_point now) {
    if (!running_ || silent_ || x.name == self_.name)
      return;
    if (view_.linked == 0 && now - started_ < bootstrap)
      return; // Others know more.
    auto waits = [&](const reply& r) { return r.what.what.to == x.instance; };
    if (std::ranges::any_of(replies_, waits) || draw(0.0, 1.0) * view_.known >= repliers
        || !reply_tokens_.take(now))
      return;
    reply r{now + draw({}, reply_delay_max), make_answer(kind::reply, x, from)};
    auto later = std::ranges::upper_bound(replies_, r.at, {}, &reply::at);
    replies_.insert(later, std::move(r));
  }

  [[nodiscard]] outgoing make_answer(kind what, const announcement& x, const place& to) const {
    auto result = make(what);
    result.what.to = x.instance;
    result.what.nonce = x.nonce;
    result.to = to;
    return result;
  }

  static observation observe(const announcement& x, const place& from) {
    observation result;
    result.name = x.name;
    result.instance = x.instance;
    result.incarnation = x.incarnation;
    result.creation = x.creation;
    result.hidden = x.hidden;
    if (x.what == kind::goodbye) {
      result.what = observation::kind::left;
      return result;
    }
    result.fresh = true;
    result.endpoints = internal::dial_order(x.endpoints, from.at.host, from.interface);
    result.lifetime = std::max(lifetime_min, 3 * x.interval);
    return result;
  }

  // -- announcements ----------------------------------------------------------------------------

  [[nodiscard]] milliseconds interval() const {
    auto nodes = static_cast<int64_t>(view_.known) + 1;
    milliseconds fair{nodes * 1000 / static_cast<int64_t>(limits::segment_packets_per_second)};
    return std::clamp(fair, limits::announce_interval_min, limits::announce_interval_max);
  }

  [[nodiscard]] milliseconds longest_pause() const { return interval() * 5 / 4; }

  /// A packet went to all: they expect the next within what it says.
  void said(time_point now) {
    auto most = std::max(silence_max, longest_pause() * 8 / 5);
    latest_announce_
      = now + scaled(most, draw(announcing_ ? share_min : first_share_min, share_max));
  }

  void begin_pause(time_point now, double shortest) {
    pause_begun_ = now;
    share_ = draw(shortest, share_max);
    schedule(now);
  }

  /// The pause is a share of the interval, which changes with the number of nodes. With more nodes
  /// it becomes longer, but not so long that others forget this one. With fewer it becomes shorter;
  /// if it should be over by now, so should that of many others: all draw anew, and spread over the
  /// new interval.
  void schedule(time_point now) {
    next_announce_ = pause_begun_ + scaled(interval(), share_);
    if (next_announce_ < now) {
      pause_begun_ = now;
      share_ = draw(0.0, 1.0);
      next_announce_ = now + scaled(interval(), share_);
    }
    next_announce_ = std::min(next_announce_, latest_announce_);
  }

  const self_description self_;
  std::function<uint64_t()> random_;
  cluster_view view_;
  bool running_ = false;
  bool silent_ = false;
  bool announcing_ = false; // From the end of the first hellos on.
  time_point started_{};

  bursts bursts_;                             // By interface; 0: all. Bounded by bursts_max.
  std::map<unsigned, time_point> last_hello_; // Of the last hello_again_min.
  std::deque<reply> replies_;                 // By time; bounded by the burst of reply_tokens_.
  internal::token_bucket reply_tokens_{2, 5};
  internal::token_bucket objections_{2, 5};
  internal::token_bucket responses_{10, 10};

  time_point pause_begun_{};
  double share_ = 1; // Of the interval, that the pause lasts.
  time_point next_announce_{};
  time_point latest_announce_{}; // Whatever becomes of the interval.
  int family_ = 4;               // Of the next announcement.
};

beacon::beacon(self_description self, std::function<uint64_t()> random)
  : impl_(std::make_unique<impl>(std::move(self), std::move(random))) {}

beacon::~beacon() = default;

void beacon::start(clock::time_point now) {
  impl_->start(now);
}

void beacon::interface_changed(unsigned interface, clock::time_point now) {
  impl_->interface_changed(interface, now);
}

void beacon::view(const cluster_view& x, clock::time_point now) {
  impl_->view(x, now);
}

beacon::outcome beacon::receive(const announcement& x, const place& from, clock::time_point now) {
  return impl_->receive(x, from, now);
}

beacon::outcome beacon::due(clock::time_point now) {
  return impl_->due(now);
}

clock::time_point beacon::next() const {
  return impl_->next();
}

beacon::outgoing beacon::goodbye() const {
  return impl_->make(announcement::kind::goodbye);
}

void beacon::fall_silent() {
  impl_->fall_silent();
}

} // namespace troupe::discovery
