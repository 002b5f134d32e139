#include "troupe/discovery/dns_client.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include <ares.h>
#include <arpa/inet.h>

namespace troupe::discovery {

namespace asio = boost::asio;

namespace {

constexpr size_t servers_max = 3; // As many as other resolvers take from /etc/resolv.conf.
constexpr int class_in = 1;
constexpr int edns_bytes = 1232; // What passes every network in one piece.

// The library, from the first client on until the program ends.
bool library_is_ready() {
  static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

dns_status status_of(int x) {
  switch (x) {
    case ARES_SUCCESS: return dns_status::ok;
    case ARES_ENODATA: return dns_status::no_data;
    case ARES_ENOTFOUND: return dns_status::no_name;
    case ARES_EFORMERR:
    case ARES_ESERVFAIL:
    case ARES_ENOTIMP: return dns_status::server_failure;
    case ARES_EREFUSED: return dns_status::refused;
    case ARES_EBADRESP: return dns_status::malformed;
    case ARES_ETIMEOUT: return dns_status::timeout;
    default: return dns_status::unreachable;
  }
}

using server_address = ares_addr_port_node;

std::optional<server_address> address_of(const dist::endpoint& x) {
  server_address server{};
  server.udp_port = server.tcp_port = x.port;
  for (auto family : {AF_INET, AF_INET6})
    if (inet_pton(family, x.host.c_str(), &server.addr) == 1) {
      server.family = family;
      return server;
    }
  return {};
}

} // namespace

class dns_client::impl : public std::enable_shared_from_this<dns_client::impl> {
public:
  impl(asio::io_context& io, options how) : io_(&io), how_(std::move(how)) { find_servers(); }

  struct question {
    std::string name;
    dns_type type;
    handler done;
    size_t server = 0; // Number of the one that is asked now.
  };

  void ask(question x) {
    auto* to = lane_to(x.server);
    if (!to)
      return finish(x, {dns_status::unreachable, {}});
    auto name = x.name;
    auto type = static_cast<int>(x.type);
    auto asked = std::make_unique<pending>(pending{*this, std::move(x)});
    ares_search(to->channel, name.c_str(), class_in, type, &impl::on_answer, asked.release());
    to->arm();
  }

private:
  // A socket of c-ares: what it waits for. The descriptor is released, not closed.
  struct watched_socket {
    watched_socket(asio::io_context& io, int fd) : stream(io, fd), number(fd) {}
    ~watched_socket() { stream.release(); }
    asio::posix::stream_descriptor stream;
    const int number;
    bool wants[2] = {false, false}; // To read, to write.
    bool waits[2] = {false, false};
  };

  // c-ares with one server.
  struct lane {
    explicit lane(impl& x) : owner(x), timer(*x.io_) {}
    ~lane() {
      if (channel)
        ares_destroy(channel);
    }

    void on_socket(int fd, bool reads, bool writes) {
      if (!reads && !writes) {
        sockets.erase(fd);
        return;
      }
      auto& place = sockets[fd];
      if (!place)
        place = std::make_shared<watched_socket>(*owner.io_, fd);
      place->wants[0] = reads;
      place->wants[1] = writes;
      wait(place);
    }

    void wait(const std::shared_ptr<watched_socket>& x) {
      for (int way : {0, 1}) {
        if (!x->wants[way] || std::exchange(x->waits[way], true))
          continue;
        auto what = way == 0 ? asio::posix::stream_descriptor::wait_read
                             : asio::posix::stream_descriptor::wait_write;
        x->stream.async_wait(what, [self = owner.shared_from_this(), this, w = std::weak_ptr{x},
                                    way](auto failed) { on_ready(w.lock(), way, failed); });
      }
    }

    void on_ready(const std::shared_ptr<watched_socket>& x, int way,
                  const boost::system::error_code& failed) {
      if (failed || !x || !is_open(*x))
        return;
      x->waits[way] = false;
      ares_process_fd(channel, way == 0 ? x->number : ARES_SOCKET_BAD,
                      way == 1 ? x->number : ARES_SOCKET_BAD);
      if (is_open(*x))
        wait(x);
      arm();
    }

