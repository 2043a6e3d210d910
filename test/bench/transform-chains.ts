import type { ConverterName, SinkSettings } from './settings.ts';

/** What is wanted of a chain: the plan serves it; the general path may have to; texts, beside who passes them through. */
export type ChainKind = 'served' | 'general' | 'texts';

/** What a connector file says of its values: both workers read the same keys. */
export interface Chain {
  /** In the names of cases. */
  readonly name: string;
  readonly label: string;
  readonly kind: ChainKind;
  readonly converter: ConverterName;
  /** Whether texts are sent as they are; else they are JSON strings. */
  readonly raw: boolean;
  /** Transforms and predicates. */
  readonly keys: Readonly<Record<string, string>>;
}

type Keys = Readonly<Record<string, string>>;
type Step = readonly [transform: string, keys: Keys];

const CONNECT = 'org.apache.kafka.connect.transforms';

function keysOf(steps: readonly Step[], more: Keys = {}): Keys {
  if (steps.length === 0) return {};
  const entries = steps.flatMap(([type, keys], i) => [
    [`transforms.t${i}.type`, `${CONNECT}.${type}`],
    ...Object.entries(keys).map(([key, value]) => [`transforms.t${i}.${key}`, value]),
  ]);
  return { transforms: steps.map((_, i) => `t${i}`).join(','), ...Object.fromEntries(entries), ...more };
}

function chain(kind: ChainKind, name: string, label: string, steps: readonly Step[], more: Keys = {}): Chain {
  return { name, label, kind, converter: 'json', raw: false, keys: keysOf(steps, more) };
}

const INSERT: Step = [
  'InsertField$Value',
  { 'static.field': 'source', 'static.value': 'kafka', 'topic.field': 'topic' },
];
const REPLACE: Step = ['ReplaceField$Value', { exclude: 'shop', renames: 'ts:time' }];
const MASK: Step = ['MaskField$Value', { fields: 'id,amount' }];
const FLATTEN: Step = ['Flatten$Value', { delimiter: '_' }];

/**
 * The usual chains over the events of records.ts. Filters drop nothing, and what is inserted or written anew is as long in
 * all records, so that bytes tell how many have arrived.
 */
export const CHAINS: readonly Chain[] = [
  chain('served', 'none', 'no transform', []),
  chain('served', 'insert', 'InsertField: a static field and the topic', [INSERT]),
  chain('served', 'replace', 'ReplaceField: one dropped, one renamed', [REPLACE]),
  chain('served', 'mask', 'MaskField: a text and a number', [MASK]),
  chain('served', 'hoist', 'HoistField', [['HoistField$Value', { field: 'event' }]]),
  chain('served', 'extract', 'ExtractField: an object', [['ExtractField$Value', { field: 'user' }]]),
  chain('served', 'route', 'RegexRouter', [['RegexRouter', { regex: '(events)-(.*)', replacement: '$2-$1' }]]),
  chain(
    'served',
    'filter',
    'Filter, by topic (negated) and by null',
    [
      ['Filter', { predicate: 'here', negate: 'true' }],
      ['Filter', { predicate: 'empty' }],
    ],
    {
      predicates: 'here,empty',
      'predicates.here.type': `${CONNECT}.predicates.TopicNameMatches`,
      'predicates.here.pattern': 'events-.*',
      'predicates.empty.type': `${CONNECT}.predicates.RecordIsTombstone`,
    },
  ),
  chain('served', 'three', 'InsertField, ReplaceField, MaskField', [INSERT, REPLACE, MASK]),

  chain('general', 'timestamp', 'TimestampConverter: a number to a text', [
    ['TimestampConverter$Value', { field: 'ts', 'target.type': 'string', format: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" }],
  ]),
  chain('general', 'flatten', 'Flatten', [FLATTEN]),
  chain('general', 'cast', 'Cast: two numbers to texts, one to int16', [
    ['Cast$Value', { spec: 'amount:string,ts:string,shop:int16' }],
  ]),
  chain('general', 'extract-nested', 'ExtractField of a nested field', [
    ['ExtractField$Value', { field: 'user.id', 'field.syntax.version': 'V2' }],
  ]),
  chain('general', 'cast-nested', 'Flatten, and Cast of a nested field', [
    FLATTEN,
    ['Cast$Value', { spec: 'user_id:string' }],
  ]),
  { ...chain('general', 'schemas', 'JSON with schemas', []), converter: 'schemas' },

  { ...chain('texts', 'raw', 'texts as they are', []), converter: 'string', raw: true },
  { ...chain('texts', 'quoted', 'texts as JSON strings', []), converter: 'string' },
];

type ChainSettings = Pick<SinkSettings, 'converter' | 'more'>;

/** For Tailrace: a record a line. */
export function tailraceChain({ converter, raw, keys }: Chain): ChainSettings {
  const format = raw
    ? { 'batch.format': 'joined', 'batch.separator': '\\n', 'batch.suffix': '\\n' }
    : { 'batch.format': 'ndjson' };
  return { converter, more: { ...format, ...keys } };
}

/** For our sink in Kafka Connect: the same lines. */
export function connectChain({ converter, raw, keys }: Chain): ChainSettings {
  return { converter, more: { texts: raw ? 'raw' : 'json', ...keys } };
}
