import { createRequire } from 'node:module';
import { KafkaError, toFault as plainFault } from '../task/kafka-error.ts';
import type { KafkaFault } from '../task/ports.ts';
import kafka from './library.ts';

/** librdkafka's own wording for a code; node-rdkafka keeps it in its native half. */
const { err2str } = createRequire(import.meta.url)('node-rdkafka/librdkafka.js') as { err2str(code: number): string };

const CODES = kafka.CODES.ERRORS;

/** What to do about a code, for those that a user can do something about. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [
    CODES.ERR__ALL_BROKERS_DOWN,
    'no Kafka broker can be reached, trying on: check bootstrap.servers and that Kafka runs',
  ],
  [
    CODES.ERR__TRANSPORT,
    'the connection to a Kafka broker failed, trying on: check bootstrap.servers and that Kafka runs',
  ],
  [CODES.ERR__RESOLVE, "a Kafka broker's host name does not resolve, trying on: check bootstrap.servers"],
  [CODES.ERR__TIMED_OUT, 'a Kafka broker did not answer in time, trying on'],
  [CODES.ERR__SSL, 'TLS with the Kafka broker failed: check security.protocol, ssl.truststore.* and the listener'],
  [CODES.ERR__AUTHENTICATION, 'Kafka refused the credentials: check sasl.mechanism, sasl.jaas.config and the password'],
  [CODES.ERR_SASL_AUTHENTICATION_FAILED, 'Kafka refused the credentials: check sasl.jaas.config and the password'],
  [
    CODES.ERR_UNSUPPORTED_SASL_MECHANISM,
    'the Kafka listener does not offer this sasl.mechanism: check it and security.protocol',
  ],
  [CODES.ERR_ILLEGAL_SASL_STATE, 'the Kafka listener wants no SASL: check security.protocol'],
  [CODES.ERR_UNKNOWN_TOPIC_OR_PART, 'the topic does not exist: create it, or correct its name'],
  [CODES.ERR__UNKNOWN_TOPIC, 'the topic does not exist: create it, or correct its name'],
  [CODES.ERR__UNKNOWN_PARTITION, 'the topic has no such partition'],
  [CODES.ERR_LEADER_NOT_AVAILABLE, 'the partition has no leader now: bring its brokers back'],
  [CODES.ERR_TOPIC_AUTHORIZATION_FAILED, 'not allowed to use a topic: grant this user READ and DESCRIBE on it'],
  [CODES.ERR_GROUP_AUTHORIZATION_FAILED, 'not allowed to use the consumer group: grant this user READ on it'],
  [
    CODES.ERR_CLUSTER_AUTHORIZATION_FAILED,
    'not allowed to do this on the Kafka cluster: create the topic by hand, or grant CREATE',
  ],
  [
    CODES.ERR_INCONSISTENT_GROUP_PROTOCOL,
    'the members of the consumer group mix eager and cooperative assignors, this one stays out: ' +
      'give all of them the same partition.assignment.strategy, or stop the others',
  ],
  [CODES.ERR_FENCED_INSTANCE_ID, 'another member joined with the same group.instance.id: give each worker its own'],
  [CODES.ERR__MAX_POLL_EXCEEDED, 'no read for max.poll.interval.ms: the group took the partitions away, joining again'],
  [
    CODES.ERR__AUTO_OFFSET_RESET,
    'an offset to read from is no longer in the log (or not yet): records may have been deleted',
  ],
  [
    CODES.ERR_OFFSET_OUT_OF_RANGE,
    'an offset to read from is no longer in the log (or not yet): records may have been deleted',
  ],
  [
    CODES.ERR_MSG_SIZE_TOO_LARGE,
    "the record is larger than the topic's max.message.bytes or the producer's max.request.size",
  ],
  [
    CODES.ERR_INVALID_TIMESTAMP,
    'the topic takes no record of this time: raise its message.timestamp.after.max.ms (or before.max.ms)',
  ],
  [CODES.ERR_NOT_ENOUGH_REPLICAS, 'too few replicas of the topic are in sync: bring the brokers back'],
  [CODES.ERR_INVALID_REPLICATION_FACTOR, 'the cluster has fewer brokers than the replication factor asks for'],
  [CODES.ERR__MSG_TIMED_OUT, "the brokers did not acknowledge the record within the producer's delivery.timeout.ms"],
  [CODES.ERR__QUEUE_FULL, "the producer's queue is full"],
  [CODES.ERR__BAD_MSG, 'a record batch is damaged: its checksum or its format is wrong'],
  [
    CODES.ERR__BAD_COMPRESSION,
    'a record batch could not be decompressed: it is damaged, or this build lacks its codec',
  ],
  [CODES.ERR__NOT_IMPLEMENTED, 'this build of the Kafka client lacks a feature that is needed here'],
]);

/** Without these the client goes nowhere again: librdkafka's fatal errors. */
const FATAL: ReadonlySet<number> = new Set([CODES.ERR__FATAL, CODES.ERR_FENCED_INSTANCE_ID]);

