// A bridge between handles and pids for tests without a node: it knows the actors it was told of.
//
// Erlang counterpart: none.
// Threads: the test's.

#pragma once

#include "troupe/internal/term_form.hpp"

#include <caf/actor_control_block.hpp>

#include <map>

namespace troupe::test {

class fake_bridge final : public actor_bridge {
public:
  void add(const pid& id, caf::strong_actor_ptr x) { actors_[id] = std::move(x); }

  pid pid_of(const caf::actor_control_block* x) override {
    for (auto& [id, actor] : actors_)
      if (x && actor.get() == x)
        return id;
    return {};
  }

  caf::strong_actor_ptr handle_of(const pid& x) override {
    auto i = actors_.find(x);
    return i == actors_.end() ? nullptr : i->second;
  }

private:
  std::map<pid, caf::strong_actor_ptr> actors_;
};

} // namespace troupe::test
