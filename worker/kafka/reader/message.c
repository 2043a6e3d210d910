#include "internals.h"

#include "message.h"

struct wire_headers wire_headers_of(const rd_kafka_message_t* message) {
  const rd_kafka_msg_t* held = (const rd_kafka_msg_t*)message;
  const struct wire_headers none = {NULL, 0};
  if (held->rkm_flags & RD_KAFKA_MSG_F_PRODUCER) return none;
  const rd_kafkap_bytes_t* headers = &held->rkm_u.consumer.binhdrs;
  const struct wire_headers found = {headers->data, RD_KAFKAP_BYTES_LEN(headers)};
  return found;
}

void set_timestamp_of(rd_kafka_message_t* message, int64_t timestamp) {
  ((rd_kafka_msg_t*)message)->rkm_timestamp = timestamp;
}
