import { boolean, integer, oneOf, password, secretText, text, verbatimText } from '../schema/formats.ts';
import { keyGroup } from '../schema/key-spec.ts';
import { DAY_MS } from '../schema/units.ts';
import { authKeys, tlsKeys } from './confluent-shared-keys.ts';
import { jvmStatuses } from './confluent-statuses.ts';

const request = keyGroup('Request');
const values = keyGroup('Records and errors');
const batch = keyGroup('Batches and bodies');
const retries = keyGroup('Retries');
const proxy = keyGroup('Proxy');
const reports = keyGroup('Reports');
const cloud = keyGroup('Confluent Cloud');

const INT = 2_147_483_647;
const factor = integer(-1, 32_767);
const REPORT_FORMAT = oneOf('json', 'string', 'avro', 'jsonschema', 'protobuf', 'bytes');

export const SEPARATORS = ['batch.prefix', 'batch.suffix', 'batch.separator', 'batch.seperator'] as const;

const requestPart = {
  url: request.required(
    'http.api.url',
    text,
    'Where requests go. `${topic}` and `${key}` are filled in, and `${field}` or `${field.inner}` from the value of the record; each is one ' +
      'part of the address, escaped as such. Records with different addresses do not share a request.',
  ),
  method: request.withDefault('request.method', oneOf('POST', 'PUT', 'PATCH'), 'POST', 'Method of the requests.'),
  headers: request.optional(
    'headers',
    secretText,
    'Headers of every request, `name:value`, between `header.separator`; only the first colon ends the name.',
  ),
  sensitiveHeaders: request.optional('sensitive.headers', secretText, 'Further headers, written as `headers` are.'),
  headerSeparator: request.withDefault('header.separator', verbatimText, '|', 'What stands between two headers.'),
  connectTimeoutMs: request.withDefault(
    'http.connect.timeout.ms',
    integer(0, INT),
    '30000',
    'Milliseconds that opening a connection may take; 0: a day.',
  ),
  requestTimeoutMs: request.withDefault(
    'http.request.timeout.ms',
    integer(0, INT),
    '30000',
    'Milliseconds that an answer may take once the connection is open; 0: a day.',
  ),
};

const proxyPart = {
  proxyHost: proxy.optional('http.proxy.host', text, 'Host of a forward proxy; requests for tokens go through it too.'),
  proxyPort: proxy.withDefault('http.proxy.port', integer(0, 65_535), '0', 'Its port, which `http.proxy.host` needs.'),
  proxyUser: proxy.optional('http.proxy.user', text, 'User at the proxy.'),
  proxyPassword: proxy.optional('http.proxy.password', password, 'Password at the proxy.'),
};

const valuePart = {
  onNullValues: values.withDefault(
    'behavior.on.null.values',
    oneOf('ignore', 'delete', 'fail', 'log'),
    'ignore',
    'A record without a value: `ignore` and `log`, skipped and counted; `fail`, an error of that record; `delete`, a DELETE to its address, or to ' +
      '`http.api.url` with `/` and its key behind where that address holds nothing of the record.',
  ),
  onError: values.withDefault(
    'behavior.on.error',
    oneOf('fail', 'ignore', 'log'),
    'fail',
    'A record that the endpoint refuses: `fail`, the task fails; `ignore` and `log`, it is logged and goes the way of `errors.tolerance=all`. By default `ignore` ' +
      'in a file of Confluent Cloud. An endpoint that is out of order is waited for, whatever stands here.',
  ),
  deadLetterTopic: values.optional(
    'errors.deadletterqueue.topic.name',
    text,
    'Topic of dead letters; `${connector}` is the name of the connector. By default `dlq-${connector}` in a file of Confluent Cloud.',
  ),
  deletesInOrder: values.withDefault(
    'deletes.send.in.order',
    boolean,
    'false',
    'Deletions keep their place among the records of a partition, whatever stands here.',
  ),
};

