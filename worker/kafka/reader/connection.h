#pragma once
#include <nan.h>

#include "rdkafka.h"
#include "src/connection.h"

// The connection's own lock and settings are protected; a derived class may name them.
struct Access : NodeKafka::Connection {
  static RdKafka::Conf* ConfOf(NodeKafka::Connection* connection) { return connection->*(&Access::m_gconfig); }
  static uv_rwlock_t* LockOf(NodeKafka::Connection* connection) { return &(connection->*(&Access::m_connection_lock)); }
};

inline NodeKafka::Connection* ConnectionOf(v8::Local<v8::Value> client) {
  return Nan::ObjectWrap::Unwrap<NodeKafka::Connection>(client.As<v8::Object>());
}

inline rd_kafka_t* HandleOf(NodeKafka::Connection* connection) { return connection->GetClient()->c_ptr(); }

// node-rdkafka destroys the client under the write lock: what is found connected under this one lives until it ends.
class ReadLock {
 public:
  explicit ReadLock(NodeKafka::Connection* connection) : lock_(Access::LockOf(connection)) { uv_rwlock_rdlock(lock_); }
  ~ReadLock() { uv_rwlock_rdunlock(lock_); }
  ReadLock(const ReadLock&) = delete;

 private:
  uv_rwlock_t* lock_;
};
