#include "internals.h"

#include "topic-id.h"

enum topic_state topic_id_of(rd_kafka_topic_t* topic, char text[TOPIC_ID_SIZE]) {
  if (rd_kafka_rkt_is_lw(topic) || topic->rkt_topic == NULL || topic->rkt_topic->str != rd_kafka_topic_name(topic))
    return TOPIC_UNREADABLE;
  pthread_rwlock_rdlock(&topic->rkt_lock);
  const int missing = topic->rkt_state == RD_KAFKA_TOPIC_S_NOTEXISTS;
  const rd_kafka_Uuid_t id = topic->rkt_topic_id;
  pthread_rwlock_unlock(&topic->rkt_lock);
  if (missing) return TOPIC_MISSING;
  if (RD_KAFKA_UUID_IS_ZERO(id)) return TOPIC_WITHOUT_ID;
  const char* found = rd_kafka_Uuid_base64str(&id);
  if (found == NULL) return TOPIC_WITHOUT_ID;
  strncpy(text, found, TOPIC_ID_SIZE - 1);
  text[TOPIC_ID_SIZE - 1] = 0;
  return TOPIC_HAS_ID;
}
