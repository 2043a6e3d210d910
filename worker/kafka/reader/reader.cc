// Reads blocks of records from the queue of a node-rdkafka consumer, through the C API of the very librdkafka that
// node-rdkafka is linked with. worker/kafka/reader/native.ts is its only user; connector/block.ts says what a block is.
//
//   new BlockReader(client, onNews)   onNews: the queue was empty and is not any more (records, events, errors)
//     .read(options, callback)        never waits; callback(error, result) once, one read at a time
//     .jsonCapacity()                 between reads: the length of text that the JSON check keeps memory for
//     .close()                        no more news; call it before the client disconnects. Idempotent.
//   free(values)                      frees a column at once: what views it is empty from then on
//   exit(code)                        ends the process, whatever its threads are doing; nothing else runs or is written
//
// Lifetime: a read runs in a pool thread under the connection's read lock. node-rdkafka destroys the client under the
// write lock, so what a read found connected lives until the read has given back its last message.
#include <nan.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "rdkafka.h"
#include "connection.h"
#include "headers.h"
#include "json.h"
#include "produce.h"
#include "topics.h"

namespace {

using v8::Local;
using NodeKafka::Connection;

// FLAG_… of connector/block.ts.
constexpr uint8_t kNull = 1, kRawNewline = 4, kChecked = 32;

struct Destroy {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(void* memory) const { free(memory); }
};
using Message = std::unique_ptr<rd_kafka_message_t, Destroy>;

// One allocation, filled here and then owned by an ArrayBuffer.
template <class T>
struct Column {
  std::unique_ptr<T, Destroy> data;
  size_t size = 0;

  void Allocate(size_t count, size_t extra = 0) {
    data.reset(static_cast<T*>(malloc((count + extra + 1) * sizeof(T))));
    if (!data) throw std::bad_alloc();
    size = count;
  }
  T& operator[](size_t i) { return data.get()[i]; }
  template <class View>
  Local<v8::Value> HandOver() {
    auto store = v8::ArrayBuffer::NewBackingStore(
        data.release(), size * sizeof(T), [](void* memory, size_t, void*) { free(memory); }, nullptr);
    return View::New(v8::ArrayBuffer::New(v8::Isolate::GetCurrent(), std::move(store)), 0, size);
  }
};

void Set(Local<v8::Object> object, const char* name, Local<v8::Value> value) {
  Nan::Set(object, Nan::New(name).ToLocalChecked(), value).Check();
}
void Set(Local<v8::Object> object, const char* name, double value) { Set(object, name, Nan::New(value)); }
void Set(Local<v8::Object> object, const char* name, const char* text) {
  Set(object, name, Nan::New(text).ToLocalChecked());
}

// Byte strings back to back: the keys, or the headers as connector/headers-column.ts encodes them.
struct BytesColumn {
  Column<char> bytes;
  Column<uint32_t> end;
  Column<uint8_t> missing;

  Local<v8::Value> HandOver() {
    Local<v8::Object> object = Nan::New<v8::Object>();
    Set(object, "bytes", bytes.HandOver<v8::Uint8Array>());
    Set(object, "end", end.HandOver<v8::Uint32Array>());
    Set(object, "missing", missing.HandOver<v8::Uint8Array>());
    return object;
  }
};

struct Run {
  const rd_kafka_topic_t* handle;
  std::string topic;
  int32_t partition;
  uint32_t start, end;
  TopicId id;
};

struct Fault {
  rd_kafka_resp_err_t code;
  std::string topic, text;
  int32_t partition;
  int64_t offset;
};

struct Options {
  uint32_t max_records, max_bytes;
  std::string separator;
  bool keys, headers, json;
};

const char* TopicOf(const rd_kafka_message_t* message) {
  return message->rkt == nullptr ? "" : rd_kafka_topic_name(message->rkt);
}

// Takes what the queue holds and lays it out in columns.
class Block {
 public:
  explicit Block(const Options& options) : options_(options) {}

