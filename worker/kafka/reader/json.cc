#include "json.h"

#include <algorithm>
#include <cstring>
#include <new>

#include <simdjson.h>
// The implementation too, so that all of it is compiled with this file's visibility.
#include <simdjson.cpp>

namespace {

// Levels of arrays and objects, as in connector/data/json-parse.ts; simdjson counts no level for an empty one.
constexpr size_t kMaxDepth = 1'000;
// Kept whatever the texts are: 900 KB of memory.
constexpr size_t kLeastCapacity = 65'536;

static_assert(JsonChecker::kPadding >= simdjson::SIMDJSON_PADDING);

}  // namespace

bool IsUtf8(const char* text, size_t length) { return simdjson::validate_utf8(text, length); }

struct JsonChecker::Parser {
  simdjson::dom::parser simdjson;
};

JsonChecker::JsonChecker() = default;
JsonChecker::~JsonChecker() = default;

bool JsonChecker::Accepts(const char* text, size_t length) {
  // simdjson skips a byte order mark.
  if (length == 0 || length > kMaxBytes || (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)) return false;
  if (!parser_) {
    parser_ = std::make_unique<Parser>();
    if (parser_->simdjson.allocate(4096, kMaxDepth) != simdjson::SUCCESS) throw std::bad_alloc();
  }
  longest_ = std::max(longest_, length);
  simdjson::dom::element value;
  // A null is a null value to the converter, not a JSON one.
  return parser_->simdjson.parse(text, length, false).get(value) == simdjson::SUCCESS && !value.is_null();
}

// Stage 1 of simdjson writes them, stage 2 reads them and leaves them as they are.
Tokens JsonChecker::tokens() const {
  const auto& found = *parser_->simdjson.implementation;
  return {found.structural_indexes.get(), found.n_structural_indexes};
}

void JsonChecker::EndBlock() {
  if (capacity() > kLeastCapacity && longest_ <= capacity() / 2) parser_.reset();
  longest_ = 0;
}

size_t JsonChecker::capacity() const { return parser_ ? parser_->simdjson.capacity() : 0; }
