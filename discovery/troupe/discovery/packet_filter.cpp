#include "troupe/discovery/packet_filter.hpp"

#include "troupe/discovery/internal/replay_window.hpp"
#include "troupe/discovery/internal/token_bucket.hpp"
#include "troupe/discovery/limits.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <list>
#include <unordered_map>
#include <utility>
#include <variant>

namespace troupe::discovery {

namespace {

using kind = announcement::kind;
using std::chrono::milliseconds;

constexpr size_t challenges_open_max = 64; // Above it the oldest is given up.
constexpr std::chrono::seconds challenge_lifetime{5};
constexpr std::chrono::seconds challenge_pause{1}; // Between two to one instance.

/// How much later `x` is than `since`; two clocks may be any two numbers apart.
milliseconds between(uint64_t since, uint64_t x) {
  constexpr auto most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max() / 4);
  auto apart = static_cast<int64_t>(std::min(most, x > since ? x - since : since - x));
  return milliseconds{x > since ? apart : -apart};
}

bool is_close(milliseconds x) {
  return std::chrono::abs(x) <= limits::clock_difference_max;
}

/// One moment, on three clocks.
struct moment {
  uint64_t theirs = 0;
  uint64_t ours = 0;
  clock::time_point steady{};
};

/// How much longer it is since `then` for us than for the sender, by whichever of our clocks agrees
/// better: the steady one stands still while the machine sleeps, the other may be set.
milliseconds lateness(const moment& then, const moment& now) {
  auto told = between(then.theirs, now.theirs);
  auto by_steady = std::chrono::duration_cast<milliseconds>(now.steady - then.steady) - told;
  auto by_wall = between(then.ours, now.ours) - told;
  return std::chrono::abs(by_steady) < std::chrono::abs(by_wall) ? by_steady : by_wall;
}

} // namespace

class packet_filter::impl {
public:
  impl(const announcement_codec& codec, uint64_t own_instance, std::function<uint64_t()> random)
    : codec_(codec), own_instance_(own_instance), random_(std::move(random)) {}

  verdict take(std::span<const char> packet, clock::time_point now, uint64_t wall_ms) {
    auto decoded = codec_.decode(packet);
    verdict result;
    if (auto* why = std::get_if<drop>(&decoded))
      result.why = *why;
    else
      judge(std::get<announcement>(decoded), {0, wall_ms, now}, result);
    if (result.why != drop::none)
      result.content.reset();
    ++counts_[static_cast<size_t>(result.why)];
    return result;
  }

  [[nodiscard]] const std::array<uint64_t, drop_count>& counts() const noexcept { return counts_; }

private:
  struct life {
    internal::replay_window window;
    moment anchor;        ///< The packet that was least late of those that are believed.
    uint64_t newest = 0;  ///< Highest clock in them.
    bool proven = false;  ///< One was believed, not only answered.
    bool retired = false; ///< It said goodbye.
    bool skew_told = false;
    std::list<uint64_t>::iterator age;
  };
  struct challenge {
    uint64_t instance = 0;
    std::array<char, 16> nonce{};
    clock::time_point begun{};
    clock::time_point asked{};
  };

  life* find(uint64_t instance) {
    auto i = lives_.find(instance);
    return i == lives_.end() ? nullptr : &i->second;
  }

  void judge(announcement& x, moment now, verdict& out) {
    now.theirs = x.wall_ms;
    auto* sender = find(x.instance);
    if (x.instance == own_instance_)
      out.why = drop::self;
    else if (sender && sender->window.seen(x.sequence))
      out.why = drop::replayed;
    else if ((x.to != 0 && x.to != own_instance_) || (sender && sender->retired))
      out.why = drop::stale;
    else if (answers_challenge(x, now.steady))
      believe(x, now, true, out);
    else if (is_timely(sender, now))
      believe(x, now, false, out);
    else
      doubt(x, now, out);
  }

  /// Whether a packet is so recent that nobody can have kept it for long.
  [[nodiscard]] bool is_timely(const life* sender, const moment& now) const {
    if (sender && sender->proven)
      return is_close(lateness(sender->anchor, now));
    return is_close(between(now.ours, now.theirs)) && now.theirs > newest_forgotten_;
  }

  void believe(announcement& x, const moment& now, bool answered, verdict& out) {
    auto* sender = find(x.instance);
    if ((!sender || !sender->proven) && !answered && !newcomers_.take(now.steady)) {
      out.why = drop::rate;
      return;
    }
    if (!sender && !(sender = remember(x.instance, now.ours))) {
      out.why = drop::rate;
      return;
    }
    // A packet that was delayed may not make room for one that is delayed even more.
    if (answered || !sender->proven || lateness(sender->anchor, now) <= milliseconds{})
      sender->anchor = now;
    sender->proven = true;
    sender->retired = x.what == kind::goodbye;
    sender->newest = std::max(sender->newest, x.wall_ms);
    note(*sender, x.sequence);
    auto difference = between(now.ours, now.theirs);
    if (!is_close(difference) && !std::exchange(sender->skew_told, true))
      out.clock_skew = std::chrono::duration_cast<std::chrono::seconds>(difference);
    out.content = std::move(x);
  }

