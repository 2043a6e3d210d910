import { DAY_MS } from '../schema/units.ts';
import { headers, proxy } from './adobe-connection.ts';
import * as key from './adobe-keys.ts';
import { tokens } from './adobe-tokens.ts';
import { defineDialect, differs, remark, type Statement, set } from './dialect.ts';
import { literalUrl } from './texts.ts';

type AdobePeer = key.AdobePeer;

/** What the API takes of a request (guardrails of the HTTP streaming API); what is larger, it answers with 413. */
const MOST_BYTES = 1_048_576;
const MOST_TARGET = 1_073_741_824;
const USUAL_BACKOFF_MAX_MS = 60_000;

function* translate(peer: AdobePeer): Iterable<Statement> {
  yield* request(peer);
  yield* headers(peer);
  yield* proxy(peer);
  yield* tokens(peer);
  yield* batches(peer);
  yield* patience(peer);
  yield set('behavior.on.string.values', 'json', 'value.converter');
  yield differs(
    'connector.class',
    'loses no batch and needs no restart: what Adobe’s sink logs and drops (429, other 4xx, 501 to 599) or stops at (500, 401, 403, no ' +
      'connection) is waited out, or is an error of the records it is about',
  );
  yield differs(
    'connector.class',
    'takes a value that is no JSON, and a record without a value, for an error of that record (see errors.tolerance): Adobe’s sink drops ' +
      'the one in silence and stops at the other',
  );
}

function* request({ values }: AdobePeer): Iterable<Statement> {
  if (values.endpoint === null) return;
  // An address that is of batches already would become /collection/batch/batch/.
  const address = values.endpoint.replaceAll(/\/collection\/(?!batch\/)/g, '/collection/batch/');
  yield set('http.url', literalUrl(address), key.ENDPOINT);
  yield set('batch.format', 'envelope', key.ENDPOINT);
  yield set('http.response.records', 'aep', key.ENDPOINT);
  yield set('http.response.success.codes', '200-299', key.ENDPOINT);
  if (values.endpoint.includes('/collection/batch/')) {
    yield differs(key.ENDPOINT, 'is an address of batches already: Adobe’s sink would put a second /batch/ into it');
  } else if (address === values.endpoint) {
    yield remark(key.ENDPOINT, 'holds no /collection/: bodies of many records go to it as it is');
  }
}

function* batches(peer: AdobePeer): Iterable<Statement> {
  const { values } = peer;
  const target = product(values.flushKb, 1024, 4);
  yield set('batch.target.bytes', Math.min(target, MOST_TARGET), key.FLUSH_KB);
  yield set('batch.linger.ms', Math.min(product(values.flushSeconds, 1000, 1), DAY_MS), key.FLUSH_SECONDS);
  if (Math.imul(values.flushKb, 1024) < 1) yield remark(key.FLUSH_KB, 'counts as 4, as in Adobe’s sink');
  if (Math.imul(values.flushSeconds, 1000) < 1) yield remark(key.FLUSH_SECONDS, 'counts as 1, as in Adobe’s sink');
  if (target >= MOST_BYTES && !peer.wrote('batch.max.bytes')) {
    yield differs(key.FLUSH_KB, `is more than the API takes: a request has ${MOST_BYTES} bytes at most`);
  } else {
    yield differs(
      key.FLUSH_KB,
      'counts the bytes of the body, with what stands around and between its records: Adobe’s sink counts the characters of the records',
    );
  }
  yield differs(
    key.FLUSH_SECONDS,
    'is how long the first record of a batch waits for others, across polls: Adobe’s sink sends what is left at the end of each poll',
  );
}

/** As `SinkUtils.getProperty` multiplies, in 32 bits: what comes out below 1 is the default. */
function product(value: number, by: number, fallback: number): number {
  const all = Math.imul(value, by);
  return all < 1 ? fallback * by : all;
}

