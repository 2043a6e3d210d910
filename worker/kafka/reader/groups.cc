// Consumer groups from outside of them, and which cluster it is: librdkafka's admin requests, which node-rdkafka does not offer.
#include "groups.h"

#include <string>
#include <vector>

#include "admin-question.h"
#include "unsupported.h"

namespace {

using v8::Local;

// One admin request about one group, and its answer.
class GroupQuestion : public AdminQuestion {
 public:
  GroupQuestion(Local<v8::Value> client, std::string group, int timeout_ms, Nan::Callback* callback)
      : AdminQuestion(client, timeout_ms, callback, "tailrace:group"), group_(std::move(group)) {}

 protected:
  rd_kafka_resp_err_t Ask(rd_kafka_t* client) override {
    const auto code = AdminQuestion::Ask(client);
    if (code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) hold_queue_of_unsupported(client);
    return code;
  }

  Local<v8::Value> Answer() override {
    auto list = Nan::New<v8::Array>(static_cast<int>(partitions_.size()));
    for (size_t i = 0; i < partitions_.size(); i++) {
      const auto& one = partitions_[i];
      auto answer = Nan::New<v8::Object>();
      Set(answer, "topic", one.topic.c_str());
      Set(answer, "partition", static_cast<double>(one.partition));
      Set(answer, "offset", static_cast<double>(one.offset));
      Set(answer, "code", static_cast<double>(one.code));
      Set(answer, "metadata", Nan::New(one.metadata).ToLocalChecked());
      Nan::Set(list, static_cast<uint32_t>(i), answer).Check();
    }
    return list;
  }

  // The one group of an answer; its partitions are kept.
  rd_kafka_resp_err_t Keep(const rd_kafka_group_result_t** groups, size_t count) {
    if (count == 0) return RD_KAFKA_RESP_ERR__NO_OFFSET;
    const auto code = Fault(rd_kafka_group_result_error(groups[0]));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
    const auto* list = rd_kafka_group_result_partitions(groups[0]);
    for (int i = 0; list != nullptr && i < list->cnt; i++) {
      const auto& one = list->elems[i];
      partitions_.push_back({one.topic, one.partition, one.offset, one.err, MetadataOf(one)});
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  const std::string group_;

 private:
  struct Partition {
    std::string topic;
    int32_t partition;
    int64_t offset;
    rd_kafka_resp_err_t code;
    std::string metadata;
  };

  std::vector<Partition> partitions_;
};

class OffsetsQuestion : public GroupQuestion {
  using GroupQuestion::GroupQuestion;

  void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) override {
    // Without partitions: of all that there are.
    auto* asked = rd_kafka_ListConsumerGroupOffsets_new(group_.c_str(), nullptr);
    rd_kafka_ListConsumerGroupOffsets(client, &asked, 1, options, queue);
    rd_kafka_ListConsumerGroupOffsets_destroy(asked);
  }
  rd_kafka_resp_err_t Read(rd_kafka_event_t* event) override {
    size_t count = 0;
    const auto* result = rd_kafka_event_ListConsumerGroupOffsets_result(event);
    const auto groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
    return Keep(groups, count);
  }
};

class AlterQuestion : public GroupQuestion {
 public:
  AlterQuestion(Local<v8::Value> client, std::string group, Partitions offsets, int timeout_ms, Nan::Callback* callback)
      : GroupQuestion(client, std::move(group), timeout_ms, callback), offsets_(std::move(offsets)) {}

 private:
  void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) override {
    auto* asked = rd_kafka_AlterConsumerGroupOffsets_new(group_.c_str(), offsets_.get());
    rd_kafka_AlterConsumerGroupOffsets(client, &asked, 1, options, queue);
    rd_kafka_AlterConsumerGroupOffsets_destroy(asked);
  }
  rd_kafka_resp_err_t Read(rd_kafka_event_t* event) override {
    size_t count = 0;
    const auto* result = rd_kafka_event_AlterConsumerGroupOffsets_result(event);
    const auto groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count);
    return Keep(groups, count);
  }