  // Message by message: the batch call counts an error (the end of a partition is one) as consumed, and a pause would
  // then go on behind the next record (librdkafka 2.12, rd_kafka_q_serve_rkmessages).
  void Take(rd_kafka_queue_t* queue) {
    size_t bytes = 0;
    while (messages_.size() < options_.max_records && bytes < options_.max_bytes) {
      Message message(rd_kafka_consume_queue(queue, 0));
      if (!message) return;
      if (message->err) {
        const char* text = rd_kafka_message_errstr(message.get());
        faults_.push_back({message->err, TopicOf(message.get()), text == nullptr ? "" : text, message->partition, message->offset});
      } else {
        bytes += message->len + options_.separator.size();
        messages_.push_back(std::move(message));
      }
    }
  }

  size_t taken() const { return messages_.size(); }

  void LayOut() {
    Group();
    // Read after the messages were taken: records of another topic of this name come only once the client has its id.
    for (size_t i = 0; i < runs_.size(); i++) {
      const bool same = i > 0 && runs_[i].handle == runs_[i - 1].handle;
      runs_[i].id = same ? runs_[i - 1].id : Identify(const_cast<rd_kafka_topic_t*>(runs_[i].handle));
    }
    const std::string& separator = options_.separator;
    const size_t gap = separator.size();
    size_t count = messages_.size(), size = count * gap;
    for (const Message& message : messages_) size += message->len;
    values_.Allocate(size, JsonChecker::kPadding);
    memset(&values_[size], 0, JsonChecker::kPadding);
    value_end_.Allocate(count);
    offset_.Allocate(count);
    timestamp_.Allocate(count);
    flags_.Allocate(count);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
      const rd_kafka_message_t* message = order_[i];
      if (message->len > 0) memcpy(&values_[at], message->payload, message->len);
      at += message->len;
      value_end_[i] = static_cast<uint32_t>(at);
      if (gap == 1) values_[at] = separator[0];
      else memcpy(&values_[at], separator.data(), gap);
      at += gap;
      offset_[i] = static_cast<double>(message->offset);
      timestamp_[i] = static_cast<double>(rd_kafka_message_timestamp(message, nullptr));
      flags_[i] = message->payload == nullptr ? kNull : 0;
    }
    if (options_.keys) LayOutKeys();
    if (options_.headers) LayOutHeaders();
  }

  // The client must still be there.
  void GiveBack() { messages_.clear(); }

  // What is not accepted here, convertJson looks at again.
  void Check(JsonChecker& checker) {
    const bool lines = options_.separator == "\n";
    const size_t gap = options_.separator.size();
    for (size_t i = 0, start = 0; i < value_end_.size; start = value_end_[i++] + gap) {
      const char* text = &values_[start];
      const size_t length = value_end_[i] - start;
      if (!checker.Accepts(text, length)) continue;
      flags_[i] |= kChecked;
      // In JSON a raw CR or LF can only stand between tokens.
      if (lines && (memchr(text, '\n', length) != nullptr || memchr(text, '\r', length) != nullptr)) flags_[i] |= kRawNewline;
    }
    checker.EndBlock();
  }

  Local<v8::Value> HandOver() {
    Local<v8::Object> result = Nan::New<v8::Object>();
    Local<v8::Array> runs = Nan::New<v8::Array>(), faults = Nan::New<v8::Array>();
    Local<v8::Value> topic_id;
    for (size_t i = 0; i < runs_.size(); i++) {
      const Run& run = runs_[i];
      if (i == 0 || run.handle != runs_[i - 1].handle) topic_id = run.id.Give();
      Local<v8::Object> one = Nan::New<v8::Object>();
      Set(one, "topicId", topic_id);
      Set(one, "topic", run.topic.c_str());
      Set(one, "partition", run.partition);
      Set(one, "start", run.start);
      Set(one, "end", run.end);
      Nan::Set(runs, runs->Length(), one).Check();
    }
    for (const Fault& fault : faults_) {
      Local<v8::Object> one = Nan::New<v8::Object>();
      Set(one, "code", fault.code);
      Set(one, "text", fault.text.c_str());
      Set(one, "topic", fault.topic.c_str());
      Set(one, "partition", fault.partition);
      Set(one, "offset", static_cast<double>(fault.offset));
      Nan::Set(faults, faults->Length(), one).Check();
    }
    Set(result, "faults", faults);
    Set(result, "runs", runs);
    if (runs_.empty()) return result;
    Set(result, "values", values_.HandOver<v8::Uint8Array>());
    Set(result, "valueEnd", value_end_.HandOver<v8::Uint32Array>());
    Set(result, "offset", offset_.HandOver<v8::Float64Array>());
    Set(result, "timestamp", timestamp_.HandOver<v8::Float64Array>());
    Set(result, "flags", flags_.HandOver<v8::Uint8Array>());
    if (options_.keys) Set(result, "keys", keys_.HandOver());
    if (options_.headers) Set(result, "headers", headers_.HandOver());
    return result;
  }

