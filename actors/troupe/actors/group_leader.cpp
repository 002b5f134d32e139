#include "troupe/actors/group_leader.hpp"

#include "troupe/actors/internal/io_requests.hpp"

#include <map>
#include <utility>

namespace troupe::actors {

using namespace internal;

namespace {

const atom tag_request{"io_request"};
const atom tag_reply{"io_reply"};
const atom tag_line{"io_line"};

/// Who reads, and how much.
struct reader {
  term from;
  term reply_as;
  int64_t count = 0; ///< Characters wanted; 0: a line.
  std::string prompt;
  bool console = false;
};

/// Length in bytes of the first `count` characters of `text`; nothing when it has fewer.
std::optional<size_t> prefix(const std::string& text, int64_t count) {
  size_t at = 0;
  for (; count > 0 && at < text.size(); --count)
    do
      ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  return count == 0 ? std::optional{at} : std::nullopt;
}

/// The state of one group leader; confined to its process.
class server {
public:
  server(process& self, std::shared_ptr<io_device> device)
    : self_(&self), device_(std::move(device)) {}

  void on_message(const term& x) {
    if (x.is_tagged(tag_request, 4))
      on_request(x.as_tuple()[1], x.as_tuple()[2], x.as_tuple()[3]);
    else if (x.is_tagged(tag_line, 3))
      on_line(x.as_tuple()[1].as_integer(), x.as_tuple()[2]);
  }

private:
  void on_request(const term& from, const term& reply_as, const term& what) {
    auto request = decode_request(what);
    if (auto* line = std::get_if<get_line>(&request))
      return read({from, reply_as, 0, line->prompt, line->console});
    if (auto* chars = std::get_if<get_chars>(&request)) {
      if (chars->count == 0)
        return reply(from, reply_as, options_.text(""));
      return read({from, reply_as, chars->count, chars->prompt, false});
    }
    reply(from, reply_as, answer(request));
  }

  term answer(const io_request& request) {
    if (auto* put = std::get_if<put_chars>(&request)) {
      device_->write(put->text);
      return atom{"ok"};
    }
    if (auto* size = std::get_if<get_geometry>(&request)) {
      auto n = size->columns ? device_->columns() : device_->rows();
      return n ? term{*n} : io_error("enotsup");
    }
    if (std::holds_alternative<get_options>(request))
      return options_.list();
    if (auto* prompt = std::get_if<console_prompt>(&request)) {
      device_->change_console_prompt(prompt->prompt);
      return atom{"ok"};
    }
    if (auto* set = std::get_if<set_options>(&request))
      return options_.set(set->options);
    if (auto* all = std::get_if<batch>(&request))
      return answer_batch(*all);
    if (auto* refused = std::get_if<refusal>(&request))
      return refused->reply;
    return io_error("request");
  }

  /// Requests of a batch are done until one fails; the last answer is the answer.
  term answer_batch(const batch& all) {
    term result = atom{"ok"};
    for (auto& x : all.requests) {
      auto request = decode_request(x);
      if (std::holds_alternative<get_line>(request) || std::holds_alternative<get_chars>(request)
          || std::holds_alternative<batch>(request))
        return io_error("enotsup");
      result = answer(request);
      if (result.is_tagged(atom{"error"}, 2))
        return result;
    }
    return result;
  }

  void read(reader x) {
    auto id = ++last_reader_;
    readers_.emplace(id, std::move(x));
    serve(id);
  }

  /// Gives a reader what is there already, or asks the device for a line.
  void serve(int64_t id) {
    auto& x = readers_.at(id);
    if (x.count > 0)
      if (auto n = prefix(rest_, x.count)) {
        auto text = rest_.substr(0, *n);
        rest_.erase(0, *n);
        return finish(id, options_.text(text));
      }
    if (x.count == 0 && !rest_.empty()) { // what get_chars left of its line
      auto end = rest_.find('\n');
      auto text = rest_.substr(0, end == std::string::npos ? end : end + 1);
      rest_.erase(0, text.size());
      return finish(id, options_.text(text));
    }
    auto& core = self_->core();
    auto done = [&core, to = self_->self(), id](std::optional<std::string> line) {
      signal s;
      s.to = to;
      s.payload
        = caf::make_message(term::tuple({tag_line, id, line ? term{*line} : term{atom{"eof"}}}));
      core.deliver(std::move(s));
    };
    if (x.console)
      device_->read_console_line(x.prompt, std::move(done));
    else
      device_->read_line(x.prompt, std::move(done));
  }

  void on_line(int64_t id, const term& line) {
    auto i = readers_.find(id);
    if (i == readers_.end())
      return;
    if (!line.is(term::kind::binary)) {
      auto left = std::exchange(rest_, {});
      return finish(id, left.empty() ? line : options_.text(left));
    }
    if (i->second.count == 0)
      return finish(id, options_.text(std::string{line.as_binary()}));
    rest_ += line.as_binary();
    serve(id);
  }

  void finish(int64_t id, term result) {
    auto x = readers_.extract(id).mapped();
    reply(x.from, x.reply_as, std::move(result));
  }

  void reply(const term& to, const term& as, term what) {
    if (to.is(term::kind::pid))
      self_->send(to.as_pid(), term::tuple({tag_reply, as, std::move(what)}));
  }

  process* self_;
  std::shared_ptr<io_device> device_;
  io_options options_;
  std::map<int64_t, reader> readers_; // Bounded by the processes that wait for a line.
  int64_t last_reader_ = 0;
  std::string rest_; // Read, but not asked for yet; at most one line.
};

task<> run_group_leader(process& self, std::shared_ptr<io_device> device) {
  server state{self, std::move(device)};
  for (;;) {
    auto waiting = self.receive<term>();
    auto x = co_await std::move(waiting);
    state.on_message(x);
  }
}

} // namespace

pid start_io_server(node& at, std::shared_ptr<io_device> device, atom name) {
  auto server = at.spawn(run_group_leader, std::move(device));
  at.core().names().remove(name);
  at.core().names().add(name, server);
  return server;
}

pid start_group_leader(node& at, std::shared_ptr<io_device> device) {
  auto leader = start_io_server(at, std::move(device), atom{"user"});
  at.default_group_leader(leader);
  return leader;
}

} // namespace troupe::actors
