import assert from 'node:assert/strict';
import { parseFieldPath } from '../../config/transforms/field-path.ts';
import { parsePattern } from '../../config/transforms/java-date-pattern.ts';
import { readJsonPatch } from '../../config/transforms/json-patch.ts';
import { SettingsReader } from '../../config/transforms/settings-reader.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { type ConvertersConfig, createConverter } from '../../connector/converters/choose.ts';
import { lenientJson } from '../../connector/converters/json-lenient.ts';
import { toRecordError } from '../../connector/converters/record-errors.ts';
import { textDecoder } from '../../connector/converters/text-encoding.ts';
import { excerpt } from '../../connector/data/excerpt.ts';
import { parseTemporal } from '../../connector/data/scalar-values.ts';
import { Decimal } from '../../connector/data/scalars.ts';
import { parseValue } from '../../connector/data/values.ts';
import { javaDateFormat } from '../../connector/java/date-format.ts';
import { parseDouble, parseInteger } from '../../connector/java/numbers.ts';
import { createTransforms } from '../../connector/transforms/create.ts';
import { connectorOf, type Keys } from '../config/written.ts';
import { JSON_WITH_SCHEMAS, JSON_WITHOUT_SCHEMAS, PLAIN_JSON } from '../support/converters.ts';

export interface Case {
  readonly name: string;
  readonly run: () => void;
}

const MEGABYTE = 1_048_576;
const LONGEST_MESSAGE = 1_100;
const TRANSFORMS = 'org.apache.kafka.connect.transforms.';

const units = [
  'a',
  '1',
  '0',
  ' ',
  '"',
  '{',
  '[',
  '}',
  '.',
  ',',
  ':',
  '-',
  '+',
  'e',
  'E',
  '\\',
  '/',
  '~',
  '`',
  "'",
  '%',
  '=',
].concat(
  ...[
    ['\t', '\n', '\u0000', 'é', '😀', '\ud800', '\u202e', 'true', 'null ', 'GMT', '-1', '1.', '.1', '1e', '1:', '\\:'],
    ['[[', '{"a":', '[0,', '00', '{1:', '{[1]:', '"a",', 'T1', '1-'],
  ],
);
const whole = (unit: string): string => unit.repeat(Math.ceil(MEGABYTE / unit.length));
/** Each unit before something else, behind what a number begins with, and in a list. */
const texts: readonly string[] = units.flatMap(unit => [`${whole(unit)}x`, `1${whole(unit)}`, `[${whole(unit)}]`]);

const DATES = ['yyyy-MM-dd HH:mm:ss', 'yyyyMMdd', 'y', 'EEE MMM d z', "'1'X", 'yy Z', '   d'];

/** Of a configuration: that these end is enough. */
const SETTINGS: Readonly<Record<string, (text: string) => unknown>> = {
  parseFieldPath,
  parsePattern,
  readJsonPatch: text => readJsonPatch('p', JSON.stringify([{ op: 'remove', path: `/${text}` }])),
  'SettingsReader.list': text => new SettingsReader(new Map([['k', `a${text}b`]])).list('k'),
  'SettingsReader.int': text => new SettingsReader(new Map([['k', text]])).int('k'),
};

const FUNCTIONS: Readonly<Record<string, (text: string) => unknown>> = {
  parseValue,
  parseTemporal,
  parseDouble,
  'parseInteger(64)': text => parseInteger(text, 64),
  'Decimal.parse': text => Decimal.parse(text),
  excerpt,
  lenientJson: text => lenientJson(Buffer.from(text)),
  'lenientJson of UTF-16': text => lenientJson(Buffer.from(text, 'utf16le')),
  'textDecoder(US-ASCII)': text => textDecoder('US-ASCII')!(Buffer.from(text)),
  'textDecoder(UTF-16)': text => textDecoder('UTF-16')!(Buffer.from(text)),
  ...Object.fromEntries(
    DATES.map(pattern => {
      const { parse } = javaDateFormat(pattern, () => 0);
      return [`date ${pattern}`, (text: string) => parse(text)];
    }),
  ),
};

/** What may be thrown is what a record or a setting is refused with, in few words. */
function bounded(call: () => unknown): void {
  try {
    call();
  } catch (thrown) {
    assert.ok(!(thrown instanceof RangeError), String(thrown).slice(0, 200));
    const { message, causes = [] } = toRecordError('VALUE_CONVERTER', 'C', thrown);
    for (const each of [message, ...causes]) assert.ok(each.length < LONGEST_MESSAGE, each.slice(0, 200));
  }
}

