// Eight bytes of a text at a time, the first of them lowest whatever the machine.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

constexpr size_t kWord = sizeof(uint64_t);

// The byte eight times.
constexpr uint64_t Repeat(uint8_t byte) { return byte * 0x0101010101010101u; }

inline uint64_t LoadWord(const char* from) {
  uint64_t word;
  memcpy(&word, from, kWord);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

// Only the first bytes of it, at most eight.
constexpr uint64_t Low(size_t bytes) { return bytes >= kWord ? ~uint64_t{0} : (uint64_t{1} << (8 * bytes)) - 1; }

// The highest bit of each byte that is zero, and no other.
constexpr uint64_t ZeroBytes(uint64_t word) {
  constexpr uint64_t low = Repeat(0x7f);
  return ~(((word & low) + low) | word | low);
}

// Of the first byte that has a bit there.
constexpr size_t FirstByte(uint64_t bits) { return static_cast<size_t>(std::countr_zero(bits)) / 8; }
