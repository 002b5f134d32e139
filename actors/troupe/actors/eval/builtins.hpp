// What the files of built-in functions share; each of them adds some modules.
//
// Pure functions take what they need with the `_at` functions, which fail as a function without a
// matching clause does.
// Threads: any thread; the functions are constant once added.

#pragma once

#include "troupe/actors/eval/failures.hpp"
#include "troupe/actors/eval/interpreter.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors::eval::builtins {

using arguments = const std::vector<term>&;

/// Adds functions to one module.
class module_adder {
public:
  module_adder(module_table& modules, std::string_view name) : modules_(&modules), name_(name) {}

  void pure(std::string_view function, size_t arity, pure_builtin f) {
    modules_->add_pure(name_, function, arity, std::move(f));
  }
  /// A function that guards may call too.
  void guard(std::string_view function, size_t arity, pure_builtin f) {
    modules_->add_pure(name_, function, arity, std::move(f), true);
  }
  void waiting(std::string_view function, size_t arity, builtin f) {
    modules_->add(name_, function, arity, std::move(f));
  }

private:
  module_table* modules_;
  std::string name_;
};

// -- arguments; each fails with `no_clause` -----------------------------------------------------
[[nodiscard]] int64_t integer_at(arguments args, size_t index);
[[nodiscard]] double number_at(arguments args, size_t index);
[[nodiscard]] atom atom_at(arguments args, size_t index);
[[nodiscard]] std::string_view text_at(arguments args, size_t index);
[[nodiscard]] std::vector<term> list_at(arguments args, size_t index);
[[nodiscard]] std::span<const term> tuple_at(arguments args, size_t index);
/// Fails with BadMapError.
[[nodiscard]] const term& map_at(arguments args, size_t index);
/// Any of the above may be left out: `fallback` then.
[[nodiscard]] term or_else(arguments args, size_t index, term fallback);

/// Makes an atom of text that a user chose; fails with `system_limit`.
[[nodiscard]] term make_atom(std::string_view text);
/// `String.Chars.to_string/1`.
[[nodiscard]] std::string to_string(const term& x);
/// The argument lists of callbacks; functions, because g++ 12 destroys braced ones twice.
[[nodiscard]] std::vector<term> list_of(term a);
[[nodiscard]] std::vector<term> list_of(term a, term b);
[[nodiscard]] std::vector<term> list_of(term a, term b, term c);
/// `argument_error` in module `:erlang`.
[[nodiscard]] failure bad(std::string_view function, arguments args, std::string_view first,
                          std::string_view second = {}, std::string_view third = {});
/// `{:badkey, key, where}`.
[[nodiscard]] failure missing_key(term key, term where);
/// Entries of a keyword list or map by `key`; null when missing.
[[nodiscard]] const term* lookup(const term& where, const term& key);

// -- arithmetic ---------------------------------------------------------------------------------
[[nodiscard]] term add(const term& x, const term& y);
[[nodiscard]] term multiply(const term& x, const term& y);
/// A real as integer; fails when it has no place in 64 bits.
[[nodiscard]] term to_integer(double x);
/// Reads a whole text as integer; nothing when it is none. Fails above 64 bits.
[[nodiscard]] std::optional<int64_t> parse_integer(std::string_view text, int base = 10);
[[nodiscard]] std::optional<double> parse_real(std::string_view text);
[[nodiscard]] std::string integer_text(int64_t x, int base = 10);

// -- the files ----------------------------------------------------------------------------------
void add_operators(module_table& modules);   ///< Arithmetic and comparison; Kernel and :erlang.
void add_types(module_table& modules);       ///< is_... and parts of values; Kernel and :erlang.
void add_conversions(module_table& modules); ///< Between texts, lists, atoms, numbers; :erlang.
void add_kernel(module_table& modules);      ///< The rest of Kernel, Exception, Function.
void add_string(module_table& modules);
void add_string_parts(module_table& modules); ///< Split, slice, pad, replace.
void add_enum(module_table& modules);         ///< Enum without callbacks.
void add_enum_each(module_table& modules);    ///< Enum with callbacks.
void add_enum_order(module_table& modules);   ///< Enum: sorting, grouping, extremes.
void add_list(module_table& modules);         ///< List and :lists.
void add_map(module_table& modules);          ///< Map and :maps.
void add_keyword(module_table& modules);      ///< Keyword, Access.
void add_numbers(module_table& modules); ///< Integer, Float, :math, Bitwise, Range, Tuple, Atom.

} // namespace troupe::actors::eval::builtins
