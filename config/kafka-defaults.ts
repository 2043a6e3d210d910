type Defaults = Readonly<Record<string, string>>;

/**
 * librdkafka keys of every consumer. Offsets are stored and committed by the worker alone; isolation level and assignor
 * are what a Kafka Connect consumer behaves like; the queue is small and refilled at once, since the task has a buffer of
 * its own.
 */
export const CONSUMER_DEFAULTS: Defaults = {
  'enable.auto.commit': 'false',
  'enable.auto.offset.store': 'false',
  'enable.partition.eof': 'true',
  'check.crcs': 'true',
  'isolation.level': 'read_uncommitted',
  'session.timeout.ms': '45000',
  'max.poll.interval.ms': '300000',
  'queued.max.messages.kbytes': '16384',
  'fetch.queue.backoff.ms': '10',
  'partition.assignment.strategy': 'range',
};

/** The worker itself decides where a partition without a committed offset begins. */
export const CONSUMER_TOPIC_DEFAULTS: Defaults = { 'auto.offset.reset': 'error' };

/** Kafka Connect's for its dead letter producer. */
export const PRODUCER_DEFAULTS: Defaults = {
  'enable.idempotence': 'false',
  'max.in.flight.requests.per.connection': '1',
};

/** The partitioner is Java's, so that a dead letter lands where the JVM would have put it. */
export const PRODUCER_TOPIC_DEFAULTS: Defaults = { acks: 'all', partitioner: 'murmur2_random' };
