import { type Format, integer, oneOf, secretText, text } from '../schema/formats.ts';
import { keyGroup } from '../schema/key-spec.ts';
import { RESERVED } from '../schema/reserved-headers.ts';
import { DAY_MS, MEBIBYTE } from '../schema/units.ts';
import { defineDialect, differs, fault, ignored, type Peer, remark, type Statement, set, warning } from './dialect.ts';
import { type AsText, escaped, headersBetween, literal, literalUrl } from './texts.ts';

const INT_MAX = 2_147_483_647;
/** There is no limit on the JVM; a buffer has as much by default. */
const BODY_MAX_BYTES = 16 * MEBIBYTE;
const MOST_RECORDS = 1_000_000;
/** What may be on its way by default: no less than one request. */
const UNCOMMITTED = 10_000;
const MOST_ATTEMPTS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Java's HttpURLConnection waits without end unless it is told otherwise, which this sink does not. */
const TIMEOUT_MS = 300_000;

const SEPARATORS = ['batch.prefix', 'batch.suffix', 'batch.seperator'] as const;

const connection = keyGroup('Connection');
const regex = keyGroup('Regex');
const batching = keyGroup('Batching');
const retries = keyGroup('Retries');

/** A Java regular expression that stands for one text, as `String.split` has it, or that text as most write it. */
const splitter: Format<string> = {
  ...text,
  expects: 'a text, or a Java regular expression that stands for one: with a backslash before each special sign',
  read: written => textOfRegex(written),
};

/** `\|` → `|`; a `|` alone, which no regular expression can mean, is one too. Undefined for what stands for several texts. */
function textOfRegex(written: string): string | undefined {
  if (written === '|') return written;
  let found = '';
  for (const [piece] of written.matchAll(/\\[^a-zA-Z0-9]|\\[nrt]|\[[^\]\\^]\]|[\s\S]/g)) {
    if (piece.length > 1) found += { '\\n': '\n', '\\r': '\r', '\\t': '\t' }[piece] ?? piece[1]!;
    else if (/[\\^$.|?*+()[\]{}]/.test(piece)) return undefined;
    else found += piece;
  }
  return found === '' ? undefined : found;
}

const keys = {
  url: connection.required('http.api.url', text, 'Where records are sent; `${key}` and `${topic}` are filled in.'),
  method: connection.withDefault('request.method', oneOf('PUT', 'POST', 'DELETE'), 'POST', 'Method of the requests.'),
  headers: connection.optional(
    'headers',
    secretText,
    'Headers of every request, `name:value`, with `header.separator` between them. A value may hold colons here.',
  ),
  headerSeparator: connection.withDefault(
    'header.separator',
    splitter,
    '\\|',
    'What stands between two headers: a Java regular expression for one text.',
  ),
  patterns: regex.withDefault(
    'regex.patterns',
    text,
    '',
    'Java regular expressions, with `regex.separator` between them; what they match in a record is replaced, one after the other.',
  ),
  replacements: regex.withDefault(
    'regex.replacements',
    text,
    '',
    'What takes the place of the matches of each pattern, nothing where there are too few; `${key}` and `${topic}` are filled in.',
  ),
  regexSeparator: regex.withDefault(
    'regex.separator',
    splitter,
    '~',
    'What stands between two patterns, and two replacements: a Java regular expression for one text.',
  ),
  batchKey: batching.withDefault(
    'batch.key.pattern',
    text,
    'someKey',
    'Records for which it differs do not share a request; `${key}` and `${topic}` are filled in.',
  ),
  batchSize: batching.withDefault('batch.max.size', integer(-INT_MAX, INT_MAX), '1', 'Most records of a request.'),
  prefix: batching.withDefault('batch.prefix', text, '', 'What stands before the first record.'),
  suffix: batching.withDefault('batch.suffix', text, '', 'What stands behind the last record.'),
  separator: batching.withDefault('batch.seperator', text, ',', 'What stands between two records.'),
  maxRetries: retries.withDefault(
    'max.retries',
    integer(0, INT_MAX),
    '10',
    'How often a request is repeated that a record in it is at fault for (a 4xx that is not about us as a whole), before that ' +
      'record is one that can not be delivered. Outages are waited out.',
  ),
  backoffMs: retries.withDefault(
    'retry.backoff.ms',
    integer(0, INT_MAX),
    '3000',
    'Milliseconds before the first repetition; each further one waits longer here.',
  ),
};

type Scott = Peer<typeof keys>;

function* translate(peer: Scott): Iterable<Statement> {
  yield* request(peer);
  yield* headers(peer);
  yield* bodies(peer);
  yield* replacements(peer);
  yield* repetitions(peer);
}

