import { type Format, integer, oneOf, password, secretText, text, trim } from '../schema/formats.ts';
import { type KeySpec, keyGroup } from '../schema/key-spec.ts';
import type { Peer } from './dialect.ts';

const endpoint = keyGroup('Endpoint');
const batches = keyGroup('Batches');
const connections = keyGroup('Connections');
const tokens = keyGroup('Tokens');
const proxies = keyGroup('Proxy');

export const ENDPOINT = 'aep.endpoint';
export const HEADERS = 'aep.connection.endpoint.headers';
export const FLUSH_SECONDS = 'aep.flush.interval.seconds';
export const FLUSH_KB = 'aep.flush.bytes.kb';
export const CONNECT_TIMEOUT = 'aep.connection.timeout';
export const READ_TIMEOUT = 'aep.connection.readTimeout';
export const MAX_RETRIES = 'aep.connection.maxRetries';
export const RETRY_BACKOFF = 'aep.connection.retryBackoff';
export const PROXY_HOST = 'aep.connection.proxy.host';
export const PROXY_PORT = 'aep.connection.proxy.port';
export const PROXY_USER = 'aep.connection.proxy.user';
export const PROXY_PASSWORD = 'aep.connection.proxy.password';
export const AUTH_ENABLED = 'aep.connection.auth.enabled';
export const TOKEN_TYPE = 'aep.connection.auth.token.type';
export const IMS = 'aep.connection.auth.endpoint';
export const CLIENT_ID = 'aep.connection.auth.client.id';
export const CLIENT_SECRET = 'aep.connection.auth.client.secret';
export const CLIENT_CODE = 'aep.connection.auth.client.code';
export const IMS_ORG = 'aep.connection.auth.imsOrg';
export const ACCOUNT = 'aep.connection.auth.accountKey';
export const KEY_VALUE = 'aep.connection.auth.keyValue';
export const KEY_FILE = 'aep.connection.auth.filePath';

/** Java's int. */
export const MOST_INT = 2_147_483_647;
const anyInt = integer(-MOST_INT - 1, MOST_INT);

/** As `SinkUtils.getProperty` has it: blanks alone are as if nothing was written. */
function blankIsNone<T>(spec: KeySpec<T>): KeySpec<T> {
  return { ...spec, read: written => spec.read(written === null || trim(written) === '' ? null : written) };
}

/** As `equals("true")` sees it: what is not true is false, and nothing is refused. */
const flag: Format<string> = { ...text, type: 'boolean' };

export const keys = {
  endpoint: endpoint.required(
    ENDPOINT,
    text,
    'Address of the streaming connection, `https://dcs.adobedc.net/collection/<id>`; batches go to `/collection/batch/<id>`.',
  ),
  headers: endpoint.optional(
    HEADERS,
    secretText,
    'More headers of each request, as a JSON object: `{"x-adobe-flow-id":"…"}`. What is no such object is a fault.',
  ),
  flushSeconds: blankIsNone(
    batches.withDefault(
      FLUSH_SECONDS,
      anyInt,
      '1',
      'Seconds that a batch waits for more records, counted from its first one. Below 1 it is 1.',
    ),
  ),
  flushKb: blankIsNone(
    batches.withDefault(
      FLUSH_KB,
      anyInt,
      '4',
      'KB (1024 bytes) of a request’s body at which it is sent, with the record that reaches them. Below 1 it is 4.',
    ),
  ),
  connectTimeoutMs: blankIsNone(
    connections.withDefault(
      CONNECT_TIMEOUT,
      integer(0, MOST_INT),
      '5000',
      'Milliseconds that opening a connection may take; 0: a day.',
    ),
  ),
  readTimeoutMs: blankIsNone(
    connections.withDefault(
      READ_TIMEOUT,
      integer(0, MOST_INT),
      '60000',
      'Milliseconds that the answer may take, beside those of `aep.connection.timeout`; 0: a day.',
    ),
  ),
  maxRetries: blankIsNone(
    connections.withDefault(
      MAX_RETRIES,
      integer(1, MOST_INT),
      '3',
      'Most attempts of a request, the first one too. An outage is waited out nevertheless; a limit of ours is `delivery.max.attempts`.',
    ),
  ),
  retryBackoffMs: blankIsNone(
    connections.withDefault(
      RETRY_BACKOFF,
      integer(0, MOST_INT),
      '300',
      'Milliseconds before the first repetition; it doubles each time, with jitter.',
    ),
  ),
  authEnabled: tokens.withDefault(
    AUTH_ENABLED,
    flag,
    'false',
    'Whether requests carry a token of Adobe’s IMS: `true`, in small letters; anything else is `false`.',
  ),
  tokenType: tokens.withDefault(
    TOKEN_TYPE,
    oneOf('access_token', 'jwt_token', 'oauth2_access_token'),
    'jwt_token',
    'How a token is asked for: `oauth2_access_token`, as a server of OAuth (client credentials); `access_token`, by an authorization code; ' +
      '`jwt_token`, by a signed JWT, which Adobe has retired.',
  ),
  ims: tokens.optional(
    IMS,
    text,
    'Address of IMS, `https://ims-na1.adobelogin.com`; by default what the variable `AUTH_ENDPOINT` holds.',
  ),
  clientId: tokens.optional(CLIENT_ID, text, 'Client id at IMS.'),
  clientSecret: tokens.optional(CLIENT_SECRET, password, 'Client secret at IMS.'),
  clientCode: tokens.optional(CLIENT_CODE, password, 'Authorization code of `access_token`.'),
  imsOrg: tokens.optional(IMS_ORG, text, 'Organisation, the issuer of the JWT of `jwt_token`.'),
  account: tokens.optional(ACCOUNT, text, 'Technical account, the subject of the JWT of `jwt_token`.'),
  keyFile: tokens.optional(KEY_FILE, text, 'File with the private key of `jwt_token`: PKCS #8 as DER, or PEM.'),
  keyValue: tokens.optional(
    KEY_VALUE,
    password,
    'That key itself in base64, in the place of `aep.connection.auth.filePath`: of a version that is not released.',
  ),
  proxyHost: proxies.optional(PROXY_HOST, text, 'Host of the proxy of all requests, those for tokens too.'),
  proxyPort: blankIsNone(proxies.withDefault(PROXY_PORT, integer(1, 65_535), '443', 'Port of the proxy.')),
  proxyUser: proxies.optional(
    PROXY_USER,
    text,
    'User at the proxy; counts with `aep.connection.proxy.password` alone.',
  ),
  proxyPassword: proxies.optional(PROXY_PASSWORD, password, 'Password at the proxy.'),
};

export type AdobePeer = Peer<typeof keys>;
