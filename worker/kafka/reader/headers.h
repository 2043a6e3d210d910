// A message's headers as the brokers sent them: a count, then for each header the length of its name, the name, the length of
// its value (-1: it is null) and the value. Numbers are Kafka's varints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "message.h"

struct Header {
  const char* name;
  size_t name_size;
  // Null where the header has none; never null for an empty one.
  const char* value;
  size_t value_size;
};

// The headers in order; views of the message. None where the bytes are not what they should be, as librdkafka has it.
class Headers {
 public:
  const std::vector<Header>& Of(const rd_kafka_message_t* message) {
    const wire_headers wire = wire_headers_of(message);
    at_ = wire.bytes;
    end_ = wire.bytes + wire.size;
    found_.clear();
    if (wire.size > 0 && !Parse()) found_.clear();
    return found_;
  }

 private:
  bool Parse() {
    int64_t count;
    if (!Number(&count)) return false;
    for (; count > 0; count--) {
      Header header = {nullptr, 0, nullptr, 0};
      int64_t size;
      if (!Number(&size) || !Bytes(size, &header.name)) return false;
      header.name_size = static_cast<size_t>(size);
      if (!Number(&size)) return false;
      if (size != -1) {
        if (!Bytes(size, &header.value)) return false;
        header.value_size = static_cast<size_t>(size);
      }
      found_.push_back(header);
    }
    return true;
  }

  // Zigzag, seven bits a byte, the lowest first.
  bool Number(int64_t* number) {
    uint64_t bits = 0;
    for (int shift = 0; shift < 64 && at_ < end_; shift += 7) {
      const unsigned char byte = *at_++;
      bits |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) != 0) continue;
      *number = static_cast<int64_t>(bits >> 1) ^ -static_cast<int64_t>(bits & 1);
      return true;
    }
    return false;
  }

  bool Bytes(int64_t size, const char** bytes) {
    if (size < 0 || size > end_ - at_) return false;
    *bytes = reinterpret_cast<const char*>(at_);
    at_ += size;
    return true;
  }

  const unsigned char* at_ = nullptr;
  const unsigned char* end_ = nullptr;
  std::vector<Header> found_;
};
