#include "troupe/io.hpp"

#include "troupe/internal/node_core.hpp"
#include "troupe/process.hpp"

namespace troupe {

namespace {

const atom tag_request{"io_request"};
const atom tag_reply{"io_reply"};
const atom tag_down{"DOWN"};
const atom unicode{"unicode"};

term terminated() {
  return term::tuple({atom{"error"}, atom{"terminated"}});
}

} // namespace

task<term> io::request(process& self, term server, term what) {
  if (server.is(term::kind::atom)) {
    auto who = self.core().names().whereis(server.as_atom());
    if (!who)
      co_return term::tuple({atom{"error"}, atom{"arguments"}});
    server = *who;
  }
  if (!server.is(term::kind::pid))
    co_return term::tuple({atom{"error"}, atom{"arguments"}});
  auto to = server.as_pid();
  if (to == self.self())
    co_return term::tuple({atom{"error"}, atom{"calling_self"}});
  auto ref = self.monitor(to);
  auto request = term::tuple({tag_request, self.self(), ref, std::move(what)});
  self.send(to, std::move(request));
  auto ours = [&ref](const term& x) {
    return (x.is_tagged(tag_reply, 3) || x.is_tagged(tag_down, 5)) && x.as_tuple()[1] == term{ref};
  };
  std::function<bool(const term&)> match = ours;
  auto waiting = self.receive_match(std::move(match));
  auto reply = co_await std::move(waiting);
  if (reply->is_tagged(tag_down, 5))
    co_return terminated();
  self.demonitor(ref, true);
  co_return reply->as_tuple()[2];
}

task<term> io::put_chars(std::string text) {
  return request(*owner_, owner_->group_leader(),
                 term::tuple({atom{"put_chars"}, unicode, std::move(text)}));
}

task<term> io::get_line(std::string prompt) {
  return request(*owner_, owner_->group_leader(),
                 term::tuple({atom{"get_line"}, unicode, std::move(prompt)}));
}

task<term> io::get_chars(std::string prompt, int64_t count) {
  return request(*owner_, owner_->group_leader(),
                 term::tuple({atom{"get_chars"}, unicode, std::move(prompt), count}));
}

} // namespace troupe
