import { splitVerbatim } from '../schema/formats.ts';
import { RESERVED } from '../schema/reserved-headers.ts';
import { DAY_MS } from '../schema/units.ts';
import { defineDialect, differs, fault, ignored, type Statement, set } from './dialect.ts';
import { bodies } from './lenses-body.ts';
import { ERROR_REPORTS, keys, type Lenses, SUCCESS_REPORTS } from './lenses-keys.ts';
import { reports } from './lenses-reports.ts';
import { insteadOf, render } from './lenses-template.ts';
import { headersBetween, literal, literalUrl, memberNamed } from './texts.ts';

const CLASS = 'connector.class';
const PREFIX = 'connect.http.';
const ENDPOINT = `${PREFIX}endpoint`;
const HEADERS = `${PREFIX}request.headers`;
const AUTH = `${PREFIX}authentication.`;
const OAUTH2 = `${AUTH}oauth2.`;
/** Java's client has no limit for an answer, and this sink sets none. */
const TIMEOUT_MS = 300_000;
const MOST_ATTEMPTS = 1_000;
const FIRST_PAUSE_MS = 1_000;
/** Waited out, in the list or not. */
const OF_OUTAGES = [408, 425, 429];

function* translate(peer: Lenses): Iterable<Statement> {
  yield* request(peer);
  yield* headers(peer);
  yield* bodies(peer);
  yield* credentials(peer);
  yield* tls(peer);
  yield* repetitions(peer);
  yield* reports(peer);
}

function* request(peer: Lenses): Iterable<Statement> {
  const { values } = peer;
  if (values.endpoint !== null) {
    const { text, kinds, problems } = render(values.endpoint, { asText: literalUrl, instead: insteadOf(values) });
    for (const problem of problems) yield fault('invalid', ENDPOINT, problem);
    yield set('http.url', text, ENDPOINT);
    if (kinds.size > 0) {
      yield differs(
        ENDPOINT,
        'takes what it is filled with for one part of the address, in which a / is sent as %2F; records whose addresses differ share no request',
      );
    }
  }
  yield set('http.method', values.method, `${PREFIX}method`);
  yield set('http.connect.timeout.ms', Math.min(values.connectionTimeoutMs, DAY_MS), `${PREFIX}connection.timeout.ms`);
  yield set('http.timeout.ms', Math.max(TIMEOUT_MS, Math.min(values.connectionTimeoutMs, DAY_MS)), CLASS);
  yield set('http.response.success.codes', '200-299', CLASS);
}

function* headers(peer: Lenses): Iterable<Statement> {
  const { values } = peer;
  const seen = new Map<string, Statement>();
  for (const [index, item] of listOf(values.headers).entries()) {
    const [header] = headersBetween(item, '');
    if (header === undefined || 'problem' in header) {
      const what = `holds as its ${index + 1}. item what is no header: name:value, separated by commas. A header whose value holds a comma is written as http.headers.<Name>`;
      yield fault('invalid', HEADERS, what);
      continue;
    }
    const { name, value } = header;
    const { text, problems } = render(value, { asText: literal, instead: insteadOf(values) });
    for (const problem of problems) yield fault('invalid', HEADERS, problem);
    if (name.includes('{{')) yield fault('unsupported', HEADERS, 'fills in the name of a header, which is fixed here');
    else if (RESERVED.has(name.toLowerCase())) {
      yield differs(HEADERS, `names ${name}, which the HTTP client sets by itself`);
    } else if (name.toLowerCase() === 'authorization' && values.authType !== 'none') {
      yield differs(HEADERS, `names ${name}, which ${AUTH}type sets`);
    } else if (seen.has(name.toLowerCase())) yield differs(HEADERS, `names ${name} twice: the first one counts`);
    else seen.set(name.toLowerCase(), set(`http.headers.${name}`, text, HEADERS));
  }
  yield* seen.values();
  if (!seen.has('content-type')) yield set('http.headers.Content-Type', 'application/json', HEADERS);
  if (!values.copyHeaders) return;
  yield set('http.headers.forward', '*', `${PREFIX}copy.message.headers`);
  yield differs(
    `${PREFIX}copy.message.headers`,
    'passes on no content-…, authorization or cookie; records whose headers differ share no request',
  );
}

function listOf(written: string | null): readonly string[] {
  return written === null ? [] : splitVerbatim(written);
}

const OF_BASIC = ['username', 'password'].map(name => `${AUTH}basic.${name}`);
const OF_OAUTH2 = [
  ...['token.url', 'client.id', 'client.secret', 'token.property'],
  ...['client.scope', 'client.headers', 'client.headers.separator'],
].map(name => OAUTH2 + name);

