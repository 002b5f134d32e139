#include "troupe/dist/pieces.hpp"

namespace troupe::dist {

void pieces::swap(pieces& x) noexcept {
  text_.swap(x.text_);
  cuts_.swap(x.cuts_);
  std::swap(lent_, x.lent_);
}

void pieces::clear() noexcept {
  text_.clear();
  cuts_.clear();
  lent_ = 0;
}

void pieces::append(lent_bytes x) {
  if (x.bytes.empty())
    return;
  auto bytes = x.bytes.size();
  cuts_.push_back({size(), text_.size(), std::move(x)});
  lent_ += bytes;
}

void pieces::append(const pieces& x, size_t from, size_t n) {
  x.visit(from, n, [this](std::string_view run, const lent_bytes* of) {
    if (of)
      append(lent_bytes{of->owner, run});
    else
      append(run);
    return true;
  });
}

std::string pieces::str() const {
  std::string result;
  append_to(result);
  return result;
}

void pieces::append_to(std::string& out) const {
  out.reserve(out.size() + size());
  each(0, size(), [&](std::string_view run) {
    out += run;
    return true;
  });
}

} // namespace troupe::dist
