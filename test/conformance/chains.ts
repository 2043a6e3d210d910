import type { SampleName } from './records.ts';

/** One configuration through which both workers take the same records. */
export interface Chain {
  /** Part of connector names: lower case and hyphens. */
  readonly name: string;
  readonly records: SampleName;
  /** Connector keys: converters, transforms, predicates. */
  readonly config: Readonly<Record<string, string>>;
}

const CONNECT = 'org.apache.kafka.connect';
const SMT = `${CONNECT}.transforms`;
const JSON_CONVERTER = `${CONNECT}.json.JsonConverter`;
const STRING_CONVERTER = `${CONNECT}.storage.StringConverter`;

const PLAIN = {
  'key.converter': JSON_CONVERTER,
  'key.converter.schemas.enable': 'false',
  'value.converter': JSON_CONVERTER,
  'value.converter.schemas.enable': 'false',
};
const SCHEMAS = { 'key.converter': JSON_CONVERTER, 'value.converter': JSON_CONVERTER };
const TEXTS = { 'key.converter': STRING_CONVERTER, 'value.converter': STRING_CONVERTER };

const CONVERTERS: Readonly<Record<SampleName, Readonly<Record<string, string>>>> = {
  plain: PLAIN,
  schemas: SCHEMAS,
  flat: SCHEMAS,
  texts: TEXTS,
};

type Step = readonly [transform: string, config?: Readonly<Record<string, string>>];

/** `steps` in order; a step's keys may hold `predicate` and `negate`. */
export function chain(
  name: string,
  records: SampleName,
  steps: readonly Step[],
  more: Readonly<Record<string, string>> = {},
): Chain {
  const config: Record<string, string> = { ...CONVERTERS[records] };
  if (steps.length > 0) config['transforms'] = steps.map((_, i) => `t${i}`).join(',');
  for (const [i, [transform, keys = {}]] of steps.entries()) {
    config[`transforms.t${i}.type`] = `${SMT}.${transform}`;
    for (const [key, value] of Object.entries(keys)) config[`transforms.t${i}.${key}`] = value;
  }
  return { name, records, config: { ...config, ...more } };
}

export function predicate(
  type: string,
  config: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const keys = Object.entries(config).map(([key, value]) => [`predicates.p.${key}`, value]);
  return { predicates: 'p', 'predicates.p.type': `${SMT}.predicates.${type}`, ...Object.fromEntries(keys) };
}

const INSERT_ALL = {
  'topic.field': 'topic',
  'partition.field': 'part',
  'offset.field': 'off!',
  'timestamp.field': 'at?',
  'static.field': 'by',
  'static.value': 'test',
};

