#include "troupe/discovery/gossip.hpp"

#include "troupe/discovery/internal/mix.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/discovery/peer_table.hpp"
#include "troupe/node_name.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace troupe::discovery {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto never = clock::time_point::max();
constexpr milliseconds between_lists{500};
/// The same state is told to the same peer once in that time.
constexpr seconds same_list{10};
/// Told again after that, a peer that is not connected is told to the table again.
constexpr auto refreshed_after = gossip::told_lifetime / 3;
constexpr seconds eager_for{3};
constexpr size_t rumor_fan_out = 4;
/// Lives in one letter of news. When more come at once, many nodes start, and lists tell faster.
constexpr size_t news_max = 64;
/// New connections that are asked: at once, and per second.
constexpr double asks_max = 2;
constexpr double asks_per_second = 2;
constexpr unsigned patience_max = 4;
constexpr size_t host_bytes_max = 253;
constexpr size_t seen_max = 2 * limits::peers_max;

bool is_host(const std::string& x) {
  auto fits = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.'
           || c == ':' || c == '-' || c == '_' || c == '%';
  };
  return !x.empty() && x.size() <= host_bytes_max && std::all_of(x.begin(), x.end(), fits);
}

bool is_valid(const told_peer& x) {
  return x.instance != 0 && x.hosts.size() == x.ports.size()
         && x.hosts.size() <= limits::endpoints_max && node_name::parse(x.name)
         && std::all_of(x.hosts.begin(), x.hosts.end(), is_host)
         && std::all_of(x.ports.begin(), x.ports.end(), [](auto port) { return port != 0; });
}

observation to_observation(const told_peer& x) {
  observation result;
  result.name = x.name;
  result.instance = x.instance;
  result.incarnation = x.incarnation;
  result.creation = x.creation;
  result.lifetime = gossip::told_lifetime;
  result.endpoints.reserve(x.hosts.size());
  for (size_t i = 0; i < x.hosts.size(); ++i)
    result.endpoints.push_back({x.hosts[i], x.ports[i]});
  return result;
}

} // namespace

std::optional<told_peer> tell_of(const peer_table::entry& x) {
  if (x.name.empty() || x.hidden || x.current.instance == 0 || !x.first_hand())
    return std::nullopt;
  auto endpoints = peer_table::endpoints(x);
  if (endpoints.empty())
    return std::nullopt;
  told_peer result{x.name, x.current.instance, x.current.incarnation, x.current.creation, {}, {}};
  result.hosts.reserve(endpoints.size());
  result.ports.reserve(endpoints.size());
  for (auto& y : endpoints) {
    result.hosts.push_back(std::move(y.host));
    result.ports.push_back(y.port);
  }
  return result;
}

class gossip::impl {
public:
  impl(list_function list, std::function<uint64_t()> random)
    : list_(std::move(list)), random_(std::move(random)) {}

  void view(const cluster_view& x, clock::time_point now) {
    if (x.digest != view_.digest) {
      changed_ = now;
      fruitless_ = 0;
      if (!names_.empty())
        digest_at_ = std::min(digest_at_, now + between(milliseconds{500}, seconds{1}));
    }
    auto lacks = x.known > x.linked;
    if (!lacks)
      refresh_at_ = never;
    else if (x.linked > view_.linked) // Who is still missing when no more come up?
      refresh_at_ = now + between(milliseconds{500}, seconds{1});
    else if (refresh_at_ == never)
      refresh_at_ = now + between(seconds{10}, seconds{15});
    view_ = x;
  }

  std::vector<outgoing> connected(const std::string& name, clock::time_point now) {
    auto [i, is_new] = links_.try_emplace(name);
    if (is_new) {
      i->second.index = names_.size();
      names_.push_back(&i->first);
    }
    if (digest_at_ == never)
      digest_at_ = now + between(milliseconds{500}, seconds{1});
    asks_ = std::min(asks_max, asks_ + asks_per_second * seconds_since(asked_, now));
    asked_ = now;
    if (asks_ < 1)
      return {};
    asks_ -= 1;
    auto message = digest(true);
    // Two halves of a network that heals know the same, but not that the others can be reached.
    if (view_.known > view_.linked)
      message.digest = 0;
    return {{name, std::move(message)}};
  }

