import { isAbsolute } from 'node:path';
import { isHeaderName, isHeaderValue } from '../schema/formats.ts';
import { RESERVED } from '../schema/reserved-headers.ts';
import { DAY_MS, MEBIBYTE } from '../schema/units.ts';
import { guide } from './aiven-guide.ts';
import { type Aiven, keys } from './aiven-keys.ts';
import { translateOAuth2 } from './aiven-oauth2.ts';
import { defineDialect, differs, fault, ignored, remark, type Statement, set } from './dialect.ts';
import { escaped, literal, proxyAddress } from './texts.ts';

const CLASS = 'connector.class';
const TYPE = 'http.authorization.type';
const STATIC = 'http.headers.authorization';
const ADDITIONAL = 'http.headers.additional';
const RETRIES = 'max.retries';
const BACKOFF = 'retry.backoff.ms';
const TIMEOUT = 'http.timeout';

/** There is no limit on the JVM; a buffer has as much by default. */
const BODY_MAX_BYTES = 16 * MEBIBYTE;
const MOST_ATTEMPTS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

function* translate(peer: Aiven): Iterable<Statement> {
  const { url } = peer.values;
  if (url !== null) yield set('http.url', url.href, 'http.url');
  yield* credentials(peer);
  yield* headers(peer);
  yield* connection(peer);
  yield* bodies(peer);
  yield* values(peer);
  yield* retries(peer);
}

function* credentials(peer: Aiven): Iterable<Statement> {
  const { authorizationType: type, authorization } = peer.values;
  const isGiven = authorization !== null && authorization.reveal().trim() !== '';
  if (type === 'static') {
    if (isGiven) yield set('http.headers.Authorization', literal(authorization.reveal()), STATIC);
    else yield fault('missing', STATIC, `must be present when ${TYPE} = static`);
  }
  if (type === 'none' && isGiven) yield fault('conflict', STATIC, `must not be present when ${TYPE} != static`);
  if (type === 'oauth2' && isGiven) yield ignored(STATIC, `with ${TYPE}=oauth2 the token stands in that header`);
  yield* translateOAuth2(peer);
}

function* headers(peer: Aiven): Iterable<Statement> {
  const { values } = peer;
  const own = new Map<string, string>();
  if (values.contentType !== null) own.set('content-type', 'http.headers.content.type');
  if (values.authorizationType === 'static') own.set('authorization', STATIC);
  if (values.authorizationType === 'oauth2') own.set('authorization', TYPE);
  const seen = yield* additional(peer, own);
  if (values.contentType !== null) {
    yield set('http.headers.Content-Type', literal(values.contentType), 'http.headers.content.type');
  } else if (peer.wrote('http.headers.content.type')) {
    yield fault('invalid', 'http.headers.content.type', 'must not be blank');
  } else if (!seen.has('content-type')) {
    yield set('http.headers.Content-Type', '', 'http.headers.content.type');
  }
}

/** @returns the names that were read, in lower case. @param own what other keys set */
function* additional({ values }: Aiven, own: ReadonlyMap<string, string>): Generator<Statement, ReadonlySet<string>> {
  const seen = new Set<string>();
  for (const [index, item] of (values.headers?.split(',') ?? []).entries()) {
    const colon = item.indexOf(':');
    const name = item.slice(0, Math.max(colon, 0)).trim();
    const value = item.slice(colon + 1).trim();
    const lower = name.toLowerCase();
    const problem = problemOf(index, name, value, seen);
    seen.add(lower);
    if (problem !== null) yield fault('invalid', ADDITIONAL, problem);
    else if (own.has(lower)) {
      yield differs(
        ADDITIONAL,
        `names ${name} too, which is sent once, as ${own.get(lower)} says: the JVM’s sink sends both`,
      );
    } else {
      if (value.includes(':')) {
        yield differs(
          ADDITIONAL,
          `holds a value with colons, which is sent as it is (${name}): the JVM’s sink refuses it`,
        );
      }
      yield set(`http.headers.${name}`, literal(value), ADDITIONAL);
    }
  }
  return seen;
}

function problemOf(index: number, name: string, value: string, seen: ReadonlySet<string>): string | null {
  if (name === '') {
    return (
      `holds as its ${index + 1}. item what is no header: the format is header:value, separated by commas. ` +
      'A header whose value holds a comma is written as http.headers.<Name>'
    );
  }
  if (!isHeaderName(name)) return `holds as its ${index + 1}. item a name that an HTTP header can not have`;
  if (seen.has(name.toLowerCase())) return `names ${name} twice: no duplicates are allowed, in whatever case`;
  if (RESERVED.has(name.toLowerCase())) return `names ${name}, which the HTTP client sets by itself: take it out`;
  if (isHeaderValue(value)) return null;
  return `has a value for ${name} that an HTTP header can not have: no line ends, no characters beyond Latin-1`;
}

