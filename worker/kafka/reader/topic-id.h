// The identity of a topic as the client knows it. librdkafka tells it to nobody: the field is read where it lies, by the
// declarations of the very sources that the client is compiled from.
#pragma once
#include "rdkafka.h"

#ifdef __cplusplus
extern "C" {
#endif

// Room for an id as Kafka writes it (base64), and its end.
#define TOPIC_ID_SIZE 24

enum topic_state {
  TOPIC_HAS_ID,
  // The brokers give none (before Kafka 2.8), or nothing was heard of the topic yet.
  TOPIC_WITHOUT_ID,
  TOPIC_MISSING,
  // The client is not the one that this was compiled for.
  TOPIC_UNREADABLE
};

__attribute__((visibility("hidden"))) enum topic_state topic_id_of(rd_kafka_topic_t* topic, char text[TOPIC_ID_SIZE]);

#ifdef __cplusplus
}
#endif
