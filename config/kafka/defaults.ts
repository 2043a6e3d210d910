type Defaults = Readonly<Record<string, string>>;

/**
 * librdkafka keys of every consumer. Offsets are stored and committed by the worker alone; isolation level and assignor
 * are what a Kafka Connect consumer behaves like. The queue is small and refilled at once, since the task has a buffer of its
 * own; it also bounds a whole answer to a fetch (fetch.max.bytes), however many partitions there are. Twice as much was no
 * faster and took 10 to 25 MB more at full speed; half as much was slower with records of 1 KB.
 */
export const CONSUMER_DEFAULTS: Defaults = {
  'enable.auto.commit': 'false',
  'enable.auto.offset.store': 'false',
  'enable.partition.eof': 'true',
  'check.crcs': 'true',
  'isolation.level': 'read_uncommitted',
  'session.timeout.ms': '45000',
  'max.poll.interval.ms': '300000',
  'queued.max.messages.kbytes': '8192',
  'fetch.queue.backoff.ms': '10',
  'partition.assignment.strategy': 'range',
};

/**
 * Bounds of `fetch.message.max.bytes`, what one partition may bring in one fetch. Between them it follows from the buffer,
 * which must hold a fetch for each request that may be in flight, and one that waits; a lane has one request at a time. A
 * record keeps the whole answer that brought it in memory: 1 MiB was no faster and took 10 to 30 MB more, 256 KiB was slower
 * with records of 1 KB.
 */
export const FETCH_BYTES = { least: 65_536, most: 524_288 } as const;

/** The worker itself decides where a partition without a committed offset begins. */
export const CONSUMER_TOPIC_DEFAULTS: Defaults = { 'auto.offset.reset': 'error' };

/** Kafka Connect's for its dead letter producer; the size is Java's (max.request.size), a little more than librdkafka's. */
export const PRODUCER_DEFAULTS: Defaults = {
  'enable.idempotence': 'false',
  'max.in.flight.requests.per.connection': '1',
  'message.max.bytes': '1048576',
};

/** The partitioner is Java's, so that a dead letter lands where the JVM would have put it. */
export const PRODUCER_TOPIC_DEFAULTS: Defaults = { acks: 'all', partitioner: 'murmur2_random' };
