// Two sessions that are joined by function calls, for tests.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "troupe/dist/auth.hpp"
#include "troupe/dist/session.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::test {

/// The keys of a cookie; derived once per process, because that is slow on purpose.
inline std::shared_ptr<const dist::key_ring> keys_of(const std::string& cookie) {
  static std::map<std::string, std::shared_ptr<const dist::key_ring>> rings;
  auto& found = rings[cookie];
  if (!found)
    found = *dist::key_ring::derive(cookie);
  return found;
}

struct node_options {
  std::string name;
  dist::transport_mode mode = dist::transport_mode::tls;
  std::string cookie = "monster";
};

inline dist::session::options session_options(const node_options& x) {
  dist::session::options result;
  result.self.name = x.name;
  result.self.creation = 7;
  result.self.build_id = "build";
  result.keys = keys_of(x.cookie);
  result.mode = x.mode;
  return result;
}

/// A session and its handler, which keeps a record.
struct session_end : dist::session_handler {
  session_end(dist::session::role r, const dist::session::options& opts, std::string expected = {})
    : talk(r, opts, *this, clock::time_point{}, std::move(expected)) {}

  errc on_authenticated(const dist::peer_identity& x) override {
    peers.push_back(x);
    return verdict;
  }
  void on_up() override { ++ups; }
  void on_frame(std::string_view frame) override { frames.emplace_back(frame); }
  void on_closed(errc code, std::string_view text) override {
    closed.push_back(code);
    detail = text;
  }

  void feed(std::string_view bytes) { talk.receive(bytes, now); }
  [[nodiscard]] std::string pull(size_t bytes_max = 64 * 1024) {
    std::string out;
    dist::pieces taken;
    talk.pull(taken, bytes_max, now);
    taken.append_to(out);
    return out;
  }
  /// Why it ended; none: it did not.
  [[nodiscard]] errc why() const { return closed.empty() ? errc::none : closed.front(); }

  clock::time_point now{};
  errc verdict = errc::none;
  std::vector<dist::peer_identity> peers;
  int ups = 0;
  std::vector<std::string> frames;
  std::vector<errc> closed;
  std::string detail;
  dist::session talk;
};

struct session_pair {
  explicit session_pair(dist::transport_mode mode) : session_pair({"a@h", mode}, {"b@h", mode}) {}
  session_pair(const node_options& x, const node_options& y, std::string expected = {})
    : session_pair(session_options(x), session_options(y), std::move(expected)) {}
  session_pair(const dist::session::options& x, const dist::session::options& y,
               std::string expected = {})
    : dialler(dist::session::role::dialling, x, std::move(expected)),
      acceptor(dist::session::role::accepting, y) {}

  void start() {
    if (!std::exchange(started_, true))
      dialler.talk.start();
  }

  /// Starts, and carries bytes to and fro, in pieces, until neither side has any.
  session_pair& run(size_t piece = 64 * 1024) {
    start();
    for (auto more = true; more;) {
      more = carry(dialler, acceptor, piece);
      more = carry(acceptor, dialler, piece) || more;
    }
    return *this;
  }

  session_end dialler;
  session_end acceptor;

private:
  static bool carry(session_end& from, session_end& to, size_t piece) {
    auto bytes = from.pull(piece);
    for (size_t at = 0; at < bytes.size(); at += piece)
      to.feed(std::string_view{bytes}.substr(at, piece));
    return !bytes.empty();
  }

  bool started_ = false;
};

/// A process frame with a body of `size` bytes.
inline std::string process_frame(size_t size, char filling = 'x') {
  return std::string(1, static_cast<char>(dist::first_process_frame)) + std::string(size, filling);
}

} // namespace troupe::test
