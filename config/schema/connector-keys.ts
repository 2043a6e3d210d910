import { responseHeaderKeys } from './answer-keys.ts';
import { attemptKeys } from './attempt-keys.ts';
import { joinedKeys, valueKeys } from './body-keys.ts';
import { converterKeys } from './converter-keys.ts';
import { endpointKeys } from './endpoint-keys.ts';
import {
  aliasList,
  boolean,
  connectorName,
  integer,
  oneOf,
  text,
  topicList,
  topicName,
  verbatimText,
} from './formats.ts';
import { httpKeys } from './http-keys.ts';
import { keyGroup } from './key-spec.ts';
import { batchKeys, replaceKeys } from './replace-keys.ts';
import { reporterKeys } from './reporter-keys.ts';
import { requestKeys } from './request-keys.ts';
import { routeKeys } from './route-keys.ts';
import { transportKeys } from './transport-keys.ts';
import { DAY_MS, MEBIBYTE } from './units.ts';

const connector = keyGroup('Connector');
const transforms = keyGroup('Transforms');
const batch = keyGroup('Batches');
const delivery = keyGroup('Delivery');
const errors = keyGroup('Errors and dead letters');

const connectorPart = {
  name: connector.required('name', connectorName, 'Name of the connector; its consumer group is `connect-<name>`.'),
  connectorClass: connector.required('connector.class', text, 'The connector: `tailrace.HttpSink`.'),
  tasksMax: connector.withDefault(
    'tasks.max',
    integer(1, 10_000),
    '1',
    'Most tasks of the connector, each a member of its consumer group with its own client. There are never more than its topics have ' +
      'partitions: with too few at the start, further ones start when partitions come.',
  ),
  initialState: connector.withDefault(
    'initial_state',
    oneOf('RUNNING', 'PAUSED', 'STOPPED'),
    'RUNNING',
    'What the connector does from its start on: `RUNNING`; `PAUSED`, a member of its group that reads nothing; ' +
      '`STOPPED`, no member. As in Kafka Connect it stands beside `name` and `config` of a JSON file; here it may stand ' +
      'anywhere.',
  ),
  taskIsolation: connector.optional(
    'task.isolation',
    oneOf('inline', 'process'),
    'Where its tasks run: `inline`, in the worker; `process`, each in a process of its own, which is started again when it ' +
      "crashes. By default as the worker's `task.isolation` says.",
  ),
  topics: connector.optional(
    'topics',
    topicList,
    'Topics to read, separated by commas. Either this or `topics.regex`.',
  ),
  topicsRegex: connector.optional(
    'topics.regex',
    text,
    'Java regular expression that the whole name of a topic must match. Either this or `topics`.',
  ),
  ...converterKeys(connector),
};

const transformsPart = {
  transforms: transforms.optional(
    'transforms',
    aliasList,
    'Aliases of the transforms that every record goes through, in this order. Each is described by ' +
      '`transforms.<alias>.type` and the keys of its class, as in Kafka Connect.',
  ),
  predicates: transforms.optional(
    'predicates',
    aliasList,
    'Aliases of predicates, each described by `predicates.<alias>.type` and the keys of its class. A transform with ' +
      '`transforms.<alias>.predicate` is applied only to records for which that is true, or false with ' +
      '`transforms.<alias>.negate=true`.',
  ),
};

