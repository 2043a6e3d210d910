import type { ExactHeader, SinkRecord } from '../../../connector/block.ts';

const NAMES = {
  topic: 'orders',
  partition: '3',
  offset: '99',
  'connector.name': 'orders-to-http',
  'task.id': '0',
  stage: 'TASK_PUT',
  'class.name': 'org.apache.kafka.connect.sink.SinkTask',
  'exception.class.name': 'org.apache.kafka.connect.errors.DataException',
  'exception.message': 'the endpoint answered 400',
  'exception.stacktrace':
    'org.apache.kafka.connect.errors.DataException: the endpoint answered 400\nCaused by: a.B: outer\nCaused by: c.D: "inner" 7\n',
} as const;

type Changes = Partial<Record<keyof typeof NAMES, string | Buffer | null | undefined>>;

/** Kafka Connect's context as headers; a change of undefined leaves one out. */
export function contextHeaders(changes: Changes = {}): ExactHeader[] {
  const all: Changes = { ...NAMES, ...changes };
  return Object.entries(all).flatMap(([name, value]): ExactHeader[] =>
    value === undefined ? [] : [[`__connect.errors.${name}`, value === null ? null : Buffer.from(value)]],
  );
}

/** A record of a dead letter topic. */
export function letterRecord(changes: Partial<SinkRecord> = {}): SinkRecord {
  return {
    topic: 'orders-dlq',
    partition: 0,
    offset: 17,
    timestamp: 1_700_000_000_000,
    key: Buffer.from('k'),
    value: Buffer.from('{"id":1}'),
    headers: contextHeaders(),
    ...changes,
  };
}
