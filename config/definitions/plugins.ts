import { converterClasses } from '../converter.ts';
import { transformClasses } from '../transforms/transforms.ts';
import type { ConfigKeyInfo, ConfigType } from './config-infos.ts';

/** A class that a connector may name, and its keys by the names that they have behind its prefix, in Kafka Connect's order. */
export interface Plugin {
  readonly class: string;
  readonly type: 'transformation' | 'predicate' | 'converter' | 'header_converter';
  readonly keys: readonly ConfigKeyInfo[];
}

type Row = readonly [
  name: string,
  type: ConfigType,
  /** A default, or that there must be a value. */
  fallback: string | null | typeof REQUIRED,
  importance: ConfigKeyInfo['importance'],
  documentation: string,
  place?: readonly [group: string | null, order: number, display: string],
];

const REQUIRED = Symbol('required');
const REPLACE: Row = [
  'replace.null.with.default',
  'BOOLEAN',
  'true',
  'MEDIUM',
  "Whether a null counts as its field's default, where there is one.",
];

/** By the name of the class without `$Key` and `$Value`. */
const TRANSFORM_ROWS: Readonly<Record<string, readonly Row[]>> = {
  Cast: [
    ['spec', 'LIST', REQUIRED, 'HIGH', 'Fields and their types, field:type, or one type for the whole value.'],
    REPLACE,
  ],
  DropHeaders: [['headers', 'LIST', REQUIRED, 'HIGH', 'Names of the headers to take out.']],
  ExtractField: [
    ['field', 'STRING', REQUIRED, 'MEDIUM', 'Name of the field to keep alone.'],
    REPLACE,
    ['field.syntax.version', 'STRING', 'V1', 'HIGH', 'Whether dots lead into nested fields (V2) or not (V1).'],
  ],
  Filter: [],
  Flatten: [
    ['delimiter', 'STRING', '.', 'MEDIUM', 'What stands between the names of a field and of the one within it.'],
  ],
  HeaderFrom: [
    ['fields', 'LIST', REQUIRED, 'HIGH', 'Fields that become headers.'],
    ['headers', 'LIST', REQUIRED, 'HIGH', 'Names of these headers, in the order of the fields.'],
    ['operation', 'STRING', REQUIRED, 'HIGH', 'Whether the fields are moved (move) or copied (copy).'],
    REPLACE,
  ],
  HoistField: [['field', 'STRING', REQUIRED, 'MEDIUM', 'Name of the field that the whole becomes.']],
  InsertField: [
    ['topic.field', 'STRING', null, 'MEDIUM', 'Field for the topic; ! behind the name makes it required, ? optional.'],
    [
      'partition.field',
      'STRING',
      null,
      'MEDIUM',
      'Field for the partition; ! behind the name makes it required, ? optional.',
    ],
    [
      'offset.field',
      'STRING',
      null,
      'MEDIUM',
      'Field for the offset; ! behind the name makes it required, ? optional.',
    ],
    [
      'timestamp.field',
      'STRING',
      null,
      'MEDIUM',
      'Field for the timestamp; ! behind the name makes it required, ? optional.',
    ],
    [
      'static.field',
      'STRING',
      null,
      'MEDIUM',
      'Field for static.value; ! behind the name makes it required, ? optional.',
    ],
    ['static.value', 'STRING', null, 'MEDIUM', 'What static.field holds.'],
    REPLACE,
  ],
  InsertHeader: [
    ['header', 'STRING', REQUIRED, 'HIGH', 'Name of the header.'],
    ['value.literal', 'STRING', REQUIRED, 'HIGH', 'What it holds.'],
  ],
  MaskField: [
    ['fields', 'LIST', REQUIRED, 'HIGH', 'Fields to mask.'],
    ['replacement', 'STRING', null, 'LOW', "What stands in their place; by default the null of the field's type."],
    REPLACE,
  ],
  RegexRouter: [
    ['regex', 'STRING', REQUIRED, 'HIGH', 'Java regular expression that the whole topic must match.'],
    ['replacement', 'STRING', REQUIRED, 'HIGH', 'The topic in its place.'],
  ],
  ReplaceField: [
    ['exclude', 'LIST', '', 'MEDIUM', 'Fields to leave out.'],
    ['include', 'LIST', '', 'MEDIUM', 'Fields to keep, and no others.'],
    ['renames', 'LIST', '', 'MEDIUM', 'Fields to rename, old:new.'],
    REPLACE,
  ],
  SetSchemaMetadata: [
    ['schema.name', 'STRING', null, 'HIGH', 'Name of the schema.'],
    ['schema.version', 'INT', null, 'HIGH', 'Version of the schema.'],
    REPLACE,
  ],
  TimestampConverter: [
    ['field', 'STRING', '', 'HIGH', 'Field with the timestamp; nothing for the whole value.'],
    ['target.type', 'STRING', REQUIRED, 'HIGH', 'What it becomes: string, unix, Date, Time or Timestamp.'],
    ['format', 'STRING', '', 'MEDIUM', 'Pattern of SimpleDateFormat, of texts read or written.'],
    [
      'unix.precision',
      'STRING',
      'milliseconds',
      'LOW',
      'Of numbers: seconds, milliseconds, microseconds or nanoseconds.',
    ],
    REPLACE,
  ],
  TimestampRouter: [
    ['topic.format', 'STRING', '${topic}-${timestamp}', 'HIGH', 'The topic, of ${topic} and ${timestamp}.'],
    ['timestamp.format', 'STRING', 'yyyyMMdd', 'HIGH', 'Pattern of SimpleDateFormat for ${timestamp}.'],
  ],
  ValueToKey: [['fields', 'LIST', REQUIRED, 'HIGH', 'Fields of the value that make the key.'], REPLACE],
  JsonPatchTransform: [['operations', 'STRING', REQUIRED, 'HIGH', 'A JSON patch (RFC 6902) of the value.']],
};

