// The records of one read, in columns: connector/block.ts says what a block is.
#pragma once

#include <nan.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rdkafka.h"
#include "columns.h"
#include "headers.h"
#include "json.h"
#include "members.h"
#include "topics.h"

// Byte strings back to back: the keys, or the headers as connector/headers-column.ts encodes them.
struct BytesColumn {
  Column<char> bytes;
  Column<uint32_t> end;
  Column<uint8_t> missing;

  v8::Local<v8::Value> HandOver();
};

// Values back to back, a separator behind each.
struct ValuesColumn {
  Column<char> values;
  Column<uint32_t> end;
};

// The same, made anew.
struct QuotedColumn {
  GrowingColumn<char> values;
  Column<uint32_t> end;
};

struct MembersColumn {
  GrowingColumn<uint32_t> places;
  Column<uint32_t> end;
};

// How a read is to be laid out.
struct BlockOptions {
  uint32_t max_records, max_bytes;
  std::string separator;
  bool keys, headers, json;
  // Values of more bytes are not quoted; none: nothing is.
  std::optional<double> quoted_up_to;
};

// Takes what the queue holds and lays it out. Whatever allocates throws std::bad_alloc.
class Block {
 public:
  explicit Block(BlockOptions options) : options_(std::move(options)) {}

  void Take(rd_kafka_queue_t* queue);
  // Records that were taken.
  size_t taken() const { return taken_; }
  void LayOut();
  // The client must still be there. Nothing but `LayOut` needs the messages.
  void GiveBack() { messages_.clear(); }
  // What is not accepted here, convertJson looks at again.
  // finder: where members stand is told too; may be null
  void Check(JsonChecker& checker, MemberFinder* finder);
  // As connector/converters/string.ts does, or not at all.
  void QuoteTexts();

  v8::Local<v8::Value> HandOver();

 private:
  struct Destroy {
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  };
  using Message = std::unique_ptr<rd_kafka_message_t, Destroy>;

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

  void Group();
  void LayOutKeys();
  void LayOutHeaders();
  char* PutSeparator(char* to) const;
  bool AreUtf8();
  bool IsQuoted(size_t index, size_t length);
  // f(index, text, length) for each value.
  template <class F>
  void EachValue(F f);

  v8::Local<v8::Value> GiveRuns() const;
  v8::Local<v8::Value> GiveFaults() const;

  const BlockOptions options_;
  size_t taken_ = 0;
  std::vector<Message> messages_;
  std::vector<const rd_kafka_message_t*> order_;
  std::vector<Run> runs_;
  std::vector<Fault> faults_;
  ValuesColumn values_;
  Column<double> offset_, timestamp_;
  Column<uint8_t> flags_;
  BytesColumn keys_, headers_;
  std::optional<MembersColumn> members_;
  std::optional<QuotedColumn> quoted_;
  Headers wire_;
};
