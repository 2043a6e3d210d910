#include "quote.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace {

// A register of any processor.
using Bytes = uint8_t __attribute__((vector_size(16)));
constexpr size_t kBytes = sizeof(Bytes);
static_assert(kQuotePadding >= 2 * kBytes);

// The highest bits of eight bytes, that of the first in memory lowest.
uint32_t HighestBits(uint64_t bytes) {
  if (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
  return static_cast<uint32_t>(((bytes >> 7) & 0x0101010101010101) * 0x0102040810204080 >> 56);
}

// A bit for each of the next bytes, sixteen at most, that can not stand in a JSON string as it is (RFC 8259, section 7).
uint32_t Special(const char* text, size_t length) {
  Bytes bytes;
  memcpy(&bytes, text, kBytes);
  const auto special = (bytes < 0x20) | (bytes == '"') | (bytes == '\\');
  uint64_t halves[2];
  memcpy(halves, &special, kBytes);
  const uint32_t bits = halves[0] == 0 && halves[1] == 0 ? 0 : HighestBits(halves[0]) | HighestBits(halves[1]) << 8;
  return length >= kBytes ? bits : bits & ((1u << length) - 1);
}

// What stands behind the backslash of a short escape; 0 where there is none.
constexpr auto kShortEscapes = [] {
  std::array<char, 256> escapes{};
  for (const char byte : {'"', '\\'}) escapes[byte] = byte;
  escapes['\b'] = 'b';
  escapes['\t'] = 't';
  escapes['\n'] = 'n';
  escapes['\f'] = 'f';
  escapes['\r'] = 'r';
  return escapes;
}();

char* Escape(uint8_t byte, char* to) {
  constexpr char digits[] = "0123456789abcdef";
  *to++ = '\\';
  if (const char escape = kShortEscapes[byte]) {
    *to++ = escape;
    return to;
  }
  for (const char one : {'u', '0', '0', digits[byte >> 4], digits[byte & 0xf]}) *to++ = one;
  return to;
}

}  // namespace

size_t QuotedSize(const char* text, size_t length) {
  size_t size = length + 2;
  for (size_t at = 0; at < length; at += kBytes) {
    uint32_t special = Special(text + at, length - at);
    for (; special != 0; special &= special - 1) {
      const auto byte = static_cast<uint8_t>(text[at + std::countr_zero(special)]);
      size += kShortEscapes[byte] == 0 ? 5 : 1;
    }
  }
  return size;
}

char* Quote(const char* text, size_t length, char* to) {
  *to++ = '"';
  for (size_t at = 0; at < length; at += kBytes) {
    const char* from = text + at;
    uint32_t special = Special(from, length - at);
    // All at once: what follows is written over the rest.
    for (; special != 0; special &= special - 1) {
      const char* here = text + at + std::countr_zero(special);
      memcpy(to, from, kBytes);
      to = Escape(*here, to + (here - from));
      from = here + 1;
    }
    memcpy(to, from, kBytes);
    to += text + std::min(at + kBytes, length) - from;
  }
  *to++ = '"';
  return to;
}
