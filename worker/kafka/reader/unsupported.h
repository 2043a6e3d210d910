// What a coordinator does not know how to do. librdkafka (2.12) gives up the queue of the answer twice then, once where the request can't be written and
// once where that is noticed: the client's own queue would be gone before the client, and closing that would end the process.
#pragma once
#include "rdkafka.h"

#ifdef __cplusplus
extern "C" {
#endif

// After a request to a coordinator ended with RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, once for each, before the client is closed.
__attribute__((visibility("hidden"))) void hold_queue_of_unsupported(rd_kafka_t* client);

#ifdef __cplusplus
}
#endif
