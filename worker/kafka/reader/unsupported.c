#include "internals.h"

#include "unsupported.h"

void hold_queue_of_unsupported(rd_kafka_t* client) {
  // Else the client is not the one that this was compiled for.
  if (client->rk_name != rd_kafka_name(client)) return;
  rd_kafka_q_keep(client->rk_ops);
}

static int broker_lacks_api(rd_kafka_broker_t* broker, int16_t key) {
  int found = 0;
  // C11's mutex, which is a pthread's by another name.
  pthread_mutex_t* lock = (pthread_mutex_t*)&broker->rkb_lock;
  pthread_mutex_lock(lock);
  const size_t count = broker->rkb_ApiVersions_cnt;
  for (size_t i = 0; i < count && !found; i++) found = broker->rkb_ApiVersions[i].ApiKey == key;
  pthread_mutex_unlock(lock);
  return count > 0 && !found;
}

int lacks_api(rd_kafka_t* client, int16_t key) {
  if (client->rk_name != rd_kafka_name(client)) return 0;
  int lacking = 0;
  rd_kafka_broker_t* broker;
  pthread_rwlock_rdlock(&client->rk_lock);
  TAILQ_FOREACH(broker, &client->rk_brokers, rkb_link) lacking = lacking || broker_lacks_api(broker, key);
  pthread_rwlock_unlock(&client->rk_lock);
  return lacking;
}