const deliveryPart = {
  batchMaxRecords: batch.withDefault('batch.max.records', integer(1, 1_000_000), '500', 'Most records of a request.'),
  batchMaxBytes: batch.withDefault(
    'batch.max.bytes',
    integer(1, 1024 * MEBIBYTE),
    String(MEBIBYTE),
    "Most bytes of a request's body, envelope included, before it is compressed.",
  ),
  batchTargetBytes: batch.optional(
    'batch.target.bytes',
    integer(1, 1024 * MEBIBYTE),
    "Bytes of a request's body, envelope included, at which it is sent and takes no further record: it may exceed them by one " +
      'record, within `batch.max.bytes`. By default a batch is filled up to `batch.max.bytes`.',
  ),
  batchLingerMs: batch.withDefault(
    'batch.linger.ms',
    integer(0, DAY_MS),
    '20',
    'Milliseconds that a batch waits for more records, counted from its first one.',
  ),
  batchFormat: batch.withDefault(
    'batch.format',
    oneOf('array', 'ndjson', 'envelope', 'single', 'joined'),
    'array',
    'Shape of the body: a JSON array, a record per line, an array within an envelope, one record alone, or `joined`: values as ' +
      'they are, with `batch.prefix`, `batch.separator` and `batch.suffix` around and between them. With `StringConverter` and ' +
      '`ByteArrayConverter`, and no transforms, the values of a `joined` body are those of Kafka byte for byte; texts in another ' +
      'encoding than UTF-8 are sent in UTF-8. Its `Content-Type` is `text/plain; charset=utf-8` with `StringConverter`, ' +
      '`application/octet-stream` with `ByteArrayConverter` and `application/json` with all others and with `http.body.json`, unless ' +
      '`http.headers.Content-Type` is written.',
  ),
  batchEnvelopePrefix: batch.withDefault(
    'batch.envelope.prefix',
    verbatimText,
    '{"messages":[',
    'What stands before the first record of an `envelope`. Blanks count.',
  ),
  batchEnvelopeSuffix: batch.withDefault(
    'batch.envelope.suffix',
    verbatimText,
    ']}',
    'What stands behind the last record of an `envelope`. Blanks count.',
  ),
  ...joinedKeys,
  ...batchKeys,
  maxInFlight: delivery.withDefault('delivery.max.in.flight', integer(1, 1024), '8', 'Most requests at a time.'),
  maxUncommittedRecords: delivery.withDefault(
    'delivery.max.uncommitted.records',
    integer(1, 100_000_000),
    '10000',
    'Most records of a partition that were handed to a request and are not covered by an acknowledged commit: what a ' +
      'crash can repeat at most.',
  ),
  drainTimeoutMs: delivery.withDefault(
    'delivery.drain.timeout.ms',
    integer(1, 3_600_000),
    '5000',
    'Milliseconds that requests in flight have to end when their partition is taken away. Below `session.timeout.ms` ' +
      'and `max.poll.interval.ms` of the consumer.',
  ),
  bufferMaxBytes: delivery.withDefault(
    'buffer.max.bytes',
    integer(65_536, 64 * 1024 * MEBIBYTE),
    String(16 * MEBIBYTE),
    'Bytes of record values that the task may hold; reading waits while it is spent. From it and ' +
      '`delivery.max.in.flight` follows what one partition may bring in one fetch, so that there is always something of ' +
      'as many partitions as requests may be in flight. It should hold a few requests of `batch.max.bytes`: with the ' +
      'defaults more of it is no faster, and costs as much memory.',
  ),
};

const errorsPart = {
  errorsTolerance: errors.withDefault(
    'errors.tolerance',
    oneOf('none', 'all'),
    'none',
    'A record that can not be delivered: `none` fails the task and commits nothing past it, `all` parks it in the dead ' +
      'letter topic, or skips and counts it when there is none.',
  ),
  errorsLogEnable: errors.withDefault(
    'errors.log.enable',
    boolean,
    'false',
    'Log each record that can not be delivered.',
  ),
  errorsLogIncludeMessages: errors.withDefault(
    'errors.log.include.messages',
    boolean,
    'false',
    'Accepted: a line always says where the record stands, its topic, partition, offset and timestamp, and of what it holds no more than the 64 characters that Kafka Connect’s own message has.',
  ),
  deadLetterTopic: errors.optional(
    'errors.deadletterqueue.topic.name',
    topicName,
    "Topic for records that can not be delivered. None of the connector's own topics. Key, value, headers and timestamp " +
      'are those of the record, byte for byte. With the portable `reader` a header that is no text goes in base64 under ' +
      'its name with `.base64` behind it, one without a value becomes empty, and a timestamp of 0 becomes the present.',
  ),
  deadLetterReplicationFactor: errors.withDefault(
    'errors.deadletterqueue.topic.replication.factor',
    integer(-1, 32_767),
    '3',
    'Replication factor when the dead letter topic has to be created; -1 leaves it to the broker.',
  ),
  deadLetterContextHeaders: errors.withDefault(
    'errors.deadletterqueue.context.headers.enable',
    boolean,
    'false',
    "Add Kafka Connect's `__connect.errors.*` headers to each dead letter, behind the record's own.",
  ),
  ...responseHeaderKeys,
  restartMax: errors.withDefault(
    'errors.restart.max',
    integer(-1, 1_000_000),
    '0',
    'How often a task that FAILED starts again by itself while no record gets a verdict; `0`, the default, leaves it to ' +
      '`POST /connectors/<name>/restart`, as in Kafka Connect; `-1` is without end.',
  ),
  restartBackoffMs: errors.withDefault(
    'errors.restart.backoff.ms',
    integer(1, DAY_MS),
    '1000',
    'Milliseconds before a FAILED task starts again for the first time; twice as many each further time.',
  ),
  restartBackoffMaxMs: errors.withDefault(
    'errors.restart.backoff.max.ms',
    integer(1, DAY_MS),
    '60000',
    'Most milliseconds before a FAILED task starts again. Not below `errors.restart.backoff.ms`.',
  ),
};

/** Every key of a connector file that has a meaning of its own; families and Kafka client keys stand beside. */
export const connectorKeys = {
  ...connectorPart,
  ...transformsPart,
  ...endpointKeys,
  ...httpKeys,
  ...routeKeys,
  ...replaceKeys,
  ...requestKeys,
  ...transportKeys,
  ...deliveryPart,
  ...attemptKeys,
  ...valueKeys,
  ...errorsPart,
  ...reporterKeys,
};
