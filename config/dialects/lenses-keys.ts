import { boolean, type Format, integer, oneOf, password, secretText, splitList, text } from '../schema/formats.ts';
import { keyGroup } from '../schema/key-spec.ts';
import type { Peer } from './dialect.ts';

const INT_MAX = 2_147_483_647;
const LONG_MAX = 999_999_999_999_999;

const request = keyGroup('Request');
const batch = keyGroup('Batches');
const errors = keyGroup('Retries and errors');
const auth = keyGroup('Credentials');
const tls = keyGroup('TLS');
const reports = keyGroup('Reports');

const PREFIX = 'connect.http.';
const TEMPLATE = '`{{value}}`, `{{value.field}}`, `{{key}}`, `{{header.name}}` and `{{topic}}` are filled in';

const statusList: Format<readonly number[]> = {
  type: 'list',
  expects: 'statuses between commas, e.g. 429,503',
  verbatim: false,
  quotable: true,
  read: written => {
    const items = splitList(written);
    return items.every(item => /^[1-5]\d\d$/.test(item)) ? items.map(Number) : undefined;
  },
};

const requestKeys = {
  method: request.withDefault(`${PREFIX}method`, oneOf('POST', 'PUT', 'PATCH'), 'POST', 'Method of the requests.'),
  endpoint: request.required(`${PREFIX}endpoint`, text, `Where records are sent. Behind the host ${TEMPLATE}.`),
  content: request.required(
    `${PREFIX}request.content`,
    text,
    `The body of a request: ${TEMPLATE}, and \`{{partition}}\`, \`{{offset}}\`, \`{{timestamp}}\`. What stands between \`{{#message}}\` and ` +
      '`{{/message}}` is repeated for each record of a batch; without them a request carries one record.',
  ),
  headers: request.optional(
    `${PREFIX}request.headers`,
    secretText,
    `Headers of every request, \`name:value\` each, separated by commas; in the values ${TEMPLATE}. Without a \`Content-Type\` it is \`application/json\`.`,
  ),
  copyHeaders: request.withDefault(
    `${PREFIX}copy.message.headers`,
    boolean,
    'false',
    'Pass the headers of the records on; those that are written win.',
  ),
  connectionTimeoutMs: request.withDefault(
    `${PREFIX}connection.timeout.ms`,
    integer(1, INT_MAX),
    '10000',
    'Milliseconds that opening a connection may take.',
  ),
  tidy: request.withDefault(
    `${PREFIX}json.tidy`,
    boolean,
    'false',
    'Take away the comma behind the last record of a `{{#message}}` loop.',
  ),
  nullHandler: request.withDefault(
    `${PREFIX}null.payload.handler`,
    oneOf('error', 'empty', 'null', 'custom'),
    'error',
    'What stands for something that a record has not: `error`, an error of that record; `empty`, nothing; `null`; `custom`, the text of ' +
      '`connect.http.null.payload.handler.custom`.',
  ),
  nullCustom: request.withDefault(`${PREFIX}null.payload.handler.custom`, text, '', 'That text.'),
};

const batchKeys = {
  count: batch.withDefault(
    `${PREFIX}batch.count`,
    integer(-LONG_MAX, LONG_MAX),
    '1',
    'Most records of a request, where `connect.http.request.content` has a loop; 0 or less: no limit.',
  ),
  size: batch.withDefault(
    `${PREFIX}batch.size`,
    integer(-LONG_MAX, LONG_MAX),
    '0',
    'Bytes of its records that a request is sent with; 0 or less: no limit.',
  ),
  interval: batch.withDefault(
    `${PREFIX}time.interval`,
    integer(-LONG_MAX, LONG_MAX),
    '0',
    'Seconds that a batch is filled for; 0 or less: no limit.',
  ),
};

const errorKeys = {
  retryMode: errors.withDefault(
    `${PREFIX}retry.mode`,
    oneOf('exponential', 'fixed'),
    'exponential',
    'How pauses between attempts grow: from a second to `connect.http.retries.max.timeout.ms`, or not at all.',
  ),
  maxRetries: errors.withDefault(
    `${PREFIX}retries.max.retries`,
    integer(-INT_MAX, INT_MAX),
    '5',
    'How often a request is repeated that is answered with a 4xx of `connect.http.retries.on.status.codes`. Outages are waited out.',
  ),
  maxTimeoutMs: errors.withDefault(
    `${PREFIX}retries.max.timeout.ms`,
    integer(1, INT_MAX),
    '30000',
    'With `exponential`: the longest pause, milliseconds.',
  ),
  fixedIntervalMs: errors.withDefault(
    `${PREFIX}retry.fixed.interval.ms`,
    integer(1, INT_MAX),
    '10000',
    'With `fixed`: the pause, milliseconds.',
  ),
  statusCodes: errors.withDefault(
    `${PREFIX}retries.on.status.codes`,
    statusList,
    '408,429,502,504,500,503',
    'Statuses after which a request is repeated. Of those that say that the endpoint is out of order, each is, whatever stands here.',
  ),
  errorThreshold: errors.withDefault(
    `${PREFIX}error.threshold`,
    integer(-INT_MAX, INT_MAX),
    '5',
    'Accepted: how many batches in a row may be lost, which none is here.',
  ),
  syncPeriodMs: errors.withDefault(
    `${PREFIX}upload.sync.period`,
    integer(1, INT_MAX),
    '100',
    'Accepted: how often it is looked whether a batch is full, which is known at once here.',
  ),
  queueSize: errors.withDefault(
    `${PREFIX}max.queue.size`,
    integer(-INT_MAX, INT_MAX),
    '1000000',
    'Accepted: `buffer.max.bytes` limits what waits.',
  ),
  queueOfferMs: errors.withDefault(
    `${PREFIX}max.queue.offer.timeout.ms`,
    integer(-LONG_MAX, LONG_MAX),
    '120000',
    'Accepted: reading stops while the buffer is full.',
  ),
};