 private:
  // Partitions in the order in which they first appear, each with its messages in the order in which they came.
  void Group() {
    std::vector<size_t> run_of(messages_.size());
    size_t run = 0;
    for (size_t i = 0; i < messages_.size(); i++) {
      const rd_kafka_message_t* message = messages_[i].get();
      auto same = [message](const Run& one) {
        return one.partition == message->partition && one.handle == message->rkt;
      };
      if (runs_.empty() || !same(runs_[run])) {
        run = std::find_if(runs_.begin(), runs_.end(), same) - runs_.begin();
        if (run == runs_.size()) runs_.push_back({message->rkt, TopicOf(message), message->partition, 0, 0, {}});
      }
      run_of[i] = run;
      runs_[run].end++;
    }
    uint32_t start = 0;
    for (Run& one : runs_) {
      const uint32_t size = one.end;
      one.start = one.end = start;
      start += size;
    }
    order_.resize(messages_.size());
    for (size_t i = 0; i < messages_.size(); i++) order_[runs_[run_of[i]].end++] = messages_[i].get();
  }

  void LayOutKeys() {
    size_t size = 0, at = 0;
    for (const auto* message : order_) size += message->key_len;
    keys_.bytes.Allocate(size);
    keys_.end.Allocate(order_.size());
    keys_.missing.Allocate(order_.size());
    for (size_t i = 0; i < order_.size(); i++) {
      const rd_kafka_message_t* message = order_[i];
      if (message->key_len > 0) memcpy(&keys_.bytes[at], message->key, message->key_len);
      keys_.end[i] = static_cast<uint32_t>(at += message->key_len);
      keys_.missing[i] = message->key == nullptr;
    }
  }

  void LayOutHeaders() {
    size_t size = 0, at = 0;
    for (const auto* message : order_) {
      const auto& headers = wire_.Of(message);
      if (!headers.empty()) size += sizeof(int32_t);
      for (const Header& header : headers) size += 2 * sizeof(int32_t) + header.name_size + header.value_size;
    }
    headers_.bytes.Allocate(size);
    headers_.end.Allocate(order_.size());
    headers_.missing.Allocate(order_.size());
    auto put = [this, &at](const void* bytes, size_t length) {
      if (length > 0) memcpy(&headers_.bytes[at], bytes, length);
      at += length;
    };
    auto put_int = [&put](size_t number) {
      const int32_t value = static_cast<int32_t>(number);
      put(&value, sizeof(value));
    };
    for (size_t i = 0; i < order_.size(); i++) {
      const auto& headers = wire_.Of(order_[i]);
      if (!headers.empty()) put_int(headers.size());
      for (const Header& header : headers) {
        put_int(header.name_size);
        put(header.name, header.name_size);
        put_int(header.value == nullptr ? static_cast<size_t>(-1) : header.value_size);
        put(header.value, header.value_size);
      }
      headers_.end[i] = static_cast<uint32_t>(at);
      headers_.missing[i] = headers.empty();
    }
  }

