// What the client holds of a message and tells nobody, or lets nobody set. As in topic-id.h, the fields are taken where they
// lie, by the declarations of the very sources that the client is compiled from.
#pragma once
#include "rdkafka.h"

#ifdef __cplusplus
extern "C" {
#endif

// The headers of a message that was read, as the brokers sent them; its size is 0 where there are none. They live as long as
// the message. librdkafka's own list ends a name at its first NUL, and is no list where there are more than 100,000.
struct wire_headers {
  const unsigned char* bytes;
  size_t size;
};
__attribute__((visibility("hidden"))) struct wire_headers wire_headers_of(const rd_kafka_message_t* message);

// For a message that is being produced and in no queue yet.
__attribute__((visibility("hidden"))) void set_timestamp_of(rd_kafka_message_t* message, int64_t timestamp);

#ifdef __cplusplus
}
#endif
