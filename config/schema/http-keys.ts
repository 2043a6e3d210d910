import { answerKeys } from './answer-keys.ts';
import { codingKeys } from './coding-keys.ts';
import { credentialKeys, oauth2TlsKeys } from './credential-keys.ts';
import { integer, oneOf } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { templatedUrl } from './template-formats.ts';
import { httpTlsKeys } from './tls-keys.ts';
import { DAY_MS, MEBIBYTE } from './units.ts';

const http = keyGroup('HTTP endpoint');

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
  httpVersion: http.withDefault(
    'http.version',
    oneOf('1.1', '2'),
    '1.1',
    'Version of HTTP. With `2` all requests share one connection: https endpoints must choose `h2` in the TLS handshake (ALPN), http ones must know it beforehand (h2c), and one that does neither parks the connector. More connections are opened only where the endpoint allows fewer requests on each than `delivery.max.in.flight`. Tokens are always asked for over HTTP/1.1.',
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

/** The keys of the endpoint: where requests go, with which credentials and over which TLS. */
export const httpKeys = {
  ...httpPart,
  ...codingKeys,
  ...answerKeys,
  ...credentialKeys,
  ...httpTlsKeys,
  ...oauth2TlsKeys,
};
