#include "troupe/discovery/doctor.hpp"

#include "troupe/discovery/dns_client.hpp"
#include "troupe/discovery/dns_spec.hpp"
#include "troupe/discovery/internal/source_factory.hpp"
#include "troupe/discovery/limits.hpp"
#include "troupe/discovery/multicast_probe.hpp"
#include "troupe/discovery/seed.hpp"
#include "troupe/dist/asio_clock.hpp"
#include "troupe/dist/tcp_transport.hpp"
#include "troupe/epmd/port_mapper_client.hpp"
#include "troupe/node_name.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <ostream>

namespace troupe::discovery {

using mark = doctor_page::mark;

void doctor_page::add(const std::string& section, mark m, const std::string& text) {
  constexpr size_t width = 14;
  auto shown = section == last_section_ ? std::string{} : section;
  last_section_ = section;
  shown.resize(std::max(shown.size(), width), ' ');
  text_ += shown + (m == mark::problem ? "! " : "  ") + text + "\n";
  if (m == mark::problem)
    problems_.push_back(section + ": " + text);
}

std::string doctor_page::text() const {
  if (problems_.empty())
    return text_ + "\nNo problem found.\n";
  auto result = text_ + "\n" + std::to_string(problems_.size())
                + (problems_.size() == 1 ? " problem:\n" : " problems:\n");
  for (auto& x : problems_)
    result += "  " + x + "\n";
  return result;
}

namespace {

constexpr std::chrono::milliseconds answer_timeout{2'000};

std::string seconds_of(std::chrono::milliseconds x) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%+.1f s", static_cast<double>(x.count()) / 1000);
  return text.data();
}

/// One run; everything happens on its io_context.
class examination {
public:
  explicit examination(const doctor_options& how) : how_(how), time_(io_), wires_(io_) {}

  doctor_page run() {
    describe_node();
    look_at_interfaces();
    for (auto& x : how_.look.sources)
      if (x.what == source_spec::kind::dns)
        ask_dns(x.text);
      else if (x.what == source_spec::kind::seeds)
        try_seeds(x.text);
    ask_port_mapper();
    io_.run_for(how_.listen_for);
    tell_peers();
    for (auto& [order, x] : later_)
      page_.add(x.section, x.what, x.text);
    return page_;
  }

private:
  struct line {
    std::string section;
    mark what = mark::note;
    std::string text;
  };

  /// A line that comes when an answer comes; lines of a section stay together.
  void say(const std::string& section, mark m, const std::string& text) {
    later_.emplace(section, line{section, m, text});
  }

  void describe_node() {
    page_.add("node", how_.node.name.empty() ? mark::problem : mark::ok,
              how_.node.name.empty() ? "no name: give one with --name or --sname" : how_.node.name);
    page_.add("cluster", mark::ok, how_.look.cluster);
    auto chosen = has_chosen_cookie(how_.node);
    page_.add("cookie", mark::ok,
              chosen ? "chosen by you" : "that of ~/.troupe.cookie: multicast is off");
    std::string sources;
    for (auto& x : how_.look.sources)
      sources += (sources.empty() ? "" : ", ") + to_string(x);
    page_.add("discover", mark::ok, sources.empty() ? "none" : sources);
  }

  void look_at_interfaces() {
    auto wanted = [](const source_spec& x) { return x.what == source_spec::kind::multicast; };
    auto all = list_interfaces();
    if (!all)
      return page_.add("interfaces", mark::problem, all.error().context);
    for (auto& x : *all) {
      std::string text = x.name + (x.up ? "" : ", down") + (x.multicast ? "" : ", no multicast");
      for (auto& y : x.addresses)
        text += "  " + y.text + "/" + std::to_string(y.prefix);
      page_.add("interfaces", mark::note, text);
    }
    if (std::ranges::none_of(how_.look.sources, wanted) || how_.node.name.empty())
      return;
    start_probe();
  }

  void start_probe() {
    auto secret = how_.node.secret();
    auto keys = secret ? dist::key_ring::derive(*secret)
                       : result<std::shared_ptr<const dist::key_ring>>{secret.error()};
    if (!keys)
      return page_.add("multicast", mark::problem, keys.error().context);
    multicast_probe::parts x;
    x.io = &io_;
    x.time = &time_;
    x.how = internal::multicast_of(how_.look);
    x.cluster = how_.look.cluster;
    x.key = (*keys)->discovery_key();
    x.listens = how_.node.listen;
    if (x.listens.host.empty())
      x.listens.host = std::string{node_name{how_.node.name}.host()};
    multicast_probe::handlers told;
    told.on_interface = [this](const auto& found) { tell_interface(found); };
    told.on_packet = [this](const auto& heard) { heard_.push_back(heard); };
    told.on_checked = [this](const std::string& why) {
      if (!why.empty())
        page_.add("multicast", mark::problem, why);
    };
    auto probe = multicast_probe::make(std::move(x), std::move(told));
    if (!probe)
      return page_.add("multicast", mark::problem, probe.error().context);
    probe_ = std::move(*probe);
    probe_->start();
  }

