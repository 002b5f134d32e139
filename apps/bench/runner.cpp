#include "runner.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <variant>

namespace troupe::bench {

namespace {

void measure(contender& who, const workload& what, int64_t count, cell& into) {
  if (!into.why_not.empty())
    return;
  std::variant<measurement, std::string> outcome;
  try {
    outcome = who.run(what, count);
  } catch (std::runtime_error& x) { // its program has ended: the others go on
    outcome = x.what();
  }
  if (auto* x = std::get_if<measurement>(&outcome))
    into.rounds.push_back(*x);
  else
    into.why_not = std::get<std::string>(outcome);
}

} // namespace

results run_all(const std::vector<std::unique_ptr<contender>>& contenders,
                const std::vector<const workload*>& chosen, const run_settings& how) {
  results all;
  all.chosen = chosen;
  for (auto& x : contenders)
    all.contenders.push_back(x->name());
  all.rows.assign(chosen.size(), std::vector<cell>(contenders.size()));
  for (int round = 0; round < how.rounds; ++round)
    for (size_t i = 0; i < chosen.size(); ++i) {
      auto& what = *chosen[i];
      if (how.progress)
        how.progress(fmt::format("round {} of {}: {}", round + 1, how.rounds, what.title));
      for (size_t j = 0; j < contenders.size(); ++j) {
        // Nobody is always the first.
        auto turn = (j + static_cast<size_t>(round)) % contenders.size();
        measure(*contenders[turn], what, how.quick ? what.quick : what.count, all.rows[i][turn]);
      }
    }
  return all;
}

} // namespace troupe::bench