const batchPart = {
  bodyFormat: batch.withDefault(
    'request.body.format',
    oneOf('string', 'json'),
    'string',
    'How records are written: `string`, as Java’s `toString` does (a text as it is, a map as `{a=1}`, a Struct as `Struct{a=1}`); `json`, as JSON.',
  ),
  asArray: batch.withDefault(
    'batch.json.as.array',
    boolean,
    'true',
    'With `json`: records stand in a JSON array, one alone too. `false` needs `batch.max.size=1`.',
  ),
  batchKey: batch.withDefault(
    'batch.key.pattern',
    verbatimText,
    'someKey',
    'Records for which it differs do not share a request; `${key}` and `${topic}` are filled in.',
  ),
  batchSize: batch.withDefault('batch.max.size', integer(1, INT), '1', 'Most records of a request, 1000000 at most.'),
  prefix: batch.withDefault('batch.prefix', verbatimText, '', 'What stands before the first record. Blanks count.'),
  suffix: batch.withDefault('batch.suffix', verbatimText, '', 'What stands behind the last record. Blanks count.'),
  separator: batch.withDefault('batch.separator', verbatimText, ',', 'What stands between two records. Blanks count.'),
  seperator: batch.withDefault(
    'batch.seperator',
    verbatimText,
    ',',
    'An older name of `batch.separator`; that goes first.',
  ),
  decimalFormat: batch.withDefault(
    'json.decimal.format',
    oneOf('BASE64', 'NUMERIC'),
    'BASE64',
    'With `json`: how a Decimal is written, as its bytes in base64 or as a number.',
  ),
  patterns: batch.withDefault(
    'regex.patterns',
    verbatimText,
    '',
    'Java regular expressions between `regex.separator`; what they match in the text of each record is replaced.',
  ),
  replacements: batch.withDefault(
    'regex.replacements',
    verbatimText,
    '',
    'What takes the place of each pattern’s matches, between `regex.separator`; `${key}` and `${topic}` are filled in.',
  ),
  regexSeparator: batch.withDefault('regex.separator', verbatimText, '~', 'What stands between two of either.'),
};

const retryPart = {
  maxRetries: retries.optional(
    'max.retries',
    integer(0, INT),
    'How often a request is repeated that is answered with a 4xx of `retry.on.status.codes`; 5 by default, 3 in a file of Confluent Cloud. What says that the endpoint ' +
      'is out of order is repeated without an end.',
  ),
  backoffMs: retries.withDefault(
    'retry.backoff.ms',
    integer(0, DAY_MS),
    '3000',
    'Milliseconds before the first repetition.',
  ),
  backoffPolicy: retries.withDefault(
    'retry.backoff.policy',
    oneOf('EXPONENTIAL_WITH_JITTER', 'CONSTANT_VALUE'),
    'EXPONENTIAL_WITH_JITTER',
    'Whether that time doubles with each repetition, up to a minute, or stays.',
  ),
  retryCodes: retries.withDefault(
    'retry.on.status.codes',
    jvmStatuses,
    '400-',
    'Statuses that are repeated: codes, and ranges with an end or without, between commas. 5xx, 408, 425 and 429 always are.',
  ),
};

const topicPart = (kind: 'result' | 'error', name: string, about: string) => {
  const key = (rest: string): string => `reporter.${kind}.topic.${rest}`;
  const as = (role: string) => `Form of the ${role} of these reports; only \`json\` and \`string\` are known here.`;
  return {
    name: reports.optional(
      key('name'),
      text,
      `Topic that is told of ${about}; \`\${connector}\` is the name of the connector, nothing means no reports. By default \`${name}\` where ` +
        '`reporter.bootstrap.servers` is written.',
    ),
    factor: reports.withDefault(
      key('replication.factor'),
      factor,
      '3',
      'Its replication factor when it has to be created.',
    ),
    partitions: reports.withDefault(
      key('partitions'),
      integer(1, 10_000),
      '1',
      'Its partitions when it has to be created.',
    ),
    keyFormat: reports.withDefault(
      key('key.format'),
      REPORT_FORMAT,
      'json',
      'Accepted: keys are those of the records, byte for byte.',
    ),
    valueFormat: reports.withDefault(key('value.format'), REPORT_FORMAT, 'json', as('value')),
    keySchemas: reports.withDefault(
      key('key.format.schemas.enable'),
      boolean,
      'false',
      'Accepted where it is `false`.',
    ),
    valueSchemas: reports.withDefault(
      key('value.format.schemas.enable'),
      boolean,
      'false',
      'Accepted where it is `false`.',
    ),
  };
};

