#include "troupe/inspect.hpp"

#include "troupe/internal/document.hpp"
#include "troupe/internal/quoting.hpp"
#include "troupe/internal/scalar_text.hpp"
#include "troupe/internal/struct_fields.hpp"
#include "troupe/limits.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace troupe {

namespace {

using internal::atom_form;
using internal::atom_text;
using internal::document;
using internal::no_limit;
using break_mode = document::break_mode;

/// Characters of one string before `<> ...`; Elixir's default.
constexpr size_t printable_max = 4096;
/// Nesting at which `...` stands for the rest even when no limit is set; keeps the stack bounded
/// and lies above what a peer can send.
constexpr size_t depth_max = 2 * limits::term_depth_max;

bool is_charlist(const term& x) {
  const auto* rest = &x;
  for (size_t n = 0; rest->is(term::kind::cons) && n < printable_max; rest = &rest->tail(), ++n) {
    const auto& head = rest->head();
    if (!head.is(term::kind::integer) || !internal::is_ascii_printable(head.as_integer()))
      return false;
  }
  return x.is(term::kind::cons) && rest->is_list();
}

bool is_key(const term& x) {
  return x.is(term::kind::atom) && !x.as_atom().text().starts_with("Elixir.");
}

bool is_keyword(const term& x) {
  const auto* rest = &x;
  for (; rest->is(term::kind::cons); rest = &rest->tail()) {
    if (!rest->head().is_tuple(2) || !is_key(rest->head().as_tuple()[0]))
      return false;
  }
  return rest->is(term::kind::nil);
}

/// First, last and step.
using range_parts = std::array<const term*, 3>;

std::optional<range_parts> as_range(const term& map, atom name) {
  static const atom range{"Elixir.Range"}, first{"first"}, last{"last"}, step{"step"};
  range_parts parts{map.find(first), map.find(last), map.find(step)};
  auto is_integer = [](auto* part) { return part && part->is(term::kind::integer); };
  return name == range && std::ranges::all_of(parts, is_integer) ? std::optional{parts}
                                                                 : std::nullopt;
}

/// Returns the map whose keys are the members of a `MapSet`, or null.
const term* map_set_members(const term& map, atom name) {
  static const atom map_set{"Elixir.MapSet"}, key{"map"};
  auto* members = map.find(key);
  return name == map_set && members && members->is(term::kind::map) ? members : nullptr;
}

/// Writes one term into a document, as the implementations of Elixir's protocol `Inspect` do.
class printer {
public:
  explicit printer(const inspect_options& options) : options_(options) {}

  /// `limit` is how many more elements may be printed from here down.
  void print(const term& x, size_t limit) {
    using enum term::kind;
    switch (x.type()) {
      case tuple: print_tuple(x.as_tuple(), limit); break;
      case map: print_map(x, limit); break;
      case cons: print_list(x, limit); break;
      case binary: print_binary(x.as_binary(), limit); break;
      default: doc_.text(internal::scalar_text(x, options_.viewer)); break;
    }
  }

  std::string render() const { return doc_.render(options_.width); }

private:
  /// Brackets, separators and breaks around the elements of one container.
  class container {
  public:
    container(printer& out, std::string_view open, size_t limit, break_mode mode)
      : out_(out), limit_(out.depth_ < depth_max ? limit : 0), mode_(mode) {
      ++out_.depth_;
      out_.doc_.open_group();
      out_.doc_.text(open);
      out_.doc_.open_nest(mode == break_mode::flex ? 1 : 2);
      if (mode == break_mode::strict)
        out_.doc_.line_break("", mode);
    }

    /// Returns whether one more element may be printed; otherwise writes that there are more.
    bool next(std::string_view separator = ",") {
      if (!first_) {
        out_.doc_.text(separator);
        out_.doc_.line_break(" ", mode_);
      }
      first_ = false;
      if (limit_ == 0) {
        out_.doc_.text("...");
        return false;
      }
      if (limit_ != no_limit)
        --limit_;
      return true;
    }

    void print(const term& x) { out_.print(x, limit_); }

    void close(std::string_view text) {
      out_.doc_.close_nest();
      if (mode_ == break_mode::strict)
        out_.doc_.line_break("", mode_);
      out_.doc_.text(text);
      out_.doc_.close_group();
      --out_.depth_;
    }

  private:
    printer& out_;
    size_t limit_;
    break_mode mode_;
    bool first_ = true;
  };

  void print_tuple(std::span<const term> elements, size_t limit) {
    if (elements.empty()) {
      doc_.text("{}");
      return;
    }
    container c{*this, "{", limit, break_mode::flex};
    for (const auto& x : elements) {
      if (!c.next())
        break;
      c.print(x);
    }
    c.close("}");
  }

  void print_entry(container& c, const term_pair& entry, bool keyword) {
    if (keyword) {
      doc_.text(atom_text(entry.first.as_atom(), atom_form::key) + " ");
    } else {
      c.print(entry.first);
      doc_.text(" => ");
    }
    c.print(entry.second);
  }

  void print_entries(const std::string& open, std::span<const term_pair> entries, size_t limit,
                     bool keyword) {
    if (entries.empty()) {
      doc_.text(open + "}");
      return;
    }
    container c{*this, open, limit, break_mode::strict};
    for (const auto& entry : entries) {
      if (!c.next())
        break;
      print_entry(c, entry, keyword);
    }
    c.close("}");
  }

