// Where logs begin and end, and what stood in them at a time: asked of the leaders, answered partition by partition.
#include "log-offsets.h"

#include <string>
#include <vector>

#include "admin-question.h"

namespace {

using v8::Local;

class LogOffsetsQuestion : public AdminQuestion {
 public:
  LogOffsetsQuestion(Local<v8::Value> client, Partitions partitions, bool committed, int timeout_ms, Nan::Callback* callback)
      : AdminQuestion(client, timeout_ms, callback, "tailrace:log-offsets"), partitions_(std::move(partitions)), committed_(committed) {}

 protected:
  void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) override {
    if (committed_) {
      auto* error = rd_kafka_AdminOptions_set_isolation_level(options, RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED);
      if (error != nullptr) rd_kafka_error_destroy(error);
    }
    rd_kafka_ListOffsets(client, partitions_.get(), options, queue);
  }

  rd_kafka_resp_err_t Read(rd_kafka_event_t* event) override {
    size_t count = 0;
    const auto* const* infos = rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event), &count);
    for (size_t i = 0; i < count; i++) {
      const auto* one = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
      found_.push_back({Text(one->topic), one->partition, one->offset, one->err});
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  Local<v8::Value> Answer() override {
    return ListOf(found_, [](const Found& one) {
      auto found = Nan::New<v8::Object>();
      Set(found, "topic", Give(one.topic));
      Set(found, "partition", Give(one.partition));
      Set(found, "offset", static_cast<double>(one.offset));
      Set(found, "code", Give(static_cast<int32_t>(one.code)));
      return found;
    });
  }

 private:
  struct Found {
    std::string topic;
    int32_t partition;
    int64_t offset;
    rd_kafka_resp_err_t code;
  };

  const Partitions partitions_;
  const bool committed_;
  std::vector<Found> found_;
};

NAN_METHOD(LogOffsets) {
  const bool committed = Nan::To<bool>(info[2]).FromJust();
  Nan::AsyncQueueWorker(
      new LogOffsetsQuestion(info[0], PartitionsOf(info[1]), committed, TimeoutOf(info[3]), CallbackOf(info[4])));
}

}  // namespace

void InitLogOffsets(Local<v8::Object> target) { Nan::SetMethod(target, "logOffsets", LogOffsets); }
