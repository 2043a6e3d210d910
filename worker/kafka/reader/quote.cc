#include "quote.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "words.h"

namespace {

static_assert(kQuotePadding >= kWord);

// A bit in each byte that can not stand in a JSON string as it is, of so many bytes (RFC 8259, section 7).
uint64_t Special(uint64_t word, size_t bytes) {
  const uint64_t control = ZeroBytes(word & Repeat(0xe0));
  return (control | ZeroBytes(word ^ Repeat('"')) | ZeroBytes(word ^ Repeat('\\'))) & Low(bytes);
}

// What stands behind the backslash of a short escape; 0 where there is none.
constexpr char ShortEscape(char byte) {
  switch (byte) {
    case '"': case '\\': return byte;
    case '\b': return 'b';
    case '\t': return 't';
    case '\n': return 'n';
    case '\f': return 'f';
    case '\r': return 'r';
  }
  return 0;
}

char* Escape(char byte, char* to) {
  constexpr char digits[] = "0123456789abcdef";
  *to++ = '\\';
  if (const char escape = ShortEscape(byte)) {
    *to++ = escape;
    return to;
  }
  for (const char one : {'u', '0', '0', digits[byte >> 4], digits[byte & 0xf]}) *to++ = one;
  return to;
}

}  // namespace

size_t QuotedSize(const char* text, size_t length) {
  size_t size = length + 2;
  for (size_t at = 0; at < length; at += kWord) {
    uint64_t special = Special(LoadWord(text + at), length - at);
    for (; special != 0; special &= special - 1) size += ShortEscape(text[at + FirstByte(special)]) == 0 ? 5 : 1;
  }
  return size;
}

char* Quote(const char* text, size_t length, char* to) {
  *to++ = '"';
  for (size_t at = 0; at < length;) {
    const size_t bytes = std::min(kWord, length - at);
    const uint64_t special = Special(LoadWord(text + at), bytes);
    const size_t plain = special == 0 ? bytes : FirstByte(special);
    // Eight at once: what follows is written over the rest.
    memcpy(to, text + at, kWord);
    to += plain;
    at += plain;
    if (special != 0) to = Escape(text[at++], to);
  }
  *to++ = '"';
  return to;
}