export const CHAINS: readonly Chain[] = [
  chain('nothing', 'plain', []),
  chain('nothing-schemas', 'schemas', []),
  chain('nothing-schemas-numeric', 'schemas', [], { 'value.converter.decimal.format': 'NUMERIC' }),
  chain('nothing-schemas-nulls', 'schemas', [], { 'value.converter.replace.null.with.default': 'false' }),
  chain('nothing-texts', 'texts', []),

  chain('insert-field', 'plain', [['InsertField$Value', INSERT_ALL]]),
  chain('insert-field-schemas', 'schemas', [['InsertField$Value', INSERT_ALL]]),
  chain('insert-field-key', 'plain', [['InsertField$Key', { 'static.field': 'by', 'static.value': 'test' }]]),
  chain('insert-field-nulls', 'schemas', [
    ['InsertField$Value', { 'static.field': 'by', 'static.value': 'x', 'replace.null.with.default': 'false' }],
  ]),

  chain('replace-field-exclude', 'plain', [['ReplaceField$Value', { exclude: 'name,tags' }]]),
  chain('replace-field-include', 'plain', [['ReplaceField$Value', { include: 'id,price' }]]),
  chain('replace-field-renames', 'plain', [['ReplaceField$Value', { renames: 'id:identity,name:id' }]]),
  chain('replace-field-all', 'plain', [
    ['ReplaceField$Value', { include: 'id,name,price', exclude: 'price', renames: 'name:title' }],
  ]),
  chain('replace-field-schemas', 'schemas', [
    ['ReplaceField$Value', { exclude: 'photo,address', renames: 'id:identity' }],
  ]),
  chain('replace-field-include-schemas', 'schemas', [['ReplaceField$Value', { include: 'id,born,balance' }]]),

  chain('mask-field', 'plain', [['MaskField$Value', { fields: 'name,price,tags,flag' }]]),
  chain('mask-field-replacement', 'plain', [['MaskField$Value', { fields: 'name,id', replacement: '7' }]]),
  chain('mask-field-text', 'plain', [['MaskField$Value', { fields: 'name', replacement: 'xxx' }]]),
  chain('mask-field-schemas', 'schemas', [['MaskField$Value', { fields: 'name,age,height,member,tags,scores,born' }]]),
  chain('mask-field-bytes', 'schemas', [['MaskField$Value', { fields: 'photo' }]]),
  chain('mask-field-logical', 'schemas', [['MaskField$Value', { fields: 'born,seen,wakes' }]]),

  chain('value-to-key', 'plain', [['ValueToKey', { fields: 'id,name' }]]),
  chain('value-to-key-schemas', 'schemas', [['ValueToKey', { fields: 'id' }]]),

  chain('hoist-field', 'plain', [['HoistField$Value', { field: 'line' }]]),
  chain('hoist-field-schemas', 'schemas', [['HoistField$Value', { field: 'line' }]]),
  chain('hoist-field-texts', 'texts', [['HoistField$Value', { field: 'line' }]]),

  chain('extract-field', 'plain', [['ExtractField$Value', { field: 'name' }]]),
  chain('extract-field-nested', 'plain', [['ExtractField$Value', { field: 'nested.a', 'field.syntax.version': 'V2' }]]),
  chain('extract-field-dotted', 'plain', [['ExtractField$Value', { field: '`a.b`', 'field.syntax.version': 'V2' }]]),
  chain('extract-field-v1', 'plain', [['ExtractField$Value', { field: 'a.b' }]]),
  chain('extract-field-schemas', 'schemas', [['ExtractField$Value', { field: 'address' }]]),
  chain('extract-field-default', 'schemas', [['ExtractField$Value', { field: 'age' }]]),
  chain('extract-field-logical', 'schemas', [['ExtractField$Value', { field: 'seen' }]]),
  chain('extract-field-unknown', 'schemas', [['ExtractField$Value', { field: 'nowhere' }]]),
  chain('extract-field-nested-schemas', 'schemas', [
    ['ExtractField$Value', { field: 'address.city', 'field.syntax.version': 'V2' }],
  ]),

  chain('set-schema', 'schemas', [['SetSchemaMetadata$Value', { 'schema.name': 'other', 'schema.version': '2' }]]),
  chain('set-schema-plain', 'plain', [['SetSchemaMetadata$Value', { 'schema.name': 'other' }]]),

  chain('regex-router', 'plain', [
    ['RegexRouter', { regex: '(.*)-(pl)ain', replacement: '$2.$1' }],
    ['InsertField$Value', { 'topic.field': 'topic' }],
  ]),
  chain('regex-router-no-match', 'plain', [
    ['RegexRouter', { regex: 'plain', replacement: 'never' }],
    ['InsertField$Value', { 'topic.field': 'topic' }],
  ]),
  chain('timestamp-router', 'plain', [
    ['TimestampRouter', { 'topic.format': '${topic}/${timestamp}', 'timestamp.format': "yyyy-MM-dd'T'HH" }],
    ['InsertField$Value', { 'topic.field': 'topic' }],
  ]),

  chain('flatten', 'plain', [['Flatten$Value', { delimiter: '_' }]]),
  chain('flatten-dots', 'plain', [['Flatten$Value']]),
  chain('flatten-schemas', 'schemas', [
    ['ReplaceField$Value', { exclude: 'scores' }],
    ['Flatten$Value', { delimiter: '.' }],
  ]),
  chain('flatten-map-schemas', 'schemas', [['Flatten$Value']]),

  chain('cast-whole', 'plain', [['Cast$Value', { spec: 'string' }]]),
  chain('cast-whole-int', 'texts', [['Cast$Value', { spec: 'int32' }]]),
  chain('cast-fields', 'plain', [['Cast$Value', { spec: 'id:string,price:float64,flag:boolean' }]]),
  chain('cast-narrow', 'plain', [['Cast$Value', { spec: 'id:int32' }]]),
  chain('cast-tiny', 'plain', [['Cast$Value', { spec: 'id:int8,price:int16' }]]),
  chain('cast-float', 'plain', [['Cast$Value', { spec: 'price:float32,id:float64' }]]),
  chain('cast-schemas', 'schemas', [['Cast$Value', { spec: 'id:string,age:int64,height:string,member:int8' }]]),
  chain('cast-logical', 'schemas', [['Cast$Value', { spec: 'seen:int64,born:string,balance:string' }]]),
  chain('cast-flat', 'flat', [['Cast$Value', { spec: 'amount:int32,id:float32' }]]),
  chain('cast-bytes', 'schemas', [['Cast$Value', { spec: 'photo:string' }]]),

  chain('timestamp-unix-to-string', 'plain', [
    ['TimestampConverter$Value', { field: 'ts', 'target.type': 'string', format: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" }],
  ]),
  chain('timestamp-string-to-unix', 'plain', [
    ['TimestampConverter$Value', { field: 'when', 'target.type': 'unix', format: 'yyyy-MM-dd HH:mm:ss' }],
  ]),
  chain('timestamp-seconds', 'plain', [
    ['TimestampConverter$Value', { field: 'ts', 'target.type': 'unix', 'unix.precision': 'microseconds' }],
  ]),
  chain('timestamp-to-date', 'schemas', [['TimestampConverter$Value', { field: 'seen', 'target.type': 'Date' }]]),
  chain('timestamp-to-time', 'schemas', [['TimestampConverter$Value', { field: 'seen', 'target.type': 'Time' }]]),
  chain('timestamp-logical-to-string', 'schemas', [
    ['TimestampConverter$Value', { field: 'seen', 'target.type': 'string', format: 'EEE, d MMM yyyy HH:mm:ss Z' }],
  ]),
  chain('timestamp-flat', 'flat', [
    ['TimestampConverter$Value', { field: 'when', 'target.type': 'Timestamp', format: 'yyyy-MM-dd' }],
  ]),
  chain('timestamp-whole', 'texts', [['TimestampConverter$Value', { 'target.type': 'unix', format: 'HH' }]]),

  chain('filter-all', 'plain', [['Filter']]),
  chain('filter-tombstones', 'plain', [['Filter', { predicate: 'p' }]], predicate('RecordIsTombstone')),
  chain(
    'filter-headers',
    'plain',
    [['Filter', { predicate: 'p', negate: 'true' }]],
    predicate('HasHeaderKey', { name: 'origin' }),
  ),
  chain(
    'filter-topic',
    'plain',
    [['Filter', { predicate: 'p' }]],
    predicate('TopicNameMatches', { pattern: '.*-plain' }),
  ),
  chain(
    'filter-other-topic',
    'plain',
    [['Filter', { predicate: 'p' }]],
    predicate('TopicNameMatches', { pattern: 'plain' }),
  ),

  chain('header-from-move', 'plain', [
    ['HeaderFrom$Value', { fields: 'id,name', headers: 'h-id,h-name', operation: 'move' }],
  ]),
  chain('header-from-copy', 'plain', [['HeaderFrom$Value', { fields: 'id', headers: 'h-id', operation: 'copy' }]]),
  chain('header-from-schemas', 'schemas', [
    ['HeaderFrom$Value', { fields: 'name,seen', headers: 'n,s', operation: 'move' }],
  ]),
  chain(
    'insert-header',
    'plain',
    [
      ['InsertHeader', { header: 'added', 'value.literal': '12' }],
      ['Filter', { predicate: 'p', negate: 'true' }],
    ],
    predicate('HasHeaderKey', { name: 'added' }),
  ),
  chain(
    'drop-headers',
    'plain',
    [
      ['DropHeaders', { headers: 'origin,attempt' }],
      ['Filter', { predicate: 'p' }],
    ],
    predicate('HasHeaderKey', { name: 'origin' }),
  ),

  chain('long', 'schemas', [
    ['ReplaceField$Value', { exclude: 'photo,scores,tags' }],
    ['TimestampConverter$Value', { field: 'seen', 'target.type': 'string', format: 'yyyy-MM-dd' }],
    ['Flatten$Value', { delimiter: '_' }],
    ['InsertField$Value', { 'static.field': 'source', 'static.value': 'kafka' }],
    ['Cast$Value', { spec: 'id:string' }],
    ['HoistField$Value', { field: 'event' }],
  ]),
  chain('long-plain', 'plain', [
    ['HoistField$Value', { field: 'event' }],
    ['Flatten$Value', { delimiter: '/' }],
    ['ReplaceField$Value', { renames: 'event/id:id' }],
    ['InsertField$Value', { 'timestamp.field': 'at' }],
    ['TimestampConverter$Value', { field: 'at', 'target.type': 'string', format: 'yyyy/MM/dd HH:mm:ss.SSS' }],
  ]),
];
