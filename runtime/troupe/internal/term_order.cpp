#include "troupe/internal/term_order.hpp"

#include <cmath>
#include <vector>

namespace troupe {

namespace {

std::strong_ordering compare_reals(double x, double y) {
  if (x < y)
    return std::strong_ordering::less;
  if (x > y)
    return std::strong_ordering::greater;
  return std::isnan(x) <=> std::isnan(y); // Erlang has no NaN; here it is the greatest real
}

/// Exact: the integer is not rounded to a real first.
std::strong_ordering compare_mixed(int64_t x, double y) {
  constexpr double bound = 9223372036854775808.0; // 2^63
  if (std::isnan(y) || y >= bound)
    return std::strong_ordering::less;
  if (y < -bound)
    return std::strong_ordering::greater;
  auto whole = std::trunc(y);
  if (auto c = x <=> static_cast<int64_t>(whole); c != 0)
    return c;
  return compare_reals(0, y - whole);
}

template <class Id>
std::strong_ordering compare_nodes(const Id& x, const Id& y) {
  if (auto c = x.node <=> y.node; c != 0)
    return c;
  return x.creation <=> y.creation;
}

/// As in Erlang, the number weighs more than the node in pids.
std::strong_ordering compare_pids(const pid& x, const pid& y) {
  auto c = x.id <=> y.id;
  return c != 0 ? c : compare_nodes(x, y);
}

/// As in Erlang, the node weighs more than the number in references.
std::strong_ordering compare_references(const reference& x, const reference& y) {
  auto c = compare_nodes(x, y);
  return c != 0 ? c : x.id <=> y.id;
}

/// Walks two terms in step with a stack of its own, whatever their depth.
class comparison {
public:
  std::strong_ordering run(const term& x, const term& y, bool exact) {
    auto result = step({&x, &y, exact});
    while (result == 0 && !jobs_.empty()) {
      auto next = jobs_.back();
      jobs_.pop_back();
      result = step(next);
    }
    return result;
  }

private:
  struct job {
    const term* x;
    const term* y;
    bool exact; // Integers come before all reals and equal none, as among the keys of maps.
  };

  /// Compares what needs no descent and pushes what does, the most significant part last.
  std::strong_ordering step(job j) {
    using enum term::kind;
    const auto& x = *j.x;
    const auto& y = *j.y;
    if (x.type() != y.type()) {
      if (j.exact || !x.is_number() || !y.is_number())
        return x.type() <=> y.type();
      return x.is(integer) ? compare_mixed(x.as_integer(), y.as_real())
                           : 0 <=> compare_mixed(y.as_integer(), x.as_real());
    }
    switch (x.type()) {
      case integer: return x.as_integer() <=> y.as_integer();
      case real: return compare_reals(x.as_real(), y.as_real());
      case atom: return x.as_atom() <=> y.as_atom();
      case reference: return compare_references(x.as_reference(), y.as_reference());
      case fun: return step_fun(x.as_fun(), y.as_fun(), j.exact);
      case pid: return compare_pids(x.as_pid(), y.as_pid());
      case tuple: return step_tuple(x.as_tuple(), y.as_tuple(), j.exact);
      case map: return step_map(x.as_map(), y.as_map(), j.exact);
      case nil: return std::strong_ordering::equal;
      case cons:
        if (&x.head() != &y.head()) {
          jobs_.push_back({&x.tail(), &y.tail(), j.exact});
          jobs_.push_back({&x.head(), &y.head(), j.exact});
        }
        return std::strong_ordering::equal;
      case binary: return x.as_binary() <=> y.as_binary();
    }
    return std::strong_ordering::equal;
  }

  std::strong_ordering step_tuple(std::span<const term> x, std::span<const term> y, bool exact) {
    if (x.size() != y.size() || x.data() == y.data())
      return x.size() <=> y.size();
    for (auto i = x.size(); i-- > 0;)
      jobs_.push_back({&x[i], &y[i], exact});
    return std::strong_ordering::equal;
  }

  std::strong_ordering step_map(std::span<const term_pair> x, std::span<const term_pair> y,
                                bool exact) {
    if (x.size() != y.size() || x.data() == y.data())
      return x.size() <=> y.size();
    for (auto i = x.size(); i-- > 0;)
      jobs_.push_back({&x[i].second, &y[i].second, exact});
    for (auto i = x.size(); i-- > 0;)
      jobs_.push_back({&x[i].first, &y[i].first, true});
    return std::strong_ordering::equal;
  }

  std::strong_ordering step_fun(const troupe::fun& x, const troupe::fun& y, bool exact) {
    if (&x == &y)
      return std::strong_ordering::equal;
    if (auto c = x.module <=> y.module; c != 0)
      return c;
    if (auto c = x.name <=> y.name; c != 0)
      return c;
    if (auto c = x.arity <=> y.arity; c != 0)
      return c;
    if (auto c = compare_pids(x.creator, y.creator); c != 0)
      return c;
    if (auto c = x.index <=> y.index; c != 0)
      return c;
    jobs_.push_back({&x.clauses, &y.clauses, exact});
    jobs_.push_back({&x.bindings, &y.bindings, exact});
    return std::strong_ordering::equal;
  }

  std::vector<job> jobs_;
};

} // namespace

std::strong_ordering internal::compare_exact(const term& x, const term& y) {
  return comparison{}.run(x, y, true);
}

std::strong_ordering compare(const term& x, const term& y) {
  return comparison{}.run(x, y, false);
}

bool operator==(const term& x, const term& y) {
  return internal::compare_exact(x, y) == 0;
}

} // namespace troupe
