// Checks JSON with simdjson, whose source json.cc compiles in: nothing of it is seen outside this addon.
#pragma once

#include <cstddef>
#include <memory>

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
  // A block has ended: gives the parser's memory back when far shorter texts would have done for it.
  void EndBlock();
  // The length of text that it has memory for.
  size_t capacity() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  size_t longest_ = 0;
};