function* request({ values }: Scott): Iterable<Statement> {
  if (values.url !== null) {
    yield set('http.url', filled(values.url, withBraces), 'http.api.url');
    if (values.url.includes('${key}')) {
      yield differs(
        'http.api.url',
        'takes the key for one part of the address, in which a / is sent as %2F; records whose addresses differ share no request',
      );
    }
  }
  yield set('http.method', values.method, 'request.method');
  if (values.method === 'DELETE') yield set('http.request.body', 'always', 'request.method');
  yield set('http.timeout.ms', TIMEOUT_MS, 'connector.class');
  yield set('http.response.success.codes', '200-299', 'connector.class');
}

/** Java's client takes any address. */
const withBraces: AsText = (address, isBeforeMacro) =>
  literalUrl(address, isBeforeMacro).replaceAll('{', '%7B').replaceAll('}', '%7D');

/** `${key}` of a record without one is nothing. */
function filled(written: string, asText: AsText): string {
  const parts = written.split(/(\$\{(?:key|topic)\})/);
  const last = parts.length - 1;
  return parts.map((part, i) => (i % 2 === 0 ? asText(part, i < last) : part.replace('${key}', '${key|}'))).join('');
}

function* headers({ values: { headers: written, headerSeparator, method } }: Scott): Iterable<Statement> {
  const found = new Map<string, { readonly name: string; readonly value: string }>();
  for (const header of headersBetween(written ?? '', headerSeparator)) {
    if ('problem' in header) yield warning('headers', `${header.problem}; it is left out, as the JVM’s sink does`);
    else if (RESERVED.has(header.name.toLowerCase())) {
      yield differs('headers', `names ${header.name}, which the HTTP client sets by itself`);
    } else {
      found.set(header.name.toLowerCase(), header);
      if (header.value.includes(':')) {
        const cut = `holds a value with colons, which is sent as it is (${header.name}): the JVM’s sink cuts it at the first`;
        yield differs('headers', cut);
      }
    }
  }
  for (const { name, value } of found.values()) yield set(`http.headers.${name}`, literal(value), 'headers');
  if (found.has('content-type')) return;
  // What HttpURLConnection takes a body for that nobody named.
  const type = method === 'PUT' ? '' : 'application/x-www-form-urlencoded';
  yield set('http.headers.Content-Type', type, 'request.method');
}

function* bodies({ values, text: written }: Scott): Iterable<Statement> {
  const key = 'batch.max.size';
  const size = Math.max(1, Math.min(values.batchSize, MOST_RECORDS));
  yield set('batch.format', 'joined', key);
  yield set('batch.max.records', size, key);
  if (values.batchSize > MOST_RECORDS) yield differs(key, `is ${MOST_RECORDS} at most`);
  if (size > UNCOMMITTED) yield set('delivery.max.uncommitted.records', size, key);
  const buffer = Number(written('buffer.max.bytes') ?? BODY_MAX_BYTES);
  yield set('batch.max.bytes', buffer > 0 ? Math.min(BODY_MAX_BYTES, buffer) : BODY_MAX_BYTES, key);
  if (size > 1) {
    yield differs(key, 'fills requests across polls, for as long as batch.linger.ms says: they do not end with a poll');
  } else {
    yield ignored('batch.key.pattern', 'batch.max.size is 1');
    yield ignored('batch.seperator', 'batch.max.size is 1');
  }
  if (size > 1) yield set('batch.key', filled(values.batchKey, literal), 'batch.key.pattern');
  const texts = { 'batch.prefix': values.prefix, 'batch.suffix': values.suffix, 'batch.seperator': values.separator };
  for (const from of SEPARATORS) {
    yield set(from.replace('seperator', 'separator'), escaped(texts[from]), from);
    const raw = written(from);
    if (raw !== null && raw !== texts[from]) yield remark(from, 'goes without the blanks at its ends, as on the JVM');
  }
  // Texts and bytes stand as they are: nothing need be made of them.
  const converter = written('value.converter')?.trim() ?? '';
  if (!/(?:String|ByteArray)(?:Converter)?$/.test(converter)) yield set('http.body.values', 'java', 'value.converter');
  yield set('behavior.on.null.values', 'ignore', 'value.converter');
}

