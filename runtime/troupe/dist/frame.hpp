// The kinds of frames that carry signals between two nodes that are up.
//
// Erlang counterpart: control messages of the distribution protocol.
// Threads: constants.

#pragma once

#include "troupe/dist/session.hpp"
#include "troupe/signal.hpp"

#include <cstdint>

namespace troupe::dist {

/// First byte of a frame that carries `k`.
constexpr uint8_t frame_kind(signal::kind k) {
  return static_cast<uint8_t>(first_process_frame + static_cast<uint8_t>(k));
}

/// Highest kind of this version. Frames of higher kinds come from a newer minor version and are
/// skipped; the features of both sides say beforehand which of them matter.
inline constexpr uint8_t last_process_frame = frame_kind(signal::kind::send_alias);

/// Carries no signal but the texts of names, which have the next numbers from then on. Not numbered
/// with the signals, so that those go on growing.
inline constexpr uint8_t names_frame = 255;
/// Sender of `names_frame`, to keep it apart from processes: it must not wait behind a long frame.
inline constexpr uint64_t names_key = UINT64_MAX;

} // namespace troupe::dist