  const Options options_;
  std::vector<Message> messages_;
  std::vector<const rd_kafka_message_t*> order_;
  std::vector<Run> runs_;
  std::vector<Fault> faults_;
  Column<char> values_;
  Column<uint32_t> value_end_;
  Column<double> offset_, timestamp_;
  Column<uint8_t> flags_;
  BytesColumn keys_, headers_;
  Headers wire_;
};

NAN_METHOD(Free) { info[0].As<v8::Uint8Array>()->Buffer()->Detach(Local<v8::Value>()).Check(); }

NAN_METHOD(Exit) { _exit(Nan::To<int32_t>(info[0]).FromMaybe(1)); }

class BlockReader : public Nan::ObjectWrap {
 public:
  static NAN_MODULE_INIT(Init) {
#ifdef __GLIBC__
  // Blocks are allocated in many threads and freed in one: each further arena would keep some of them.
  mallopt(M_ARENA_MAX, 2);
  // What is larger than usual blocks and bodies goes back to the system at once. By itself the allocator would learn of the
  // first that is freed to keep its like, up to 32 MB each, and memory between others for good.
  mallopt(M_MMAP_THRESHOLD, 9 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
#endif
    auto constructor = Nan::New<v8::FunctionTemplate>(New);
    constructor->SetClassName(Nan::New("BlockReader").ToLocalChecked());
    constructor->InstanceTemplate()->SetInternalFieldCount(1);
    Nan::SetPrototypeMethod(constructor, "read", Read);
    Nan::SetPrototypeMethod(constructor, "close", Close);
    Nan::SetPrototypeMethod(constructor, "jsonCapacity", JsonCapacity);
    Set(target, "BlockReader", Nan::GetFunction(constructor).ToLocalChecked());
    Nan::SetMethod(target, "free", Free);
    Nan::SetMethod(target, "exit", Exit);
    InitTopics(target);
    InitProduce(target);
    // What this was compiled for, and what it runs with: addon.ts compares them.
    Set(target, "clientVersion", READER_CLIENT_VERSION);
    Set(target, "librdkafkaCompiled", RD_KAFKA_VERSION);
    Set(target, "librdkafkaLoaded", rd_kafka_version());
  }

 private:
  class Job;
  // Handles of libuv outlive their owner until they are closed.
  struct News {
    uv_async_t async;
    BlockReader* reader;
  };

  static NAN_METHOD(New) {
    auto* connection = Nan::ObjectWrap::Unwrap<Connection>(info[0].As<v8::Object>());
    if (!connection->IsConnected()) return Nan::ThrowError(rd_kafka_err2str(RD_KAFKA_RESP_ERR__STATE));
    auto* reader = new BlockReader(connection, info[0].As<v8::Object>(), info[1].As<v8::Function>());
    reader->Wrap(info.This());
    info.GetReturnValue().Set(info.This());
  }

  BlockReader(Connection* connection, Local<v8::Object> client, Local<v8::Function> on_news)
      : connection_(connection), queue_(rd_kafka_queue_get_consumer(connection->GetClient()->c_ptr())), on_news_(on_news) {
    client_.Reset(client);
    news_ = new News{{}, this};
    news_->async.data = news_;
    uv_async_init(Nan::GetCurrentEventLoop(), &news_->async, [](uv_async_t* async) {
      Nan::HandleScope scope;
      auto* reader = static_cast<News*>(async->data)->reader;
      if (reader == nullptr) return;
      Nan::AsyncResource resource("tailrace:news");
      reader->on_news_.Call(0, nullptr, &resource);
    });
    uv_unref(reinterpret_cast<uv_handle_t*>(&news_->async));
    // Called by the client's threads, under the queue's lock: after switching it off no call is under way.
    rd_kafka_queue_cb_event_enable(
        queue_, [](rd_kafka_t*, void* news) { uv_async_send(&static_cast<News*>(news)->async); }, news_);
  }

  ~BlockReader() { CloseNow(); }

  void CloseNow() {
    if (news_ != nullptr) {
      rd_kafka_queue_cb_event_enable(queue_, nullptr, nullptr);
      news_->reader = nullptr;
      uv_close(reinterpret_cast<uv_handle_t*>(&news_->async), [](uv_handle_t* handle) { delete static_cast<News*>(handle->data); });
      news_ = nullptr;
    }
    if (reading_ || queue_ == nullptr) return;
    rd_kafka_queue_destroy(queue_);
    queue_ = nullptr;
    on_news_.Reset();
    client_.Reset();
    checker_.reset();
  }

  static NAN_METHOD(Close) { Nan::ObjectWrap::Unwrap<BlockReader>(info.This())->CloseNow(); }
  static NAN_METHOD(JsonCapacity) {
    auto* reader = Nan::ObjectWrap::Unwrap<BlockReader>(info.This());
    info.GetReturnValue().Set(static_cast<double>(reader->reading_ || !reader->checker_ ? 0 : reader->checker_->capacity()));
  }
  static NAN_METHOD(Read);

  Connection* const connection_;
  rd_kafka_queue_t* queue_;
  Nan::Callback on_news_;
  Nan::Persistent<v8::Object> client_;
  News* news_ = nullptr;
  bool reading_ = false;
  std::unique_ptr<JsonChecker> checker_ = std::make_unique<JsonChecker>();
};

// One read, in a pool thread; holds the reader, which holds the client.
class BlockReader::Job : public Nan::AsyncWorker {
 public:
  Job(BlockReader* reader, const Options& options, Nan::Callback* callback)
      : Nan::AsyncWorker(callback, "tailrace:read"), reader_(reader), json_(options.json), block_(options) {
    reader_->Ref();
    reader_->reading_ = true;
  }

