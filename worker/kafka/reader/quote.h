// Writes texts as JSON strings, byte for byte as JSON.stringify does.
#pragma once

#include <cstddef>

// Bytes that must be there behind a text, to be read, and behind what is written, to be overwritten.
constexpr size_t kQuotePadding = 32;

// Bytes that the string may have.
constexpr size_t MostQuoted(size_t length) { return 6 * length + 2; }
// Bytes that it has.
size_t QuotedSize(const char* text, size_t length);
// Returns the position behind it.
char* Quote(const char* text, size_t length, char* to);