  void disconnected(const std::string& name) {
    auto i = links_.find(name);
    if (i == links_.end())
      return;
    auto index = i->second.index;
    std::swap(names_[index], names_.back());
    links_.find(*names_[index])->second.index = index;
    names_.pop_back();
    links_.erase(i);
    seen_.erase(internal::hash_text(name)); // When it is told of again, that is news.
    if (names_.empty())
      digest_at_ = never;
  }

  void news(told_peer x, clock::time_point now) {
    if (x.instance == 0 || familiar(x, now) != familiarity::unheard)
      return;
    note(x, now);
    pass_on({std::move(x), 0}, now);
  }

  std::pair<std::vector<outgoing>, std::vector<observation>>
  receive(const std::string& from, const discovery_gossip& x, clock::time_point now) {
    std::pair<std::vector<outgoing>, std::vector<observation>> result;
    auto& [answers, seen] = result;
    std::vector<const told_peer*> unheard;
    for (size_t i = 0; i < x.peers.size() && i < limits::peers_max; ++i) {
      auto& peer = x.peers[i];
      // Most of a list is known: that is looked at first.
      auto known = familiar(peer, now);
      if (known == familiarity::sure || !is_valid(peer))
        continue;
      note(peer, now);
      if (known == familiarity::unheard)
        unheard.push_back(&peer);
      seen.push_back(to_observation(peer));
    }
    if (unheard.size() <= view_.known)
      for (auto* peer : unheard)
        pass_on({*peer, internal::hash_text(from)}, now);
    auto i = links_.find(from);
    if (i == links_.end())
      return result;
    if (!x.peers.empty() && seen.empty() && x.digest != view_.digest)
      fruitless_ = std::min(fruitless_ + 1, patience_max);
    if (!x.wants || (x.digest == view_.digest && x.peers.empty()))
      return result;
    // A list may make the digests equal, so that the answer has to wait for the table. Who has got
    // this node's list lately lacks nothing but what came since, which is passed on as news.
    auto& to = i->second;
    auto is_list = !x.peers.empty();
    if (is_list && to.sent != clock::time_point{} && now - to.sent < same_list)
      return result;
    if (!to.wishes)
      wishes_.push_back({from, now});
    to.wishes = true;
    to.digest = x.digest;
    to.told = is_list || x.known == 0;
    if (!is_list)
      answers = answer(now);
    return result;
  }

  std::vector<outgoing> due(clock::time_point now) {
    auto result = answer(now);
    if (news_at_ <= now)
      flush_news(result);
    if (digest_at_ <= now) {
      auto eager = now - changed_ < eager_for;
      auto pause = eager ? between(milliseconds{500}, seconds{1})
                         : between(seconds{2}, seconds{3}) * (1 << fruitless_);
      digest_at_ = now + pause;
      if (!names_.empty())
        result.push_back({*names_[random_() % names_.size()], digest(true)});
    }
    if (refresh_at_ <= now) {
      refresh_at_ = now + between(seconds{10}, seconds{15});
      if (!names_.empty())
        result.push_back({*names_[random_() % names_.size()], {0, 0, true, {}}});
    }
    return result;
  }

  clock::time_point next() const {
    auto result = std::min({news_at_, digest_at_, refresh_at_});
    if (!wishes_.empty())
      result = std::min(result, list_at_);
    return result;
  }

private:
  struct link {
    size_t index = 0;         // In names_.
    uint64_t digest = 0;      // Its, when it asked.
    uint64_t sent_digest = 0; // Ours, when the list was sent to it.
    clock::time_point sent{};
    bool wishes = false; // It waits for the list, and is in wishes_.
    bool told = false;   // It sent its own, or knows nothing.
  };
  struct wish {
    std::string name;
    clock::time_point at;
  };
  enum class familiarity : uint8_t {
    unheard, ///< Never heard of.
    known,   ///< Passed on before; the table may want to hear of it again.
    sure,    ///< The table has it.
  };
  struct rumor {
    told_peer what;
    uint64_t teller = 0; // The hash of its name.
  };
  struct memory {
    uint64_t instance = 0;
    clock::time_point at{};
  };

  familiarity familiar(const told_peer& x, clock::time_point now) const {
    auto i = seen_.find(internal::hash_text(x.name));
    if (i == seen_.end() || i->second.instance != x.instance)
      return familiarity::unheard;
    auto age = now - i->second.at;
    if (age < refreshed_after || links_.contains(x.name))
      return familiarity::sure;
    return age < told_lifetime ? familiarity::known : familiarity::unheard;
  }

