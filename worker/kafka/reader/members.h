// Finds where the members of JSON objects stand, by the tokens that the check has found (json.h): MembersColumn of
// connector/block.ts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "columns.h"
#include "json.h"

// MEMBER_SIZE of connector/block.ts.
constexpr size_t kMemberSize = 4;

// The names of one object, by their hashes.
class NameSet {
 public:
  // MOST_MEMBERS of connector/block.ts.
  static constexpr size_t kMost = 1'024;

  void Clear();
  // False for one that is there already, for what can't be told from it, and where names were chosen to make this slow.
  bool Add(uint64_t hash);

 private:
  struct Slot {
    uint64_t hash, round;
  };
  std::array<Slot, 2 * kMost> slots_{};
  uint64_t round_ = 0;
  size_t collisions_ = 0;
};

// The names that are told apart.
class NameTable {
 public:
  explicit NameTable(const std::vector<std::string>& names);

  // From 1 on; 0 for any other name.
  uint32_t IndexOf(uint64_t hash, const char* name, size_t length) const;

 private:
  struct Entry {
    uint64_t hash;
    std::string name;
  };
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;
};

class MemberFinder {
 public:
  explicit MemberFinder(const std::vector<std::string>& names) : names_(names) {}

  // Adds the members of a text that the check has accepted, or nothing. They take no more than 8/3 of its bytes: each is written
  // with six at least. Eight bytes must be readable from each of its own on. Throws std::bad_alloc.
  // base: where the text stands among the values
  void Find(const char* text, Tokens tokens, uint32_t base, GrowingColumn<uint32_t>& places);

 private:
  const NameTable names_;
  NameSet seen_;
};
