// Messages are plain C++ types, registered once; each has a term form.
//
// Erlang counterpart: records. `TROUPE_MESSAGE(chat_line, user, text)` makes a struct readable as
// `{:chat_line, "ada", "hi"}` by the console, by `receive<term>()` and by other nodes.
// Threads: the table fills itself before `main()` and is constant after it.

#pragma once

#include "troupe/internal/field_names.hpp"
#include "troupe/internal/term_form.hpp"
#include "troupe/term.hpp"

#include <caf/detail/stringification_inspector.hpp>
#include <caf/message.hpp>
#include <caf/message_builder.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/sec.hpp>

#include <string>
#include <string_view>
#include <typeindex>
#include <unordered_map>
#include <utility>

namespace troupe {

namespace internal {

/// The form in which a dynamic value crosses CAF's own wire, for actors that also use CAF's io
/// module.
std::string to_bytes(const term& x);
bool from_bytes(const std::string& bytes, term& x);
std::string to_text(const term& x);

template <class T, class Inspector>
typename Inspector::result_type inspect_as_term(Inspector& f, T& x) {
  if constexpr (std::is_same_v<Inspector, caf::detail::stringification_inspector>) {
    auto text = to_text(term{x});
    return f(text);
  } else if constexpr (Inspector::reads_state) {
    auto bytes = to_bytes(term{x});
    return f(bytes);
  } else {
    std::string bytes;
    term t;
    if (auto err = f(bytes))
      return err;
    if (!from_bytes(bytes, t))
      return caf::sec::invalid_argument;
    if constexpr (std::is_same_v<T, term>)
      x = std::move(t);
    else if (auto* value = t.get_if<T>())
      x = *value;
    else
      return caf::sec::invalid_argument;
    return caf::none;
  }
}

} // namespace internal

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, term& x) {
  return internal::inspect_as_term(f, x);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pid& x) {
  return internal::inspect_as_term(f, x);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, reference& x) {
  return internal::inspect_as_term(f, x);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, atom& x) {
  return internal::inspect_as_term(f, x);
}

/// Every type that may cross nodes inside a message. A clash of names ends the program at its
/// start.
class type_table {
public:
  struct entry {
    atom name;
    term (*to_term)(const void* value, actor_bridge& bridge);
    /// Appends the value read from a term; returns false when the term has another form.
    bool (*append)(caf::message_builder& out, const term& x, actor_bridge& bridge);
  };

  [[nodiscard]] static type_table& get();

  /// Registers `T` under `name`; returns true, so that it can initialise a constant.
  template <class T>
  bool add(std::string_view name) {
    return add(caf::type_nr<T>::value, typeid(T), {atom{name}, &to_term_of<T>, &append_of<T>});
  }

  [[nodiscard]] const entry* find(atom name) const;
  [[nodiscard]] const entry* find(const caf::rtti_pair& type) const;

private:
  type_table();
  bool add(uint16_t type_nr, std::type_index type, entry x);

  template <class T>
  static term to_term_of(const void* value, actor_bridge& bridge) {
    return to_term(*static_cast<const T*>(value), bridge);
  }
  template <class T>
  static bool append_of(caf::message_builder& out, const term& x, actor_bridge& bridge) {
    T value{};
    if (!from_term(x, value, bridge))
      return false;
    out.append(std::move(value));
    return true;
  }

  std::unordered_map<atom, entry> by_name_;
  std::unordered_map<uint16_t, atom> by_number_; // CAF's built-in types.
  std::unordered_map<std::type_index, atom> by_type_;
};

/// Returns what Elixir code sees of a message: its value, or a tuple of several. A type that is not
/// registered becomes `{:unregistered, "type name"}`.
[[nodiscard]] term message_to_term(const caf::type_erased_tuple& x, actor_bridge& bridge);

/// Whether all elements of `x` are registered, so that it can cross nodes; else names one in
/// `culprit`.
[[nodiscard]] bool is_portable(const caf::type_erased_tuple& x, std::string& culprit);

} // namespace troupe

/// Registers the struct `type`, which must be default constructible and copyable, with its fields
/// in order. Goes behind the struct, in its namespace.
#define TROUPE_MESSAGE(type, ...)                                                                  \
  template <class Inspector>                                                                       \
  typename Inspector::result_type inspect(Inspector& f, type& x) {                                 \
    static_cast<void>(x);                                                                          \
    return f(::caf::meta::type_name(#type) __VA_OPT__(, TROUPE_FIELDS(x, __VA_ARGS__)));           \
  }                                                                                                \
  [[maybe_unused]] inline ::troupe::term to_term([[maybe_unused]] const type& x,                   \
                                                 ::troupe::actor_bridge& bridge) {                 \
    return ::troupe::internal::record_to_term(#type,                                               \
                                              bridge __VA_OPT__(, TROUPE_FIELDS(x, __VA_ARGS__))); \
  }                                                                                                \
  [[maybe_unused]] inline bool from_term(const ::troupe::term& t, [[maybe_unused]] type& x,        \
                                         ::troupe::actor_bridge& bridge) {                         \
    return ::troupe::internal::record_from_term(                                                   \
      #type, t, bridge __VA_OPT__(, TROUPE_FIELDS(x, __VA_ARGS__)));                               \
  }                                                                                                \
  inline const bool troupe_registered_##type = ::troupe::type_table::get().add<type>(#type)
