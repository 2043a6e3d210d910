#include "block.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "objects.h"
#include "quote.h"

namespace {

using v8::Local;

// FLAG_… of connector/block.ts.
constexpr uint8_t kNull = 1, kRawNewline = 4, kChecked = 32;

static_assert(JsonChecker::kPadding >= kQuotePadding);

const char* TopicOf(const rd_kafka_message_t* message) {
  return message->rkt == nullptr ? "" : rd_kafka_topic_name(message->rkt);
}

}  // namespace

Local<v8::Value> BytesColumn::HandOver() {
  Local<v8::Object> object = Nan::New<v8::Object>();
  Set(object, "bytes", bytes.HandOver<v8::Uint8Array>());
  Set(object, "end", end.HandOver<v8::Uint32Array>());
  Set(object, "missing", missing.HandOver<v8::Uint8Array>());
  return object;
}

// Message by message: the batch call counts an error (the end of a partition is one) as consumed, and a pause would
// then go on behind the next record (librdkafka 2.12, rd_kafka_q_serve_rkmessages).
void Block::Take(rd_kafka_queue_t* queue) {
  size_t bytes = 0;
  while (messages_.size() < options_.max_records && bytes < options_.max_bytes) {
    Message message(rd_kafka_consume_queue(queue, 0));
    if (!message) return;
    if (message->err) {
      const char* text = rd_kafka_message_errstr(message.get());
      faults_.push_back({message->err, TopicOf(message.get()), text == nullptr ? "" : text, message->partition, message->offset});
    } else {
      taken_++;
      bytes += message->len + options_.separator.size();
      messages_.push_back(std::move(message));
    }
  }
}

void Block::LayOut() {
  Group();
  // Read after the messages were taken: records of another topic of this name come only once the client has its id.
  for (size_t i = 0; i < runs_.size(); i++) {
    const bool same = i > 0 && runs_[i].handle == runs_[i - 1].handle;
    runs_[i].id = same ? runs_[i - 1].id : Identify(const_cast<rd_kafka_topic_t*>(runs_[i].handle));
  }
  size_t count = messages_.size(), size = count * options_.separator.size();
  for (const Message& message : messages_) size += message->len;
  values_.values.Allocate(size, JsonChecker::kPadding);
  memset(&values_.values[size], 0, JsonChecker::kPadding);
  values_.end.Allocate(count);
  offset_.Allocate(count);
  timestamp_.Allocate(count);
  flags_.Allocate(count);
  char* const start = values_.values.data.get();
  char* at = start;
  for (size_t i = 0; i < count; i++) {
    const rd_kafka_message_t* message = order_[i];
    if (message->len > 0) memcpy(at, message->payload, message->len);
    at += message->len;
    values_.end[i] = static_cast<uint32_t>(at - start);
    at = PutSeparator(at);
    offset_[i] = static_cast<double>(message->offset);
    timestamp_[i] = static_cast<double>(rd_kafka_message_timestamp(message, nullptr));
    flags_[i] = message->payload == nullptr ? kNull : 0;
  }
  if (options_.keys) LayOutKeys();
  if (options_.headers) LayOutHeaders();
}

void Block::Check(JsonChecker& checker, MemberFinder* finder) {
  const bool lines = options_.separator == "\n";
  if (finder != nullptr) members_.emplace().end.Allocate(values_.end.size);
  EachValue([&](size_t i, const char* text, size_t length) {
    if (checker.Accepts(text, length)) {
      flags_[i] |= kChecked;
      // In JSON a raw CR or LF can only stand between tokens.
      if (lines && (memchr(text, '\n', length) != nullptr || memchr(text, '\r', length) != nullptr)) flags_[i] |= kRawNewline;
      if (members_) finder->Find(text, checker.tokens(), static_cast<uint32_t>(text - &values_.values[0]), members_->places);
    }
    if (members_) members_->end[i] = static_cast<uint32_t>(members_->places.size / kMemberSize);
  });
  if (members_) members_->places.Trim();
  checker.EndBlock();
}