function* credentials({ values }: Lenses): Iterable<Statement> {
  const { authType: type } = values;
  const why = `${AUTH}type is ${type}`;
  if (type !== 'basic') yield* OF_BASIC.map(key => ignored(key, why));
  if (type !== 'oauth2') yield* OF_OAUTH2.map(key => ignored(key, why));
  if (type === 'none') return;
  if (type === 'basic') {
    yield* basic(values);
    return;
  }
  yield set('http.auth.type', 'oauth2', `${AUTH}type`);
  if (values.tokenUrl === null) yield fault('missing', `${OAUTH2}token.url`, `is required with ${AUTH}type=oauth2`);
  else yield set('oauth2.token.url', values.tokenUrl, `${OAUTH2}token.url`);
  yield* client(values);
  yield* tokenHeaders(values);
}

/** One of both may be nothing, as where a key is the user. */
function* basic({ user, password }: Lenses['values']): Iterable<Statement> {
  const secret = password?.reveal() ?? '';
  if (user === '' || secret === '') {
    const encoded = Buffer.from(`${user}:${secret}`).toString('base64');
    yield set('http.headers.Authorization', `Basic ${encoded}`, `${AUTH}basic.username`);
    return;
  }
  yield set('http.auth.type', 'basic', `${AUTH}type`);
  yield set('http.auth.username', user, `${AUTH}basic.username`);
  yield set('http.auth.password', secret, `${AUTH}basic.password`);
}

/** Id and secret are sent twice: in a Basic header, as they are, and in the form. */
function* client(values: Lenses['values']): Iterable<Statement> {
  const { clientId: id, clientSecret } = values;
  const secret = clientSecret?.reveal() ?? '';
  yield set('oauth2.client.id', id, `${OAUTH2}client.id`);
  yield set('oauth2.client.secret', secret, `${OAUTH2}client.secret`);
  yield set('oauth2.client.auth.mode', 'header_plain', `${AUTH}type`);
  yield set('oauth2.parameters.client_id', id, `${OAUTH2}client.id`);
  yield set('oauth2.parameters.client_secret', secret, `${OAUTH2}client.secret`);
  if (values.clientScope !== '') yield set('oauth2.scope', values.clientScope, `${OAUTH2}client.scope`);
  yield set('oauth2.token.response.field', memberNamed(values.tokenProperty), `${OAUTH2}token.property`);
}

/** Set by the sink itself, whatever is written. */
const OF_TOKENS = new Set(['authorization', 'content-type']);

function* tokenHeaders({ clientHeaders, clientHeadersSeparator: separator }: Lenses['values']): Iterable<Statement> {
  const key = `${OAUTH2}client.headers`;
  for (const [index, item] of listOf(clientHeaders).entries()) {
    const at = separator === '' ? -1 : item.indexOf(separator);
    const name = item.slice(0, Math.max(at, 0)).trim();
    if (name === '')
      yield fault('invalid', key, `holds as its ${index + 1}. item what is no header: name${separator}value`);
    else if (OF_TOKENS.has(name.toLowerCase()))
      yield differs(key, `names ${name}, which requests for tokens have anyway`);
    else yield set(`oauth2.headers.${name}`, item.slice(at + separator.length).trim(), key);
  }
}

function* tls({ values }: Lenses): Iterable<Statement> {
  if (values.protocol === 'TLSv1.2') yield set('http.ssl.protocol.max', 'TLSv1.2', 'ssl.protocol');
  for (const store of ['truststore', 'keystore'] as const) {
    const location = values[`${store}Location`];
    const password = values[`${store}Password`];
    if (location === null) {
      yield* ['password', 'type'].map(rest => ignored(`ssl.${store}.${rest}`, `there is no ssl.${store}.location`));
      continue;
    }
    yield set(`http.ssl.${store}.location`, location, `ssl.${store}.location`);
    if (password !== null) yield set(`http.ssl.${store}.password`, password.reveal(), `ssl.${store}.password`);
    yield set(`http.ssl.${store}.type`, values[`${store}Type`], `ssl.${store}.type`);
  }
}

function* repetitions({ values }: Lenses): Iterable<Statement> {
  const isFixed = values.retryMode === 'fixed';
  const pauseKey = isFixed ? `${PREFIX}retry.fixed.interval.ms` : `${PREFIX}retries.max.timeout.ms`;
  const longest = Math.min(isFixed ? values.fixedIntervalMs : values.maxTimeoutMs, DAY_MS);
  yield set('retry.backoff.ms', isFixed ? longest : Math.min(FIRST_PAUSE_MS, longest), `${PREFIX}retry.mode`);
  yield set('retry.backoff.max.ms', longest, pauseKey);
  if (isFixed) yield differs(pauseKey, 'is the longest pause: each is drawn at random up to it');
  yield ignored(
    isFixed ? `${PREFIX}retries.max.timeout.ms` : `${PREFIX}retry.fixed.interval.ms`,
    `${PREFIX}retry.mode is ${values.retryMode}`,
  );
  const ofRecords = values.statusCodes.filter(code => code >= 400 && code < 500 && !OF_OUTAGES.includes(code));
  const attempts = Math.min(values.maxRetries + 1, MOST_ATTEMPTS);
  if (attempts > 1 && ofRecords.length > 0) {
    yield set('http.response.retry.codes', ofRecords.join(','), `${PREFIX}retries.on.status.codes`);
    yield set('http.response.retry.max.attempts', attempts, `${PREFIX}retries.max.retries`);
  }
  yield differs(
    `${PREFIX}retries.on.status.codes`,
    'says which refusals of records (4xx) are repeated first: an endpoint that is out of order (5xx, 408, 425, 429) is waited for in any case',
  );
  yield differs(
    `${PREFIX}retries.max.retries`,
    'does not end a wait: an outage is waited out, unless delivery.max.attempts is a limit',
  );
  yield differs(
    `${PREFIX}error.threshold`,
    'lets nothing be lost: what can not be delivered is an error of its record, as errors.tolerance says, where Lenses’ sink goes on ' +
      'past as many batches',
  );
  yield ignored(`${PREFIX}upload.sync.period`, 'a batch leaves as soon as it is full or has waited');
  yield ignored(`${PREFIX}max.queue.size`, 'buffer.max.bytes limits what waits');
  yield ignored(`${PREFIX}max.queue.offer.timeout.ms`, 'reading stops while the buffer is full');
}

