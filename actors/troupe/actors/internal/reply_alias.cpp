#include "troupe/actors/internal/reply_alias.hpp"

namespace troupe::actors::internal {

namespace {

const atom tag_alias{"alias"};

} // namespace

term reply_alias::tag() const {
  return term::cons(tag_alias, ref_);
}

bool reply_alias::is_answer(const term& x) const {
  return x.is_tuple(2) && of_tag(x.as_tuple()[0]) == ref_;
}

std::optional<reference> reply_alias::of_tag(const term& tag) {
  if (!tag.is(term::kind::cons) || !tag.head().is_atom(tag_alias))
    return std::nullopt;
  auto* ref = tag.tail().get_if<reference>();
  return ref ? std::optional{*ref} : std::nullopt;
}

} // namespace troupe::actors::internal