  void note(const told_peer& x, clock::time_point now) {
    if (seen_.size() >= seen_max)
      seen_.clear();
    seen_.insert_or_assign(internal::hash_text(x.name), memory{x.instance, now});
  }

  void pass_on(rumor x, clock::time_point now) {
    if (names_.empty() || news_.size() >= news_max)
      return; // The digests will tell.
    if (news_.empty())
      news_at_ = now + between(milliseconds{100}, milliseconds{200});
    news_.push_back(std::move(x));
  }

  void flush_news(std::vector<outgoing>& out) {
    news_at_ = never;
    auto news = std::exchange(news_, {});
    // The beginning of a random permutation.
    auto count = std::min(rumor_fan_out, names_.size());
    for (size_t i = 0; i < count; ++i) {
      auto j = i + random_() % (names_.size() - i);
      std::swap(names_[i], names_[j]);
      links_.find(*names_[i])->second.index = i;
      links_.find(*names_[j])->second.index = j;
      auto message = digest(false);
      auto to = internal::hash_text(*names_[i]);
      for (auto& x : news)
        if (x.teller != to)
          message.peers.push_back(x.what);
      if (!message.peers.empty())
        out.push_back({*names_[i], std::move(message)});
    }
  }

  /// Sends the list to one of those that wish for it, when it is time.
  std::vector<outgoing> answer(clock::time_point now) {
    while (now >= list_at_ && !wishes_.empty()) {
      auto [name, at] = std::move(wishes_.front());
      wishes_.pop_front();
      auto i = links_.find(name);
      if (i == links_.end())
        continue;
      auto& to = i->second;
      to.wishes = false;
      auto repeats = to.sent_digest == view_.digest && now - to.sent < same_list;
      if (to.digest == view_.digest || repeats || now - at > wish_lasts)
        continue;
      to.sent_digest = view_.digest;
      to.sent = now;
      list_at_ = now + between_lists;
      auto message = digest(!to.told);
      message.peers = list_();
      if (message.peers.size() > limits::peers_max)
        message.peers.resize(limits::peers_max);
      std::vector<outgoing> result;
      result.push_back({name, std::move(message)});
      return result;
    }
    return {};
  }

  discovery_gossip digest(bool wants) const { return {view_.digest, view_.known, wants, {}}; }

  clock::duration between(clock::duration low, clock::duration high) {
    auto steps = static_cast<uint64_t>((high - low).count());
    return low + clock::duration{static_cast<clock::duration::rep>(random_() % (steps + 1))};
  }

  static double seconds_since(clock::time_point begin, clock::time_point now) {
    return std::chrono::duration<double>(now - begin).count();
  }

  list_function list_;
  std::function<uint64_t()> random_;
  cluster_view view_;
  std::unordered_map<std::string, link> links_; // As many as connections.
  std::vector<const std::string*> names_;       // The keys of links_.
  std::deque<wish> wishes_;                     // One per link.
  std::vector<rumor> news_;                     // Bounded by news_max.
  std::unordered_map<uint64_t, memory> seen_;   // By the hash of a name; bounded by seen_max.
  clock::time_point list_at_{};                 // The next list may be sent then.
  clock::time_point news_at_ = never;
  clock::time_point digest_at_ = never;
  clock::time_point refresh_at_ = never;
  clock::time_point changed_{};
  clock::time_point asked_{};
  double asks_ = asks_max;
  unsigned fruitless_ = 0; // Lists in a row that brought nothing, though the digests differ.
};

gossip::gossip(list_function list, std::function<uint64_t()> random)
  : impl_(std::make_unique<impl>(std::move(list), std::move(random))) {}

gossip::~gossip() = default;

void gossip::view(const cluster_view& x, clock::time_point now) {
  impl_->view(x, now);
}

std::vector<gossip::outgoing> gossip::connected(const std::string& name, clock::time_point now) {
  return impl_->connected(name, now);
}

void gossip::disconnected(const std::string& name) {
  impl_->disconnected(name);
}

void gossip::news(told_peer x, clock::time_point now) {
  impl_->news(std::move(x), now);
}

std::pair<std::vector<gossip::outgoing>, std::vector<observation>>
gossip::receive(const std::string& from, const discovery_gossip& x, clock::time_point now) {
  return impl_->receive(from, x, now);
}

std::vector<gossip::outgoing> gossip::due(clock::time_point now) {
  return impl_->due(now);
}

clock::time_point gossip::next() const {
  return impl_->next();
}

} // namespace troupe::discovery
