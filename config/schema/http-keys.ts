import { codingKeys } from './coding-keys.ts';
import { credentialKeys, oauth2TlsKeys } from './credential-keys.ts';
import { httpUrl, integer, oneOf, successStatuses } from './formats.ts';
import { keyGroup } from './key-spec.ts';
import { httpTlsKeys } from './tls-keys.ts';
import { DAY_MS, MEBIBYTE } from './units.ts';

const http = keyGroup('HTTP endpoint');

const httpPart = {
  httpUrl: http.required(
    'http.url',
    httpUrl,
    'Where batches are sent. It is logged, so it must not hold a user, a password or a token.',
  ),
  httpMethod: http.withDefault('http.method', oneOf('POST', 'PUT', 'PATCH'), 'POST', 'Method of the requests.'),
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
    'Bytes of an answer’s body that are read. Status and headers decide what it means; only a 207 needs all of its body, and parks the connector where it is larger.',
  ),
  httpResponseSuccessCodes: http.withDefault(
    'http.response.success.codes',
    successStatuses,
    '200,201,202,204',
    'Statuses that confirm a request, single ones and ranges within 200-299.',
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
export const httpKeys = { ...httpPart, ...codingKeys, ...credentialKeys, ...httpTlsKeys, ...oauth2TlsKeys };
