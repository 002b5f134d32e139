// Terms as bytes, for one direction of one connection.
//
// Erlang counterpart: the external term format with its atom cache.
// Threads: confined to its connection (guarded by the connection's mutex).
//
// A name travels as text until the writer has numbered it and the reader was told so, apart from
// the terms: short frames overtake long ones, so no frame of terms may rely on another for its
// names.

#pragma once

#include "troupe/dist/pieces.hpp"
#include "troupe/limits.hpp"
#include "troupe/term.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::dist {

/// First byte of an encoded term. Values travel on the wire: append only.
enum class term_tag : uint8_t {
  integer = 1,      ///< zigzag varint
  real = 2,         ///< 8 bytes, IEEE 754, big endian
  atom_known = 3,   ///< varint number of a name that the reader was told
  atom_text = 4,    ///< varint length, text
  pid_sender = 5,   ///< varint id; node and creation are the sender's
  pid_receiver = 6, ///< varint id; node and creation are the receiver's
  pid_other = 7,    ///< atom, u32 creation, varint id
  ref_sender = 8,
  ref_receiver = 9,
  ref_other = 10,
  tuple = 11,     ///< varint count, elements
  map = 12,       ///< varint count, key and value in turn
  list = 13,      ///< varint count, elements; proper
  list_tail = 14, ///< varint count, elements, tail
  binary = 15,    ///< varint length, bytes
  closure = 16,   ///< pid, varint index, varint arity, term clauses, term bindings
  function = 17,  ///< atom module, atom name, varint arity
};

/// The two ends of a connection, whose pids are written short.
struct codec_ends {
  atom self;
  uint32_t self_creation = 0;
  atom peer;
  uint32_t peer_creation = 0;
};

/// Appends values to a buffer.
class term_writer {
public:
  /// Shorter binaries are copied: to keep track of them costs more.
  static constexpr size_t lent_bytes_min = 16 * 1024;

  explicit term_writer(const codec_ends& ends) : ends_(ends) {}

  /// From here on, binaries of `lent_bytes_min` and more that are written to the tail of `out` are
  /// lent to it. Null: none are any more.
  void lend_to(pieces* out) noexcept { lends_to_ = out; }

  void u8(std::string& out, uint8_t x) const { out.push_back(static_cast<char>(x)); }
  void u32(std::string& out, uint32_t x) const;
  void varint(std::string& out, uint64_t x) const;
  void bytes(std::string& out, std::string_view x) const;
  /// A term that is the binary `x`, which lies in something that `owner` makes a copy of.
  template <class Owner>
  void binary(std::string& out, std::string_view x, const Owner& owner) const {
    u8(out, static_cast<uint8_t>(term_tag::binary));
    if (x.size() < lent_bytes_min || !lends_to_ || &lends_to_->tail() != &out)
      return bytes(out, x);
    varint(out, x.size());
    lends_to_->append(lent_bytes{std::make_shared<Owner>(owner), x});
  }
  void name(std::string& out, atom x);
  void process(std::string& out, const pid& x);
  void ref(std::string& out, const reference& x);
  /// Returns false, and writes nothing, when `x` is nested deeper than `limits::term_depth_max`.
  [[nodiscard]] bool value(std::string& out, const term& x);

  /// Numbers names that were written as text, as many as fit into `bytes_max`, and appends their
  /// texts for `term_reader::names`; writes nothing when there are none.
  void names(std::string& out, size_t bytes_max);

  /// Whether `x` is nested no deeper than `limits::term_depth_max`.
  [[nodiscard]] static bool fits(const term& x, size_t depth = 0);

private:
  static constexpr uint32_t no_number = UINT32_MAX;

  void nested(std::string& out, const term& x);
  void list(std::string& out, const term& x);
  void function(std::string& out, const fun& x);

  codec_ends ends_;
  pieces* lends_to_ = nullptr;
  std::unordered_map<atom, uint32_t> numbers_; // Bounded by limits::interned_names_max.
  std::vector<atom> due_;                      // Those without a number yet, in order.
};

/// Reads what a `term_writer` wrote. After the first malformed value `ok` is false and every
/// further read yields an empty value; counts and lengths are checked against the bytes that are
/// left.
class term_reader {
public:
  explicit term_reader(const codec_ends& ends) : ends_(ends) {}

  /// Starts with a new frame; the view must outlive the reads.
  void open(std::string_view bytes) {
    rest_ = bytes;
    owned_ = nullptr;
    ok_ = true;
  }
  /// The same of a frame without its first `skipped` bytes. When a binary is the last thing in it,
  /// and most of it, the binary takes the memory of the frame.
  void open(std::string& frame, size_t skipped) {
    open(std::string_view{frame}.substr(skipped));
    owned_ = &frame;
  }

  uint8_t u8();
  uint32_t u32();
  uint64_t varint();
  std::string_view bytes();
  /// Reads a binary when that is what comes next, else nothing.
  std::optional<std::string> binary();
  atom name();
  pid process();
  reference ref();
  term value(size_t depth = 0);
  /// Numbers the names that are left of the frame.
  void names();

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  /// Whether all bytes were read and none was wrong.
  [[nodiscard]] bool done() const noexcept { return ok_ && rest_.empty(); }
  void fail() noexcept {
    ok_ = false;
    rest_ = {};
  }

private:
  std::string own_bytes();
  size_t count();
  uint32_t arity();
  atom text();
  atom name_of(term_tag tag);
  bool id_of(term_tag tag, term_tag first, atom& node, uint32_t& creation, uint64_t& id);
  std::vector<term> elements(size_t depth);
  term map(size_t depth);
  term closure(size_t depth);

  codec_ends ends_;
  std::string_view rest_;
  std::string* owned_ = nullptr; // where `rest_` lies, when it may be taken
  bool ok_ = true;
  std::vector<atom> known_; // Bounded by limits::interned_names_max.
};

} // namespace troupe::dist
