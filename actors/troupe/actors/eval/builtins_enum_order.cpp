#include "troupe/actors/eval/builtins.hpp"
#include "troupe/actors/eval/enumeration.hpp"
#include "troupe/actors/eval/words.hpp"
#include "troupe/inspect.hpp"

#include <algorithm>
#include <map>

namespace troupe::actors::eval::builtins {

namespace {

using kind = term::kind;
using values = std::vector<term>;

/// One element with what it is ordered by.
struct keyed {
  term key;
  term element;
};

/// Any total order that agrees with `===`.
struct identity_order {
  bool operator()(const term& x, const term& y) const {
    if (auto c = compare(x, y); c != 0)
      return c < 0;
    return !(x == y) && inspect_term(x) < inspect_term(y); // 1 and 1.0
  }
};

/// How `sort` and its kin compare: by value, up or down, or with a function that may wait.
class order {
public:
  explicit order(term how) : how_(std::move(how)) {
    static const atom asc{"asc"}, desc{"desc"};
    down_ = how_.is_atom(desc);
    if (!down_ && !how_.is_atom(asc) && !how_.is(kind::fun))
      throw no_clause();
  }

  [[nodiscard]] bool waits() const { return how_.is(kind::fun); }

  /// Whether `x` may stand before `y`; for orders that do not wait.
  [[nodiscard]] bool fits(const term& x, const term& y) const {
    return down_ ? compare(x, y) >= 0 : compare(x, y) <= 0;
  }