  void tell_interface(const multicast_probe::interface_result& x) {
    for (auto& [family, health] : x.protocols) {
      auto name = x.what.name + ", IPv" + std::to_string(family) + ": ";
      auto works = health.joined && health.heard;
      page_.add("multicast", works ? mark::ok : mark::problem,
                name + (works ? "joined, and a packet came back" : health.problem));
    }
  }

  void tell_peers() {
    probe_.reset();
    std::map<std::string, line> peers;
    size_t foreign = 0;
    for (auto& x : heard_) {
      if (x.what == multicast_probe::heard::kind::authentic && x.content) {
        auto& c = *x.content;
        auto off = std::chrono::abs(x.clock_difference) > limits::clock_difference_max;
        auto text = c.name + " at " + x.from + " on " + x.interface + ", clock "
                    + seconds_of(x.clock_difference);
        peers[c.name] = {"peers heard", off ? mark::problem : mark::ok,
                         off ? text + ": set one of the clocks right" : text};
      } else if (x.what == multicast_probe::heard::kind::mismatching) {
        auto host = x.from.substr(0, x.from.rfind(':'));
        peers["\x7f" + host]
          = {"peers heard", mark::problem, host + " is of this cluster and has another cookie"};
      } else if (x.what == multicast_probe::heard::kind::foreign) {
        ++foreign;
      }
    }
    for (auto& [key, x] : peers)
      page_.add(x.section, x.what, x.text);
    if (foreign > 0)
      page_.add("peers heard", mark::note,
                "other clusters sent " + std::to_string(foreign) + " packets");
    if (peers.empty() && foreign == 0)
      page_.add("peers heard", mark::note, "nobody");
  }

  void ask_dns(const std::string& text) {
    auto spec = parse_dns_spec(text);
    auto server = internal::dns_servers(how_.look);
    if (!spec || !server)
      return say("dns", mark::problem, (spec ? server.error() : spec.error()).context);
    dns_client::options opts;
    opts.servers = *server;
    dns_.push_back(std::make_unique<dns_client>(io_, opts));
    auto types
      = spec->service ? std::vector{dns_type::srv} : std::vector{dns_type::a, dns_type::aaaa};
    for (auto type : types)
      dns_.back()->ask(spec->name, type, [this, name = spec->name, type](const dns_answer& got) {
        auto what = name + (type == dns_type::a ? " A" : type == dns_type::aaaa ? " AAAA" : " SRV");
        if (got.status == dns_status::no_data && type == dns_type::aaaa)
          return; // most names have none
        if (got.status != dns_status::ok)
          return say("dns", mark::problem, what + ": " + std::string{to_string(got.status)});
        for (auto& x : got.records)
          say("dns", mark::ok,
              what + ": " + x.host + (x.port ? ":" + std::to_string(x.port) : "") + ", for "
                + std::to_string(x.ttl.count()) + " s");
      });
  }

  void try_seeds(const std::string& text) {
    auto seeds = parse_seeds(text);
    if (!seeds)
      return say("seeds", mark::problem, seeds.error().context);
    for (auto& x : *seeds) {
      if (x.at) {
        try_address(to_string(x), *x.at);
        continue;
      }
      node_name name{x.name};
      epmd::lookup(io_, std::string{name.host()}, how_.node.epmd_port, std::string{name.alive()},
                   answer_timeout, [this, who = x.name](result<dist::endpoint> found) {
                     if (!found)
                       return say("seeds", mark::problem, who + ": " + to_string(found.error()));
                     try_address(who, *found);
                   });
    }
  }

  void try_address(const std::string& who, const dist::endpoint& at) {
    wires_.connect(at, answer_timeout, [this, who, at](auto wire) {
      auto where = who == dist::to_string(at) ? who : who + " at " + dist::to_string(at);
      say("seeds", wire ? mark::ok : mark::problem,
          where + (wire ? ": accepts connections" : ": " + to_string(wire.error())));
    });
  }

  void ask_port_mapper() {
    if (how_.node.name.empty())
      return;
    std::string host{node_name{how_.node.name}.host()};
    auto where = dist::to_string({host, how_.node.epmd_port});
    epmd::names(io_, host, how_.node.epmd_port, answer_timeout, [this, where](auto found) {
      if (!found && found.error() == errc::no_port_mapper)
        return say("port mapper", mark::note,
                   where + ": nobody answers; the first node of a host serves it itself");
      if (!found)
        return say("port mapper", mark::problem, where + ": " + to_string(found.error()));
      std::string names;
      for (auto& x : *found)
        names += (names.empty() ? "" : ", ") + x.name + " (port " + std::to_string(x.port) + ")";
      say("port mapper", mark::ok, where + ": " + (names.empty() ? "no nodes" : names));
    });
  }

  const doctor_options& how_;
  boost::asio::io_context io_{1};
  dist::asio_clock time_;
  dist::tcp_transport wires_;
  doctor_page page_;
  std::multimap<std::string, line> later_;
  std::unique_ptr<multicast_probe> probe_;
  std::vector<multicast_probe::heard> heard_;
  std::vector<std::unique_ptr<dns_client>> dns_;
};

} // namespace

int run_doctor(const doctor_options& how, std::ostream& out) {
  examination x{how};
  auto page = x.run();
  out << page.text();
  return page.problems() == 0 ? 0 : 1;
}

} // namespace troupe::discovery
