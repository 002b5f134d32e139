#include "troupe/discovery/cache_source.hpp"

#include "troupe/discovery/cache_file.hpp"
#include "troupe/discovery/internal/next_message.hpp"
#include "troupe/discovery/internal/small_file.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace troupe::discovery {

namespace {

// What the largest cache needs: a name, and eight addresses of a host's longest name.
constexpr size_t file_bytes_max = cached_peers_max * (256 + 8 * 270);

} // namespace

cache_source::cache_source(options how, surroundings around)
  : name_("cache:" + how.path), how_(std::move(how)), around_(std::move(around)) {}

task<> cache_source::run(process& self, reporter to) {
  read(to);
  auto& time = *around_.time;
  auto next = time.now() + how_.interval;
  for (;;) {
    auto waiting = internal::next_message(self, std::max(next - time.now(), clock::duration{}));
    co_await std::move(waiting);
    if (time.now() < next)
      continue;
    auto written = write();
    if (!written)
      to.failed(written.error().context);
    else if (*written)
      to.works();
    next = time.now() + how_.interval;
  }
}

void cache_source::farewell() {
  static_cast<void>(write()); // Nobody is left to be told.
}

void cache_source::read(const reporter& to) {
  std::lock_guard guard{mutex_};
  std::error_code ignored;
  if (!std::filesystem::exists(how_.path, ignored))
    return; // The first life.
  auto text = internal::read_small_file(how_.path, file_bytes_max);
  if (!text) {
    to.failed("cannot read " + how_.path + ": " + text.error().context);
    return;
  }
  auto peers = read_cache(*text);
  if (!peers) {
    to.failed("the peers of the last life are lost: " + how_.path + ":" + peers.error().context);
    return;
  }
  content_ = std::move(*text);
  for (auto& x : *peers) {
    if (x.name == around_.self.name)
      continue;
    observation seen;
    seen.name = std::move(x.name);
    seen.endpoints = std::move(x.endpoints);
    seen.lifetime = how_.lifetime;
    to.seen(std::move(seen));
  }
}

// Returns whether the file is new. A node that knows nobody leaves it as it is.
result<bool> cache_source::write() {
  std::lock_guard guard{mutex_};
  auto version = around_.book->version();
  if (version == version_)
    return false;
  auto peers = around_.book->snapshot();
  std::erase_if(peers, [&](auto& x) { return x.name == around_.self.name; });
  auto text = write_cache(peers);
  auto worth_it = text != content_ && text != write_cache({});
  if (worth_it) {
    if (auto failed = internal::replace_small_file(how_.path, how_.path + ".new", text))
      return error{errc::invalid_config, "cannot write " + how_.path + ": " + failed->context};
    content_ = std::move(text);
  }
  version_ = version;
  return worth_it;
}

} // namespace troupe::discovery