  void print_map(const term& x, size_t limit) {
    auto name = internal::struct_name(x);
    if (!name) {
      auto keyword = std::ranges::all_of(x.as_map(), is_key, &term_pair::first);
      print_entries("%{", x.as_map(), limit, keyword);
    } else if (auto range = as_range(x, *name)) {
      print_range(*range, limit);
    } else if (auto* members = map_set_members(x, *name)) {
      print_map_set(*members, limit);
    } else {
      print_entries("%" + inspect_atom(*name) + "{", internal::struct_fields(x), limit, true);
    }
  }

  void print_range(const range_parts& range, size_t limit) {
    auto& [first, last, step] = range;
    print(*first, limit);
    doc_.text("..");
    print(*last, limit);
    if (*step != term{1} || compare(*last, *first) < 0) {
      doc_.text("//");
      print(*step, limit);
    }
  }

  void print_map_set(const term& members, size_t limit) {
    std::vector<term> keys;
    std::ranges::transform(members.as_map(), std::back_inserter(keys), &term_pair::first);
    auto outside = std::exchange(charlists_, false);
    doc_.text("MapSet.new(");
    print(term::list(keys), limit);
    doc_.text(")");
    charlists_ = outside;
  }

  void print_list(const term& x, size_t limit) {
    if (charlists_ && is_charlist(x)) {
      print_charlist(x);
      return;
    }
    auto keyword = is_keyword(x);
    auto mode = !keyword && all_simple(x, limit) ? break_mode::flex : break_mode::strict;
    container c{*this, "[", limit, mode};
    const auto* rest = &x;
    for (; rest->is(term::kind::cons); rest = &rest->tail()) {
      if (!c.next())
        break;
      if (keyword)
        print_entry(c, {rest->head().as_tuple()[0], rest->head().as_tuple()[1]}, true);
      else
        c.print(rest->head());
    }
    if (!rest->is_list()) {
      doc_.text(" |");
      doc_.line_break(" ", mode);
      c.print(*rest);
    }
    c.close("]");
  }

  void print_charlist(const term& x) {
    std::string text;
    const auto* rest = &x;
    for (; rest->is(term::kind::cons) && text.size() < printable_max; rest = &rest->tail())
      text += static_cast<char>(rest->head().as_integer());
    std::string result{"'"};
    internal::escape(result, text, '\'');
    doc_.text(result + (rest->is(term::kind::cons) ? "' ++ ..." : "'"));
  }

  void print_binary(std::string_view x, size_t limit) {
    if (internal::is_printable(x, printable_max)) {
      std::string result{"\""};
      auto whole = internal::escape(result, x, '"', printable_max);
      doc_.text(result + (whole ? "\"" : "\" <> ..."));
      return;
    }
    doc_.open_group();
    doc_.text("<<");
    doc_.open_nest(2);
    for (size_t i = 0; i < x.size(); ++i) {
      if (i > 0) {
        doc_.text(",");
        doc_.line_break(" ", break_mode::flex);
      }
      if (i == limit) {
        doc_.text("...");
        break;
      }
      doc_.text(std::to_string(static_cast<unsigned char>(x[i])));
    }
    doc_.close_nest();
    doc_.text(">>");
    doc_.close_group();
  }

  /// Whether `x` prints as one piece of text.
  bool is_simple(const term& x) const {
    using enum term::kind;
    switch (x.type()) {
      case tuple: return x.as_tuple().empty();
      case map: return is_simple_map(x);
      case cons: return charlists_ && is_charlist(x);
      case binary: return internal::is_printable(x.as_binary(), printable_max);
      default: return true;
    }
  }

  bool is_simple_map(const term& x) const {
    auto name = internal::struct_name(x);
    if (!name)
      return x.as_map().empty();
    if (as_range(x, *name))
      return true;
    if (auto* members = map_set_members(x, *name))
      return members->as_map().empty();
    return internal::struct_fields(x).empty();
  }

  bool all_simple(const term& x, size_t limit) const {
    const auto* rest = &x;
    for (; rest->is(term::kind::cons) && limit > 0; rest = &rest->tail()) {
      if (!is_simple(rest->head()))
        return false;
      if (limit != no_limit)
        --limit;
    }
    return rest->is_list() || is_simple(*rest);
  }

  const inspect_options& options_;
  document doc_;
  size_t depth_ = 0;
  bool charlists_ = true; // Whether lists of printable numbers print as text.
};

} // namespace

std::string inspect_term(const term& x, const inspect_options& options) {
  printer out{options};
  out.print(x, options.limit == 0 ? no_limit : options.limit);
  return out.render();
}

std::string inspect_pid(const pid& x, const pid& viewer) {
  return internal::scalar_text(x, viewer);
}

std::optional<pid> read_pid(std::string_view text, const pid& viewer) {
  return internal::pid_of_text(text, viewer);
}

std::string inspect_atom(atom x) {
  return atom_text(x, atom_form::literal);
}

std::string inspect_real(double x) {
  return internal::scalar_text(x, {});
}

std::string inspect_string(std::string_view text) {
  std::string result{"\""};
  internal::escape(result, text, '"');
  return result += '"';
}

} // namespace troupe
