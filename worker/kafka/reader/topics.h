#pragma once
#include <nan.h>

#include <string>

#include "rdkafka.h"
#include "topic-id.h"

struct TopicId {
  topic_state state;
  std::string text;

  // A string; null where the client knows none, undefined for a topic that does not exist.
  v8::Local<v8::Value> Give() const;
};

TopicId Identify(rd_kafka_topic_t* topic);

// Adds to the addon what worker/kafka/identities.ts describes.
void InitTopics(v8::Local<v8::Object> target);