const JVM = 'it is of the JVM';
const NOT_LOOKED_AT = 'Lenses’ sink looks at stores alone';

/** https://github.com/lensesio/stream-reactor, kafka-connect-http, 8 and later. */
export const lenses = defineDialect({
  title: "Lenses' HTTP sink",
  classes: ['io.lenses.streamreactor.connect.http.sink.HttpSinkConnector'],
  markers: [ENDPOINT],
  keys,
  families: [SUCCESS_REPORTS, ERROR_REPORTS].map(prefix => ({
    prefix,
    join: '.',
    doc: 'Further client keys of the producer of reports.',
  })),
  ignored: [
    { key: 'ssl.provider', text: JVM },
    { key: 'ssl.keymanager.algorithm', text: JVM },
    { key: 'ssl.trustmanager.algorithm', text: JVM },
    { key: 'ssl.secure.random.implementation', text: JVM },
    { key: 'ssl.engine.factory.class', text: JVM },
    ...['ssl.enabled.protocols', 'ssl.cipher.suites', 'ssl.endpoint.identification.algorithm', 'ssl.key.password'].map(
      key => ({ key, text: NOT_LOOKED_AT }),
    ),
    ...['ssl.truststore.certificates', 'ssl.keystore.certificate.chain', 'ssl.keystore.key'].map(key => ({
      key,
      text: NOT_LOOKED_AT,
    })),
    { key: `${PREFIX}task.number`, text: 'the worker numbers its tasks by itself' },
  ],
  refused: [
    {
      key: `${PREFIX}config`,
      text: 'is the JSON of releases before 8, and not supported: write each of its members as a connect.http.… key of its own',
    },
  ],
  translate,
  guide: {
    stays: [
      'Method, address, headers and body with `{{value.field}}`, `{{key}}`, `{{header.name}}`, `{{topic}}`, `{{partition}}`, `{{offset}}` and `{{timestamp}}`; `{{#message}}` loops, one body for a batch.',
      'Batches by count, bytes and seconds (`connect.http.time.interval` is in seconds); credentials (Basic, OAuth 2.0 with id and secret in header and form); JKS and PKCS12 stores; reports with the names of their headers.',
    ],
    differs: [
      'Nothing is lost. Lenses’ sink goes on past batches that failed, up to `connect.http.error.threshold` of them, and drops a whole poll of a topic with a line in its log where a template finds nothing; here an outage is waited out, and a record that can not be delivered is an error of its own: see `errors.tolerance` and the dead letter topic.',
      'A template without a loop makes a request of each record. With `connect.http.batch.count` above 1, Lenses’ sink sends the first record of a batch and drops the others.',
      'Records of a batch go where each of them says, not where the first one does; what fills an address is one part of it (`/` is sent as `%2F`), and headers of records do not mix.',
      '`connect.http.null.payload.handler` is for fields and headers that a record has not as well. With `error`, a header of the request that there is nothing for is left out.',
      '`{{value}}` may be an object, which is its JSON; fields of a text are looked for where it is JSON. Numbers stand as JSON has them.',
      'A batch that does not fill is sent after a minute where no `connect.http.time.interval` is written; Lenses’ sink waits without end.',
      '`connect.http.json.tidy` takes the last comma away; blanks and numbers stay as they are.',
      'Each record has a report, and not the last one of a batch alone; `input_payload` is the value of the record and not the body of the request. `input_key` is missing: the report has the key of the record.',
      'An answer takes five minutes at most (`http.timeout.ms`); Java’s client waits without end.',
    ],
    tune: [
      '`connect.http.batch.count` of 1 is one request a record: set it to some hundreds, with a loop in the template.',
      '`delivery.max.in.flight` of 8 sends for several partitions at once; Lenses’ sink sends one batch of a topic each `connect.http.upload.sync.period`.',
      '`batch.linger.ms` and `batch.target.bytes` say when a batch leaves that is not full.',
    ],
  },
});
