import { DAY_MS, MEBIBYTE } from '../schema/units.ts';
import { differs, fault, ignored, type Statement, set } from './dialect.ts';
import type { Lenses } from './lenses-keys.ts';
import { contentOf, insteadOf, render, withoutLastComma } from './lenses-template.ts';
import { escaped, literal } from './texts.ts';

const CONTENT = 'connect.http.request.content';
const NULLS = 'connect.http.null.payload.handler';
const CUSTOM = 'connect.http.null.payload.handler.custom';
const TIDY = 'connect.http.json.tidy';
const COUNT = 'connect.http.batch.count';
const SIZE = 'connect.http.batch.size';
const INTERVAL = 'connect.http.time.interval';

const MOST_RECORDS = 1_000_000;
/** What may be on its way by default: no less than one request. */
const UNCOMMITTED = 10_000;
/** There is no limit on the JVM; a buffer has as much by default. */
const BODY_MAX_BYTES = 16 * MEBIBYTE;
/** A quarter of the buffer by default: a batch that waited for more than that might wait in a buffer that is full. */
const MOST_TARGET_BYTES = 4 * MEBIBYTE;
/** How long a batch waits that nothing but its count ends. */
const UNLIMITED_LINGER_MS = 60_000;
/** `HttpBatchPolicy.Default`, where no limit is written. */
const DEFAULT_COUNT = 50_000;
const DEFAULT_INTERVAL_S = 3_600;

export function* bodies(peer: Lenses): Iterable<Statement> {
  const { values } = peer;
  if (values.content === null) return;
  const content = contentOf(values.content);
  const tidied = content.loop && values.tidy ? withoutLastComma(content.each, content.behind) : null;
  const { text, problems } = render(tidied?.each ?? content.each, { asText: literal, instead: insteadOf(values) });
  for (const problem of problems) yield fault('invalid', CONTENT, problem);
  yield set('http.body.template', text, CONTENT);
  yield set('behavior.on.missing.fields', 'fail', NULLS);
  // A template may do without the value.
  yield set('behavior.on.null.values', 'send', NULLS);
  if (values.nullHandler !== 'custom') yield ignored(CUSTOM, `${NULLS} is ${values.nullHandler}`);
  const buffer = Number(peer.text('buffer.max.bytes') ?? BODY_MAX_BYTES);
  yield set('batch.max.bytes', buffer > 0 ? Math.min(BODY_MAX_BYTES, buffer) : BODY_MAX_BYTES, CONTENT);
  if (!content.loop) {
    yield* oneByOne(peer);
    return;
  }
  yield set('batch.format', 'joined', CONTENT);
  yield set('batch.prefix', escaped(content.before), CONTENT);
  yield set('batch.separator', escaped(tidied?.between ?? ''), CONTENT);
  yield set('batch.suffix', escaped(content.behind), CONTENT);
  if (values.tidy) yield differs(TIDY, 'takes the comma behind the last record away; all else stays as it is written');
  yield* limits(peer);
}

function* oneByOne({ values }: Lenses): Iterable<Statement> {
  yield set('batch.format', 'single', CONTENT);
  const why = `${CONTENT} has no {{#message}} loop: each record has a request of its own`;
  if (values.count > 1)
    yield differs(COUNT, `has no effect, since ${why}. Lenses’ sink drops all but the first of a batch`);
  yield* [SIZE, INTERVAL, TIDY].map(key => ignored(key, why));
}

/** When a batch leaves. */
function* limits({ values }: Lenses): Iterable<Statement> {
  const { count, size, interval } = values;
  const isDefault = count <= 0 && size <= 0 && interval <= 0;
  const records = Math.min(isDefault ? DEFAULT_COUNT : count > 0 ? count : MOST_RECORDS, MOST_RECORDS);
  yield set('batch.max.records', records, COUNT);
  if (count > MOST_RECORDS) yield differs(COUNT, `is ${MOST_RECORDS} at most`);
  if (records > UNCOMMITTED) yield set('delivery.max.uncommitted.records', records, COUNT);
  yield set('batch.target.bytes', size > 0 ? Math.min(size, MOST_TARGET_BYTES) : MOST_TARGET_BYTES, SIZE);
  if (size > MOST_TARGET_BYTES) yield differs(SIZE, `is ${MOST_TARGET_BYTES} at most: see batch.target.bytes`);
  else if (size > 0) yield differs(SIZE, 'is reached, or exceeded, by the record that a request ends with');
  const seconds = interval > 0 ? interval : isDefault ? DEFAULT_INTERVAL_S : null;
  if (seconds !== null) yield set('batch.linger.ms', Math.min(seconds * 1_000, DAY_MS), INTERVAL);
  else if (records > 1) {
    yield set('batch.linger.ms', UNLIMITED_LINGER_MS, INTERVAL);
    const what = `fills a request for ${UNLIMITED_LINGER_MS / 1_000} seconds at most, where Lenses’ sink waits without end: see batch.linger.ms`;
    yield differs(count > 0 ? COUNT : SIZE, what);
  }
}
