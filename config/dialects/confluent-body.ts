import { isMacro } from '../route/types.ts';
import { readTemplate } from '../schema/templates.ts';
import { MEBIBYTE } from '../schema/units.ts';
import { type ConfluentKeys, SEPARATORS } from './confluent-keys.ts';
import { differs, fault, ignored, type Peer, type Statement, set } from './dialect.ts';
import { escaped, macrosIn } from './texts.ts';

/** There it has no limit: as much as the buffer holds by default. */
const MOST_BYTES = 16 * MEBIBYTE;
const MOST_RECORDS = 1_000_000;
/** What may be on its way by default: no less than one request. */
const UNCOMMITTED = 10_000;
const OF_RECORD = ['key', 'topic'];
/** What these converters make is no JSON until it is written as such. */
const IS_JSON = /(?:^|\.)Json(?:Converter)?$/;

export function* batches(peer: Peer<ConfluentKeys>): Iterable<Statement> {
  const { values, text } = peer;
  const size = Math.min(values.batchSize, MOST_RECORDS);
  yield set('batch.max.records', size, 'batch.max.size');
  if (size < values.batchSize) yield differs('batch.max.size', `is ${MOST_RECORDS} at most`);
  if (size > UNCOMMITTED) yield set('delivery.max.uncommitted.records', size, 'batch.max.size');
  const buffer = Number(text('buffer.max.bytes') ?? MOST_BYTES);
  yield set('batch.max.bytes', buffer < MOST_BYTES ? buffer : MOST_BYTES, 'batch.max.size');
  if (values.batchSize > 1) {
    yield differs(
      'batch.max.size',
      'fills requests across polls, for as long as batch.linger.ms says: they do not end where a poll ends',
    );
    if (hasMacro(values.batchKey)) yield set('batch.key', macrosIn(values.batchKey, OF_RECORD), 'batch.key.pattern');
  } else yield ignored('batch.key.pattern', 'batch.max.size is 1');
}

function hasMacro(pattern: string): boolean {
  return readTemplate(macrosIn(pattern, OF_RECORD)).some(isMacro);
}

export function* bodies(peer: Peer<ConfluentKeys>): Iterable<Statement> {
  const { bodyFormat, asArray, batchSize } = peer.values;
  if (bodyFormat === 'string') {
    yield ignored('batch.json.as.array', 'request.body.format is string');
    yield ignored('json.decimal.format', 'request.body.format is string');
    yield* texts(peer);
  } else {
    if (!asArray && batchSize > 1) {
      yield fault('conflict', 'batch.json.as.array', 'can be false with batch.max.size=1 alone');
    }
    yield* decimals(peer);
    yield* asArray ? jsonArray(peer) : singleJson(peer);
  }
  yield* replacements(peer);
}

/** `record.value().toString()`. */
function* texts({ values, text, wrote }: Peer<ConfluentKeys>): Iterable<Statement> {
  const from = 'request.body.format';
  yield set('batch.format', 'joined', from);
  yield set('batch.prefix', escaped(values.prefix), 'batch.prefix');
  yield set('batch.suffix', escaped(values.suffix), 'batch.suffix');
  const isOld = wrote('batch.seperator') && !wrote('batch.separator');
  const [separator, key] = isOld ? [values.seperator, 'batch.seperator'] : [values.separator, 'batch.separator'];
  yield set('batch.separator', escaped(separator), key);
  if (!isOld) yield ignored('batch.seperator', 'batch.separator goes first');
  // Texts and bytes stand as they are: nothing need be made of them.
  const converter = text('value.converter') ?? '';
  if (!/(?:String|ByteArray)(?:Converter)?$/.test(converter.trim())) yield set('http.body.values', 'java', from);
}

function* jsonArray(peer: Peer<ConfluentKeys>): Iterable<Statement> {
  const from = 'request.body.format';
  const why = 'a JSON array stands by itself';
  yield* SEPARATORS.map(key => ignored(key, why));
  if (peer.values.patterns === '') {
    yield set('batch.format', 'array', from);
    return;
  }
  // What is replaced is text: an array by hand.
  yield set('batch.format', 'joined', from);
  yield set('batch.prefix', '[', from);
  yield set('batch.suffix', ']', from);
  yield set('batch.separator', ',', from);
  yield* writtenAsJson(peer);
}

function* singleJson(peer: Peer<ConfluentKeys>): Iterable<Statement> {
  const from = 'request.body.format';
  yield* (['batch.separator', 'batch.seperator'] as const).map(key => ignored(key, 'batch.max.size is 1'));
  yield set('batch.format', 'joined', from);
  yield set('batch.prefix', escaped(peer.values.prefix), 'batch.prefix');
  yield set('batch.suffix', escaped(peer.values.suffix), 'batch.suffix');
  yield* writtenAsJson(peer);
}

/** Where bodies hold values as they come, a text is written as a JSON string all the same. */
function* writtenAsJson({ text, values }: Peer<ConfluentKeys>): Iterable<Statement> {
  const isJson =
    IS_JSON.test((text('value.converter') ?? '').trim()) || (values.dataFormatAlias ?? values.dataFormat) === 'JSON';
  if (!isJson) yield set('http.body.json', '${value}', 'request.body.format');
}

/** The converter's key is ours for how decimals are written; it counts beside the converter alone. */
function* decimals({ values, text, wrote }: Peer<ConfluentKeys>): Iterable<Statement> {
  const key = 'json.decimal.format';
  if (values.decimalFormat === 'BASE64' || wrote('value.converter.decimal.format')) return;
  if (text('value.converter') !== null || wrote('input.data.format') || wrote('data.format')) {
    yield set('value.converter.decimal.format', values.decimalFormat, key);
  } else {
    const what =
      'needs value.converter beside it: the converter of the worker file has its own value.converter.decimal.format';
    yield fault('conflict', key, what);
  }
}

export function* replacements({ values }: Peer<ConfluentKeys>): Iterable<Statement> {
  if (values.patterns === '') {
    yield* ['regex.replacements', 'regex.separator'].map(key => ignored(key, 'no regex.patterns are written'));
    return;
  }
  yield set('http.body.replace.patterns', values.patterns, 'regex.patterns');
  yield set('http.body.replace.replacements', values.replacements, 'regex.replacements');
  yield set('http.body.replace.separator', values.regexSeparator, 'regex.separator');
}