void Block::QuoteTexts() {
  const size_t count = values_.end.size, size = values_.values.size, rest = options_.separator.size() + kQuotePadding;
  // The column says where they end.
  if (MostQuoted(size) + 2 * count > std::numeric_limits<uint32_t>::max() || !AreUtf8()) return;
  auto& [values, end] = quoted_.emplace();
  end.Allocate(count);
  // Enough for most texts, JSON among them.
  values.Reserve(size + size / 4 + rest);
  EachValue([&](size_t i, const char* text, size_t length) {
    const bool quoted = IsQuoted(i, length);
    if (!values.Fits(MostQuoted(length) + rest)) values.Reserve((quoted ? QuotedSize(text, length) : length) + rest);
    char* at = &values[values.size];
    at = quoted ? Quote(text, length, at) : std::copy_n(text, length, at);
    end[i] = static_cast<uint32_t>(at - values.data.get());
    values.size = PutSeparator(at) - values.data.get();
  });
  values.Trim();
}

Local<v8::Value> Block::HandOver() {
  Local<v8::Object> result = Nan::New<v8::Object>();
  Set(result, "faults", GiveFaults());
  Set(result, "runs", GiveRuns());
  if (runs_.empty()) return result;
  Set(result, "values", values_.values.HandOver<v8::Uint8Array>());
  Set(result, "valueEnd", values_.end.HandOver<v8::Uint32Array>());
  Set(result, "offset", offset_.HandOver<v8::Float64Array>());
  Set(result, "timestamp", timestamp_.HandOver<v8::Float64Array>());
  Set(result, "flags", flags_.HandOver<v8::Uint8Array>());
  if (options_.keys) Set(result, "keys", keys_.HandOver());
  if (options_.headers) Set(result, "headers", headers_.HandOver());
  if (members_) {
    Local<v8::Object> members = Nan::New<v8::Object>();
    Set(members, "places", members_->places.HandOver<v8::Uint32Array>());
    Set(members, "end", members_->end.HandOver<v8::Uint32Array>());
    Set(result, "members", members);
  }
  if (quoted_) {
    Local<v8::Object> quoted = Nan::New<v8::Object>();
    Set(quoted, "values", quoted_->values.HandOver<v8::Uint8Array>());
    Set(quoted, "valueEnd", quoted_->end.HandOver<v8::Uint32Array>());
    Set(result, "quoted", quoted);
  }
  return result;
}

Local<v8::Value> Block::GiveRuns() const {
  Local<v8::Array> runs = Nan::New<v8::Array>();
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
  return runs;
}

Local<v8::Value> Block::GiveFaults() const {
  Local<v8::Array> faults = Nan::New<v8::Array>();
  for (const Fault& fault : faults_) {
    Local<v8::Object> one = Nan::New<v8::Object>();
    Set(one, "code", fault.code);
    Set(one, "text", fault.text.c_str());
    Set(one, "topic", fault.topic.c_str());
    Set(one, "partition", fault.partition);
    Set(one, "offset", static_cast<double>(fault.offset));
    Nan::Set(faults, faults->Length(), one).Check();
  }
  return faults;
}

// Partitions in the order in which they first appear, each with its messages in the order in which they came.
void Block::Group() {
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

void Block::LayOutKeys() {
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

void Block::LayOutHeaders() {
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

char* Block::PutSeparator(char* to) const {
  const std::string& separator = options_.separator;
  if (separator.size() == 1) {
    *to = separator[0];
    return to + 1;
  }
  return std::copy_n(separator.data(), separator.size(), to);
}

// A separator ends any sequence: where all that stands with one behind it is UTF-8, each value is.
bool Block::AreUtf8() {
  if (!options_.separator.empty()) return IsUtf8(&values_.values[0], values_.values.size);
  bool are = true;
  EachValue([&](size_t, const char* text, size_t length) { are = are && IsUtf8(text, length); });
  return are;
}

bool Block::IsQuoted(size_t index, size_t length) {
  return (flags_[index] & kNull) == 0 && static_cast<double>(length) <= *options_.quoted_up_to;
}

template <class F>
void Block::EachValue(F f) {
  const char* const values = &values_.values[0];
  for (size_t i = 0, start = 0; i < values_.end.size; i++) {
    const size_t end = values_.end[i];
    f(i, values + start, end - start);
    start = end + options_.separator.size();
  }
}
