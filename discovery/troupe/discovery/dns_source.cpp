#include "troupe/discovery/dns_source.hpp"

#include "troupe/discovery/dns_answers.hpp"
#include "troupe/discovery/internal/dns_round.hpp"
#include "troupe/discovery/internal/next_message.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace troupe::discovery {

namespace {

using findings_inbox = internal::inbox<dns_findings>;

// A round of questions takes less, with three silent servers; then another one begins.
constexpr std::chrono::seconds round_time_max{60};
constexpr size_t findings_max = 4; // Rounds overlap only after one that took too long.

std::string name_of(const dns_spec& x) {
  return "dns:" + (x.base.empty() ? x.name : x.base + '@' + x.name)
         + (x.port ? ':' + std::to_string(*x.port) : "");
}

} // namespace

dns_source::dns_source(options how, surroundings around)
  : name_(name_of(how.spec)), how_(std::move(how)), around_(std::move(around)) {}

task<> dns_source::run(process& self, reporter to) {
  auto found = std::make_shared<findings_inbox>(self.home(), self.self(), findings_max);
  internal::dns_round_options questions;
  questions.spec = how_.spec;
  questions.client.servers = how_.servers;
  questions.mappers.mapper_port = how_.mapper_port;
  questions.self = around_.self.name;
  questions.listens = around_.self.listens;

  auto* io = around_.io;
  auto& time = *around_.time;
  dns_answers answers;
  bool knows_peers = false;
  auto next = time.now();
  for (;;) {
    if (time.now() >= next) {
      boost::asio::post(*io, [io, questions, found] {
        internal::ask_dns(*io, questions, [found](dns_findings x) { found->push(std::move(x)); });
      });
      next = time.now() + round_time_max;
    }
    auto waiting = internal::next_message(self, std::max(next - time.now(), clock::duration{}));
    auto view = co_await std::move(waiting);
    if (view)
      knows_peers = view->known > 0;
    for (auto& x : found->take()) {
      if (x.what == dns_findings::kind::good)
        to.works();
      else
        to.failed("cannot find peers by " + name_ + ": " + x.why);
      for (auto& change : answers.take(x, time.now()))
        to.seen(std::move(change));
      next = time.now() + answers.pause(knows_peers, time.random());
    }
  }
}

} // namespace troupe::discovery
