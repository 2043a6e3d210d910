import { boolean, headerName, idempotencyPrefix } from './formats.ts';
import { keyGroup } from './key-spec.ts';

const identity = keyGroup('Identity of requests');

/** What a request says of the records in it. */
export const requestKeys = {
  idempotencyKeyEnabled: identity.withDefault(
    'http.idempotency.key.enabled',
    boolean,
    'false',
    'Each request has a key made of the first and the last record of each partition in it, `orders-3-42..141` or ' +
      '`orders-3-42..141,orders-7-9..9`; where that is longer than 128 characters, of `sha256-` and its SHA-256 in ' +
      'hexadecimal digits. A request that is repeated with the same records has the same key, after a restart as well; ' +
      'with other records (a half of a batch, what a 207 left) it has another one. A topic that is deleted and created ' +
      'anew gives the same keys again: change `http.idempotency.key.prefix` then.',
  ),
  idempotencyKeyHeader: identity.withDefault(
    'http.idempotency.key.header',
    headerName,
    'Idempotency-Key',
    'Header of the key.',
  ),
  idempotencyKeyPrefix: identity.optional(
    'http.idempotency.key.prefix',
    idempotencyPrefix,
    'What stands before the key, hashed or not: it tells connectors apart that send the same records to one endpoint.',
  ),
  idempotencyKeyQuoted: identity.withDefault(
    'http.idempotency.key.quoted',
    boolean,
    'true',
    'The key stands within double quotes, as a string of RFC 8941, which draft-ietf-httpapi-idempotency-key-header asks ' +
      'for. `false` is for endpoints that take the quotes for a part of the key and refuse them.',
  ),
  traceContextForward: identity.withDefault(
    'http.trace.context.forward',
    boolean,
    'false',
    'A request that carries exactly one record has the `traceparent` and `tracestate` (W3C Trace Context) of its ' +
      "Kafka headers. What is not valid is not sent. The records' headers are read for it, which costs a little for each.",
  ),
};
