#include "troupe/actors/internal/server_parts.hpp"

#include <vector>

namespace troupe::actors::server {

term ref::to_term() const {
  if (global_)
    return term::tuple({atom{"global"}, *global_});
  if (id_)
    return id_;
  return node_ == atom{} ? term{name_} : term::tuple({name_, node_});
}

std::optional<caller> caller::from_term(const term& x) {
  if (!x.is_tuple(2) || !x.as_tuple()[0].is(term::kind::pid))
    return std::nullopt;
  return caller{x.as_tuple()[0].as_pid(), x.as_tuple()[1]};
}

step step::reply(term answer) {
  step result{kind::reply};
  result.answer_ = std::move(answer);
  return result;
}

step step::stop(term reason) {
  step result{kind::stop};
  result.reason_ = std::move(reason);
  return result;
}

step step::stop(term reason, term answer) {
  auto result = stop(std::move(reason));
  result.answer_ = std::move(answer);
  return result;
}

step step::within(clock::duration timeout) && {
  timeout_ = timeout;
  return std::move(*this);
}

step step::then(term what) && {
  continuation_ = std::move(what);
  return std::move(*this);
}

term step::to_term() const {
  static constexpr const char* names[] = {"ok", "ignore", "reply", "noreply", "stop"};
  std::vector<term> parts{atom{names[static_cast<size_t>(kind_)]}};
  if (kind_ == kind::stop)
    parts.push_back(reason_);
  if (answer_)
    parts.push_back(*answer_);
  return parts.size() == 1 ? parts[0] : term::tuple(std::move(parts));
}

} // namespace troupe::actors::server
