import type { Contender } from './contender.ts';
import type { Pace } from './endpoint.ts';
import type { Sample } from './sample.ts';
import type { ConverterName, RequestKind } from './settings.ts';
import { PARTITIONS, type Topic } from './topics.ts';

/** The runs that are compared with each other. */
export interface Scene {
  readonly name: string;
  /** Completes "records/s, …". */
  readonly title: string;
  readonly topic: Topic;
  readonly pace: Pace;
  readonly cases: readonly Case[];
}

export interface Case {
  /** `<scene>/<contender>`: what `ONLY` selects by. */
  readonly id: string;
  readonly label: string;
  readonly contender: Contender;
  readonly records: number;
  readonly samples: Sample[];
}

/** Of those that are measured without a chain. */
type Plain = Exclude<Contender, { readonly kind: 'connect' }>;

export const TARGET_BATCH = 500;
const BATCHES = [50, TARGET_BATCH, 5000];
/** As fast as it gets, order lost; and one request at a time, order kept. */
export const BENTO_IN_FLIGHT = 16;
/** As many as Tailrace has by default (`delivery.max.in.flight`). */
const LIMIT_IN_FLIGHT = 8;
/** Small batches are slow: so many requests say enough. */
const MAX_REQUESTS = 20_000;
/** Of the records, for what is slow: it makes no difference to what they say. */
const SLOW_PART = 4;
/** The same where every change of the address ends a request. */
const MANY_REQUESTS_PART = 40;

function limit(mode: (Contender & { kind: 'limit' })['mode'], inFlight: number): Plain {
  return { kind: 'limit', mode, batch: TARGET_BATCH, inFlight };
}

function bento(batch: number, inFlight = BENTO_IN_FLIGHT): Plain {
  return { kind: 'bento', batch, inFlight };
}

function tailrace(batch: number, reader: 'native' | 'portable', converter: 'json' | 'string' = 'json'): Plain {
  return { kind: 'tailrace', reader, converter, batch };
}

/** Texts go as they are; everything else is checked JSON. */
function special(requests: RequestKind): Plain {
  const converter = requests === 'raw' || requests === 'aiven' ? 'string' : 'json';
  return { kind: 'tailrace', reader: 'native', converter, batch: TARGET_BATCH, requests };
}

function idOf(contender: Plain): string {
  switch (contender.kind) {
    case 'limit':
      return `limit-${contender.mode}`;
    case 'bento':
      return `bento-${contender.batch}${contender.inFlight === 1 ? '-ordered' : ''}`;
    case 'tailrace':
      return `${contender.reader}-${contender.requests ?? contender.converter}-${contender.batch}`;
  }
}

const LIMITS: Readonly<Record<(Contender & { kind: 'limit' })['mode'], string>> = {
  consume: 'limit: consume(500)',
  block: 'limit: native reader',
  'block-check': 'limit: native reader, check, post',
  requests: 'limit: one request after another',
};

const REQUESTS: Readonly<Record<RequestKind | ConverterName, string>> = {
  json: 'json',
  schemas: 'json with schemas',
  string: 'string',
  raw: 'raw texts',
  aiven: 'Aiven’s file',
  types: '4 addresses',
  shops: '1,000 addresses',
  gzip: 'gzip',
  h2: 'HTTP/2',
  envelope: 'envelope',
  adobe: "Adobe's file",
};

export function labelOf(contender: Plain): string {
  switch (contender.kind) {
    case 'limit':
      return LIMITS[contender.mode];
    case 'bento':
      return `Bento, ${contender.batch}, ${contender.inFlight} in flight`;
    case 'tailrace':
      return `Tailrace ${contender.reader}, ${REQUESTS[contender.requests ?? contender.converter]}, ${contender.batch}`;
  }
}

function cases(scene: string, records: number, contenders: readonly Plain[]): Case[] {
  return contenders.map(contender => ({
    id: `${scene}/${idOf(contender)}`,
    label: labelOf(contender),
    contender,
    records: Math.min(records, contender.batch * MAX_REQUESTS),
    samples: [],
  }));
}