  const Partitions offsets_;
};

class ForgetQuestion : public GroupQuestion {
 public:
  ForgetQuestion(Local<v8::Value> client, std::string group, Partitions partitions, int timeout_ms, Nan::Callback* callback)
      : GroupQuestion(client, std::move(group), timeout_ms, callback), partitions_(std::move(partitions)) {}

 private:
  void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) override {
    auto* asked = rd_kafka_DeleteConsumerGroupOffsets_new(group_.c_str(), partitions_.get());
    rd_kafka_DeleteConsumerGroupOffsets(client, &asked, 1, options, queue);
    rd_kafka_DeleteConsumerGroupOffsets_destroy(asked);
  }
  rd_kafka_resp_err_t Read(rd_kafka_event_t* event) override {
    size_t count = 0;
    const auto* result = rd_kafka_event_DeleteConsumerGroupOffsets_result(event);
    const auto groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(result, &count);
    return Keep(groups, count);
  }

  const Partitions partitions_;
};

class DeleteQuestion : public GroupQuestion {
  using GroupQuestion::GroupQuestion;

  void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) override {
    auto* asked = rd_kafka_DeleteGroup_new(group_.c_str());
    rd_kafka_DeleteGroups(client, &asked, 1, options, queue);
    rd_kafka_DeleteGroup_destroy(asked);
  }
  rd_kafka_resp_err_t Read(rd_kafka_event_t* event) override {
    size_t count = 0;
    const auto* result = rd_kafka_event_DeleteGroups_result(event);
    const auto groups = rd_kafka_DeleteGroups_result_groups(result, &count);
    return Keep(groups, count);
  }
};

class ClusterQuestion : public Question {
 public:
  ClusterQuestion(Local<v8::Value> client, int timeout_ms, Nan::Callback* callback)
      : Question(client, callback, "tailrace:cluster"), timeout_ms_(timeout_ms) {}

 protected:
  rd_kafka_resp_err_t Ask(rd_kafka_t* client) override {
    char* id = rd_kafka_clusterid(client, timeout_ms_);
    if (id == nullptr) return RD_KAFKA_RESP_ERR__TIMED_OUT;
    id_ = id;
    rd_kafka_mem_free(client, id);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  Local<v8::Value> Answer() override { return Nan::New(id_).ToLocalChecked(); }

 private:
  const int timeout_ms_;
  std::string id_;
};

NAN_METHOD(GroupOffsets) {
  Nan::AsyncQueueWorker(new OffsetsQuestion(info[0], TextOf(info[1]), TimeoutOf(info[2]), CallbackOf(info[3])));
}

NAN_METHOD(AlterGroupOffsets) {
  Nan::AsyncQueueWorker(
      new AlterQuestion(info[0], TextOf(info[1]), PartitionsOf(info[2]), TimeoutOf(info[3]), CallbackOf(info[4])));
}

NAN_METHOD(DeleteGroupOffsets) {
  Nan::AsyncQueueWorker(
      new ForgetQuestion(info[0], TextOf(info[1]), PartitionsOf(info[2]), TimeoutOf(info[3]), CallbackOf(info[4])));
}

NAN_METHOD(DeleteGroup) {
  Nan::AsyncQueueWorker(new DeleteQuestion(info[0], TextOf(info[1]), TimeoutOf(info[2]), CallbackOf(info[3])));
}

NAN_METHOD(ClusterId) {
  Nan::AsyncQueueWorker(new ClusterQuestion(info[0], TimeoutOf(info[1]), CallbackOf(info[2])));
}

}  // namespace

void InitGroups(Local<v8::Object> target) {
  Nan::SetMethod(target, "groupOffsets", GroupOffsets);
  Nan::SetMethod(target, "alterGroupOffsets", AlterGroupOffsets);
  Nan::SetMethod(target, "deleteGroupOffsets", DeleteGroupOffsets);
  Nan::SetMethod(target, "deleteGroup", DeleteGroup);
  Nan::SetMethod(target, "clusterId", ClusterId);
}
