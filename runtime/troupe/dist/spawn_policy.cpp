#include "troupe/dist/spawn_policy.hpp"

#include "troupe/inspect.hpp"
#include "troupe/limits.hpp"
#include "troupe/spawn.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::dist {

namespace {

using form = spawn_what::form;

constexpr int wrappers_max = 8;
constexpr std::chrono::minutes refusals_told_every{1};
constexpr std::string_view elixir = "Elixir.";

/// Whether `text` is `pattern`, in which `*` stands for any text.
bool is_like(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

error unfit(std::string_view pattern) {
  return {errc::invalid_config, "--allow-spawn '" + std::string{pattern}
                                  + "' is no pattern: give all, none, closures, Module.function, "
                                    "module:function/arity or a C++ function"};
}

std::optional<std::vector<term>> list_of(const term& x) {
  return x.is_list() ? x.to_vector() : std::nullopt;
}

/// Whether it is apply/2 or apply/3, which run something else.
bool is_apply(const spawn_what& x) {
  static const atom erlang{"erlang"}, kernel{"Elixir.Kernel"}, apply{"apply"};
  if (x.type != form::function || (x.module != erlang && x.module != kernel) || x.name != apply)
    return false;
  auto arguments = list_of(x.arguments);
  return arguments && (arguments->size() == 2 || arguments->size() == 3);
}

/// What an apply runs; nothing when that cannot be known.
std::optional<spawn_what> applied(const spawn_what& x) {
  auto arguments = list_of(x.arguments);
  spawn_what inner;
  inner.arguments = arguments->back();
  if (arguments->size() == 2) {
    inner.type = form::closure;
    inner.callable = arguments->front();
  } else if ((*arguments)[0].is(term::kind::atom) && (*arguments)[1].is(term::kind::atom)) {
    inner.type = form::function;
    inner.module = (*arguments)[0].as_atom();
    inner.name = (*arguments)[1].as_atom();
  } else {
    return std::nullopt;
  }
  return inner;
}

} // namespace

// -- wrappers -----------------------------------------------------------------------------------

spawn_wrappers& spawn_wrappers::get() {
  static spawn_wrappers table;
  return table;
}

bool spawn_wrappers::add(std::string key, unwrap f) {
  wrappers_.emplace(std::move(key), std::move(f));
  return true;
}

std::optional<spawn_what> spawn_wrappers::innermost(spawn_what x) const {
  for (int depth = 0; depth < wrappers_max; ++depth) {
    std::optional<spawn_what> inner;
    if (auto i = wrappers_.find(x.key); x.type == form::native && i != wrappers_.end())
      inner = i->second(x);
    else if (is_apply(x))
      inner = applied(x);
    else
      return x;
    if (!inner)
      return std::nullopt;
    x = std::move(*inner);
  }
  return std::nullopt;
}

// -- the policy ---------------------------------------------------------------------------------

result<spawn_policy> spawn_policy::parse(std::string_view text) {
  spawn_policy policy;
  std::vector<std::string_view> words;
  for (constexpr std::string_view between = ", \t"; !text.empty();) {
    text.remove_prefix(std::min(text.find_first_not_of(between), text.size()));
    auto word = text.substr(0, text.find_first_of(between));
    text.remove_prefix(word.size());
    if (!word.empty())
      words.push_back(word);
  }
  if (words.empty())
    return unfit("");
  if (words == std::vector<std::string_view>{"all"})
    return policy;
  policy.all_ = false;
  if (words == std::vector<std::string_view>{"none"})
    return policy;
  if (words.size() > limits::spawn_patterns_max)
    return error{errc::invalid_config, "--allow-spawn has more than "
                                         + std::to_string(limits::spawn_patterns_max)
                                         + " patterns"};
  for (auto word : words)
    if (auto added = policy.add(word); !added)
      return added.error();
  return policy;
}

result<bool> spawn_policy::add(std::string_view pattern) {
  if (pattern == "all" || pattern == "none")
    return error{errc::invalid_config,
                 "--allow-spawn '" + std::string{pattern} + "' stands alone: give it, or patterns"};
  if (pattern == "closures") {
    closures_ = true;
    return true;
  }
  function_pattern x;
  auto name = pattern;
  auto colon = pattern.find(':', pattern.starts_with(':') ? 1 : 0); // `:lists.sort` has one, too
  auto dot = pattern.rfind('.');
  if (pattern.find("::") != std::string_view::npos
      || (colon == std::string_view::npos && dot == std::string_view::npos
          && !pattern.starts_with(':'))) {
    natives_.emplace_back(pattern);
    return true;
  }
  if (colon == std::string_view::npos && dot == std::string_view::npos)
    return unfit(pattern);
  if (colon != std::string_view::npos) {
    x.module = pattern.substr(0, colon);
    name = pattern.substr(colon + 1);
  } else {
    x.module = pattern.substr(0, dot);
    name = pattern.substr(dot + 1);
    if (x.module.starts_with(':'))
      x.module.erase(0, 1);
    else if (!x.module.starts_with(elixir) && x.module >= "A" && x.module < "[")
      x.module.insert(0, elixir); // an alias begins with a capital letter
  }
  if (auto slash = name.rfind('/'); slash != std::string_view::npos && slash > 0) {
    auto digits = name.substr(slash + 1);
    name = name.substr(0, slash);
    size_t arity = 0;
    auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), arity);
    if (digits != "*" && (failed != std::errc{} || end != digits.data() + digits.size()))
      return unfit(pattern);
    if (digits != "*")
      x.arity = arity;
  }
  x.name = name;
  if (x.module.empty() || x.name.empty())
    return unfit(pattern);
  functions_.push_back(std::move(x));
  return true;
}

