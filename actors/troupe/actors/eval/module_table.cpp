#include "troupe/actors/eval/interpreter.hpp"
#include "troupe/actors/eval/similar.hpp"

#include <algorithm>

namespace troupe::actors::eval {

void module_table::add(std::string_view module, std::string_view function, size_t arity,
                       builtin f) {
  entry e;
  e.waiting = std::move(f);
  functions_[{atom{module}, atom{function}}].insert_or_assign(arity, std::move(e));
}

void module_table::add_pure(std::string_view module, std::string_view function, size_t arity,
                            pure_builtin f, bool allowed_in_guards) {
  entry e;
  e.pure = std::move(f);
  e.guard = allowed_in_guards;
  functions_[{atom{module}, atom{function}}].insert_or_assign(arity, std::move(e));
}

const module_table::entry* module_table::find(atom module, atom function, size_t arity) const {
  auto i = functions_.find({module, function});
  if (i == functions_.end())
    return nullptr;
  auto j = i->second.find(arity);
  return j == i->second.end() ? nullptr : &j->second;
}

bool module_table::has_module(atom module) const {
  static const atom first{""};
  auto i = functions_.lower_bound({module, first});
  return i != functions_.end() && i->first.first == module;
}

std::vector<size_t> module_table::arities(atom module, atom function) const {
  std::vector<size_t> result;
  if (auto i = functions_.find({module, function}); i != functions_.end())
    for (const auto& [arity, e] : i->second)
      result.push_back(arity);
  return result;
}

std::vector<std::string> module_table::similar(atom module, atom function) const {
  static const atom first{""};
  std::vector<std::pair<double, std::string>> found;
  for (auto i = functions_.lower_bound({module, first});
       i != functions_.end() && i->first.first == module; ++i) {
    auto name = i->first.second.text();
    auto grade = similarity(function.text(), name);
    for (const auto& [arity, e] : i->second)
      if (grade > similarity_min)
        found.emplace_back(grade, std::string{name} + "/" + std::to_string(arity));
  }
  bool same_name = !arities(module, function).empty();
  if (same_name)
    std::erase_if(found, [](auto& x) { return x.first < 1; });
  std::ranges::sort(found, [](auto& x, auto& y) { return x.first > y.first; });
  if (found.size() > suggestions_max)
    found.resize(suggestions_max);
  std::vector<std::string> result;
  for (auto& [grade, text] : found)
    result.push_back(std::move(text));
  std::ranges::sort(result);
  return result;
}

} // namespace troupe::actors::eval
