#include "troupe/epmd/port_mapper_server.hpp"

#include "troupe/epmd/epmd_table.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace troupe::epmd {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Pause after an accept that failed, which means that descriptors or memory have run out.
constexpr std::chrono::milliseconds accept_pause{100};

constexpr epmd_table::owner local_owner = 0;

bool from_this_machine(const tcp::socket& socket) {
  error_code bad;
  auto there = socket.remote_endpoint(bad).address();
  auto here = bad ? asio::ip::address{} : socket.local_endpoint(bad).address();
  return !bad && (there.is_loopback() || there == here);
}

} // namespace

class port_mapper_server::core : public std::enable_shared_from_this<core> {
public:
  core(asio::io_context& io, server_options options)
    : options_(options), acceptor_(io), pause_(io), table_(std::random_device{}()) {}

  std::error_code listen(const dist::endpoint& at);
  void stop();
  [[nodiscard]] uint16_t port() const { return port_; }
  epmd_table& table() { return table_; }

private:
  struct session {
    session(tcp::socket s, epmd_table::owner i)
      : socket(std::move(s)), timer(socket.get_executor()), id(i) {}

    tcp::socket socket;
    asio::steady_timer timer;
    epmd_table::owner id;
    std::array<char, request_bytes_max + 2> in;
    size_t in_size = 0;
    std::string out;
  };
  using session_ptr = std::shared_ptr<session>;

  void accept();
  void open(tcp::socket socket);
  void close(const session_ptr& s);
  void read_request(const session_ptr& s);
  void answer(const session_ptr& s, request req);
  void enrol(const session_ptr& s, node_info node);
  void send(const session_ptr& s, bool keep);
  void wait_for_end(const session_ptr& s);
  [[nodiscard]] std::string reply_to(const request& req, bool local) const;

  server_options options_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  epmd_table table_;
  std::map<epmd_table::owner, session_ptr> sessions_;
  std::set<epmd_table::owner> idle_; // Those of sessions_ that registered nothing, oldest first.
  epmd_table::owner next_id_ = local_owner + 1;
  uint16_t port_ = 0;
};

std::error_code port_mapper_server::core::listen(const dist::endpoint& at) {
  error_code bad;
  tcp::endpoint where{asio::ip::make_address(at.host, bad), at.port};
  if (!bad)
    acceptor_.open(where.protocol(), bad);
  if (!bad) // A port mapper that was killed leaves connections in TIME_WAIT at this port.
    acceptor_.set_option(tcp::acceptor::reuse_address{true}, bad);
  if (!bad)
    acceptor_.bind(where, bad);
  if (!bad)
    acceptor_.listen(asio::socket_base::max_listen_connections, bad);
  if (!bad)
    port_ = acceptor_.local_endpoint(bad).port();
  if (bad) {
    error_code ignored;
    acceptor_.close(ignored);
    return bad;
  }
  accept();
  return {};
}

void port_mapper_server::core::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  while (!sessions_.empty())
    close(sessions_.begin()->second);
  table_.remove(local_owner);
}

void port_mapper_server::core::accept() {
  acceptor_.async_accept([self = shared_from_this()](error_code failed, tcp::socket socket) {
    if (!self->acceptor_.is_open())
      return;
    if (!failed) {
      self->open(std::move(socket));
      return self->accept();
    }
    self->pause_.expires_after(accept_pause);
    self->pause_.async_wait([self](error_code stopped) {
      if (!stopped && self->acceptor_.is_open())
        self->accept();
    });
  });
}

void port_mapper_server::core::open(tcp::socket socket) {
  if (idle_.size() >= options_.idle_connections_max && !idle_.empty()) {
    auto oldest = sessions_.at(*idle_.begin());
    close(oldest);
  }
  auto s = std::make_shared<session>(std::move(socket), next_id_++);
  sessions_.emplace(s->id, s);
  idle_.insert(s->id);
  s->timer.expires_after(options_.idle_timeout);
  s->timer.async_wait([self = shared_from_this(), s](error_code stopped) {
    if (!stopped && self->idle_.contains(s->id))
      self->close(s);
  });
  read_request(s);
}

