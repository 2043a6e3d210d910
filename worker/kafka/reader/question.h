// Questions to brokers that wait in a pool thread, and the lists of partitions that they are about.
#pragma once
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "connection.h"
#include "objects.h"

struct DestroyPartitions {
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPartitions>;

inline Partitions PartitionsOf(v8::Local<v8::Value> given) {
  auto list = given.As<v8::Array>();
  Partitions partitions(rd_kafka_topic_partition_list_new(list->Length()));
  for (uint32_t i = 0; i < list->Length(); i++) {
    auto one = Nan::Get(list, i).ToLocalChecked().As<v8::Object>();
    auto* partition = rd_kafka_topic_partition_list_add(
        partitions.get(), *Nan::Utf8String(Get(one, "topic")), Nan::To<int32_t>(Get(one, "partition")).FromJust());
    auto offset = Get(one, "offset"), metadata = Get(one, "metadata");
    if (offset->IsNumber()) partition->offset = Nan::To<int64_t>(offset).FromJust();
    if (!metadata->IsString()) continue;
    partition->metadata = strdup(*Nan::Utf8String(metadata));
    partition->metadata_size = strlen(static_cast<char*>(partition->metadata));
  }
  return partitions;
}

// A question that waits for brokers, in a pool thread. Its callback gets null and the answer, or librdkafka's code and what it said beside that,
// which may be nothing.
class Question : public Nan::AsyncWorker {
 public:
  Question(v8::Local<v8::Value> client, Nan::Callback* callback, const char* name)
      : Nan::AsyncWorker(callback, name), connection_(ConnectionOf(client)) {
    SaveToPersistent(0u, client);
  }

  void Execute() final {
    ReadLock lock(connection_);
    code_ = connection_->IsConnected() ? Ask(HandleOf(connection_)) : RD_KAFKA_RESP_ERR__STATE;
  }

  void HandleOKCallback() final {
    Nan::HandleScope scope;
    const bool good = code_ == RD_KAFKA_RESP_ERR_NO_ERROR;
    v8::Local<v8::Value> arguments[] = {good ? v8::Local<v8::Value>(Nan::Null()) : v8::Local<v8::Value>(Nan::New<v8::Number>(code_)),
                                    good ? Answer() : v8::Local<v8::Value>(Nan::Undefined()),
                                    Nan::New(said_).ToLocalChecked()};
    callback->Call(3, arguments, async_resource);
  }

 protected:
  virtual rd_kafka_resp_err_t Ask(rd_kafka_t* client) = 0;
  virtual v8::Local<v8::Value> Answer() = 0;
  void Say(const char* text) { said_ = text == nullptr ? "" : text; }

 private:
  NodeKafka::Connection* const connection_;
  rd_kafka_resp_err_t code_ = RD_KAFKA_RESP_ERR__STATE;
  std::string said_;
};

// What stands beside an offset; nothing is as good as an empty text.
inline std::string MetadataOf(const rd_kafka_topic_partition_t& partition) {
  if (partition.metadata == nullptr) return "";
  return std::string(static_cast<const char*>(partition.metadata), partition.metadata_size);
}

inline std::vector<std::string> NamesOf(v8::Local<v8::Value> given) {
  auto list = given.As<v8::Array>();
  std::vector<std::string> names;
  for (uint32_t i = 0; i < list->Length(); i++) names.emplace_back(*Nan::Utf8String(Nan::Get(list, i).ToLocalChecked()));
  return names;
}

inline int TimeoutOf(v8::Local<v8::Value> given) { return Nan::To<int32_t>(given).FromJust(); }