function casesOf(
  calls: Readonly<Record<string, (text: string) => unknown>>,
  inputs: readonly string[],
): readonly Case[] {
  return Object.entries(calls).map(([name, call]) => ({
    name,
    run: () => {
      for (const text of inputs) bounded(() => call(text));
    },
  }));
}

const chains: readonly (readonly [type: string, keys: Keys])[] = [
  ...['int8', 'int64', 'float32', 'float64', 'boolean', 'string'].flatMap(type => [
    ['Cast$Value', { spec: type }] as const,
    ['Cast$Value', { spec: `f:${type}` }] as const,
  ]),
  ...['string', 'unix', 'Date'].map(
    target => ['TimestampConverter$Value', { 'target.type': target, format: 'yyyy-MM-dd', field: 'f' }] as const,
  ),
  ['TimestampConverter$Value', { 'target.type': 'unix', format: 'yyyyMMdd' }],
  ['Flatten$Value', {}],
  ['MaskField$Value', { fields: 'f' }],
  ['MaskField$Value', { fields: 'f', replacement: '1' }],
  ['ReplaceField$Value', { renames: 'f:g' }],
  ['ExtractField$Value', { field: 'f' }],
  ['HeaderFrom$Value', { fields: 'f', headers: 'h', operation: 'move' }],
  ['ValueToKey', { fields: 'f' }],
  ['HoistField$Value', { field: 'h' }],
  ['InsertField$Value', { 'static.field': 's', 'static.value': 'v' }],
  ['SetSchemaMetadata$Value', { 'schema.name': 'n' }],
];

function transformsOf(type: string, keys: Keys): ReturnType<typeof createTransforms> {
  const own = Object.entries(keys).map(([key, value]) => [`transforms.t.${key}`, value]);
  const written = { transforms: 't', 'transforms.t.type': TRANSFORMS + type, ...(Object.fromEntries(own) as Keys) };
  return createTransforms(connectorOf(written).transforms, () => 0);
}

const string = (unit: string): string => JSON.stringify(whole(unit));
const digits = '7'.repeat(MEGABYTE);
const int = (type: string): string => `{"type":"${type}"}`;
const decimal = (scale: string): string =>
  `{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"${scale}"}}`;
const field = (schema: string): string => `{"type":"struct","fields":[${schema.replace('{', '{"field":"f",')}]}`;
const enveloped = (schema: string, payload: string): readonly string[] => [
  `{"schema":${schema},"payload":${payload}}`,
  `{"schema":${field(schema)},"payload":{"f":${payload}}}`,
];
const base64 = `"${'f'.repeat(MEGABYTE)}"`;
const levels = 300;
const nestedSchema = '{"type":"struct","fields":[{"field":"a","type":"array","items":'.repeat(levels);
const nestedPayload = `${'{"a":['.repeat(levels)}${'1,'.repeat(200_000)}1${']}'.repeat(levels)}`;

/** What a converter without schemas and the transforms have most to do with. */
const bare: readonly string[] = [
  ...['a', '1', ' ', '.', '{', '"', '\\', '\t', 'é', '\u202e'].flatMap(unit => [string(unit), `{"f":${string(unit)}}`]),
  ...[
    digits,
    `-${digits}`,
    `0.${digits}`,
    `${digits}e9`,
    `1e${digits}`,
    '1e999999999',
    '-1e-999999999',
    '0'.repeat(MEGABYTE),
  ].flatMap(number => [number, `{"f":${number}}`, `[${number}]`]),
  ...[
    `[${'00,'.repeat(MEGABYTE / 3)}0]`,
    '['.repeat(MEGABYTE),
    '{"a":'.repeat(MEGABYTE / 5),
    `${'[0,'.repeat(900)}${']'.repeat(900)}`,
  ],
  `{${string('p')}:{${Array.from({ length: 60_000 }, (_, i) => `"${i.toString(36)}":1`).join()}}}`,
  `{"f":${'{"a":'.repeat(990)}1${'}'.repeat(990)}}`,
];

