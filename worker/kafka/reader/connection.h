#pragma once
#include "rdkafka.h"
#include "src/connection.h"

// The connection's own lock is protected; a derived class may name it.
struct Access : NodeKafka::Connection {
  static uv_rwlock_t* LockOf(NodeKafka::Connection* connection) { return &(connection->*(&Access::m_connection_lock)); }
};

// node-rdkafka destroys the client under the write lock: what is found connected under this one lives until it ends.
class ReadLock {
 public:
  explicit ReadLock(NodeKafka::Connection* connection) : lock_(Access::LockOf(connection)) { uv_rwlock_rdlock(lock_); }
  ~ReadLock() { uv_rwlock_rdunlock(lock_); }
  ReadLock(const ReadLock&) = delete;

 private:
  uv_rwlock_t* lock_;
};