function* patience({ values }: AdobePeer): Iterable<Statement> {
  const connectMs = values.connectTimeoutMs === 0 ? DAY_MS : Math.min(values.connectTimeoutMs, DAY_MS);
  const readMs = values.readTimeoutMs === 0 ? DAY_MS : values.readTimeoutMs;
  yield set('http.connect.timeout.ms', connectMs, key.CONNECT_TIMEOUT);
  yield set('http.timeout.ms', Math.min(connectMs + readMs, DAY_MS), key.READ_TIMEOUT);
  const backoffMs = Math.min(Math.max(values.retryBackoffMs, 1), DAY_MS);
  yield set('retry.backoff.ms', backoffMs, key.RETRY_BACKOFF);
  if (backoffMs > USUAL_BACKOFF_MAX_MS) yield set('retry.backoff.max.ms', backoffMs, key.RETRY_BACKOFF);
  yield differs(
    key.RETRY_BACKOFF,
    'is the first pause alone: the next ones double, with jitter, up to retry.backoff.max.ms, since an outage is waited out',
  );
  yield differs(
    key.MAX_RETRIES,
    'does not end a wait: an outage is waited out, unless delivery.max.attempts is a limit',
  );
}

/** https://github.com/adobe/experience-platform-streaming-connect, 0.0.30. It declares no keys: these are those that its code reads. */
export const adobe = defineDialect({
  title: 'Adobe’s streaming connector for the Experience Platform',
  classes: ['com.adobe.platform.streaming.sink.impl.AEPSinkConnector'],
  markers: [key.ENDPOINT],
  keys: key.keys,
  ignored: [{ key: 'aep.batch.enabled', text: 'batches are always sent, as by all newer releases' }],
  refused: [],
  translate,
  guide: {
    stays: [
      'Addresses (`/collection/` becomes `/collection/batch/`), bodies `{"messages":[…]}`, headers, the proxy, all three kinds of tokens, and ' +
        'their renewal after a 401 or 403.',
      'Batches are cut as there: one is full with the record that reaches `aep.flush.bytes.kb`, so that a record larger than that goes alone. It has ' +
        '500 records at most, as a poll of the JVM’s consumer.',
      'A 207 is read record by record: what it refuses goes to the dead letter topic with `errors.tolerance=all`, or stops the task. Entries of ' +
        'failures without a usable `xactionId` count by their place.',
      'Strings are JSON texts, with `StringConverter` as with `JsonConverter`. `JsonPatchTransform` is known by its class name.',
    ],
    differs: [
      'An outage is waited out (5xx, 408, 429, no connection, a proxy that refuses us), with pauses that double from `aep.connection.retryBackoff`; ' +
        '`aep.connection.maxRetries` does not end it. There, after three attempts within a second, the batch is logged and dropped, drained into ' +
        'the dead letter topic, or the task is dead. A limit is `delivery.max.attempts`.',
      'A batch that is refused as a whole (400, 413, 422) is taken apart, so that only the records at fault are errors.',
      'Values keep their bytes: `1.0`, large numbers and blanks stay as Kafka has them, where Jackson writes them anew.',
      'An answer of 200 or 207 that does not tell what became of each record confirms nothing, and is asked for again; there an empty one counts as delivered.',
      'What is sent to IMS is encoded as a form should be: a secret with `&`, `+` or `%` works as it is, and one that was written encoded, to get it past ' +
        'Adobe’s sink, must be written plain.',
      '`aep.connection.endpoint.headers` that are no JSON object are a fault; there all of them are dropped. A key with a typo is a fault.',
      'A decimal of a schema is written by `value.converter.decimal.format`; there it is always base64.',
      'The user and password of a proxy are shown to it for https too; Java does not, unless `jdk.http.auth.tunneling.disabledSchemes` is emptied.',
    ],
    tune: [
      '`aep.flush.bytes.kb` of 4 is a few records a request: 200 to 900 is as much as the API takes, and many times as fast.',
      '`aep.flush.interval.seconds=1` lets a lone record wait a second: `batch.linger.ms=20` beside it does not.',
      '`errors.deadletterqueue.topic.name` with `errors.tolerance=all`, so that one bad record does not stop all others.',
      '`jwt_token`, which is the default: Adobe’s own change is to `oauth2_access_token` with the same client id and secret.',
    ],
  },
});
