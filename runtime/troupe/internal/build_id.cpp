#include "troupe/internal/build_id.hpp"

#include <elf.h>
#include <link.h>

#include <cstring>

namespace troupe::internal {

namespace {

/// Looks through the notes of one segment.
std::string find_note(const char* at, const char* end, size_t align) {
  auto up = [align](size_t n) { return (n + align - 1) & ~(align - 1); };
  while (at + sizeof(ElfW(Nhdr)) <= end) {
    ElfW(Nhdr) note;
    std::memcpy(&note, at, sizeof note);
    auto* name = at + sizeof note;
    auto* data = name + up(note.n_namesz);
    if (data + note.n_descsz > end)
      break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0)
      return {data, note.n_descsz};
    at = data + up(note.n_descsz);
  }
  return {};
}

int on_object(dl_phdr_info* object, size_t, void* out) {
  auto& result = *static_cast<std::string*>(out);
  for (int i = 0; i < object->dlpi_phnum && result.empty(); ++i) {
    auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE)
      continue;
    auto* begin = reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
    result = find_note(begin, begin + segment.p_memsz, segment.p_align < 4 ? 4 : segment.p_align);
  }
  return 1; // the first object is the program
}

} // namespace

const std::string& build_id() {
  static const auto id = [] {
    std::string result;
    dl_iterate_phdr(on_object, &result);
    return result;
  }();
  return id;
}

} // namespace troupe::internal
