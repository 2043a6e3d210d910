import { answerKeys } from './answer-keys.ts';
import { codingKeys } from './coding-keys.ts';
import { boolean, httpUrl, integer, oneOf, password, text } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { templatedUrl } from './template-formats.ts';
import { httpTlsKeys } from './tls-keys.ts';
import { DAY_MS, MEBIBYTE } from './units.ts';

const http = keyGroup('HTTP endpoint');
const auth = keyGroup('Credentials');

const httpPart = {
  httpUrl: http.required(
    'http.url',
    templatedUrl,
    'Where batches are sent. It is logged, so it must not hold a user, a password or a token. Path and query may hold macros ' +
      '(see Templates): records with different addresses do not share a request.',
  ),
  httpMethod: http.withDefault(
    'http.method',
    oneOf('POST', 'PUT', 'PATCH', 'DELETE', 'GET'),
    'POST',
    'Method of the requests. GET and DELETE have no body, and carry one record each; `http.request.body` says otherwise.',
  ),
  httpTimeoutMs: http.withDefault(
    'http.timeout.ms',
    integer(1, DAY_MS),
    '30000',
    'Milliseconds one attempt may take, from connect to the last byte of the answer.',
  ),
  httpConnectTimeoutMs: http.withDefault(
    'http.connect.timeout.ms',
    integer(1, DAY_MS),
    '10000',
    'Milliseconds that opening a connection may take, TLS included; at most `http.timeout.ms`.',
  ),
  httpResponseMaxBytes: http.withDefault(
    'http.response.max.bytes',
    integer(1, 1024 * MEBIBYTE),
    String(MEBIBYTE),
    'Bytes of an answer’s body that are read. Status and headers decide what it means; only an answer that is read record by record (a 207), or that a rule is about, needs all of its body, and parks the connector where it is larger.',
  ),
  retryBackoffMs: http.withDefault(
    'retry.backoff.ms',
    integer(1, DAY_MS),
    '500',
    'Milliseconds before the first repetition; it doubles each time, with full jitter.',
  ),
  retryBackoffMaxMs: http.withDefault(
    'retry.backoff.max.ms',
    integer(1, DAY_MS),
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
};

/** The keys of the endpoint: where requests go, with which credentials and over which TLS. */
export const httpKeys = { ...httpPart, ...codingKeys, ...answerKeys, ...credentialsPart, ...httpTlsKeys };