void port_mapper_server::core::close(const session_ptr& s) {
  auto keep = s; // The caller's reference may be the one in sessions_.
  table_.remove(keep->id);
  idle_.erase(keep->id);
  sessions_.erase(keep->id);
  keep->timer.cancel();
  error_code ignored;
  keep->socket.shutdown(tcp::socket::shutdown_both, ignored);
  keep->socket.close(ignored);
}

void port_mapper_server::core::read_request(const session_ptr& s) {
  auto free = asio::buffer(s->in) + s->in_size;
  s->socket.async_read_some(free, [self = shared_from_this(), s](error_code failed, size_t size) {
    if (!self->sessions_.contains(s->id))
      return;
    s->in_size += size;
    auto decoded = decode_request({s->in.data(), s->in_size});
    if (auto* req = std::get_if<request>(&decoded))
      self->answer(s, std::move(*req));
    else if (failed || std::get<decode_error>(decoded) == decode_error::malformed)
      self->close(s);
    else
      self->read_request(s); // An incomplete request is shorter than the buffer.
  });
}

void port_mapper_server::core::answer(const session_ptr& s, request req) {
  auto local = from_this_machine(s->socket);
  if (auto* alive = std::get_if<alive2_request>(&req)) {
    if (local)
      return enrol(s, std::move(alive->node));
    return close(s);
  }
  s->out = reply_to(req, local);
  if (s->out.empty())
    close(s);
  else
    send(s, false);
}

void port_mapper_server::core::enrol(const session_ptr& s, node_info node) {
  auto wide = node.highest_version >= 6;
  auto creation = table_.add(s->id, std::move(node));
  if (creation) {
    idle_.erase(s->id);
    s->timer.cancel();
  }
  s->out = encode(alive2_response{bool(creation), creation ? *creation : 0}, wide);
  send(s, bool(creation));
}

std::string port_mapper_server::core::reply_to(const request& req, bool local) const {
  if (auto* x = std::get_if<port_please2_request>(&req)) {
    auto* node = table_.find(x->name);
    return encode(port2_response{node ? std::optional{*node} : std::nullopt});
  }
  if (std::holds_alternative<names_request>(req))
    return encode_names(port_, table_.snapshot());
  if (std::holds_alternative<dump_request>(req) && local)
    return encode_dump(port_, table_.snapshot());
  if (std::holds_alternative<kill_request>(req) && local)
    return "NO"; // The node that serves is alive, and epmd refuses while one is.
  return "";     // stop: epmd closes without a word too, unless it was started relaxed.
}

void port_mapper_server::core::send(const session_ptr& s, bool keep) {
  asio::async_write(s->socket, asio::buffer(s->out),
                    [self = shared_from_this(), s, keep](error_code failed, size_t) {
                      if (!self->sessions_.contains(s->id))
                        return;
                      s->out = {};
                      if (failed || !keep)
                        self->close(s);
                      else
                        self->wait_for_end(s);
                    });
}

void port_mapper_server::core::wait_for_end(const session_ptr& s) {
  s->socket.async_read_some(asio::buffer(s->in),
                            [self = shared_from_this(), s](error_code failed, size_t) {
                              if (!self->sessions_.contains(s->id))
                                return;
                              if (failed)
                                self->close(s);
                              else
                                self->wait_for_end(s); // As epmd: the name outlives what is said.
                            });
}

port_mapper_server::port_mapper_server(asio::io_context& io, server_options options)
  : core_(std::make_shared<core>(io, options)) {}

port_mapper_server::~port_mapper_server() {
  stop();
}

std::error_code port_mapper_server::listen(const dist::endpoint& at) {
  return core_->listen(at);
}

uint16_t port_mapper_server::port() const {
  return core_->port();
}

result<uint32_t> port_mapper_server::add_local(node_info node) {
  return core_->table().add(local_owner, std::move(node));
}

std::vector<node_info> port_mapper_server::snapshot() const {
  return core_->table().snapshot();
}

void port_mapper_server::stop() {
  core_->stop();
}

} // namespace troupe::epmd
