// Which topic is it: ids of topics, and commits that say for which topic they are. node-rdkafka offers neither.
#include "topics.h"

#include <string>
#include <vector>

#include "question.h"

namespace {

using v8::Local;

Local<v8::Value> Give(const std::vector<TopicId>& ids) {
  auto list = Nan::New<v8::Array>(static_cast<int>(ids.size()));
  for (size_t i = 0; i < ids.size(); i++) Nan::Set(list, static_cast<uint32_t>(i), ids[i].Give()).Check();
  return list;
}

std::vector<TopicId> IdentifyAll(const std::vector<rd_kafka_topic_t*>& topics) {
  std::vector<TopicId> ids;
  for (auto* topic : topics) ids.push_back(topic == nullptr ? TopicId{TOPIC_MISSING, ""} : Identify(topic));
  return ids;
}

// Handles of topics: while they are held, the client asks for these topics too whenever it asks for what it knows.
class Topics {
 public:
  Topics(rd_kafka_t* client, const std::vector<std::string>& names) {
    for (const auto& name : names) topics_.push_back(rd_kafka_topic_new(client, name.c_str(), nullptr));
  }
  ~Topics() {
    for (auto* topic : topics_)
      if (topic != nullptr) rd_kafka_topic_destroy(topic);
  }
  Topics(const Topics&) = delete;

  std::vector<TopicId> Ids() const { return IdentifyAll(topics_); }

 private:
  std::vector<rd_kafka_topic_t*> topics_;
};

class IdsQuestion : public Question {
 public:
  IdsQuestion(Local<v8::Value> client, std::vector<std::string> names, bool all, int timeout_ms, Nan::Callback* callback)
      : Question(client, callback, "tailrace:topic-ids"), names_(std::move(names)), all_(all), timeout_ms_(timeout_ms) {}

 protected:
  rd_kafka_resp_err_t Ask(rd_kafka_t* client) override {
    const Topics topics(client, names_);
    const rd_kafka_metadata_t* metadata;
    const auto code = rd_kafka_metadata(client, all_ ? 1 : 0, nullptr, &metadata, timeout_ms_);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
    rd_kafka_metadata_destroy(metadata);
    ids_ = topics.Ids();
    return code;
  }
  Local<v8::Value> Answer() override { return Give(ids_); }

 private:
  const std::vector<std::string> names_;
  // Only the answer to a question for all topics of the cluster makes the client's group look at its partitions.
  const bool all_;
  const int timeout_ms_;
  std::vector<TopicId> ids_;
};

class CommittedQuestion : public Question {
 public:
  CommittedQuestion(Local<v8::Value> client, Partitions partitions, int timeout_ms, Nan::Callback* callback)
      : Question(client, callback, "tailrace:committed"), partitions_(std::move(partitions)), timeout_ms_(timeout_ms) {}

 protected:
  rd_kafka_resp_err_t Ask(rd_kafka_t* client) override {
    return rd_kafka_committed(client, partitions_.get(), timeout_ms_);
  }
  Local<v8::Value> Answer() override {
    auto list = Nan::New<v8::Array>(partitions_->cnt);
    for (int i = 0; i < partitions_->cnt; i++) {
      const auto& one = partitions_->elems[i];
      auto answer = Nan::New<v8::Object>();
      Set(answer, "code", static_cast<double>(one.err));
      Set(answer, "offset", static_cast<double>(one.offset));
      Set(answer, "metadata", Nan::New(MetadataOf(one)).ToLocalChecked());
      Nan::Set(list, static_cast<uint32_t>(i), answer).Check();
    }
    return list;
  }

 private:
  const Partitions partitions_;
  const int timeout_ms_;
};

NAN_METHOD(TopicIds) {
  const bool all = Nan::To<bool>(info[2]).FromJust();
  auto* callback = new Nan::Callback(info[4].As<v8::Function>());
  Nan::AsyncQueueWorker(new IdsQuestion(info[0], NamesOf(info[1]), all, TimeoutOf(info[3]), callback));
}

NAN_METHOD(Committed) {
  Nan::AsyncQueueWorker(
      new CommittedQuestion(info[0], PartitionsOf(info[1]), TimeoutOf(info[2]), new Nan::Callback(info[3].As<v8::Function>())));
}

NAN_METHOD(KnownTopicIds) {
  auto* connection = ConnectionOf(info[0]);
  const auto names = NamesOf(info[1]);
  ReadLock lock(connection);
  if (!connection->IsConnected()) return Nan::ThrowError(rd_kafka_err2str(RD_KAFKA_RESP_ERR__STATE));
  info.GetReturnValue().Set(Give(Topics(HandleOf(connection), names).Ids()));
}

// Returns librdkafka's code; the answer arrives as any commit's.
NAN_METHOD(Commit) {
  auto* connection = ConnectionOf(info[0]);
  const Partitions partitions = PartitionsOf(info[1]);
  ReadLock lock(connection);
  const auto code = connection->IsConnected() ? rd_kafka_commit(HandleOf(connection), partitions.get(), 1) : RD_KAFKA_RESP_ERR__STATE;
  info.GetReturnValue().Set(static_cast<int>(code));
}

}  // namespace

TopicId Identify(rd_kafka_topic_t* topic) {
  char text[TOPIC_ID_SIZE] = "";
  const topic_state state = topic_id_of(topic, text);
  return {state, text};
}

Local<v8::Value> TopicId::Give() const {
  if (state == TOPIC_MISSING) return Nan::Undefined();
  if (state != TOPIC_HAS_ID) return Nan::Null();
  return Nan::New(text).ToLocalChecked();
}

void InitTopics(Local<v8::Object> target) {
  Nan::SetMethod(target, "topicIds", TopicIds);
  Nan::SetMethod(target, "knownTopicIds", KnownTopicIds);
  Nan::SetMethod(target, "committed", Committed);
  Nan::SetMethod(target, "commit", Commit);
}
