#include "troupe/actors/internal/caf_dialler.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/sec.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace troupe::actors::internal {

using boost::asio::ip::tcp;
using boost::system::error_code;
using troupe::internal::node_core;

namespace {

using interface_set = std::set<std::string>;

std::string text_of(const dist::endpoint& at) {
  return at.host + ":" + std::to_string(at.port);
}

void answer(node_core& core, const reference& ref, term x) {
  signal s;
  s.type = signal::kind::send_alias;
  s.to = {ref.node, ref.creation, 0};
  s.ref = ref;
  s.payload = caf::make_message(std::move(x));
  core.route(std::move(s));
}

void answer(node_core& core, const reference& ref, const error& why) {
  answer(core, ref, term::tuple({ref, static_cast<int64_t>(why.code), why.context}));
}

error why_not(const caf::error& x, errc otherwise, const std::string& what) {
  if (x == caf::sec::request_timeout)
    return {errc::timeout, what + ": nothing that speaks as CAF does answered in time"};
  if (x == caf::sec::incompatible_application_ids || x == caf::sec::malformed_basp_message
      || x == caf::sec::incompatible_versions)
    return {errc::protocol_violation, what + ": that is no CAF program of the same version"};
  return {otherwise, what + ": " + to_string(x)};
}

caf::duration as_caf(clock::duration x) {
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(x);
  return caf::duration{std::max(ms, std::chrono::milliseconds{1})};
}

/// An actor asks, for the io module answers none but actors; it ends with the answer. The request
/// is its argument: CAF dereferences a null pointer for functions without one.
template <class Request>
void ask(node_core& core, Request request) {
  auto body = [](caf::event_based_actor* self, const Request& ask_it) {
    ask_it(self, self->system().middleman().actor_handle());
  };
  core.system().spawn<caf::hidden>(body, std::move(request));
}

void ask_for_actor(node_core& core, const dist::endpoint& at, const std::string& what,
                   clock::duration limit, const reference& ref) {
  ask(core, [&core, at, what, limit, ref](auto* self, const auto& module) {
    self->request(module, as_caf(limit), caf::connect_atom::value, at.host, at.port)
      .then(
        [&core, ref, what](const caf::node_id&, const caf::strong_actor_ptr& found,
                           const interface_set&) {
          if (!found)
            return answer(core, ref,
                          error{errc::node_unreachable, what + ": nothing is published"});
          answer(core, ref, term::tuple({ref, core.pid_of(found.get())}));
        },
        [&core, ref, what](const caf::error& x) {
          answer(core, ref, why_not(x, errc::node_unreachable, what));
        });
  });
}

/// Looks an address up and connects to it, so as to know whether CAF can; on the transport thread.
class trial : public std::enable_shared_from_this<trial> {
public:
  trial(node_core& core, boost::asio::io_context& io, dist::endpoint at, clock::duration limit,
        const reference& ref)
    : core_(&core), at_(std::move(at)), ref_(ref), limit_(limit), end_(core.time().now() + limit),
      resolver_(io), socket_(io), timer_(io) {}

  void start() {
    timer_.expires_after(limit_);
    timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled)
        self->finish(error{errc::timeout, text_of(self->at_) + " does not answer"});
    });
    resolver_.async_resolve(at_.host, std::to_string(at_.port),
                            [self = shared_from_this()](const error_code& failed, auto found) {
                              self->on_resolved(failed, std::move(found));
                            });
  }

private:
  void on_resolved(const error_code& failed, tcp::resolver::results_type found) {
    if (done_)
      return;
    if (failed)
      return finish(error{errc::unknown_host, "the host " + at_.host + " is unknown"});
    boost::asio::async_connect(
      socket_, found, [self = shared_from_this()](const error_code& why, const tcp::endpoint& to) {
        if (self->done_)
          return;
        if (why)
          return self->finish(
            error{errc::node_unreachable,
                  "nobody listens at " + text_of(self->at_) + ": " + why.message()});
        self->on_connected(to);
      });
  }

  void on_connected(const tcp::endpoint& to) {
    auto left = end_ - core_->time().now();
    finish();
    ask_for_actor(*core_, {to.address().to_string(), to.port()}, text_of(at_), left, ref_);
  }

  void finish() {
    done_ = true;
    error_code ignored;
    socket_.close(ignored);
    resolver_.cancel();
    timer_.cancel();
  }

  void finish(const error& why) {
    if (done_)
      return;
    finish();
    answer(*core_, ref_, why);
  }

  node_core* core_;
  dist::endpoint at_;
  reference ref_;
  clock::duration limit_;
  clock::time_point end_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  bool done_ = false;
};

} // namespace

void caf_dialler::publish(node_core& core, const caf::strong_actor_ptr& who,
                          const dist::endpoint& at, clock::duration limit, const reference& ref) {
  ask(core, [&core, who, at, limit, ref](auto* self, const auto& module) {
    self
      ->request(module, as_caf(limit), caf::publish_atom::value, at.port, who, interface_set{},
                at.host, true)
      .then(
        [&core, ref](uint16_t port) {
          answer(core, ref, term::tuple({ref, port}));
        },
        [&core, ref, at](const caf::error& x) {
          answer(core, ref, why_not(x, errc::cannot_listen, "cannot listen at " + text_of(at)));
        });
  });
}

void caf_dialler::unpublish(node_core& core, const caf::strong_actor_ptr& who, uint16_t port,
                            clock::duration limit, const reference& ref) {
  ask(core, [&core, who, port, limit, ref](auto* self, const auto& module) {
    self
      ->request(module, as_caf(limit), caf::unpublish_atom::value,
                caf::actor_cast<caf::actor_addr>(who), port)
      .then(
        [&core, ref] {
          answer(core, ref, term::tuple({ref, true}));
        },
        [&core, ref, port](const caf::error& x) {
          answer(
            core, ref,
            why_not(x, errc::cannot_listen, "it is not published at port " + std::to_string(port)));
        });
  });
}

void caf_dialler::dial(node_core& core, boost::asio::io_context& io, const dist::endpoint& at,
                       clock::duration limit, const reference& ref) {
  auto x = std::make_shared<trial>(core, io, at, limit, ref);
  boost::asio::post(io, [x] { x->start(); });
}

bool caf_dialler::is_answer(const term& x, const reference& ref) {
  return (x.is_tuple(2) || x.is_tuple(3)) && x.as_tuple()[0] == term{ref};
}

result<term> caf_dialler::read(const term& answer) {
  auto fields = answer.as_tuple();
  if (fields.size() == 2)
    return fields[1];
  return error{static_cast<errc>(fields[1].as_integer()), std::string{fields[2].as_binary()}};
}

} // namespace troupe::actors::internal
