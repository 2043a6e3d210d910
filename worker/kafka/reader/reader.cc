// Reads blocks of records from the queue of a node-rdkafka consumer, through the C API of the very librdkafka that
// node-rdkafka is linked with. worker/kafka/reader/native.ts is its only user; connector/block.ts says what a block is.
//
//   new BlockReader(client, onNews, members)   onNews: the queue was empty and is not any more (records, events, errors);
//                                   members: names to be told apart where JSON is checked, as bytes; null: where members
//                                   stand is not told
//     .read(options, callback)        never waits; callback(error, result) once, one read at a time
//     .jsonCapacity()                 between reads: the length of text that the JSON check keeps memory for
//     .close()                        no more news; call it before the client disconnects. Idempotent.
//   free(values)                      frees a column at once: what views it is empty from then on
//   splice(written, source, passages, out)   see connector/splice.ts
//   exit(code)                        ends the process, whatever its threads are doing; nothing else runs or is written
//   dieWithParent()                   from now on this process is killed when the thread that started it ends; false: not here
//
// Lifetime: a read runs in a pool thread under the connection's read lock. node-rdkafka destroys the client under the
// write lock, so what a read found connected lives until the read has given back its last message.
#include <nan.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>
#endif
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rdkafka.h"
#include "block.h"
#include "connection.h"
#include "json.h"
#include "members.h"
#include "objects.h"
#include "produce.h"
#include "splice.h"
#include "describe.h"
#include "groups.h"
#include "log-offsets.h"
#include "topics.h"

namespace {

using v8::Local;
using NodeKafka::Connection;

std::string BytesOf(Local<v8::Value> value) {
  std::string bytes(value.As<v8::Uint8Array>()->ByteLength(), '\0');
  value.As<v8::Uint8Array>()->CopyContents(bytes.data(), bytes.size());
  return bytes;
}

NAN_METHOD(Free) { info[0].As<v8::ArrayBufferView>()->Buffer()->Detach(Local<v8::Value>()).Check(); }

NAN_METHOD(Exit) { _exit(Nan::To<int32_t>(info[0]).FromMaybe(1)); }

/**
 * Before a client connects: node-rdkafka makes what its threads wake the loop with once it has connected, and shows them a pointer to it
 * before it is set up. A thread that logs just then would call into memory that is nothing yet, and end the process.
 */
NAN_METHOD(Listen) { ConnectionOf(info[0])->ActivateDispatchers(); }

NAN_METHOD(DieWithParent) {
#ifdef __linux__
  info.GetReturnValue().Set(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
#else
  info.GetReturnValue().Set(false);
#endif
}

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
    Nan::SetMethod(target, "dieWithParent", DieWithParent);
    Nan::SetMethod(target, "listen", Listen);
    InitTopics(target);
    InitGroups(target);
    InitDescribe(target);
    InitLogOffsets(target);
    InitProduce(target);
    InitSplice(target);
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
    std::optional<std::vector<std::string>> names;
    if (info[2]->IsArray() && !(names = NamesIn(info[2].As<v8::Array>()))) return Nan::ThrowTypeError("names must be bytes");
    auto* reader = new BlockReader(connection, info[0].As<v8::Object>(), info[1].As<v8::Function>());
    if (names) reader->finder_ = std::make_unique<MemberFinder>(*names);
    reader->Wrap(info.This());
    info.GetReturnValue().Set(info.This());
  }

  // None where one of them is no bytes.
  static std::optional<std::vector<std::string>> NamesIn(Local<v8::Array> list) {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < list->Length(); i++) {
      auto name = Nan::Get(list, i).ToLocalChecked();
      if (!name->IsUint8Array()) return std::nullopt;
      names.push_back(BytesOf(name));
    }
    return names;
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
    finder_.reset();
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
  // Null where members are not asked for.
  std::unique_ptr<MemberFinder> finder_;
};

// One read, in a pool thread; holds the reader, which holds the client.
class BlockReader::Job : public Nan::AsyncWorker {
 public:
  Job(BlockReader* reader, BlockOptions options, Nan::Callback* callback)
      : Nan::AsyncWorker(callback, "tailrace:read"),
        reader_(reader),
        json_(options.json),
        quoted_(options.quoted_up_to.has_value()),
        block_(std::move(options)) {
    reader_->Ref();
    reader_->reading_ = true;
  }

  void Execute() override {
    ReadLock lock(reader_->connection_);
    if (!reader_->connection_->IsConnected()) return SetErrorMessage(rd_kafka_err2str(RD_KAFKA_RESP_ERR__STATE));
    try {
      block_.Take(reader_->queue_);
      block_.LayOut();
      // What the client holds of them goes before memory is taken for more.
      block_.GiveBack();
      if (json_) block_.Check(*reader_->checker_, reader_->finder_.get());
      if (quoted_) block_.QuoteTexts();
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
  const bool json_, quoted_;
  Block block_;
};

NAN_METHOD(BlockReader::Read) {
  auto* reader = Nan::ObjectWrap::Unwrap<BlockReader>(info.This());
  if (reader->news_ == nullptr || !reader->connection_->IsConnected())
    return Nan::ThrowError(rd_kafka_err2str(RD_KAFKA_RESP_ERR__STATE));
  if (reader->reading_) return Nan::ThrowError("a read is in flight");
  auto given = info[0].As<v8::Object>();
  auto number = [given](const char* name) { return Nan::To<uint32_t>(Get(given, name)).FromJust(); };
  auto separator = Get(given, "separator"), quoted_up_to = Get(given, "quotedUpTo");
  if (!separator->IsUint8Array()) return Nan::ThrowTypeError("a separator must be bytes");
  BlockOptions options = {number("maxRecords"), number("maxBytes"), BytesOf(separator),
                          number("keys") != 0, number("headers") != 0, number("json") != 0, std::nullopt};
  if (quoted_up_to->IsNumber()) options.quoted_up_to = Nan::To<double>(quoted_up_to).FromJust();
  Nan::AsyncQueueWorker(new Job(reader, std::move(options), new Nan::Callback(info[1].As<v8::Function>())));
}

}  // namespace

NODE_MODULE(reader, BlockReader::Init)