function* connection(peer: Aiven): Iterable<Statement> {
  const { values, wrote } = peer;
  const timeoutMs = Math.min(values.timeout * 1_000, DAY_MS);
  yield set('http.timeout.ms', timeoutMs, TIMEOUT);
  // Java's client has no other limit for the connection.
  yield set('http.connect.timeout.ms', timeoutMs, TIMEOUT);
  if (values.timeout * 1_000 > DAY_MS) yield differs(TIMEOUT, 'is a day here, which is the most');
  yield* proxy(peer);
  if (values.trustAll) yield set('http.ssl.verification.mode', 'none', 'http.ssl.trust.all.certs');
  if (values.truststoreLocation === null) {
    if (wrote('http.ssl.truststore.password')) {
      yield ignored('http.ssl.truststore.password', 'there is no http.ssl.truststore.location');
    }
    return;
  }
  if (!isAbsolute(values.truststoreLocation)) {
    const what =
      'is looked for in the working directory, where the JVM’s sink searches its class path and the folder of its JAR: write the whole path';
    yield differs('http.ssl.truststore.location', what);
  }
  yield set('http.ssl.truststore.location', values.truststoreLocation, 'http.ssl.truststore.location');
  if (values.truststorePassword !== null) {
    yield set('http.ssl.truststore.password', values.truststorePassword.reveal(), 'http.ssl.truststore.password');
  }
}

function* proxy({ values, wrote, text }: Aiven): Iterable<Statement> {
  const { proxyHost: host, proxyPort: port } = values;
  // What is no port has its fault already.
  if (port < 0 && (text('http.proxy.port') ?? '-1').trim() !== '-1') return;
  if (host === null && wrote('http.proxy.host')) yield fault('invalid', 'http.proxy.host', 'must not be blank');
  else if ((host === null) !== port < 0) {
    const key = host === null ? 'http.proxy.port' : 'http.proxy.host';
    yield fault('conflict', key, 'needs the other: http.proxy.host and http.proxy.port must be defined together');
  } else if (host !== null) {
    for (const key of ['http.proxy.port', 'http.proxy.host'])
      yield set('http.proxy.url', proxyAddress(host, port), key);
  }
}

const BATCH_KEYS = ['batch.max.size', 'batch.prefix', 'batch.suffix', 'batch.separator'] as const;

function* bodies({ values, wrote, text }: Aiven): Iterable<Statement> {
  yield set('batch.format', values.batching ? 'joined' : 'single', 'batching.enabled');
  const buffer = Number(text('buffer.max.bytes') ?? BODY_MAX_BYTES);
  yield set('batch.max.bytes', buffer > 0 ? Math.min(BODY_MAX_BYTES, buffer) : BODY_MAX_BYTES, 'batching.enabled');
  if (!values.batching) {
    for (const key of BATCH_KEYS) yield ignored(key, 'batching.enabled is false');
    return;
  }
  yield set('batch.max.records', values.batchSize, 'batch.max.size');
  const texts = { 'batch.prefix': values.prefix, 'batch.suffix': values.suffix, 'batch.separator': values.separator };
  for (const [key, between] of Object.entries(texts)) {
    yield set(key, escaped(between), key);
    if (wrote(key) && /\\[nrt]/.test(between)) {
      yield remark(key, 'is sent with its backslash, as the JVM’s sink does: an escape is read once, by the file');
    }
  }
  if (text('errors.tolerance')?.trim().toLowerCase() === 'all') {
    const what =
      'works with errors.tolerance=all, which the JVM’s sink refuses: the record at fault is found and set aside alone';
    yield differs('batching.enabled', what);
  }
}

/** `RecordValueConverter`: strings as they are, Structs and maps by a JsonConverter of its own, all else is refused. */
function* values({ values: { decimalFormat } }: Aiven): Iterable<Statement> {
  yield set('behavior.on.string.values', 'raw', 'value.converter');
  yield set('behavior.on.other.values', 'fail', 'value.converter');
  yield set('value.converter.decimal.format', decimalFormat, 'decimal.format');
}

function* retries({ values, wrote }: Aiven): Iterable<Statement> {
  const attempts = Math.min(values.maxRetries + 1, MOST_ATTEMPTS);
  if (attempts > 1) {
    yield set('http.response.retry.codes', '400-499', RETRIES);
    yield set('http.response.retry.max.attempts', attempts, RETRIES);
  }
  const outage =
    'an outage of the endpoint is waited out, where the JVM’s task fails, unless delivery.max.attempts is a limit';
  if (wrote(RETRIES)) yield differs(RETRIES, `counts for a record that is refused; ${outage}`);
  else yield differs(CLASS, `means that ${outage}`);
  const first = Math.min(Math.max(values.backoffMs, 1), DAY_MS);
  yield set('retry.backoff.ms', first, BACKOFF);
  yield set('retry.backoff.max.ms', Math.max(first, LONGEST_PAUSE_MS), BACKOFF);
  yield differs(BACKOFF, 'is the first pause; each further one is up to twice as long, with jitter, to a minute');
  yield ignored(
    'kafka.retry.backoff.ms',
    'no records are handed back to Kafka Connect: retry.backoff.ms says the pause',
  );
  // Whatever is below 400 is a success to it, a redirect too.
  yield set('http.response.success.codes', '200-299', CLASS);
}

/** https://github.com/Aiven-Open/http-connector-for-apache-kafka */
export const aiven = defineDialect({
  title: "Aiven's HTTP sink",
  classes: ['io.aiven.kafka.connect.http.HttpSinkConnector'],
  markers: [TYPE],
  keys,
  ignored: [{ key: 'value.converter.decimal.format', text: 'decimal.format says how decimals are written' }],
  refused: [],
  translate,
  guide,
});
