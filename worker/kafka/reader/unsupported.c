#include "internals.h"

#include "unsupported.h"

void hold_queue_of_unsupported(rd_kafka_t* client) {
  // Else the client is not the one that this was compiled for.
  if (client->rk_name != rd_kafka_name(client)) return;
  rd_kafka_q_keep(client->rk_ops);
}