function* replacements({ values }: Scott): Iterable<Statement> {
  const { regexSeparator: separator } = values;
  const others = split(values.replacements, separator);
  const steps = split(values.patterns, separator)
    .map((pattern, i) => ({ pattern, replacement: others[i] ?? '' }))
    // An empty one matches between all characters; with nothing to put there it does nothing.
    .filter(({ pattern, replacement }) => pattern !== '' || replacement !== '');
  if (steps.length === 0 || values.patterns === '') {
    if (steps.length > 0) {
      yield fault('unsupported', 'regex.replacements', 'is put between all characters where regex.patterns is empty');
    }
    yield ignored('regex.separator', 'regex.patterns holds nothing');
    return;
  }
  if (others.length > steps.length) yield remark('regex.replacements', 'holds more than there are patterns');
  yield set('http.body.replace.patterns', steps.map(({ pattern }) => pattern).join(separator), 'regex.patterns');
  const made = steps.map(({ replacement }) => replacement).join(separator);
  yield set('http.body.replace.replacements', made, 'regex.replacements');
  yield set('http.body.replace.separator', separator, 'regex.separator');
}

/** Java's `String.split`: without the empty texts at the end. */
function split(written: string, separator: string): string[] {
  const parts = written.split(separator);
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}

function* repetitions({ values }: Scott): Iterable<Statement> {
  const attempts = Math.min(values.maxRetries + 1, MOST_ATTEMPTS);
  if (attempts > 1) {
    yield set('http.response.retry.codes', '400-499', 'max.retries');
    yield set('http.response.retry.max.attempts', attempts, 'max.retries');
  }
  yield differs(
    'max.retries',
    'counts for a record that is refused; an outage of the endpoint is waited out, where the JVM’s task fails, unless ' +
      'delivery.max.attempts is a limit',
  );
  const first = Math.min(Math.max(values.backoffMs, 1), DAY_MS);
  yield set('retry.backoff.ms', first, 'retry.backoff.ms');
  yield set('retry.backoff.max.ms', Math.max(first, LONGEST_PAUSE_MS), 'retry.backoff.ms');
  yield differs(
    'retry.backoff.ms',
    'is the first pause; each further one is up to twice as long, with jitter, to a minute',
  );
}

/** https://github.com/thomaskwscott/kafka-connect-http, the class of 2018 to 2020. */
export const thomaskwscott = defineDialect({
  title: "Thomas Scott's HTTP sink",
  classes: ['uk.co.threefi.connect.http.HttpSinkConnector'],
  markers: ['batch.seperator'],
  keys,
  ignored: [],
  refused: [
    {
      key: 'response.topic',
      text: 'is of a fork of the sink, and not supported: reporter.success.topic.name reports answers',
    },
    {
      key: 'response.producer.*',
      text: 'is of a fork of the sink, and not supported: see reporter.success.topic.name',
    },
    { key: 'salesforce.authentication.*', text: 'is of a fork of the sink, and not supported: see oauth2.grant.type' },
    {
      key: 'batch.body.*',
      text: 'is of a fork of the sink, and not supported: http.body.template stands around each record',
    },
  ],
  translate,
  guide: {
    stays: [
      'Address with `${key}` and `${topic}`, method (a `DELETE` has its body), headers; batches by `batch.max.size` and `batch.key.pattern`; records as Java’s `toString` writes them, with the replacements of `regex.…`.',
      'Blanks at the ends of `batch.prefix`, `batch.suffix` and `batch.seperator` do not count. `header.separator` and `regex.separator` are regular expressions: `\\|` is a bar.',
      'Records without a value are left out. What nobody gave a `Content-Type` is sent as `application/x-www-form-urlencoded`, as Java’s client does.',
    ],
    differs: [
      'An endpoint that is out of order is waited for. After `max.retries` the JVM’s task fails; until then it asks for the same records again, all of them, where here only what was not confirmed is repeated.',
      'A record that is refused with a 4xx is tried `max.retries` times more, alone, and then takes the way of `errors.tolerance`: a dead letter topic works here.',
      'All records of a batch go to the address of its first one there; here each goes to its own. A key is one part of the address: its `/` is sent as `%2F`.',
      'A value of a header may hold colons, which the JVM’s sink cuts off.',
      'An answer takes five minutes at most (`http.timeout.ms`); Java’s client waits without end.',
      'Trust stores and proxies of the JVM (`-Djavax.net.ssl.…`, `-Dhttp.proxyHost`) are not read: see `http.ssl.…` and `http.proxy.…`.',
      'The keys of forks (`response.topic`, `salesforce.…`, `batch.body.…`, `batch.separator`) are not known.',
    ],
    tune: [
      '`batch.max.size` of 1 is one request a record: set it to some hundreds where the endpoint takes several.',
      '`batch.separator` may stand in the place of `batch.seperator`, and takes escapes: `batch.separator=\\\\n` puts each record on a line of its own.',
    ],
  },
});