  /// Its content is right, but it may be a replay.
  void doubt(announcement& x, const moment& now, verdict& out) {
    if (x.what == kind::challenge) {
      answer_stranger(x, now, out);
      return;
    }
    out.why = drop::stale;
    if (x.what != kind::goodbye && x.what != kind::response)
      out.challenge = ask(x.instance, now.steady);
  }

  /// Two nodes whose clocks differ doubt each other: one of them has to answer first. What a
  /// challenge makes its receiver do is harmless, but each one may do it only once.
  void answer_stranger(announcement& x, const moment& now, verdict& out) {
    auto* sender = find(x.instance);
    if (!sender && (!newcomers_.take(now.steady) || !(sender = remember(x.instance, now.ours)))) {
      out.why = drop::rate;
      return;
    }
    note(*sender, x.sequence);
    out.content = std::move(x);
  }

  void note(life& sender, uint32_t sequence) {
    sender.window.mark(sequence);
    by_age_.splice(by_age_.end(), by_age_, sender.age);
  }

  /// Makes room for a new instance. The one that was not heard for longest is forgotten, and from
  /// then on an unknown instance has to answer a challenge if its packet is not newer than all that
  /// were heard of those that are forgotten: so none of these can be played again. Instances whose
  /// clocks are ahead stay, because that rule would then concern everybody.
  life* remember(uint64_t instance, uint64_t wall_ms) {
    if (lives_.size() >= limits::peers_max) {
      auto victim = std::ranges::find_if(by_age_, [&](uint64_t x) {
        return between(wall_ms, lives_.at(x).newest) <= limits::clock_difference_max;
      });
      if (victim == by_age_.end())
        return nullptr;
      newest_forgotten_ = std::max(newest_forgotten_, lives_.at(*victim).newest);
      lives_.erase(*victim);
      by_age_.erase(victim);
    }
    auto& result = lives_[instance];
    result.age = by_age_.insert(by_age_.end(), instance);
    return &result;
  }

  std::optional<announcement> ask(uint64_t instance, clock::time_point now) {
    give_up_challenges(now);
    auto i = std::ranges::find(challenges_, instance, &challenge::instance);
    bool again = i != challenges_.end();
    if ((again && now - i->asked < challenge_pause) || !questions_.take(now))
      return std::nullopt;
    if (!again) {
      if (challenges_.size() == challenges_open_max)
        challenges_.pop_front();
      challenges_.push_back({instance, make_nonce(), now, now});
      i = std::prev(challenges_.end());
    }
    i->asked = now;
    announcement result;
    result.what = kind::challenge;
    result.to = instance;
    result.nonce = i->nonce;
    return result;
  }

  bool answers_challenge(const announcement& x, clock::time_point now) {
    if (x.what != kind::response)
      return false;
    give_up_challenges(now);
    return std::erase_if(challenges_,
                         [&](auto& c) { return c.instance == x.instance && c.nonce == x.nonce; })
           > 0;
  }

  void give_up_challenges(clock::time_point now) {
    while (!challenges_.empty() && now - challenges_.front().begun >= challenge_lifetime)
      challenges_.pop_front();
  }

  std::array<char, 16> make_nonce() {
    std::array<char, 16> result;
    const std::array<uint64_t, 2> bits{random_(), random_()};
    static_assert(sizeof(bits) == sizeof(result));
    std::memcpy(result.data(), bits.data(), sizeof(bits));
    return result;
  }

  const announcement_codec& codec_;
  const uint64_t own_instance_;
  std::function<uint64_t()> random_;
  std::unordered_map<uint64_t, life> lives_; // Bounded by limits::peers_max.
  std::list<uint64_t> by_age_;               // The same instances, last heard last.
  uint64_t newest_forgotten_ = 0;            // Highest clock heard of an instance not in lives_.
  std::deque<challenge> challenges_;         // By age; bounded by challenges_open_max.
  internal::token_bucket newcomers_{limits::newcomers_per_second, limits::newcomers_burst};
  internal::token_bucket questions_{limits::challenges_per_second, limits::challenges_per_second};
  std::array<uint64_t, drop_count> counts_{};
};

packet_filter::packet_filter(const announcement_codec& codec, uint64_t own_instance,
                             std::function<uint64_t()> random)
  : impl_(std::make_unique<impl>(codec, own_instance, std::move(random))) {}

packet_filter::~packet_filter() = default;

packet_filter::verdict packet_filter::take(std::span<const char> packet, clock::time_point now,
                                           uint64_t wall_ms) {
  return impl_->take(packet, now, wall_ms);
}

const std::array<uint64_t, drop_count>& packet_filter::counts() const noexcept {
  return impl_->counts();
}

} // namespace troupe::discovery
