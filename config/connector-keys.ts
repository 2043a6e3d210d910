import {
  boolean,
  connectorName,
  httpUrl,
  integer,
  oneOf,
  password,
  successStatuses,
  text,
  topicList,
  topicName,
  verbatimText,
} from './formats.ts';
import { keyGroup } from './key-spec.ts';

const connector = keyGroup('Connector');
const http = keyGroup('HTTP endpoint');
const auth = keyGroup('Credentials');
const tls = keyGroup('TLS of the endpoint');
const batch = keyGroup('Batches');
const delivery = keyGroup('Delivery');
const errors = keyGroup('Errors and dead letters');

const DAY = 86_400_000;
const MEBIBYTE = 1_048_576;

const connectorPart = {
  name: connector.required('name', connectorName, 'Name of the connector; its consumer group is `connect-<name>`.'),
  connectorClass: connector.required('connector.class', text, 'The connector: `tailrace.HttpSink`.'),
  tasksMax: connector.withDefault(
    'tasks.max',
    integer(1, 10_000),
    '1',
    'Upper bound of tasks. One task serves it for now.',
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
  valueConverter: connector.optional(
    'value.converter',
    text,
    'How record values are read: `org.apache.kafka.connect.json.JsonConverter` (each must be valid JSON, its bytes are ' +
      "sent unchanged) or `org.apache.kafka.connect.storage.StringConverter`. It replaces the worker's converter " +
      'together with its sub-keys. JSON without schemas when neither file names one.',
  ),
  valueConverterSchemasEnable: connector.optional(
    'value.converter.schemas.enable',
    boolean,
    "Must be `false` with the JSON converter (Kafka Connect's default is `true`): embedded schemas are not supported.",
  ),
  valueConverterEncoding: connector.optional(
    'value.converter.encoding',
    text,
    'Encoding of the string converter: UTF-8.',
  ),
  keyConverter: connector.optional(
    'key.converter',
    text,
    'Accepted: keys are not converted, a dead letter carries their bytes.',
  ),
};

const httpPart = {
  httpUrl: http.required(
    'http.url',
    httpUrl,
    'Where batches are sent. It is logged, so it must not hold a user, a password or a token.',
  ),
  httpMethod: http.withDefault('http.method', oneOf('POST', 'PUT', 'PATCH'), 'POST', 'Method of the requests.'),
  httpTimeoutMs: http.withDefault(
    'http.timeout.ms',
    integer(1, DAY),
    '30000',
    'Milliseconds one attempt may take, from connect to the last byte of the answer.',
  ),
  httpConnectTimeoutMs: http.withDefault(
    'http.connect.timeout.ms',
    integer(1, DAY),
    '10000',
    'Milliseconds that opening a connection may take, TLS included; at most `http.timeout.ms`.',
  ),
  httpResponseMaxBytes: http.withDefault(
    'http.response.max.bytes',
    integer(1, 1024 * MEBIBYTE),
    String(MEBIBYTE),
    'Largest answer that is read; a larger one counts as a failed attempt.',
  ),
  httpResponseSuccessCodes: http.withDefault(
    'http.response.success.codes',
    successStatuses,
    '200,201,202,204',
    'Statuses that confirm a request, single ones and ranges within 200-299.',
  ),
  retryBackoffMs: http.withDefault(
    'retry.backoff.ms',
    integer(1, DAY),
    '500',
    'Milliseconds before the first repetition; it doubles each time, with full jitter.',
  ),
  retryBackoffMaxMs: http.withDefault(
    'retry.backoff.max.ms',
    integer(1, DAY),
    '60000',
    'Longest wait between two attempts, milliseconds.',
  ),
};

const credentialsPart = {
  authType: auth.withDefault(
    'http.auth.type',
    oneOf('none', 'basic', 'bearer', 'oauth2'),
    'none',
    'Kind of credentials.',
  ),
  authUsername: auth.optional('http.auth.username', text, 'User of `basic`.'),
  authPassword: auth.optional('http.auth.password', password, 'Password of `basic`.'),
  authBearerToken: auth.optional('http.auth.bearer.token', password, 'Token of `bearer`.'),
  authFailFast: auth.withDefault(
    'http.auth.fail.fast',
    boolean,
    'false',
    'Fail the task when the endpoint refuses the credentials, in place of waiting until it accepts them.',
  ),
  oauth2TokenUrl: auth.optional('oauth2.token.url', httpUrl, 'Token endpoint of `oauth2` (client credentials grant).'),
  oauth2ClientId: auth.optional('oauth2.client.id', text, 'Client id of `oauth2`.'),
  oauth2ClientSecret: auth.optional('oauth2.client.secret', password, 'Client secret of `oauth2`.'),
  oauth2Scope: auth.optional('oauth2.scope', text, 'Scopes to ask for, separated by blanks.'),
  oauth2ClientAuthMode: auth.withDefault(
    'oauth2.client.auth.mode',
    oneOf('header', 'body'),
    'header',
    'Where the client id and secret travel: a Basic `Authorization` header or the form body.',
  ),
  sslCaLocation: tls.optional(
    'http.ssl.ca.location',
    text,
    "PEM file of the authorities to trust; the system's by default.",
  ),
  sslCertificateLocation: tls.optional(
    'http.ssl.certificate.location',
    text,
    'PEM file of the client certificate (mutual TLS).',
  ),
  sslKeyLocation: tls.optional('http.ssl.key.location', text, "PEM file of the client certificate's private key."),
  sslKeyPassword: tls.optional('http.ssl.key.password', password, 'Password of the private key.'),
};

const deliveryPart = {
  batchMaxRecords: batch.withDefault('batch.max.records', integer(1, 1_000_000), '500', 'Most records of a request.'),
  batchMaxBytes: batch.withDefault(
    'batch.max.bytes',
    integer(1, 1024 * MEBIBYTE),
    String(MEBIBYTE),
    "Most bytes of a request's body, envelope included.",
  ),
  batchLingerMs: batch.withDefault(
    'batch.linger.ms',
    integer(0, DAY),
    '20',
    'Milliseconds that a batch waits for more records, counted from its first one.',
  ),
  batchFormat: batch.withDefault(
    'batch.format',
    oneOf('array', 'ndjson', 'envelope', 'single'),
    'array',
    'Shape of the body: a JSON array, a record per line, an array within an envelope, or one record alone.',
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
    String(32 * MEBIBYTE),
    'Bytes of record values that the task may hold.',
  ),
};

const errorsPart = {
  onNullValues: errors.withDefault(
    'behavior.on.null.values',
    oneOf('fail', 'ignore'),
    'fail',
    'A record without a value (a tombstone): an error of that record, or skipped and counted.',
  ),
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
    'Log its topic, partition, offset and timestamp too; never its content.',
  ),
  deadLetterTopic: errors.optional(
    'errors.deadletterqueue.topic.name',
    topicName,
    "Topic for records that can not be delivered. None of the connector's own topics.",
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
    "Add Kafka Connect's `__connect.errors.*` headers to each dead letter.",
  ),
};

/** Every key of a connector file that has a meaning of its own; families and Kafka client keys stand beside. */
export const connectorKeys = { ...connectorPart, ...httpPart, ...credentialsPart, ...deliveryPart, ...errorsPart };
