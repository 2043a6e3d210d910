// librdkafka's admin requests, which node-rdkafka does not offer, as questions.
#pragma once
#include <memory>
#include <string>

#include "question.h"

template <typename T, void (*Free)(T*)>
struct Freed {
  void operator()(T* held) const { Free(held); }
};
template <typename T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, Free>>;

// One admin request, and its answer.
class AdminQuestion : public Question {
 public:
  AdminQuestion(v8::Local<v8::Value> client, int timeout_ms, Nan::Callback* callback, const char* name)
      : Question(client, callback, name), timeout_ms_(timeout_ms) {}

 protected:
  rd_kafka_resp_err_t Ask(rd_kafka_t* client) override {
    Owned<rd_kafka_queue_t, rd_kafka_queue_destroy> queue(rd_kafka_queue_new(client));
    Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy> options(
        rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_ANY));
    char text[256];
    const auto code = rd_kafka_AdminOptions_set_request_timeout(options.get(), kEndlessMs, text, sizeof text);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      Say(text);
      return code;
    }
    Request(client, options.get(), queue.get());
    Owned<rd_kafka_event_t, rd_kafka_event_destroy> event(rd_kafka_queue_poll(queue.get(), timeout_ms_));
    if (event == nullptr) return RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR_NO_ERROR) return Read(event.get());
    Say(rd_kafka_event_error_string(event.get()));
    return rd_kafka_event_error(event.get());
  }

  virtual void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) = 0;
  // Copies what the answer is made of: the event lives no longer.
  virtual rd_kafka_resp_err_t Read(rd_kafka_event_t* event) = 0;

  // error: of one part of an answer, or null
  rd_kafka_resp_err_t Fault(const rd_kafka_error_t* error) {
    if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;
    Say(rd_kafka_error_string(error));
    return rd_kafka_error_code(error);
  }

 private:
  // Longer than any client here lives. A request that ends by itself while its coordinator is looked for would be touched by librdkafka (2.12) after
  // it is freed, once the coordinator is found; one that is given up goes with its client.
  static constexpr int kEndlessMs = 3600 * 1000;

  const int timeout_ms_;
};

inline std::string TextOf(v8::Local<v8::Value> given) { return *Nan::Utf8String(given); }

inline Nan::Callback* CallbackOf(v8::Local<v8::Value> given) { return new Nan::Callback(given.As<v8::Function>()); }
