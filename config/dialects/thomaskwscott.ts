import { integer, oneOf, secretText, text, verbatimText } from '../schema/formats.ts';
import { keyGroup } from '../schema/key-spec.ts';
import { DAY_MS } from '../schema/units.ts';
import { defineDialect, differs, fault, type Peer, type Statement, set } from './dialect.ts';
import { escaped, headersBetween, macrosIn, macrosInUrl } from './texts.ts';

const request = keyGroup('Request');
const batch = keyGroup('Batches');
const retries = keyGroup('Retries');

const SEPARATOR = 'header.separator';
const WAITED_OUT = 'does not end a wait: an outage is waited out, unless delivery.max.attempts is a limit';

const keys = {
  url: request.required('http.api.url', text, 'Where records are sent; `${key}` and `${topic}` are filled in.'),
  method: request.withDefault('request.method', oneOf('PUT', 'POST', 'DELETE'), 'POST', 'Method of the requests.'),
  headers: request.optional(
    'headers',
    secretText,
    'Headers of every request, `name:value`, between `header.separator`; `${key}` and `${topic}` are filled in.',
  ),
  headerSeparator: request.withDefault(SEPARATOR, verbatimText, '|', 'What stands between two headers.'),
  patterns: request.optional('regex.patterns', verbatimText, 'Java regular expressions, replaced in each record.'),
  replacements: request.optional('regex.replacements', verbatimText, 'What takes the place of each pattern.'),
  regexSeparator: request.withDefault('regex.separator', verbatimText, '~', 'What stands between two of either.'),
  batchKey: batch.withDefault(
    'batch.key.pattern',
    verbatimText,
    'someKey',
    'Records for which it differs do not share a request; `${key}` and `${topic}` are filled in.',
  ),
  batchSize: batch.withDefault('batch.max.size', integer(1, 1_000_000), '1', 'Most records of a request.'),
  prefix: batch.withDefault('batch.prefix', verbatimText, '', 'What stands before the first record.'),
  suffix: batch.withDefault('batch.suffix', verbatimText, '', 'What stands behind the last record.'),
  separator: batch.withDefault('batch.seperator', verbatimText, ',', 'What stands between two records.'),
  maxRetries: retries.withDefault('max.retries', integer(0, 2_147_483_647), '10', 'Most retries of a request.'),
  backoffMs: retries.withDefault('retry.backoff.ms', integer(1, DAY_MS), '3000', 'Milliseconds before each retry.'),
};

function* translate(peer: Peer<typeof keys>): Iterable<Statement> {
  const { values } = peer;
  if (values.url !== null) yield set('http.url', macrosInUrl(values.url, ['key', 'topic']), 'http.api.url');
  yield set('http.method', values.method, 'request.method');
  yield* headers(peer);
  yield set('batch.format', 'joined', 'batch.max.size');
  yield set('batch.max.records', values.batchSize, 'batch.max.size');
  yield set('batch.key', macrosIn(values.batchKey, ['key', 'topic']), 'batch.key.pattern');
  yield set('batch.prefix', escaped(values.prefix), 'batch.prefix');
  yield set('batch.suffix', escaped(values.suffix), 'batch.suffix');
  yield set('batch.separator', escaped(values.separator), 'batch.seperator');
  yield set('http.body.values', 'java', 'value.converter');
  if (values.patterns !== null) {
    yield set('http.body.replace.patterns', values.patterns, 'regex.patterns');
    yield set('http.body.replace.replacements', values.replacements ?? '', 'regex.replacements');
    yield set('http.body.replace.separator', values.regexSeparator, 'regex.separator');
  }
  yield set('behavior.on.null.values', 'ignore', 'value.converter');
  yield set('retry.backoff.ms', values.backoffMs, 'retry.backoff.ms');
  yield set('retry.backoff.max.ms', values.backoffMs, 'retry.backoff.ms');
  yield differs('max.retries', WAITED_OUT);
}

function* headers({ values }: Peer<typeof keys>): Iterable<Statement> {
  if (values.headers === null) return;
  for (const header of headersBetween(values.headers, values.headerSeparator)) {
    if ('name' in header) yield set(`http.headers.${header.name}`, macrosIn(header.value, ['key', 'topic']), 'headers');
    else yield fault('invalid', 'headers', header.problem);
  }
}

/** https://github.com/thomaskwscott/kafka-connect-http, 5.4.1. */
export const thomaskwscott = defineDialect({
  title: "thomaskwscott's HTTP sink",
  classes: ['uk.co.threefi.connect.http.HttpSinkConnector'],
  markers: ['batch.seperator'],
  keys,
  ignored: [],
  refused: [],
  translate,
  guide: {
    stays: ['Address, headers, batches by `batch.key.pattern`, replacements in the body.'],
    differs: [
      'Retries have no end: after `max.retries` the JVM’s task asks for the same records again, all of them; here only what was not confirmed is repeated.',
    ],
    tune: ['`batch.max.size` of 1 is one request a record: set it to some hundreds.'],
  },
});
