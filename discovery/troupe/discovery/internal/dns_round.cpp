#include "troupe/discovery/internal/dns_round.hpp"

#include "troupe/discovery/internal/own_addresses.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/node_name.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace troupe::discovery::internal {

namespace {

class round : public std::enable_shared_from_this<round> {
public:
  round(boost::asio::io_context& io, dns_round_options how, std::function<void(dns_findings)> done)
    : io_(io), how_(std::move(how)), done_(std::move(done)), client_(io_, how_.client) {}

  void start() {
    if (!how_.spec.service)
      return look_up({{how_.spec.name, {how_.spec.port.value_or(0)}}});
    client_.ask(how_.spec.name, dns_type::srv, [self = shared_from_this()](dns_answer x) {
      self->count(x);
      if (x.status != dns_status::ok)
        return self->finish();
      target_map targets;
      for (auto& record : x.records)
        if (auto name = record.host + '.'; targets.size() < targets_max || targets.contains(name))
          targets[name].insert(record.port); // With a dot: do not search.
      self->status_.reset();                 // From here on the targets decide.
      self->look_up(targets);
    });
  }

private:
  using target_map = std::map<std::string, std::set<uint16_t>>;

  void look_up(const target_map& targets) {
    open_ = 2 * targets.size();
    for (auto& [name, ports] : targets)
      for (auto type : {dns_type::a, dns_type::aaaa})
        client_.ask(name, type, [self = shared_from_this(), ports = ports](dns_answer x) {
          self->count(x);
          for (auto& record : x.records)
            if (self->places_.size() < limits::peers_max)
              for (auto port : ports)
                self->places_.insert({record.host, port});
          if (--self->open_ == 0)
            self->ask_mappers();
        });
  }

  void count(const dns_answer& x) {
    status_ = status_ ? combine(*status_, x.status) : x.status;
    for (auto& record : x.records)
      ttl_ = ttl_ ? std::min(*ttl_, record.ttl) : record.ttl;
  }

  bool has_ports() const { return how_.spec.port || how_.spec.service; }

  void ask_mappers() {
    if (has_ports() || !how_.spec.base.empty() || places_.empty())
      return finish();
    std::vector<std::string> hosts;
    for (auto& [host, port] : places_)
      hosts.push_back(host);
    survey_hosts(io_, std::move(hosts), how_.mappers, [self = shared_from_this()](survey all) {
      self->mapper_trouble_ = error_of(all);
      self->mappers_answered_ = std::ranges::any_of(all, [](auto& x) { return bool{x.nodes}; });
      self->places_.clear();
      for (auto& host : all)
        for (auto& x : seeds_of(host))
          self->places_.insert({x.at->host, x.at->port});
      self->surveyed_ = true;
      self->finish();
    });
  }

  void finish() {
    dns_findings x;
    auto status = status_.value_or(dns_status::no_data);
    x.ttl = ttl_.value_or(std::chrono::seconds{0});
    if (status != dns_status::ok) {
      x.what = is_answer(status) ? dns_findings::kind::empty : dns_findings::kind::failed;
      x.why = to_string(status);
    } else if (surveyed_ && !mappers_answered_) {
      x.why = mapper_trouble_;
    } else {
      x.what = dns_findings::kind::good;
      add_peers(x);
    }
    done_(std::move(x));
  }

  void add_peers(dns_findings& x) const {
    auto local = local_addresses();
    auto known_ports = has_ports() || surveyed_;
    for (auto& [host, port] : places_) {
      seed peer;
      if (known_ports)
        peer.at = dist::endpoint{host, port};
      if (!how_.spec.base.empty())
        peer.name = how_.spec.base + '@' + host;
      auto own = peer.at ? is_own(*peer.at, how_.listens, local) : peer.name == how_.self;
      if (!own && peer.name != how_.self)
        x.peers.push_back(std::move(peer));
    }
  }

  boost::asio::io_context& io_;
  const dns_round_options how_;
  std::function<void(dns_findings)> done_;
  dns_client client_;
  std::set<std::pair<std::string, uint16_t>> places_;
  std::optional<dns_status> status_;
  std::optional<std::chrono::seconds> ttl_;
  std::string mapper_trouble_;
  size_t open_ = 0;
  bool surveyed_ = false;
  bool mappers_answered_ = false;
};

} // namespace

void ask_dns(boost::asio::io_context& io, dns_round_options how,
             std::function<void(dns_findings)> done) {
  std::make_shared<round>(io, std::move(how), std::move(done))->start();
}

} // namespace troupe::discovery::internal
