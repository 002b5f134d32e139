#include "troupe/dist/tcp_transport.hpp"

#include "troupe/dist/tcp_stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>
#include <vector>

namespace troupe::dist {

using boost::asio::ip::tcp;
using boost::system::error_code;

std::string to_string(const endpoint& x) {
  auto v6 = x.host.find(':') != std::string::npos;
  return (v6 ? "[" + x.host + "]" : x.host) + ":" + std::to_string(x.port);
}

struct tcp_transport::listener : std::enable_shared_from_this<listener> {
  listener(boost::asio::io_context& io, accept_handler f)
    : acceptor(io), pause(io), on_accept(std::move(f)) {}

  void accept_more() {
    acceptor.async_accept(
      [self = shared_from_this()](const error_code& failed, tcp::socket socket) {
        if (!self->acceptor.is_open())
          return;
        if (!failed) {
          self->on_accept(std::make_unique<tcp_stream>(std::move(socket)));
          return self->accept_more();
        }
        // Out of file descriptors, mostly: looking again at once would spin.
        self->pause.expires_after(std::chrono::milliseconds{50});
        self->pause.async_wait([self](const error_code&) { self->accept_more(); });
      });
  }

  tcp::acceptor acceptor;
  boost::asio::steady_timer pause;
  accept_handler on_accept;
};

tcp_transport::tcp_transport(boost::asio::io_context& io) : io_(&io) {}

tcp_transport::~tcp_transport() {
  stop_listening();
}

result<endpoint> tcp_transport::listen(const endpoint& at, accept_handler on_accept) {
  auto fail = [&](const error_code& why) -> result<endpoint> {
    auto text = why.message();
    if (why == boost::asio::error::address_in_use)
      text = "the port is in use; give another one with --listen, or none";
    else if (why == boost::system::errc::address_not_available)
      text = "it is no address of this machine; give one that is with --listen";
    return error{errc::cannot_listen,
                 "cannot listen on " + (at.port == 0 ? at.host : to_string(at)) + ": " + text};
  };
  error_code failed;
  tcp::resolver names{*io_};
  auto found = names.resolve(at.host, std::to_string(at.port), tcp::resolver::passive, failed);
  if (failed || found.empty())
    return error{errc::unknown_host, "cannot listen on " + (at.port == 0 ? at.host : to_string(at))
                                       + ": the host has no address"};
  auto local = found.begin()->endpoint();
  auto x = std::make_shared<listener>(*io_, std::move(on_accept));
  x->acceptor.open(local.protocol(), failed);
  if (!failed)
    x->acceptor.set_option(tcp::acceptor::reuse_address{true}, failed);
  if (!failed)
    x->acceptor.bind(local, failed);
  if (!failed)
    x->acceptor.listen(tcp::acceptor::max_listen_connections, failed);
  if (failed)
    return fail(failed);
  listener_ = x;
  x->accept_more();
  auto bound = x->acceptor.local_endpoint();
  return endpoint{bound.address().to_string(), bound.port()};
}

void tcp_transport::connect(const endpoint& to, clock::duration timeout, connect_handler done) {
  struct attempt {
    explicit attempt(boost::asio::io_context& io) : names(io), socket(io), timer(io) {}
    tcp::resolver names;
    tcp::socket socket;
    boost::asio::steady_timer timer;
    connect_handler done;
    void finish(result<std::unique_ptr<stream>> x) {
      timer.cancel();
      if (auto f = std::exchange(done, nullptr))
        f(std::move(x));
    }
  };
  auto x = std::make_shared<attempt>(*io_);
  x->done = std::move(done);
  x->timer.expires_after(timeout);
  x->timer.async_wait([x, to](const error_code& cancelled) {
    if (cancelled)
      return;
    error_code ignored;
    x->names.cancel();
    x->socket.close(ignored);
    x->finish(error{errc::timeout, to_string(to)});
  });
  auto dial = [x, to](const auto& found) {
    boost::asio::async_connect(
      x->socket, found, [x, to](const error_code& refused, const tcp::endpoint&) {
        if (refused)
          return x->finish(error{errc::node_unreachable, to_string(to) + ": " + refused.message()});
        x->finish(std::unique_ptr<stream>{std::make_unique<tcp_stream>(std::move(x->socket))});
      });
  };
  // An address must not wait for the one thread that looks up names: a DNS server that is silent
  // holds it for seconds.
  error_code is_name;
  auto address = boost::asio::ip::make_address(to.host, is_name);
  if (!is_name)
    return dial(std::vector{tcp::endpoint{address, to.port}});
  x->names.async_resolve(to.host, std::to_string(to.port),
                         [x, to, dial](const error_code& failed, auto found) {
                           if (failed)
                             return x->finish(error{errc::unknown_host, to.host});
                           dial(found);
                         });
}

void tcp_transport::stop_listening() {
  if (!listener_)
    return;
  error_code ignored;
  listener_->acceptor.close(ignored);
  listener_->pause.cancel();
  listener_ = nullptr;
}

} // namespace troupe::dist
