// Checks JSON with simdjson, whose source json.cc compiles in: nothing of it is seen outside this addon.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

// Where the tokens of a JSON text begin: brackets, braces, commas, colons, strings, numbers and literals.
struct Tokens {
  const uint32_t* start;
  size_t count;
};

bool IsUtf8(const char* text, size_t length);

class JsonChecker {
 public:
  // Readable bytes that must stand behind each text: simdjson looks at whole registers.
  static constexpr size_t kPadding = 64;
  // A longer text is not looked at: simdjson needs up to 14 bytes a byte.
  static constexpr size_t kMaxBytes = 1 << 20;

  JsonChecker();
  ~JsonChecker();

  // Accepts nothing that convertJson refuses, and not all that it takes. Throws std::bad_alloc.
  bool Accepts(const char* text, size_t length);
  // Of the text that it has accepted last, until the next one.
  Tokens tokens() const;
  // A block has ended: gives the parser's memory back when far shorter texts would have done for it.
  void EndBlock();
  // The length of text that it has memory for.
  size_t capacity() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  size_t longest_ = 0;
};