const PREDICATE_ROWS: Readonly<Record<string, readonly Row[]>> = {
  HasHeaderKey: [['name', 'STRING', REQUIRED, 'MEDIUM', 'Name of the header.']],
  RecordIsTombstone: [],
  TopicNameMatches: [
    ['pattern', 'STRING', REQUIRED, 'MEDIUM', 'Java regular expression that the whole topic must match.'],
  ],
};

const CONVERTER_TYPE: Row = ['converter.type', 'STRING', REQUIRED, 'LOW', 'Set by the worker: key, value or header.'];
const CONVERTER_ROWS: Readonly<Record<string, readonly Row[]>> = {
  JsonConverter: [
    CONVERTER_TYPE,
    [
      'schemas.enable',
      'BOOLEAN',
      'true',
      'HIGH',
      'Each text is an object of schema and payload.',
      ['Schemas', 0, 'Enable Schemas'],
    ],
    [
      'schemas.cache.size',
      'INT',
      '1000',
      'HIGH',
      'How many schemas are remembered.',
      ['Schemas', 1, 'Schema Cache Size'],
    ],
    [
      'schema.content',
      'STRING',
      null,
      'HIGH',
      'The schema of all texts, which then are payloads alone.',
      ['Schemas', 2, 'Schema Content'],
    ],
    [
      'decimal.format',
      'STRING',
      'BASE64',
      'LOW',
      'How a Decimal is sent, BASE64 or NUMERIC.',
      ['Serialization', 0, 'Decimal Format'],
    ],
    [
      'replace.null.with.default',
      'BOOLEAN',
      'true',
      'LOW',
      "Whether a null counts as its schema's default, where there is one.",
      ['Serialization', 1, 'Replace null with default'],
    ],
  ],
  StringConverter: [
    CONVERTER_TYPE,
    ['converter.encoding', 'STRING', 'UTF-8', 'HIGH', 'Encoding of the texts.', [null, -1, 'Encoding']],
  ],
  SimpleHeaderConverter: [],
};