const withSchemas: readonly string[] = [
  `{"schema":{"type":${string('x')}},"payload":1}`,
  `{"schema":{"type":"struct","fields":[{"field":${string('n')},"type":"int8"}]},"payload":{${string('n')}:null}}`,
  `{"schema":{"type":"struct","fields":[{"field":${string('n')},"type":"int8"},{"field":${string('n')},"type":"int8"}]},"payload":1}`,
  `{"schema":{"type":"array","name":${string('s')},"items":{"type":"int8"}},"payload":[null]}`,
  `{"schema":${nestedSchema}{"type":"int32"}${'}]}'.repeat(levels)},"payload":${nestedPayload}}`,
  ...['int8', 'int64', 'double', 'float', 'string', 'boolean', 'bytes'].flatMap(type =>
    [digits, `1.${digits}`, '1e999999999', '1e9999999999', string('1'), base64].flatMap(payload =>
      enveloped(int(type), payload),
    ),
  ),
  ...['0', '2', '100000000', '2147483647', '-100000000', '-2147483648'].flatMap(scale =>
    [digits, '1', '1e999999999', '1e9999999999', base64, '"AQ=="', string('a')].flatMap(payload =>
      enveloped(decimal(scale), payload),
    ),
  ),
  ...enveloped(
    '{"type":"map","keys":{"type":"bytes"},"values":{"type":"int8"}}',
    `[${'["AQ==",1],'.repeat(90_000)}["AQ==",1]]`,
  ),
];

/** What comes as far as the transforms, without schemas. */
const shaped: readonly string[] = bare.filter(
  document => /^(?:"[a1 .é]|\{|\d)/.test(document) && !document.startsWith('0'.repeat(9)),
);

/** And with them. */
const typed: readonly string[] = [
  ...['1', ' ', 'a'].flatMap(unit => enveloped(int('string'), string(unit))),
  ...['0', '100000000', '-100000000'].flatMap(scale =>
    ['1e999999999', base64].flatMap(payload => enveloped(decimal(scale), payload)),
  ),
];

interface Way {
  readonly config: ConvertersConfig;
  readonly documents: readonly string[];
  readonly chains: readonly Chain[];
}

/** Whatever becomes of the record: what is told of it is short. */
function convert(config: ConvertersConfig, transforms: ReturnType<typeof createTransforms>, value: Buffer): void {
  const converter = createConverter(config, { bare: false, maxValueBytes: 900_000 }, transforms);
  const block = converter.convert(buildBlock([{ value, key: value, headers: [['h', value]] }]));
  const errors = [...(block.errors?.values() ?? []), converter.explain(value)];
  for (const { message, causes = [] } of errors) {
    for (const each of [message, ...causes]) assert.ok(each.length < LONGEST_MESSAGE, each.slice(0, 200));
  }
}

type Chain = readonly [name: string, transforms: ReturnType<typeof createTransforms>];

const patch = JSON.stringify([
  { op: 'test', path: '/f/0', value: 1 },
  { op: 'move', from: '/f', path: '/g' },
]);
const CHAINS: readonly Chain[] = [
  ...chains.map(([type, keys]): Chain => [`${type} ${JSON.stringify(keys)}`, transformsOf(type, keys)]),
  [
    'JsonPatch',
    createTransforms(
      [
        {
          alias: 'p',
          className: 'P',
          predicate: null,
          settings: { kind: 'JsonPatch', operations: readJsonPatch('p', patch) },
        },
      ],
      () => 0,
    ),
  ],
];
const NOTHING: readonly Chain[] = [['nothing', []]];
const schemas = { ...PLAIN_JSON, valueConverter: JSON_WITH_SCHEMAS };

const WAYS: Readonly<Record<string, Way>> = {
  plain: { config: PLAIN_JSON, documents: bare, chains: NOTHING },
  transforms: { config: PLAIN_JSON, documents: shaped, chains: CHAINS },
  keys: { config: { ...PLAIN_JSON, keyConverter: JSON_WITHOUT_SCHEMAS }, documents: bare, chains: NOTHING },
  texts: {
    config: { ...PLAIN_JSON, valueConverter: { kind: 'string', encoding: 'UTF-8' } },
    documents: bare,
    chains: NOTHING,
  },
  schemas: { config: schemas, documents: [...bare, ...withSchemas], chains: NOTHING },
  numeric: {
    config: { ...schemas, valueConverter: { ...JSON_WITH_SCHEMAS, decimalFormat: 'NUMERIC' } },
    documents: withSchemas,
    chains: NOTHING,
  },
  'schemas and transforms': { config: schemas, documents: typed, chains: CHAINS },
};

const recordCases: readonly Case[] = Object.entries(WAYS).flatMap(([way, { config, documents, chains: all }]) =>
  all.map(([chain, transforms]) => ({
    name: `${way}, ${chain}`,
    run: () => {
      for (const document of documents) convert(config, transforms, Buffer.from(document));
    },
  })),
);

export const CASES: readonly Case[] = [
  ...casesOf(FUNCTIONS, texts),
  ...casesOf(
    SETTINGS,
    units.map(unit => `${whole(unit)}x`),
  ),
  ...recordCases,
];