spawn_policy spawn_policy::with(predicate also) const {
  auto result = *this;
  result.also_ = std::move(also);
  return result;
}

bool spawn_policy::allows(const pid& who, const spawn_what& what) const {
  if (all_ && !also_)
    return true;
  auto runs = spawn_wrappers::get().innermost(what);
  return runs && (all_ || allows_pattern(*runs)) && (!also_ || also_(who, *runs));
}

bool spawn_policy::allows_pattern(const spawn_what& what) const {
  switch (what.type) {
    case form::closure: return closures_;
    case form::native: {
      auto name = native_name(what.key);
      return std::ranges::any_of(natives_,
                                 [&](auto& x) { return is_like(name, x) || is_like(what.key, x); });
    }
    case form::function: break;
  }
  auto arguments = list_of(what.arguments);
  return arguments && std::ranges::any_of(functions_, [&](auto& x) {
           return is_like(what.module.text(), x.module) && is_like(what.name.text(), x.name)
                  && (!x.arity || *x.arity == arguments->size());
         });
}

std::string native_name(const std::string& key) {
  constexpr std::string_view unnamed = "(anonymous namespace)::";
  auto text = internal::demangle(key.c_str());
  for (auto at = text.find(unnamed); at != std::string::npos; at = text.find(unnamed))
    text.erase(at, unnamed.size());
  // `...::named<&(game::join(...))>`, and named_call of remote calls
  auto open = text.find('<');
  auto wrapper = text.substr(0, open);
  if (open == std::string::npos
      || (!wrapper.ends_with("::named") && !wrapper.ends_with("::named_call")))
    return text;
  auto begin = text.find_first_not_of("&( ", open + 1);
  auto end = text.find_first_of("(>", begin);
  return begin == std::string::npos ? text : text.substr(begin, end - begin);
}

std::string name_of(const spawn_what& what) {
  constexpr size_t bytes_max = 200;
  if (what.type == form::closure)
    return "a fun";
  if (what.type == form::native)
    return native_name(what.key).substr(0, bytes_max);
  auto arguments = list_of(what.arguments);
  return inspect_atom(what.module) + "." + inspect_atom(what.name).substr(1) + "/"
         + std::to_string(arguments ? arguments->size() : 0);
}

// -- the log ------------------------------------------------------------------------------------

std::optional<size_t> refusal_log::ask(atom node, clock::time_point now) {
  if (nodes_.size() >= limits::connections_max && !nodes_.contains(node))
    nodes_.clear();
  auto [i, fresh] = nodes_.try_emplace(node, entry{now, 0});
  if (fresh)
    return 0;
  if (now - i->second.told < refusals_told_every) {
    ++i->second.left_out;
    return std::nullopt;
  }
  auto left_out = i->second.left_out;
  i->second = {now, 0};
  return left_out;
}

} // namespace troupe::dist
