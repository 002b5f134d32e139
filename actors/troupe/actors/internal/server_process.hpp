// The process behind a server, and what makes an object with callbacks one.
//
// Erlang counterpart: the loop of gen_server, and the behaviour's callback module.
// Threads: confined to the server's process.

#pragma once

#include "troupe/actors/internal/server_parts.hpp"
#include "troupe/actors/start_link.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <any>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe::actors::internal {

using server::caller;
using server::step;

/// The callbacks of a server, with what gen_server does when one is missing.
class server_body {
public:
  virtual ~server_body() = default;
  virtual task<step> init(process& self) = 0;
  virtual task<step> handle_call(process& self, term request, caller from) = 0;
  virtual task<step> handle_cast(process& self, term request) = 0;
  virtual task<step> handle_info(process& self, term message) = 0;
  virtual task<step> handle_continue(process& self, term what) = 0;
  virtual task<step> terminate(process& self, term reason) = 0;
  /// A request from this node that has no term form.
  virtual task<step> handle_local_call(process& self, std::any request, caller from);
};

/// How a request without a term form travels; never leaves the node.
struct local_call {
  caller from;
  std::any request;
};

struct server_start {
  pid starter;
  bool linked = false;
  atom name; // Nil: none.
};

/// The body of the process.
task<> run_server(process& self, std::shared_ptr<server_body> body, server_start how);

/// Spawns `what` with a link on the node `at` and waits for its `init_ack`.
task<start_result> start_link_what(process& self, atom at, spawn_what what,
                                   clock::duration timeout);

/// The general form of `server::call`: `send` sends the request, given who it is from.
/// Ends the caller with `{why, shown}`.
task<term> ask(process& self, server::ref to, std::function<void(const caller& from)> send,
               term shown, clock::duration timeout);

// What a server does whose callback is missing.
step missing_call(process& self, const std::string& server, const term& request);
step missing_cast(process& self, const std::string& server, const term& request);
step missing_info(process& self, const std::string& server, const term& message);
step missing_continue(process& self, const std::string& server, const term& what);

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
// A server in an unnamed namespace is fine, and so is the frame of its callbacks.
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
#endif

/// Runs a callback, coroutine or not, which may leave out what comes next.
template <class F>
task<step> step_of(step otherwise, F f) {
  using result = std::invoke_result_t<F&>;
  if constexpr (std::is_void_v<result>) {
    f();
  } else if constexpr (std::is_same_v<result, task<>>) {
    auto running = f();
    co_await std::move(running);
  } else if constexpr (std::is_same_v<result, task<step>>) {
    auto running = f();
    otherwise = co_await std::move(running);
  } else {
    static_assert(std::is_same_v<result, step>, "a callback returns step, task<step>, or nothing");
    otherwise = f();
  }
  co_return otherwise;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

template <class S, class... As>
class server_of final : public server_body {
public:
  explicit server_of(As... as) : args_(std::move(as)...) {}

  task<step> init(process& self) override {
    if constexpr (requires(S & s, As... as) { s.init(self, std::move(as)...); }) {
      state_.emplace();
      return step_of(step::ok(), [this, &self] {
        return std::apply([&](As&... as) { return state_->init(self, std::move(as)...); }, args_);
      });
    } else {
      static_assert(
        sizeof...(As) == 0 || requires(As... as) { S{std::move(as)...}; },
        "the server has neither init(process&, args...) nor is it made from them");
      return step_of(step::ok(), [this] {
        std::apply([&](As&... as) { state_.emplace(S{std::move(as)...}); }, args_);
      });
    }
  }
  task<step> handle_call(process& self, term request, caller from) override {
    return step_of(step::noreply(), [this, &self, request, from] {
      if constexpr (requires { state_->handle_call(self, request, from); })
        return state_->handle_call(self, request, from);
      else
        return missing_call(self, name(), request);
    });
  }
  task<step> handle_cast(process& self, term request) override {
    return step_of(step::noreply(), [this, &self, request] {
      if constexpr (requires { state_->handle_cast(self, request); })
        return state_->handle_cast(self, request);
      else
        return missing_cast(self, name(), request);
    });
  }
  task<step> handle_info(process& self, term message) override {
    return step_of(step::noreply(), [this, &self, message] {
      if constexpr (requires { state_->handle_info(self, message); })
        return state_->handle_info(self, message);
      else
        return missing_info(self, name(), message);
    });
  }
  task<step> handle_continue(process& self, term what) override {
    return step_of(step::noreply(), [this, &self, what] {
      if constexpr (requires { state_->handle_continue(self, what); })
        return state_->handle_continue(self, what);
      else
        return missing_continue(self, name(), what);
    });
  }
  task<step> terminate(process& self, term reason) override {
    return step_of(step::noreply(), [this, &self, reason] {
      if constexpr (requires { state_->terminate(self, reason); })
        return state_->terminate(self, reason);
    });
  }

private:
  static std::string name() { return troupe::internal::name_of<S>(); }

  std::tuple<As...> args_;
  std::optional<S> state_;
};

/// What `server::start_link_at` starts there.
template <class S, class... As>
task<> serve_at(process& self, pid starter, atom name, As... as) {
  auto body = std::make_shared<server_of<S, As...>>(std::move(as)...);
  server_start how{starter, true, name};
  return run_server(self, std::move(body), how);
}

} // namespace troupe::actors::internal

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::internal::local_call)
