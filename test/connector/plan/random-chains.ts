import fc from 'fast-check';
import type { Keys } from '../../config/written.ts';
import { escaped } from './written-chains.ts';

const CONNECT = 'org.apache.kafka.connect.transforms.';

/** Few, so that steps meet on the same ones; those that lists of names can hold. */
export const NAMES = [
  'a',
  'b',
  'c',
  'd',
  'é😀',
  '__proto__',
  'constructor',
  'x.y',
  'q"',
  'back\\slash',
  'x\u2028y',
] as const;

const name = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c') }, fc.constantFrom(...NAMES));
const anyName = fc.oneof({ weight: 9, arbitrary: name }, fc.constantFrom('', ' ', 'tab\t', 'line\n', ':', ','));
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const header = fc.constantFrom('h', 'k', 'a');
const text = fc.constantFrom(
  '',
  'x',
  '7',
  '-0',
  '1e3',
  '1.50',
  'true',
  ' ',
  'say "hi"',
  'back\\slash',
  'two\nlines',
  'é😀',
  '\u0001',
);
const topic = fc.constantFrom('.*', 'orders', 'events|orders', '(ev|or).*', 'a-.*');
const part = fc.constantFrom('Value', 'Value', 'Value', 'Value', 'Key');
const cast = fc.constantFrom('int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean', 'string');
const format = fc.constantFrom('yyyy-MM-dd', 'HH:mm:ss.SSS', "yy MMM d 'at' h a", 'yyyyMMdd');

type Step = Readonly<Record<string, string>>;

const list = (each: fc.Arbitrary<readonly string[]>): fc.Arbitrary<string> => each.map(all => all.join(','));
const maybe = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Keys that are left out are undefined. */
function step(
  type: string,
  keys: Readonly<Record<string, fc.Arbitrary<string | undefined>>>,
  parts: fc.Arbitrary<string> | null = part,
): fc.Arbitrary<Step> {
  return fc.tuple(parts ?? fc.constant(''), fc.record(keys)).map(([of, given]) => {
    const own = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return { ...Object.fromEntries(own), type: `${CONNECT}${type}${of === '' ? '' : `$${of}`}` };
  });
}

function pairOf(one: fc.Arbitrary<string>, other: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(one, other).map(pair => pair.join(':'));
}

const renames = list(fc.array(pairOf(name, name), { minLength: 1, maxLength: 3 }));
const inserted = fc.tuple(anyName, fc.constantFrom('', '!', '?')).map(each => each.join(''));

/** Of a TimestampConverter. */
const CONVERTED = {
  'target.type': fc.constantFrom('string', 'unix', 'Date', 'Time', 'Timestamp'),
  format,
  'unix.precision': maybe(fc.constantFrom('seconds', 'microseconds', 'nanoseconds')),
};

const insertField = fc
  .tuple(
    step('InsertField', {
      'topic.field': maybe(inserted),
      'partition.field': maybe(inserted),
      'offset.field': maybe(inserted),
      'timestamp.field': maybe(inserted),
    }),
    inserted,
    text,
  )
  .map(([keys, field, value]) => ({ ...keys, 'static.field': field, 'static.value': value }));

const headerFrom = names.chain(fields =>
  step('HeaderFrom', {
    fields: fc.constant(fields.join(',')),
    headers: list(fc.array(header, { minLength: fields.length, maxLength: fields.length })),
    operation: fc.constantFrom('move', 'copy'),
  }),
);

/** What a plan has a step for. */
const PLANNED: readonly fc.Arbitrary<Step>[] = [
  insertField,
  headerFrom,
  step('ReplaceField', { exclude: maybe(list(names)), include: maybe(list(names)), renames: maybe(renames) }),
  step('ReplaceField', { renames }),
  step('MaskField', {
    fields: list(names),
    replacement: maybe(fc.constantFrom('x', '7', '1.5', '1e30', '99999999999999999999')),
  }),
  step('Cast', { spec: list(fc.array(pairOf(name, cast), { minLength: 1, maxLength: 3 })) }),
  step('HoistField', { field: anyName }),
  step('ExtractField', { field: anyName }),
  step('ExtractField', {
    field: fc.constantFrom('a.a', 'a.b', 'b.a', 'c.b.a', 'a.`x.y`', '`x.y`'),
    'field.syntax.version': fc.constant('V2'),
  }),
  step('Flatten', { delimiter: maybe(fc.constantFrom('_', '')) }),
  step('TimestampConverter', { ...CONVERTED, field: name }),
  step('ValueToKey', { fields: list(names) }, null),
];

const UNPLANNED: readonly fc.Arbitrary<Step>[] = [
  step('Cast', { spec: cast }),
  step('SetSchemaMetadata', { 'schema.name': fc.constant('s') }),
  step('TimestampConverter', CONVERTED),
];

const BESIDE: readonly fc.Arbitrary<Step>[] = [
  step('RegexRouter', { regex: topic, replacement: fc.constantFrom('a-$0', 'orders', 'x') }, null),
  step('TimestampRouter', { 'topic.format': maybe(fc.constantFrom('a-${topic}', 'orders')) }, null),
  step('InsertHeader', { header, 'value.literal': text.filter(each => each.trim() !== '') }, null),
  step('DropHeaders', { headers: list(fc.uniqueArray(header, { minLength: 1 })) }, null),
];

const anyStep = fc.oneof(
  { weight: 20, arbitrary: fc.oneof(...PLANNED) },
  { weight: 5, arbitrary: fc.oneof(...BESIDE) },
  { weight: 1, arbitrary: fc.oneof(...UNPLANNED) },
);

const predicate: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant(`${CONNECT}predicates.HasHeaderKey`), name: header }),
  fc.record({ type: fc.constant(`${CONNECT}predicates.TopicNameMatches`), pattern: topic }),
  fc.constant({ type: `${CONNECT}predicates.RecordIsTombstone` }),
);

interface Guarded {
  readonly step: Step;
  readonly when: { readonly predicate: Step; readonly negate: boolean } | null;
}

const when = fc.record({ predicate, negate: fc.boolean() });
const guarded: fc.Arbitrary<Guarded> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ step: anyStep, when: fc.option(when, { freq: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant({ type: `${CONNECT}Filter` }), when }) },
);

/** A connector's keys for one to five transforms, as they are written in its file. */
export const randomChain: fc.Arbitrary<Keys> = fc.array(guarded, { minLength: 1, maxLength: 5 }).map(keysOf);

function keysOf(steps: readonly Guarded[]): Keys {
  const keys: Record<string, string> = { transforms: steps.map((_, index) => `t${index}`).join(',') };
  const predicates: string[] = [];
  for (const [index, { step: own, when: condition }] of steps.entries()) {
    for (const [key, value] of Object.entries(own)) keys[`transforms.t${index}.${key}`] = value;
    if (condition === null) continue;
    predicates.push(`p${index}`);
    keys[`transforms.t${index}.predicate`] = `p${index}`;
    keys[`transforms.t${index}.negate`] = String(condition.negate);
    for (const [key, value] of Object.entries(condition.predicate)) keys[`predicates.p${index}.${key}`] = value;
  }
  return escaped(predicates.length === 0 ? keys : { ...keys, predicates: predicates.join(',') });
}