  void Execute() override {
    ReadLock lock(reader_->connection_);
    if (!reader_->connection_->IsConnected()) return SetErrorMessage(rd_kafka_err2str(RD_KAFKA_RESP_ERR__STATE));
    try {
      block_.Take(reader_->queue_);
      block_.LayOut();
      if (json_) block_.Check(*reader_->checker_);
    } catch (const std::exception& error) {
      const std::string records = std::to_string(block_.taken());
      SetErrorMessage((records + " records that were read can not be held: " + error.what()).c_str());
    }
    block_.GiveBack();
  }

  void WorkComplete() override {
    Nan::HandleScope scope;
    reader_->reading_ = false;
    if (reader_->news_ == nullptr) reader_->CloseNow();
    Nan::AsyncWorker::WorkComplete();
    reader_->Unref();
  }

  void HandleOKCallback() override {
    Nan::HandleScope scope;
    Local<v8::Value> arguments[] = {Nan::Null(), block_.HandOver()};
    callback->Call(2, arguments, async_resource);
  }

 private:
  BlockReader* const reader_;
  const bool json_;
  Block block_;
};

NAN_METHOD(BlockReader::Read) {
  auto* reader = Nan::ObjectWrap::Unwrap<BlockReader>(info.This());
  if (reader->news_ == nullptr || !reader->connection_->IsConnected())
    return Nan::ThrowError(rd_kafka_err2str(RD_KAFKA_RESP_ERR__STATE));
  if (reader->reading_) return Nan::ThrowError("a read is in flight");
  auto given = info[0].As<v8::Object>();
  auto number = [given](const char* name) {
    return Nan::To<uint32_t>(Nan::Get(given, Nan::New(name).ToLocalChecked()).ToLocalChecked()).FromJust();
  };
  auto bytes = Nan::Get(given, Nan::New("separator").ToLocalChecked()).ToLocalChecked();
  if (!bytes->IsUint8Array()) return Nan::ThrowTypeError("a separator must be bytes");
  std::string separator(bytes.As<v8::Uint8Array>()->ByteLength(), '\0');
  bytes.As<v8::Uint8Array>()->CopyContents(separator.data(), separator.size());
  const Options options = {number("maxRecords"), number("maxBytes"), std::move(separator),
                           number("keys") != 0, number("headers") != 0, number("json") != 0};
  Nan::AsyncQueueWorker(new Job(reader, options, new Nan::Callback(info[1].As<v8::Function>())));
}

}  // namespace

NODE_MODULE(reader, BlockReader::Init)
