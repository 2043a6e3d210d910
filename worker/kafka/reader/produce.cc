// Produces records byte for byte. node-rdkafka's own call takes headers as texts, knows no null among them, and makes the
// present of a timestamp of 0.
#include "produce.h"

#include <cstring>
#include <memory>

#include "connection.h"
#include "message.h"

namespace {

using v8::Local;

// Of a record without a timestamp, as the blocks have it: it gets that of the moment, as librdkafka has it for 0.
constexpr int64_t kNone = -1, kNow = 0;
// Stands for 0 on its way through librdkafka, until OnSend.
constexpr int64_t kEpoch = INT64_MIN;
constexpr char kName[] = "tailrace";

// What node-rdkafka expects behind a message that its delivery report hands to JavaScript: it frees it there, in this way.
using Opaque = Nan::Persistent<v8::Value>;

struct Destroy {
  void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
  void operator()(Opaque* opaque) const {
    opaque->Reset();
    delete opaque;
  }
};
using HeaderList = std::unique_ptr<rd_kafka_headers_t, Destroy>;

struct Bytes {
  char* data;
  size_t size;
};

// Null for a null. An empty buffer may point nowhere, and is no null.
Bytes BytesOf(Local<v8::Value> given) {
  static char empty[1];
  if (!node::Buffer::HasInstance(given)) return {nullptr, 0};
  char* data = node::Buffer::Data(given);
  return {data == nullptr ? empty : data, node::Buffer::Length(given)};
}

// Reads what connector/headers-column.ts encodes.
class Encoded {
 public:
  explicit Encoded(Bytes bytes) : at_(bytes.data), left_(bytes.size) {}

  bool Number(int32_t* number) {
    const char* bytes = Take(sizeof(*number));
    if (bytes != nullptr) memcpy(number, bytes, sizeof(*number));
    return bytes != nullptr;
  }
  const char* Take(int32_t size) {
    if (size < 0 || static_cast<size_t>(size) > left_) return nullptr;
    const char* taken = at_;
    at_ += size;
    left_ -= static_cast<size_t>(size);
    return taken;
  }
  bool done() const { return left_ == 0; }

 private:
  const char* at_;
  size_t left_;
};

// Null where the bytes are no headers. librdkafka itself takes a size of -1 for that of a text.
HeaderList HeadersOf(Bytes bytes) {
  Encoded encoded(bytes);
  int32_t count = 0, size;
  if (bytes.size > 0 && !encoded.Number(&count)) return nullptr;
  HeaderList headers(rd_kafka_headers_new(8));
  for (; count > 0; count--) {
    if (!encoded.Number(&size)) return nullptr;
    const int32_t name_size = size;
    const char* name = encoded.Take(name_size);
    if (name == nullptr || !encoded.Number(&size)) return nullptr;
    const char* value = size == -1 ? nullptr : encoded.Take(size);
    if (value == nullptr && size != -1) return nullptr;
    rd_kafka_header_add(headers.get(), name, name_size, value, value == nullptr ? 0 : size);
  }
  return encoded.done() ? std::move(headers) : nullptr;
}

rd_kafka_vu_t Part(rd_kafka_vtype_t type) {
  rd_kafka_vu_t part = {};
  part.vtype = type;
  return part;
}

rd_kafka_vu_t Part(rd_kafka_vtype_t type, Bytes bytes) {
  auto part = Part(type);
  part.u.mem.ptr = bytes.data;
  part.u.mem.size = bytes.size;
  return part;
}

int64_t TimestampOf(Local<v8::Value> given) {
  const auto timestamp = Nan::To<int64_t>(given).FromJust();
  return timestamp == kNone ? kNow : timestamp == 0 ? kEpoch : timestamp;
}

// (client, topic, key, value, headers, timestamp, opaque, partition). Without a partition the partitioner chooses. Returns librdkafka's
// code; the report arrives as any record's.
NAN_METHOD(Produce) {
  auto* connection = ConnectionOf(info[0]);
  const Nan::Utf8String name(info[1]);
  HeaderList headers = HeadersOf(BytesOf(info[4]));
  if (!headers) return info.GetReturnValue().Set(static_cast<int>(RD_KAFKA_RESP_ERR__INVALID_ARG));
  std::unique_ptr<Opaque, Destroy> opaque(new Opaque(info[6]));

  auto topic = Part(RD_KAFKA_VTYPE_TOPIC), flags = Part(RD_KAFKA_VTYPE_MSGFLAGS), time = Part(RD_KAFKA_VTYPE_TIMESTAMP),
       report = Part(RD_KAFKA_VTYPE_OPAQUE), list = Part(RD_KAFKA_VTYPE_HEADERS), partition = Part(RD_KAFKA_VTYPE_PARTITION);
  topic.u.cstr = *name;
  flags.u.i = RD_KAFKA_MSG_F_COPY;
  time.u.i64 = TimestampOf(info[5]);
  report.u.ptr = opaque.get();
  list.u.headers = headers.get();
  partition.u.i32 = info[7]->IsNumber() ? Nan::To<int32_t>(info[7]).FromJust() : RD_KAFKA_PARTITION_UA;
  const rd_kafka_vu_t parts[] = {
      topic, flags, Part(RD_KAFKA_VTYPE_KEY, BytesOf(info[2])), Part(RD_KAFKA_VTYPE_VALUE, BytesOf(info[3])), time, report, list,
      partition};

  ReadLock lock(connection);
  if (!connection->IsConnected()) return info.GetReturnValue().Set(static_cast<int>(RD_KAFKA_RESP_ERR__STATE));
  const std::unique_ptr<rd_kafka_error_t, Destroy> error(
      rd_kafka_produceva(HandleOf(connection), parts, sizeof(parts) / sizeof(*parts)));
  if (!error) {
    // Both are the message's now.
    opaque.release();
    headers.release();
  }
  const auto code = rd_kafka_error_is_fatal(error.get()) ? RD_KAFKA_RESP_ERR__FATAL : rd_kafka_error_code(error.get());
  info.GetReturnValue().Set(static_cast<int>(code));
}

rd_kafka_resp_err_t OnSend(rd_kafka_t*, rd_kafka_message_t* message, void*) {
  if (rd_kafka_message_timestamp(message, nullptr) == kEpoch) set_timestamp_of(message, 0);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t OnNew(rd_kafka_t* client, const rd_kafka_conf_t*, void*, char*, size_t) {
  return rd_kafka_interceptor_add_on_send(client, kName, OnSend, nullptr);
}

// The client is created with a copy of its settings, which takes no interceptor along.
rd_kafka_resp_err_t OnCopy(rd_kafka_conf_t* copy, const rd_kafka_conf_t*, size_t, const char**, void*) {
  return rd_kafka_conf_interceptor_add_on_new(copy, kName, OnNew, nullptr);
}

// (client), before it connects.
NAN_METHOD(PrepareProducer) {
  auto* conf = Access::ConfOf(ConnectionOf(info[0]))->c_ptr_global();
  rd_kafka_conf_interceptor_add_on_conf_dup(conf, kName, OnCopy, nullptr);
}

}  // namespace

void InitProduce(Local<v8::Object> target) {
  Nan::SetMethod(target, "prepareProducer", PrepareProducer);
  Nan::SetMethod(target, "produce", Produce);
}