  task<bool> fits(interpreter& i, environment& env, const term& x, const term& y) const {
    if (!waits())
      co_return fits(x, y);
    auto yes = co_await i.apply(how_, list_of(x, y), env);
    co_return yes.truthy();
  }

private:
  term how_;
  bool down_ = false;
};

task<std::vector<keyed>> with_keys(interpreter& i, environment& env, const values& args, bool by) {
  std::vector<keyed> result;
  enumeration elements{args[0]};
  while (auto x = elements.next()) {
    keyed entry;
    entry.element = *x;
    entry.key = std::move(*x);
    if (by)
      entry.key = co_await i.apply(args[1], list_of(entry.element), env);
    result.push_back(std::move(entry));
  }
  co_return result;
}

/// A stable merge sort from the bottom up, because a comparison may wait.
task<> merge_sort(interpreter& i, environment& env, std::vector<keyed>& all, const order& by) {
  std::vector<keyed> merged;
  for (size_t width = 1; width < all.size(); width *= 2) {
    merged.clear();
    for (size_t low = 0; low < all.size(); low += 2 * width) {
      auto middle = std::min(low + width, all.size()), high = std::min(low + 2 * width, all.size());
      auto left = low, right = middle;
      while (left < middle && right < high) {
        bool first = co_await by.fits(i, env, all[left].key, all[right].key);
        merged.push_back(std::move(all[first ? left++ : right++]));
      }
      std::move(all.begin() + static_cast<std::ptrdiff_t>(left),
                all.begin() + static_cast<std::ptrdiff_t>(middle), std::back_inserter(merged));
      std::move(all.begin() + static_cast<std::ptrdiff_t>(right),
                all.begin() + static_cast<std::ptrdiff_t>(high), std::back_inserter(merged));
    }
    all.swap(merged);
  }
}

term elements_of(const std::vector<keyed>& all) {
  values result;
  for (const auto& entry : all)
    result.push_back(entry.element);
  return term::list(result);
}

template <bool By>
task<term> sort(interpreter& i, environment& env, values args) {
  order by{or_else(args, By ? 2 : 1, atom{"asc"})};
  auto all = co_await with_keys(i, env, args, By);
  if (by.waits())
    co_await merge_sort(i, env, all, by);
  else
    std::ranges::stable_sort(all, [&](auto& x, auto& y) { return !by.fits(y.key, x.key); });
  co_return elements_of(all);
}

/// `max`, `min`, `max_by`, `min_by`: the first of equals; an optional last argument answers for
/// empty collections.
template <bool By, bool Greatest>
task<term> extreme(interpreter& i, environment& env, values args) {
  auto all = co_await with_keys(i, env, args, By);
  const auto* last = args.size() > (By ? 2 : 1) ? &args.back() : nullptr;
  if (all.empty() && last && last->is(kind::fun) && last->as_fun().arity == 0) {
    values none;
    auto result = co_await i.apply(*last, std::move(none), env);
    co_return result;
  }
  if (all.empty())
    throw exception("Enum.EmptyError", "empty error");
  const auto* best = &all[0];
  for (const auto& entry : all) {
    auto order = compare(entry.key, best->key);
    if (Greatest ? order > 0 : order < 0)
      best = &entry;
  }
  co_return best->element;
}

task<term> min_max(interpreter& i, environment& env, values args) {
  auto low = co_await extreme<false, false>(i, env, args);
  auto high = co_await extreme<false, true>(i, env, args);
  co_return term::tuple({low, high});
}

task<term> group_by(interpreter& i, environment& env, values args) {
  auto all = co_await with_keys(i, env, args, true);
  std::map<term, values, identity_order> groups;
  for (auto& entry : all) {
    auto value = entry.element;
    if (args.size() > 2)
      value = co_await i.apply(args[2], list_of(entry.element), env);
    groups[entry.key].push_back(std::move(value));
  }
  std::vector<term_pair> entries;
  for (auto& [key, members] : groups)
    entries.emplace_back(key, term::list(members));
  co_return term::map(std::move(entries));
}

task<term> frequencies_by(interpreter& i, environment& env, values args) {
  auto all = co_await with_keys(i, env, args, args.size() > 1);
  std::map<term, int64_t, identity_order> counts;
  for (const auto& entry : all)
    ++counts[entry.key];
  std::vector<term_pair> entries;
  for (const auto& [key, n] : counts)
    entries.emplace_back(key, n);
  co_return term::map(std::move(entries));
}

task<term> uniq_by(interpreter& i, environment& env, values args) {
  auto all = co_await with_keys(i, env, args, args.size() > 1);
  std::map<term, bool, identity_order> seen;
  values result;
  for (auto& entry : all)
    if (seen.emplace(entry.key, true).second)
      result.push_back(std::move(entry.element));
  co_return term::list(result);
}

/// Runs of elements that the function gives one value.
task<term> chunk_by(interpreter& i, environment& env, values args) {
  auto all = co_await with_keys(i, env, args, true);
  values chunks, chunk;
  for (size_t n = 0; n < all.size(); ++n) {
    if (n > 0 && !(all[n].key == all[n - 1].key)) {
      chunks.push_back(term::list(chunk));
      chunk.clear();
    }
    chunk.push_back(all[n].element);
  }
  if (!chunk.empty())
    chunks.push_back(term::list(chunk));
  co_return term::list(chunks);
}

} // namespace

void add_enum_order(module_table& modules) {
  module_adder m{modules, "Elixir.Enum"};
  m.waiting("sort", 1, sort<false>);
  m.waiting("sort", 2, sort<false>);
  m.waiting("sort_by", 2, sort<true>);
  m.waiting("sort_by", 3, sort<true>);
  for (size_t arity : {1, 2}) {
    m.waiting("max", arity, extreme<false, true>);
    m.waiting("min", arity, extreme<false, false>);
  }
  for (size_t arity : {2, 3}) {
    m.waiting("max_by", arity, extreme<true, true>);
    m.waiting("min_by", arity, extreme<true, false>);
    m.waiting("group_by", arity, group_by);
  }
  m.waiting("min_max", 1, min_max);
  m.waiting("frequencies", 1, frequencies_by);
  m.waiting("frequencies_by", 2, frequencies_by);
  m.waiting("uniq", 1, uniq_by);
  m.waiting("uniq_by", 2, uniq_by);
  m.waiting("chunk_by", 2, chunk_by);
}

} // namespace troupe::actors::eval::builtins
