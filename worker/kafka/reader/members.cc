#include "members.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace {

// MEMBER_KINDS of connector/block.ts, in this order.
enum Kind : uint32_t { kObject, kArray, kString, kInteger, kFraction, kTrue, kFalse, kNull };

// Tokens of a member: name, colon, value, and what stands behind it.
constexpr size_t kTokens = 4;

constexpr size_t kWord = sizeof(uint64_t);

// The byte eight times.
constexpr uint64_t Repeat(uint8_t byte) { return byte * 0x0101010101010101u; }

// Up to eight bytes; what stands behind them is read and left out.
uint64_t LoadWord(const char* from, size_t length) {
  uint64_t word;
  memcpy(&word, from, kWord);
  if (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return length >= kWord ? word : word & ((uint64_t{1} << (8 * length)) - 1);
}

bool HasZeroByte(uint64_t word) { return ((word - Repeat(0x01)) & ~word & Repeat(0x80)) != 0; }

uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 32);
}

struct HashedName {
  uint64_t hash;
  bool escaped;
};

// Eight bytes must be readable from each of the name's own on.
HashedName Hash(const char* name, size_t length) {
  HashedName result = {Mix(0, length), false};
  for (size_t at = 0; at < length; at += kWord) {
    const uint64_t word = LoadWord(name + at, length - at);
    result.escaped |= HasZeroByte(word ^ Repeat('\\'));
    result.hash = Mix(result.hash, word);
  }
  return result;
}

// Of what ends there with blanks behind it.
uint32_t EndOf(const char* text, uint32_t end) {
  while (text[end - 1] == ' ' || text[end - 1] == '\n' || text[end - 1] == '\r' || text[end - 1] == '\t') end--;
  return end;
}

bool Opens(char byte) { return byte == '{' || byte == '['; }

// Behind the token that closes what the one before has opened.
const uint32_t* BehindNested(const char* text, const uint32_t* token) {
  for (size_t depth = 1; depth > 0; token++) {
    // In ASCII a brace is a bracket with one bit more, and no other token begins so.
    const char byte = static_cast<char>(text[*token] & ~0x20);
    depth += byte == '[';
    depth -= byte == ']';
  }
  return token;
}

Kind KindOf(const char* value, size_t length) {
  switch (*value) {
    case '{': return kObject;
    case '[': return kArray;
    case '"': return kString;
    case 't': return kTrue;
    case 'f': return kFalse;
    case 'n': return kNull;
  }
  const bool whole = std::all_of(value, value + length, [](char byte) { return byte != '.' && byte != 'e' && byte != 'E'; });
  return whole ? kInteger : kFraction;
}

}  // namespace

void NameSet::Clear() {
  round_++;
  collisions_ = 0;
}

bool NameSet::Add(uint64_t hash) {
  for (size_t at = hash;; at++) {
    Slot& slot = slots_[at % slots_.size()];
    if (slot.round != round_) {
      slot = {hash, round_};
      return true;
    }
    if (slot.hash == hash || ++collisions_ > 4 * kMost) return false;
  }
}

NameTable::NameTable(const std::vector<std::string>& names) : slots_(std::bit_ceil(2 * names.size() + 1)) {
  for (const std::string& name : names) {
    const uint64_t hash = Hash((name + std::string(kWord, '\0')).data(), name.size()).hash;
    entries_.push_back({hash, name});
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = static_cast<uint32_t>(entries_.size());
  }
}

uint32_t NameTable::IndexOf(uint64_t hash, const char* name, size_t length) const {
  for (size_t at = hash;; at++) {
    const uint32_t index = slots_[at & (slots_.size() - 1)];
    if (index == 0) return 0;
    const Entry& entry = entries_[index - 1];
    if (entry.hash == hash && entry.name.size() == length && memcmp(entry.name.data(), name, length) == 0) return index;
  }
}

void MemberFinder::Find(const char* text, Tokens tokens, uint32_t base, GrowingColumn<uint32_t>& places) {
  const uint32_t* token = tokens.start;
  if (text[*token] != '{' || tokens.count <= kTokens) return;
  const size_t most = std::min(NameSet::kMost, tokens.count / kTokens);
  places.Reserve(most * kMemberSize);
  uint32_t* place = &places[places.size];
  seen_.Clear();
  for (size_t member = 0; member < most; member++) {
    const uint32_t name = token[1], colon = token[2], value = token[3];
    token += kTokens;
    const uint32_t length = EndOf(text, colon) - name - 2;
    const auto [hash, escaped] = Hash(text + name + 1, length);
    if (escaped || !seen_.Add(hash)) return;
    if (Opens(text[value])) token = BehindNested(text, token);
    const uint32_t end = EndOf(text, *token);
    const uint32_t index = names_.IndexOf(hash, text + name + 1, length);
    *place++ = base + name;
    *place++ = base + value;
    *place++ = base + end;
    *place++ = KindOf(text + value, end - value) | index << 8;
    if (text[*token] == '}') {
      places.size = place - places.data.get();
      return;
    }
  }
}