function everyBatch(make: (batch: number) => Plain): Plain[] {
  return BATCHES.map(make);
}

function topicOf(recordBytes: number, records: number): Topic {
  return { name: `events-${recordBytes}`, partitions: PARTITIONS, recordBytes, records };
}

/** The topic of 1 KB records, which the outage is measured with too. */
export function largeTopic(records: number): Topic {
  return topicOf(1024, records);
}

/** One size of records at an endpoint that answers at once: everybody at every batch size. */
function fastScene(name: string, title: string, recordBytes: number, records: number): Scene {
  const fast = [
    limit('consume', 1),
    limit('block', 1),
    limit('block-check', LIMIT_IN_FLIGHT),
    ...everyBatch(batch => bento(batch)),
    ...everyBatch(batch => tailrace(batch, 'native')),
    special('raw'),
    special('aiven'),
  ];
  const slow = [
    ...everyBatch(batch => tailrace(batch, 'native', 'string')),
    ...everyBatch(batch => tailrace(batch, 'portable')),
    ...everyBatch(batch => tailrace(batch, 'portable', 'string')),
  ];
  const topic = topicOf(recordBytes, records);
  const all = [...cases(name, records, fast), ...cases(name, Math.ceil(records / SLOW_PART), slow)];
  return { name, title, topic, pace: 'fast', cases: all };
}

/** Everything that `make bench` measures, beside the outage. */
export function plan(records: number): Scene[] {
  const large = fastScene('1KB', '1 KB records', 1024, records);
  const few = Math.ceil(records / SLOW_PART);
  const slow = [...cases('slow', few, [bento(TARGET_BATCH, 1)]), ...cases('slow', records, [bento(TARGET_BATCH)])];
  const bothReaders = [tailrace(TARGET_BATCH, 'native'), tailrace(TARGET_BATCH, 'portable')];
  const hotTopic = { ...large.topic, name: 'events-hot', partitions: 1, records: few };
  const requests: readonly (readonly [RequestKind, part: number])[] = [
    ['gzip', SLOW_PART],
    ['h2', 1],
    ['envelope', 1],
    ['adobe', 1],
    ['types', SLOW_PART],
    ['shops', MANY_REQUESTS_PART],
  ];
  return [
    fastScene('220B', '220 B records', 220, records),
    large,
    {
      name: 'slow',
      title: '1 KB records, endpoint answers after 5 ms',
      topic: large.topic,
      pace: 'slow',
      cases: [...slow, ...cases('slow', records, bothReaders)],
    },
    {
      name: 'hot',
      title: '1 KB records of one partition, endpoint answers after 5 ms',
      topic: hotTopic,
      pace: 'slow',
      cases: cases('hot', few, [limit('requests', 1), ...bothReaders]),
    },
    {
      name: 'requests',
      title: '1 KB records, other requests',
      topic: large.topic,
      pace: 'fast',
      cases: [
        ...cases('requests', records, [tailrace(TARGET_BATCH, 'native')]),
        ...requests.flatMap(([kind, part]) => cases('requests', Math.ceil(records / part), [special(kind)])),
      ],
    },
  ];
}

/** What is on this machine. */
export interface There {
  readonly bento: boolean;
  readonly native: boolean;
}

function needsNative(contender: Contender): boolean {
  return contender.kind === 'limit'
    ? contender.mode.startsWith('block')
    : contender.kind === 'tailrace' && contender.reader === 'native';
}

/** The scenes with the cases whose id matches, of what is there. */
export function select(scenes: readonly Scene[], only: RegExp | null, there: There): Scene[] {
  const wanted = ({ id, contender }: Case): boolean =>
    (only === null || only.test(id)) &&
    (there.bento || contender.kind !== 'bento') &&
    (there.native || !needsNative(contender));
  return scenes.map(scene => ({ ...scene, cases: scene.cases.filter(wanted) })).filter(scene => scene.cases.length > 0);
}