    bool is_open(const watched_socket& x) const {
      auto i = sockets.find(x.number);
      return i != sockets.end() && i->second.get() == &x;
    }

    // Waits until the next question under way has waited long enough.
    void arm() {
      timeval space{};
      auto* left = ares_timeout(channel, nullptr, &space);
      if (!left) {
        timer.cancel();
        return;
      }
      auto time = std::chrono::seconds{left->tv_sec} + std::chrono::microseconds{left->tv_usec};
      timer.expires_after(std::max<std::chrono::microseconds>(time, std::chrono::milliseconds{1}));
      timer.async_wait([self = owner.shared_from_this(), this](auto cancelled) {
        if (cancelled)
          return;
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        arm();
      });
    }

    impl& owner;
    asio::steady_timer timer;
    std::map<int, std::shared_ptr<watched_socket>> sockets;
    ares_channel channel = nullptr;
  };

  struct pending {
    impl& owner;
    question what;
  };

  static void on_socket_changed(void* to, ares_socket_t fd, int reads, int writes) {
    static_cast<lane*>(to)->on_socket(fd, reads != 0, writes != 0);
  }

  static void on_answer(void* to, int status, int, unsigned char* bytes, int size) {
    std::unique_ptr<pending> x{static_cast<pending*>(to)};
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED)
      return; // The program ends.
    dns_answer answer{status_of(status), {}};
    if (answer.status == dns_status::ok) {
      auto records = read_dns_records({bytes, static_cast<size_t>(size)}, x->what.type);
      if (!records)
        answer.status = dns_status::malformed;
      else if (records->empty())
        answer.status = dns_status::no_data; // Only aliases, say.
      else
        answer.records = std::move(*records);
    }
    x->owner.finish(x->what, std::move(answer));
  }

  // c-ares must not be entered from inside its own call.
  void finish(question& x, dns_answer answer) {
    asio::post(*io_,
               [self = shared_from_this(), x = std::move(x), a = std::move(answer)]() mutable {
                 if (!is_answer(a.status) && ++x.server < self->servers_.size())
                   return self->ask(std::move(x));
                 x.done(std::move(a));
               });
  }

  void find_servers() {
    for (auto& given : how_.servers)
      if (auto server = address_of(given))
        servers_.push_back(*server);
    if (!how_.servers.empty() || !library_is_ready())
      return;
    ares_channel defaults = nullptr;
    if (ares_init(&defaults) != ARES_SUCCESS)
      return;
    server_address* all = nullptr;
    if (ares_get_servers_ports(defaults, &all) == ARES_SUCCESS)
      for (auto* i = all; i && servers_.size() < servers_max; i = i->next)
        servers_.push_back(*i);
    ares_free_data(all);
    ares_destroy(defaults);
  }

  lane* lane_to(size_t number) {
    if (number >= servers_.size() || !library_is_ready())
      return nullptr;
    if (auto i = lanes_.find(number); i != lanes_.end())
      return i->second.get();
    auto x = std::make_unique<lane>(*this);
    ares_options o{};
    o.flags = ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP; // The latter: tell us about SERVFAIL.
    o.ednspsz = edns_bytes;
    o.timeout = static_cast<int>(how_.timeout.count());
    o.tries = static_cast<int>(how_.attempts);
    o.sock_state_cb = &impl::on_socket_changed;
    o.sock_state_cb_data = x.get();
    auto mask = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES
                | ARES_OPT_SOCK_STATE_CB;
    auto server = servers_[number];
    server.next = nullptr;
    if (ares_init_options(&x->channel, &o, mask) != ARES_SUCCESS)
      return nullptr;
    if (ares_set_servers_ports(x->channel, &server) != ARES_SUCCESS)
      return nullptr;
    return (lanes_[number] = std::move(x)).get();
  }

  asio::io_context* io_;
  const options how_;
  std::vector<server_address> servers_;
  std::map<size_t, std::unique_ptr<lane>> lanes_;
};

dns_client::dns_client(asio::io_context& io, options how)
  : impl_(std::make_shared<impl>(io, std::move(how))) {}

dns_client::~dns_client() = default;

void dns_client::ask(const std::string& name, dns_type type, handler done) {
  impl_->ask({name, type, std::move(done)});
}

} // namespace troupe::discovery
