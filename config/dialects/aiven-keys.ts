import { refusalStatuses } from '../schema/credential-formats.ts';
import {
  address,
  boolean,
  type Format,
  integer,
  oneOf,
  password,
  secretText,
  text,
  verbatimText,
} from '../schema/formats.ts';
import { keyGroup } from '../schema/key-spec.ts';
import { DAY_MS } from '../schema/units.ts';
import type { Peer } from './dialect.ts';

const INT_MAX = 2_147_483_647;

const connection = keyGroup('Connection');
const oauth2 = keyGroup('OAuth 2.0');
const batching = keyGroup('Batching');
const delivery = keyGroup('Delivery');
const format = keyGroup('Format');

/** A user in an address is never sent by Java's client. */
const url = address('http.authorization.type=static with http.headers.authorization');

/** ConfigDef's NonEmptyStringWithoutControlChars. */
const plainText: Format<string> = {
  ...text,
  expects: 'a text that is not empty, without control characters',
  quotable: false,
  read: value => (value === '' || /\p{Cc}/u.test(value) ? undefined : value),
};

const connectionKeys = {
  url: connection.required('http.url', url, 'Where records are sent, by POST: an address of http or https.'),
  authorizationType: connection.required(
    'http.authorization.type',
    oneOf('none', 'oauth2', 'static'),
    'Kind of credentials: `none`, `static` (`http.headers.authorization`), or `oauth2`.',
  ),
  authorization: connection.optional(
    'http.headers.authorization',
    password,
    'The whole `Authorization` header. Required with `static`, and refused with `none`.',
  ),
  contentType: connection.optional(
    'http.headers.content.type',
    text,
    'The `Content-Type` of every request; without this key requests have none.',
  ),
  headers: connection.optional(
    'http.headers.additional',
    secretText,
    'Further headers, `name:value` each, separated by commas; no name twice. A value may hold colons here, and no comma: a header ' +
      'whose value has one is written as `http.headers.<Name>`.',
  ),
  timeout: connection.withDefault(
    'http.timeout',
    integer(1, INT_MAX),
    '30',
    'Seconds that one attempt may take, opening the connection included. Of requests for tokens too.',
  ),
  proxyHost: connection.optional(
    'http.proxy.host',
    text,
    'Host of a forward proxy for all requests, those for tokens too. Together with `http.proxy.port`.',
  ),
  proxyPort: connection.withDefault(
    'http.proxy.port',
    integer(-1, 65_535),
    '-1',
    'Port of the proxy; -1: there is none.',
  ),
  trustAll: connection.withDefault(
    'http.ssl.trust.all.certs',
    boolean,
    'false',
    'Take any certificate for any host, of the endpoint and of the authorization server: nothing protects then.',
  ),
  truststoreLocation: connection.optional(
    'http.ssl.truststore.location',
    text,
    'Store of the authorities to trust, and of no others: JKS, and here PKCS12 or a PEM file as well.',
  ),
  truststorePassword: connection.optional('http.ssl.truststore.password', password, 'Password of the trust store.'),
};

const oauth2Keys = {
  tokenUrl: oauth2.optional('oauth2.access.token.url', url, 'Token endpoint. Required with `oauth2`.'),
  grantTypeProperty: oauth2.withDefault(
    'oauth2.request.grant.type.property',
    plainText,
    'grant_type',
    'What the form of a token request calls the grant.',
  ),
  grantType: oauth2.withDefault(
    'oauth2.grant.type',
    plainText,
    'client_credentials',
    'The grant that the form names, whatever it is; no parameter but `scope` comes with it.',
  ),
  clientIdProperty: oauth2.withDefault(
    'oauth2.request.client.id.property',
    plainText,
    'client_id',
    'With `oauth2.client.authorization.mode=url`: what the form calls the client id.',
  ),
  clientId: oauth2.optional('oauth2.client.id', plainText, 'Client id. Required with `oauth2`.'),
  clientSecretProperty: oauth2.withDefault(
    'oauth2.request.client.secret.property',
    plainText,
    'client_secret',
    'With `oauth2.client.authorization.mode=url`: what the form calls the client secret.',
  ),
  clientSecret: oauth2.optional('oauth2.client.secret', password, 'Client secret. Required with `oauth2`.'),
  authorizationMode: oauth2.withDefault(
    'oauth2.client.authorization.mode',
    oneOf('HEADER', 'URL'),
    'HEADER',
    'Where id and secret travel: `HEADER`, as they are in a Basic `Authorization` header; `URL`, in the form, which is the body of ' +
      'the request and not its address.',
  ),
  scope: oauth2.optional('oauth2.client.scope', plainText, 'Scope to ask for, as the authorization server wants it.'),
  tokenProperty: oauth2.withDefault(
    'oauth2.response.token.property',
    plainText,
    'access_token',
    'What the answer calls the token. It is sent behind what the answer calls `token_type`, or `Bearer`.',
  ),
  renewStatuses: oauth2.withDefault(
    'oauth2.token.renew.on.status.codes',
    refusalStatuses,
    '401',
    'Statuses, separated by commas, after which a new token is asked for and the request is sent once more.',
  ),
};

const batchingKeys = {
  batching: batching.withDefault(
    'batching.enabled',
    boolean,
    'false',
    'Whether a request carries several records; else each record is the body of a request of its own.',
  ),
  batchSize: batching.withDefault('batch.max.size', integer(1, 1_000_000), '500', 'Most records of a request.'),
  prefix: batching.withDefault(
    'batch.prefix',
    verbatimText,
    '',
    'What stands before the first record. Blanks count, and a backslash is one: only the file itself (properties, JSON) reads escapes.',
  ),
  suffix: batching.withDefault(
    'batch.suffix',
    verbatimText,
    '\n',
    'What stands behind the last record, by default a line end. Written as for `batch.prefix`.',
  ),
  separator: batching.withDefault(
    'batch.separator',
    verbatimText,
    '\n',
    'What stands between two records, by default a line end. Written as for `batch.prefix`.',
  ),
};

const deliveryKeys = {
  maxRetries: delivery.withDefault(
    'max.retries',
    integer(0, INT_MAX),
    '1',
    'How often a request is repeated that a record in it is at fault for (a 4xx that is not about us as a whole), before that ' +
      'record is one that can not be delivered. Outages are waited out.',
  ),
  backoffMs: delivery.withDefault(
    'retry.backoff.ms',
    integer(0, INT_MAX),
    '3000',
    'Milliseconds before the first repetition; each further one waits longer here.',
  ),
  kafkaBackoffMs: delivery.optional(
    'kafka.retry.backoff.ms',
    integer(0, DAY_MS),
    'Accepted: what Kafka Connect was told to wait before it hands over the same records again, which is never needed here.',
  ),
};

const formatKeys = {
  decimalFormat: format.withDefault(
    'decimal.format',
    oneOf('BASE64', 'NUMERIC'),
    'BASE64',
    'How a Decimal in a Struct is written: its bytes in base64, or a number.',
  ),
};

/** 0.9.0, with the trust store and the renewal of tokens that its main branch has gained since. */
export const keys = { ...connectionKeys, ...oauth2Keys, ...batchingKeys, ...deliveryKeys, ...formatKeys };

export type Aiven = Peer<typeof keys>;