function keyOf([name, type, fallback, importance, documentation, place]: Row): ConfigKeyInfo {
  const [group, order, display] = place ?? [null, -1, name];
  return {
    name,
    type,
    required: fallback === REQUIRED,
    default_value: fallback === REQUIRED ? null : fallback,
    importance,
    documentation,
    group,
    width: place === undefined ? 'NONE' : 'MEDIUM',
    display_name: display,
    dependents: [],
    order,
  };
}

/** `a.b.Cast$Key` → `Cast` */
function baseOf(className: string): string {
  return className.slice(className.lastIndexOf('.') + 1).split('$', 1)[0]!;
}

function plugins(
  classes: readonly string[],
  type: Plugin['type'],
  rowsOf: (base: string) => readonly Row[],
): readonly Plugin[] {
  const sorted = [...classes].sort((a, b) => (a < b ? -1 : 1));
  return sorted.map(name => ({ class: name, type, keys: rowsOf(baseOf(name)).map(keyOf) }));
}

const { transforms, predicates } = transformClasses();
const ofConverter = (base: string) => CONVERTER_ROWS[base] ?? [CONVERTER_TYPE];

export const TRANSFORMATIONS = plugins(transforms, 'transformation', base => TRANSFORM_ROWS[base]!);
export const PREDICATES = plugins(predicates, 'predicate', base => PREDICATE_ROWS[base]!);
export const CONVERTERS = plugins(converterClasses('value'), 'converter', ofConverter);
export const HEADER_CONVERTERS = plugins(converterClasses('header'), 'header_converter', ofConverter);

/** In the order in which they are listed. */
export const ALL_PLUGINS = [...TRANSFORMATIONS, ...PREDICATES, ...CONVERTERS, ...HEADER_CONVERTERS];

/** By full name, simple name or that without the type: `RegexRouter`, `Json`. */
export function findPlugin(plugins: readonly Plugin[], name: string): Plugin | undefined {
  const exact = plugins.find(plugin => plugin.class === name);
  return exact ?? plugins.find(plugin => aliasesOf(plugin.class).includes(name));
}

const SUFFIX = /(?:Transformation|Predicate|HeaderConverter|Converter)$/;

/** Of a class within another there are none. */
function aliasesOf(className: string): readonly string[] {
  if (className.includes('$')) return [];
  const simple = className.slice(className.lastIndexOf('.') + 1);
  return [simple, simple.replace(SUFFIX, '')];
}

/** Classes of which one is meant where only the abstract one is written. */
export function partsOf(plugins: readonly Plugin[], name: string): readonly string[] {
  return plugins.map(plugin => plugin.class).filter(known => known.startsWith(`${name}$`));
}

const OF_TRANSFORMS = [
  ['predicate', 'STRING', null, 'MEDIUM', 'Alias of the predicate that says which records are transformed.'],
  ['negate', 'BOOLEAN', 'false', 'MEDIUM', 'Whether those are transformed for which it is not true.'],
] as const satisfies readonly Row[];

const IMPORTANCE = ['HIGH', 'MEDIUM', 'LOW'];

/** The keys of a transform or predicate as ConfigDef.embed orders them: required ones first, then by importance and name. */
export function embedded({ type, keys }: Plugin): readonly ConfigKeyInfo[] {
  const all = type === 'transformation' ? [...keys, ...OF_TRANSFORMS.map(keyOf)] : keys;
  return [...all].sort((a, b) => {
    if (a.required !== b.required) return a.required ? -1 : 1;
    const importance = IMPORTANCE.indexOf(a.importance) - IMPORTANCE.indexOf(b.importance);
    return importance !== 0 ? importance : a.name < b.name ? -1 : 1;
  });
}

const HASHED = [
  'decimal.format',
  'converter.type',
  'schemas.cache.size',
  'replace.null.with.default',
  'schemas.enable',
  'schema.content',
  'converter.encoding',
];

/** The keys of a converter in the order that Java's HashMap has them in, and the JVM's answer with it. */
export function hashed(keys: readonly ConfigKeyInfo[]): readonly ConfigKeyInfo[] {
  return [...keys].sort((a, b) => HASHED.indexOf(a.name) - HASHED.indexOf(b.name));
}
