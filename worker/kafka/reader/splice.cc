#include "splice.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

// Of connector/splice.ts.
constexpr size_t kPassageSize = 3;

// Most are shorter than a call is worth.
inline void Copy(uint8_t* to, const uint8_t* from, size_t size) {
  if (size > 16) {
    memcpy(to, from, size);
  } else if (size >= 8) {
    memcpy(to, from, 8);
    memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    memcpy(to, from, 4);
    memcpy(to + size - 4, from + size - 4, 4);
  } else {
    for (size_t i = 0; i < size; i++) to[i] = from[i];
  }
}

NAN_METHOD(Splice) {
  const Nan::TypedArrayContents<uint8_t> written(info[0]), source(info[1]);
  Nan::TypedArrayContents<uint8_t> out(info[3]);
  const Nan::TypedArrayContents<uint32_t> passages(info[2]);
  size_t from = 0, to = 0;
  for (size_t i = 0; i + kPassageSize <= passages.length(); i += kPassageSize) {
    const size_t at = (*passages)[i], start = (*passages)[i + 1], end = (*passages)[i + 2];
    if (at < from || at > written.length() || start > end || end > source.length())
      return Nan::ThrowRangeError("passages do not fit");
    const size_t before = at - from, size = end - start;
    if (before + size > out.length() - to) return Nan::ThrowRangeError("passages do not fit");
    Copy(*out + to, *written + from, before);
    Copy(*out + to + before, *source + start, size);
    to += before + size;
    from = at;
  }
  if (written.length() - from != out.length() - to) return Nan::ThrowRangeError("passages do not fit");
  Copy(*out + to, *written + from, written.length() - from);
}

}  // namespace

void InitSplice(v8::Local<v8::Object> target) { Nan::SetMethod(target, "splice", Splice); }
