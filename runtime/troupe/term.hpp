// A dynamic value: what crosses nodes, what the console computes with.
//
// Erlang counterpart: any term. Bit strings that are not whole bytes and ports do not exist here;
// integers have 64 bits.
// Threads: immutable value with shared parts; safe to copy and read from anywhere.

#pragma once

#include "troupe/atom.hpp"
#include "troupe/pid.hpp"

#include <compare>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

class term;
struct fun;
struct cons_cell;

using term_pair = std::pair<term, term>;

class term {
public:
  /// In Erlang's order: number < atom < reference < fun < pid < tuple < map < list < binary.
  enum class kind : uint8_t {
    integer,
    real,
    atom,
    reference,
    fun,
    pid,
    tuple,
    map,
    nil,
    cons,
    binary
  };

  // -- making ------------------------------------------------------------------------------------
  /// The atom `nil`.
  term() noexcept : value_(troupe::atom{}) {}
  term(troupe::atom x) noexcept : value_(x) {}
  term(bool x);
  template <std::integral T>
  requires(!std::same_as<T, bool>) term(T x)
  noexcept : value_(static_cast<int64_t>(x)) {}
  term(double x) noexcept : value_(x) {}
  term(const troupe::pid& x) noexcept : value_(x) {}
  term(const troupe::reference& x) noexcept : value_(x) {}
  term(troupe::fun x);
  /// A binary (a string in Elixir); bytes, not necessarily UTF-8.
  term(std::string x);
  term(std::string_view x);
  term(const char* x);

  [[nodiscard]] static term tuple(std::vector<term> elements);
  [[nodiscard]] static term tuple(std::initializer_list<term> elements);
  /// A proper list, or `[elements | tail]`.
  [[nodiscard]] static term list(std::span<const term> elements, term tail = empty_list());
  [[nodiscard]] static term list(std::initializer_list<term> elements);
  [[nodiscard]] static term empty_list() noexcept;
  [[nodiscard]] static term cons(term head, term tail);
  /// A map; of two equal keys (`===`) the last one wins.
  [[nodiscard]] static term map(std::vector<term_pair> entries);
  /// A list of code points; malformed UTF-8 bytes stand for themselves.
  [[nodiscard]] static term charlist(std::string_view utf8);

  // -- asking; the as_ functions want the kind to be right ----------------------------------------
  [[nodiscard]] kind type() const noexcept { return static_cast<kind>(value_.index()); }
  [[nodiscard]] bool is(kind k) const noexcept { return type() == k; }
  [[nodiscard]] bool is_number() const noexcept { return is(kind::integer) || is(kind::real); }
  [[nodiscard]] bool is_list() const noexcept { return is(kind::nil) || is(kind::cons); }
  [[nodiscard]] bool is_atom(troupe::atom x) const noexcept;
  [[nodiscard]] bool is_tuple(size_t arity) const noexcept;
  /// Whether this is a tuple of `arity` whose first element is the atom `tag`.
  [[nodiscard]] bool is_tagged(troupe::atom tag, size_t arity) const noexcept;
  /// Everything but `false` and `nil`.
  [[nodiscard]] bool truthy() const noexcept;

  /// Returns the value when it is a `T` (int64_t, double, atom, pid or reference), or null. It lies
  /// in the term, so a temporary is not asked.
  template <class T>
  [[nodiscard]] const T* get_if() const& noexcept {
    return std::get_if<T>(&value_);
  }
  template <class T>
  const T* get_if() const&& = delete;

  [[nodiscard]] int64_t as_integer() const { return std::get<int64_t>(value_); }
  [[nodiscard]] double as_real() const { return std::get<double>(value_); }
  [[nodiscard]] troupe::atom as_atom() const { return std::get<troupe::atom>(value_); }
  [[nodiscard]] const troupe::pid& as_pid() const { return std::get<troupe::pid>(value_); }
  [[nodiscard]] const troupe::reference& as_reference() const {
    return std::get<troupe::reference>(value_);
  }
  [[nodiscard]] const troupe::fun& as_fun() const;
  [[nodiscard]] std::string_view as_binary() const;
  [[nodiscard]] std::span<const term> as_tuple() const;
  /// Entries in term order of their keys.
  [[nodiscard]] std::span<const term_pair> as_map() const;
  [[nodiscard]] const term& head() const;
  [[nodiscard]] const term& tail() const;

  /// Returns the value of a key (compared with `===`), or null. It lies in the term, as above.
  [[nodiscard]] const term* find(const term& key) const&;
  const term* find(const term& key) const&& = delete;
  /// Returns the map with one entry set.
  [[nodiscard]] term put(term key, term value) const;
  /// Returns the map without `key`.
  [[nodiscard]] term erase(const term& key) const;
  /// Returns the elements of a proper list; nothing for anything else.
  [[nodiscard]] std::optional<std::vector<term>> to_vector() const;
  /// Returns the text of a binary, or of a list of code points, binaries and lists that is proper
  /// or ends in a binary (Erlang's chardata), as UTF-8; nothing for anything else. Any depth will
  /// do.
  [[nodiscard]] std::optional<std::string> to_text() const;

  /// Erlang's `==` order over all terms: integers and reals compare by value.
  friend std::strong_ordering compare(const term& x, const term& y);
  /// Erlang's `==`.
  friend bool equal_value(const term& x, const term& y) { return compare(x, y) == 0; }
  /// Erlang's `===`: 1 and 1.0 differ.
  friend bool operator==(const term& x, const term& y);

private:
  struct nil_t {};
  using tuple_ptr = std::shared_ptr<const std::vector<term>>;
  using map_ptr = std::shared_ptr<const std::vector<term_pair>>;
  using variant
    = std::variant<int64_t, double, troupe::atom, troupe::reference,
                   std::shared_ptr<const troupe::fun>, troupe::pid, tuple_ptr, map_ptr, nil_t,
                   std::shared_ptr<const cons_cell>, std::shared_ptr<const std::string>>;
  explicit term(variant x) noexcept : value_(std::move(x)) {}

  friend struct cons_cell;
  variant value_; // Order of the alternatives is that of `kind`.
};

/// One cell of a list. Long lists are destroyed without recursion.
struct cons_cell {
  term head;
  term tail;
  cons_cell(term h, term t) : head(std::move(h)), tail(std::move(t)) {}
  ~cons_cell();
};

/// A function as a value. It crosses nodes as its syntax tree with its bindings.
///
/// Two shapes: an external function `&Module.name/arity` (`module` is not nil; `clauses` and
/// `bindings` are empty), or a closure: `clauses` is the quoted form of the `fn` as Elixir's
/// `quote` gives it, `{:fn, meta, [clauses]}`; `bindings` is a map from variable name (atom) to
/// value.
struct fun {
  atom module;
  atom name;
  uint32_t arity = 0;
  pid creator;        ///< Process that evaluated the `fn`.
  uint64_t index = 0; ///< Number of the `fn` in its creator's node; part of its identity.
  term clauses;
  term bindings;
};

} // namespace troupe