const result = topicPart(
  'result',
  '${connector}-success',
  'records that were delivered: each with the body of the answer',
);
const error = topicPart('error', '${connector}-error', 'records that could not be delivered');

const reportPart = {
  reporterBrokers: reports.optional(
    'reporter.bootstrap.servers',
    text,
    'Brokers of the topics of reports; the worker’s by default.',
  ),
  reportErrorsAs: reports.withDefault(
    'report.errors.as',
    oneOf('error_string', 'http_response'),
    'error_string',
    'Value of a report of an error: why, in one line, or the body of the answer.',
  ),
  resultTopic: result.name,
  resultFactor: result.factor,
  resultPartitions: result.partitions,
  resultKeyFormat: result.keyFormat,
  resultValueFormat: result.valueFormat,
  resultKeySchemas: result.keySchemas,
  resultValueSchemas: result.valueSchemas,
  errorTopic: error.name,
  errorFactor: error.factor,
  errorPartitions: error.partitions,
  errorKeyFormat: error.keyFormat,
  errorValueFormat: error.valueFormat,
  errorKeySchemas: error.keySchemas,
  errorValueSchemas: error.valueSchemas,
};

const RESTRICTED = 'Addresses that are not asked: `true` is not supported.';

const DATA_FORMAT = oneOf('JSON', 'BYTES', 'STRING', 'AVRO', 'JSON_SR', 'PROTOBUF');

const cloudPart = {
  dataFormat: cloud.optional(
    'input.data.format',
    DATA_FORMAT,
    'What values are: `JSON`, the default in a file of Confluent Cloud, `STRING` or `BYTES`. Those with a schema registry are not supported.',
  ),
  dataFormatAlias: cloud.optional(
    'data.format',
    DATA_FORMAT,
    'An older name of `input.data.format`, which goes first.',
  ),
  kafkaAuthMode: cloud.withDefault(
    'kafka.auth.mode',
    oneOf('KAFKA_API_KEY', 'SERVICE_ACCOUNT'),
    'KAFKA_API_KEY',
    'Who reads the topics: the key below, or as the worker file says.',
  ),
  kafkaApiKey: cloud.optional(
    'kafka.api.key',
    secretText,
    'API key of Kafka: the clients sign in with it, SASL/PLAIN over TLS.',
  ),
  kafkaApiSecret: cloud.optional('kafka.api.secret', password, 'The secret of that key.'),
  maxPollIntervalMs: cloud.optional('max.poll.interval.ms', integer(1, INT), 'The same key of the consumer.'),
  csfle: cloud.withDefault('csfle.enabled', boolean, 'false', 'Encrypted fields: `true` is not supported.'),
  localIps: cloud.withDefault('connection.disallow.local.ips', boolean, 'false', RESTRICTED),
  privateIps: cloud.withDefault('connection.disallow.private.ips', boolean, 'false', RESTRICTED),
  classEIps: cloud.withDefault('connection.disallow.class.e.ips', boolean, 'false', RESTRICTED),
  cidrRanges: cloud.optional('connection.disallow.cidr.ranges', text, 'Networks that are not asked: not supported.'),
};

/** The keys of both editions of the sink. */
export const confluentKeys = {
  ...requestPart,
  ...proxyPart,
  ...valuePart,
  ...batchPart,
  ...retryPart,
  ...authKeys,
  ...tlsKeys,
  ...reportPart,
  ...cloudPart,
};

export type ConfluentKeys = typeof confluentKeys;