/** Faults of a connection: the log's last failure says more about them than their code. */
export const CONNECTION_CODES: ReadonlySet<number> = new Set([
  CODES.ERR__TRANSPORT,
  CODES.ERR__ALL_BROKERS_DOWN,
  CODES.ERR__RESOLVE,
  CODES.ERR__TIMED_OUT,
  CODES.ERR__SSL,
  CODES.ERR__AUTHENTICATION,
]);

/** node-rdkafka hands some errors on as text only, cut and in lower case; this finds the code again. */
const CODE_BY_TEXT: ReadonlyMap<string, number> = new Map(
  Object.values(CODES).map(code => [shortened(err2str(code)), code]),
);

/** The code of librdkafka's wording, whatever follows it. */
export function codeOf(text: string): number | undefined {
  return CODE_BY_TEXT.get(shortened(text));
}

function shortened(text: string): string {
  return text.split(': ').slice(0, 2).join(': ').toLowerCase();
}

/** A line of the client is shorter; what a broker says within it may not be. */
const FACTS_MAX = 600;

/** The fault of a code: one line that says what to do, and behind it what the client knows. */
export function faultOf(code: number, detail: string | null = null, advice = ADVICE.get(code)): KafkaFault {
  const known = code === -1 || code === CODES.ERR_UNKNOWN ? null : err2str(code);
  const facts = oneLine(detail ?? known ?? 'unknown error').slice(0, FACTS_MAX);
  return { code, message: advice === undefined ? facts : `${advice} (${facts})`, fatal: FATAL.has(code) };
}

/**
 * The fault of anything that node-rdkafka threw or handed to a callback: its LibrdKafkaError with or without a code,
 * a plain object from the native half, or an Error that holds text only.
 *
 * @param failure the log's last word on a failed connection or a fatal error, where there is one; it says more than a
 * code.
 */
export function toFault(error: unknown, failure: KafkaFault | null = null): KafkaFault {
  if (error instanceof KafkaError) return plainFault(error);
  const { code, text, isFatal } = parts(error);
  if (failure !== null && CONNECTION_CODES.has(code)) return failure;
  if (failure?.fatal === true && code === CODES.ERR__FATAL) return failure;
  const standard = code !== -1 && (text === '' || shortened(err2str(code)) === shortened(text));
  const fault = faultOf(code, standard ? null : text);
  return isFatal ? { ...fault, fatal: true } : fault;
}

export function toError(error: unknown, failure: KafkaFault | null = null): KafkaError {
  return error instanceof KafkaError ? error : new KafkaError(toFault(error, failure));
}

function parts(error: unknown): { code: number; text: string; isFatal: boolean } {
  if (typeof error === 'number') return { code: error, text: '', isFatal: false };
  if (typeof error !== 'object' || error === null) return { code: -1, text: String(error), isFatal: false };
  const { message, origin, code, isFatal, stack } = error as Record<string, unknown>;
  const said = typeof message === 'string' ? message : String(error);
  const full = fullText(said, typeof origin === 'string' ? origin : '', typeof stack === 'string' ? stack : '');
  const found = typeof code === 'number' && code !== -1 ? code : codeOf(full);
  return { code: found ?? -1, text: full, isFatal: isFatal === true };
}

/** node-rdkafka cuts a text at its second colon and lowers its case, but leaves the stack's first line alone. */
function fullText(message: string, origin: string, stack: string): string {
  const first = stack.split('\n', 1)[0]!.replace(/^(?:[A-Z]\w*)?Error: /, '');
  if (first.toLowerCase().includes(message.toLowerCase())) return first;
  return origin === '' || origin === 'unknown' || origin === 'local' || origin === 'kafka'
    ? message
    : `${origin}: ${message}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
