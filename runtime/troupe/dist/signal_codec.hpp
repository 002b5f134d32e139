// Signals to frames and back, for one connection.
//
// Erlang counterpart: the part of the emulator that writes and reads control messages.
// Threads: confined to its connection (guarded by the connection's mutex).

#pragma once

#include "troupe/dist/frame.hpp"
#include "troupe/dist/pieces.hpp"
#include "troupe/dist/term_codec.hpp"
#include "troupe/message.hpp"
#include "troupe/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::dist {

class signal_codec {
public:
  /// A frame is no longer than `frame_bytes`.
  signal_codec(const codec_ends& ends, actor_bridge& bridge,
               size_t frame_bytes = limits::message_bytes_max)
    : writer_(ends), reader_(ends), bridge_(&bridge), frame_bytes_(frame_bytes) {}

  /// Returns the frame, or an error that names what cannot travel (a message type that is not
  /// registered, a term nested too deep).
  /// Large binaries are lent to the frame, which uses the memory of `spare`.
  [[nodiscard]] result<pieces> encode(const signal& x, pieces spare = {});

  /// Returns a frame that numbers names of frames encoded before, or nothing when none is due. It
  /// must arrive before any frame that is encoded after it; those encoded before may come later.
  [[nodiscard]] std::optional<std::string> names();

  /// Returns the signal; nothing for a frame of names, or of a newer version.
  /// `errc::protocol_violation` says that the bytes are malformed and the connection must be
  /// closed.
  [[nodiscard]] result<std::optional<signal>> decode(std::string_view frame);
  /// The same; a large binary may take the memory of the frame.
  [[nodiscard]] result<std::optional<signal>> take(std::string frame);

private:
  result<std::optional<signal>> decode(std::string_view frame, std::string* owned);
  bool payload(std::string& out, const caf::message& x);
  bool payload(caf::message& x);
  bool spawn(std::string& out, const spawn_request& x);
  bool write_fields(std::string& out, const signal& x);
  std::unique_ptr<spawn_request> spawn();
  void read_fields(signal& x);

  term_writer writer_;
  term_reader reader_;
  actor_bridge* bridge_;
  size_t frame_bytes_;
};

} // namespace troupe::dist