const OAUTH2 = `${PREFIX}authentication.oauth2.`;

const authKeys = {
  authType: auth.withDefault(
    `${PREFIX}authentication.type`,
    oneOf('none', 'basic', 'oauth2'),
    'none',
    'Kind of credentials. `oauth2` is the client credentials grant.',
  ),
  user: auth.withDefault(`${PREFIX}authentication.basic.username`, text, '', 'User of `basic`.'),
  password: auth.optional(`${PREFIX}authentication.basic.password`, password, 'Password of `basic`.'),
  tokenUrl: auth.optional(`${OAUTH2}token.url`, text, 'Where tokens are asked for. Required with `oauth2`.'),
  clientId: auth.withDefault(
    `${OAUTH2}client.id`,
    text,
    '',
    'Client id; it travels in a Basic header and in the form.',
  ),
  clientSecret: auth.optional(`${OAUTH2}client.secret`, password, 'Client secret; it travels where the id does.'),
  tokenProperty: auth.withDefault(`${OAUTH2}token.property`, text, 'access_token', 'What an answer calls the token.'),
  clientScope: auth.withDefault(`${OAUTH2}client.scope`, text, 'any', 'Scope to ask for.'),
  clientHeaders: auth.optional(
    `${OAUTH2}client.headers`,
    secretText,
    'Headers of requests for tokens, separated by commas; name and value with `…headers.separator` between them.',
  ),
  clientHeadersSeparator: auth.withDefault(
    `${OAUTH2}client.headers.separator`,
    text,
    ':',
    'What stands between name and value of such a header.',
  ),
};

const storeType = oneOf('JKS', 'PKCS12');

/** Of all that Kafka's clients know, what this sink looks at. */
const tlsKeys = {
  protocol: tls.withDefault(
    'ssl.protocol',
    oneOf('TLSv1.3', 'TLSv1.2', 'TLS'),
    'TLSv1.3',
    'The highest version of TLS that is spoken; `TLS` is the same as `TLSv1.3`.',
  ),
  truststoreLocation: tls.optional(
    'ssl.truststore.location',
    text,
    'Store of the authorities to trust, and of no others.',
  ),
  truststorePassword: tls.optional('ssl.truststore.password', password, 'Its password.'),
  truststoreType: tls.withDefault('ssl.truststore.type', storeType, 'JKS', 'Its type. The bytes tell anyway.'),
  keystoreLocation: tls.optional('ssl.keystore.location', text, 'Store of the client certificate and its private key.'),
  keystorePassword: tls.optional('ssl.keystore.password', password, 'Password of that store, and of the key in it.'),
  keystoreType: tls.withDefault('ssl.keystore.type', storeType, 'JKS', 'Its type. The bytes tell anyway.'),
};

export const ERROR_REPORTS = 'connect.reporting.error.config.';
export const SUCCESS_REPORTS = 'connect.reporting.success.config.';

function reportKey(prefix: string) {
  const what = prefix === ERROR_REPORTS ? 'errors' : 'successes';
  return {
    enabled: reports.withDefault(`${prefix}enabled`, boolean, 'false', `Report ${what} to a topic.`),
    topic: reports.optional(`${prefix}topic`, text, 'That topic. Required where reports are enabled.'),
    servers: reports.optional(
      `${prefix}bootstrap.servers`,
      text,
      'Brokers that it lies on; the reporter’s client inherits nothing. Required where reports are enabled.',
    ),
    jaas: reports.optional(`${prefix}sasl.jaas.config`, secretText, 'Credentials of the reporter’s client.'),
    protocol: reports.optional(`${prefix}security.protocol`, text, 'How its client speaks with the brokers.'),
    mechanism: reports.optional(`${prefix}sasl.mechanism`, text, 'How its client logs in.'),
    partition: reports.optional(
      `${prefix}partition`,
      integer(-1, INT_MAX),
      'Accepted: the keys of the records choose the partitions of reports.',
    ),
  };
}

const error = reportKey(ERROR_REPORTS);
const success = reportKey(SUCCESS_REPORTS);

const reportKeys = {
  errorsEnabled: error.enabled,
  errorsTopic: error.topic,
  errorsServers: error.servers,
  errorsJaas: error.jaas,
  errorsProtocol: error.protocol,
  errorsMechanism: error.mechanism,
  errorsPartition: error.partition,
  successEnabled: success.enabled,
  successTopic: success.topic,
  successServers: success.servers,
  successJaas: success.jaas,
  successProtocol: success.protocol,
  successMechanism: success.mechanism,
  successPartition: success.partition,
};

export const keys = { ...requestKeys, ...batchKeys, ...errorKeys, ...authKeys, ...tlsKeys, ...reportKeys };

export type Lenses = Peer<typeof keys>;
