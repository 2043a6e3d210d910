import { boolean, integer, oneOf, password, text } from '../schema/formats.ts';
import { type KeySpec, keyGroup, type Values } from '../schema/key-spec.ts';
import { confluentKeys } from './confluent-keys.ts';
import { keysOfApi } from './confluent-v2-api-keys.ts';

export const MOST_APIS = 15;

const connection = keyGroup('Connection');
const auth = keyGroup('Credentials');
const tls = keyGroup('TLS');
const errors = keyGroup('Records and errors');
const reports = keyGroup('Reports');

/** What both of Confluent's HTTP sinks have in common; what is of each request has a name of its own here. */
const {
  url: _url,
  method: _method,
  headers: _headers,
  sensitiveHeaders: _sensitiveHeaders,
  headerSeparator: _headerSeparator,
  connectTimeoutMs: _connectTimeoutMs,
  requestTimeoutMs: _requestTimeoutMs,
  onNullValues: _onNullValues,
  deletesInOrder: _deletesInOrder,
  bodyFormat: _bodyFormat,
  asArray: _asArray,
  batchKey: _batchKey,
  batchSize: _batchSize,
  prefix: _prefix,
  suffix: _suffix,
  separator: _separator,
  seperator: _seperator,
  decimalFormat: _decimalFormat,
  patterns: _patterns,
  replacements: _replacements,
  regexSeparator: _regexSeparator,
  maxRetries: _maxRetries,
  backoffMs: _backoffMs,
  backoffPolicy: _backoffPolicy,
  retryCodes: _retryCodes,
  dataFormatAlias: _dataFormatAlias,
  ...common
} = confluentKeys;

const ofConnector = {
  ...common,
  baseUrl: connection.required(
    'http.api.base.url',
    text,
    'Where all APIs are: scheme, host and port, and what all their paths begin with.',
  ),
  apis: connection.withDefault(
    'apis.num',
    integer(1, MOST_APIS),
    '1',
    'How many APIs there are: `api1.…`, `api2.…`, ….',
  ),
  authType: auth.withDefault(
    'auth.type',
    oneOf('NONE', 'BASIC', 'OAUTH2', 'BEARER', 'API_KEY'),
    'NONE',
    'Kind of credentials, of all APIs.',
  ),
  bearerToken: auth.optional('bearer.token', password, 'Token of `BEARER`.'),
  apiKeyLocation: auth.withDefault(
    'api.key.location',
    oneOf('HEADER', 'QUERY'),
    'HEADER',
    'Where the key of `API_KEY` stands: in a header, or in the query.',
  ),
  apiKeyName: auth.withDefault('api.key.name', text, 'X-API-KEY', 'Name of that header or parameter.'),
  apiKeyValue: auth.optional('api.key.value', password, 'The key of `API_KEY`.'),
  flowType: auth.withDefault(
    'oauth2.flow.type',
    oneOf('CLIENT_CREDENTIALS_FLOW', 'CODE_GRANT_FLOW'),
    'CLIENT_CREDENTIALS_FLOW',
    'With `OAUTH2`: the grant. `CODE_GRANT_FLOW` needs a refresh token beside it: `oauth2.refresh.token`, or `oauth2.refresh.token.file`.',
  ),
  clientAuthMode: auth.withDefault(
    'oauth2.client.auth.mode',
    oneOf('header', 'url', 'request_body'),
    'header',
    'With `OAUTH2`: how the client shows who it is: in a Basic `Authorization` header, or in the form of the request (`url` and `request_body`).',
  ),
  gcpCredentials: auth.optional(
    'gcp.credentials.json',
    password,
    'With `OAUTH2`: the JSON file of a Google service account itself; tokens are asked for with a JWT that it signs, at its `token_uri`.',
  ),
  sslEnabled: tls.withDefault(
    'https.ssl.enabled',
    boolean,
    'false',
    'Whether `https.ssl.protocol` counts. Addresses with https speak TLS in any case.',
  ),
  onError: errors.withDefault(
    'behavior.on.error',
    oneOf('fail', 'ignore', 'log'),
    'fail',
    'A record that an endpoint refuses: `fail`, the task fails; `ignore` and `log`, it is logged and goes the way of `errors.tolerance=all`. An endpoint that ' +
      'is out of order is waited for, whatever stands here.',
  ),
  reportErrorsAs: reports.withDefault(
    'report.errors.as',
    oneOf('Error string', 'error_string', 'http_response'),
    'Error string',
    'Value of a report of an error: why, in one line, or the body of the answer.',
  ),
};

export type ApiKeys = ReturnType<typeof keysOfApi>;
export type ApiValues = Values<ApiKeys>;

const nameIn = (n: number, name: string): string => `api${n}_${name}`;

const ofApis: Readonly<Record<string, KeySpec<unknown>>> = Object.fromEntries(
  Array.from({ length: MOST_APIS }, (_, i) => i + 1).flatMap(n =>
    Object.entries(keysOfApi(n)).map(([name, spec]) => [nameIn(n, name), spec as KeySpec<unknown>] as const),
  ),
);

const API_NAMES = Object.keys(keysOfApi(1)) as readonly (keyof ApiKeys)[];

/** Every key behind `api<n>.`. */
export const API_KEYS: readonly string[] = Object.values(keysOfApi(1)).map(({ key }) => key.slice('api1.'.length));

export const confluentV2Keys = { ...ofApis, ...ofConnector } as typeof ofConnector;

export type ConfluentV2Keys = typeof confluentV2Keys;

/** What is said of one API. */
export function valuesOfApi(values: Values<ConfluentV2Keys>, n: number): ApiValues {
  const all = values as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(API_NAMES.map(name => [name, all[nameIn(n, name)]])) as unknown as ApiValues;
}
