import { type Chain, chain, predicate } from './chains.ts';
import type { SampleRecord } from './records.ts';

const DATA = 'org.apache.kafka.connect.data.';
const field = (name: string, type: string, more: object = {}): object => ({ field: name, type, ...more });
const logical = (name: string, type: string, of: string, more: object = {}): object =>
  field(name, type, { name: DATA + of, version: 1, optional: true, ...more });

const ADDRESS = {
  type: 'struct',
  name: 'Address',
  fields: [
    field('city', 'string', { default: 'Bern' }),
    field('lines', 'array', { items: { type: 'string' }, optional: true }),
  ],
};

const ORDER = {
  type: 'struct',
  name: 'test.Order',
  version: 1,
  doc: 'An order',
  fields: [
    field('tiny', 'int8'),
    field('small', 'int16', { optional: true, default: 12 }),
    field('count', 'int32', { default: 5 }),
    field('id', 'int64', { optional: true }),
    field('ratio', 'float', { optional: true }),
    field('total', 'double', { optional: true, default: 0.5 }),
    field('open', 'boolean', { optional: true, default: true }),
    field('note', 'string', { optional: true, doc: 'free text' }),
    field('raw', 'bytes', { optional: true }),
    field('ship', 'struct', { ...ADDRESS, optional: true }),
    field('bill', 'struct', { ...ADDRESS, field: undefined }),
    field('codes', 'map', { keys: { type: 'int32' }, values: { type: 'string', optional: true }, optional: true }),
    field('items', 'array', { items: { ...ADDRESS, optional: true }, optional: true }),
    logical('day', 'int32', 'Date'),
    logical('hour', 'int32', 'Time'),
    logical('at', 'int64', 'Timestamp', { default: 1000 }),
    logical('price', 'bytes', 'Decimal', { parameters: { scale: '3', 'connect.decimal.precision': '10' } }),
  ],
};
const KEY = { type: 'struct', fields: [field('id', 'int32'), field('region', 'string', { optional: true })] };

const text = (schema: object, payload: unknown): string => JSON.stringify({ schema, payload });
const order = (payload: object | null): SampleRecord => ({
  key: text(KEY, { id: 7, region: 'eu' }),
  value: text(ORDER, payload),
  headers: [['trace', '12']],
});

const BILL = { city: 'Basel', lines: ['a', 'b'] };

/** Structs of every type, with defaults, nulls and extremes. */
const ORDERS: readonly SampleRecord[] = [
  order({
    tiny: -128,
    small: 32_767,
    count: 2_147_483_647,
    id: 9_007_199_254_740_991,
    ratio: 0.1,
    total: 1e21,
    open: false,
    note: '  12 ',
    raw: '/wAB',
    ship: BILL,
    bill: BILL,
    codes: [
      [1, 'one'],
      [2, null],
    ],
    items: [BILL, null],
    day: 19_782,
    hour: 86_399_999,
    at: 1_709_210_096_789,
    price: 'AeJA',
  }),
  order({ tiny: 1, bill: {} }),
  order({
    tiny: 0,
    small: null,
    count: null,
    total: null,
    open: null,
    note: 'NaN',
    bill: BILL,
    at: null,
    codes: [],
    items: [],
  }),
  order({ tiny: 1, ratio: 3.4e38, total: -0.0001, note: '-1.5e300', bill: BILL, day: -719_162, at: -1, price: 'gA==' }),
  order({
    tiny: 1,
    ratio: 16_777_217,
    total: 123_456_789.125,
    note: 'true',
    bill: BILL,
    day: 0,
    hour: 0,
    at: 0,
    price: 'AA==',
  }),
  { key: text({ type: 'int32' }, 5), value: text({ type: 'string', optional: true }, null) },
  { key: null, value: text({ type: 'int64', name: `${DATA}Timestamp`, version: 1 }, 86_400_000) },
  { key: text({ type: 'string' }, 'k'), value: text({ type: 'double' }, 1e7) },
  { key: null, value: null },
];

/** Schemaless values with awkward numbers, nesting and names. */
const PLAIN: readonly SampleRecord[] = [
  {
    key: '{"id":1,"at":1709210096}',
    value: '{"n":12345678.9,"m":1e-5,"t":"1709210096","deep":{"a":{"b":{"c":[1,{"d":2}]}}}}',
  },
  { key: '"text"', value: '{"n":-2147483649,"m":0.1,"t":" 7 ","deep":{"a":null}}' },
  { key: '5', value: '{"n":"+7","m":"1e400","t":"12:34","deep":{"a":{"b":5}}}' },
  { key: '[1]', value: '{"n":"0x10","m":"-Infinity","t":"","deep":[]}' },
  { key: null, value: '{"n":true,"m":"1.0f","t":"29.02.2024 23:59","deep":{"a.b":{"c":1},"`x`":2}}' },
  { key: '{}', value: '{"n":9223372036854775807,"m":1.7976931348623157e308,"t":1709210096789,"":"empty name"}' },
  { key: 'true', value: '{"n":[],"m":{},"t":null,"n ":"blank"}' },
  { key: null, value: '[{"n":1}]' },
  { key: null, value: 'null' },
  { key: null, value: '1709210096.789' },
];

export interface OwnChain extends Chain {
  readonly samples: readonly SampleRecord[];
}

type Steps = Parameters<typeof chain>[2];

const orders = (name: string, steps: Steps, more = {}): OwnChain => ({
  ...chain(`orders-${name}`, 'schemas', steps, more),
  samples: ORDERS,
});
const plain = (name: string, steps: Steps, more = {}): OwnChain => ({
  ...chain(`awkward-${name}`, 'plain', steps, more),
  samples: PLAIN,
});

const CASTS = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'boolean', 'string'] as const;
const ORDER_FIELDS = ['tiny', 'small', 'count', 'id', 'ratio', 'total', 'open', 'day', 'hour', 'at', 'price'];

/** Chains over records of their own: what the two workers' shared ones leave out. */
export const TRANSFORM_CHAINS: readonly OwnChain[] = [
  ...CASTS.map(type =>
    orders(`cast-${type}`, [['Cast$Value', { spec: ORDER_FIELDS.map(name => `${name}:${type}`).join(',') }]]),
  ),
  ...CASTS.map(type => orders(`cast-note-${type}`, [['Cast$Value', { spec: `note:${type}` }]])),
  ...CASTS.map(type => orders(`cast-whole-${type}`, [['Cast$Value', { spec: type }]])),
  ...CASTS.map(type => plain(`cast-n-${type}`, [['Cast$Value', { spec: `n:${type}` }]])),
  ...CASTS.map(type => plain(`cast-m-${type}`, [['Cast$Value', { spec: `m:${type}` }]])),
  ...CASTS.map(type => plain(`cast-key-${type}`, [['Cast$Key', { spec: type }]])),
  orders('cast-raw', [['Cast$Value', { spec: 'raw:string' }]]),
  orders('cast-raw-int', [['Cast$Value', { spec: 'raw:int8' }]]),
  orders('cast-struct', [['Cast$Value', { spec: 'bill:string' }]]),
  orders('cast-nulls', [['Cast$Value', { spec: 'small:string,count:int8', 'replace.null.with.default': 'false' }]]),
  orders('extract-count', [['ExtractField$Value', { field: 'count' }]]),
  orders('extract-small-null', [['ExtractField$Value', { field: 'small', 'replace.null.with.default': 'false' }]]),
  orders('extract-city', [['ExtractField$Value', { field: 'ship.city', 'field.syntax.version': 'V2' }]]),
  orders('extract-through', [['ExtractField$Value', { field: 'note.city', 'field.syntax.version': 'V2' }]]),
  orders('extract-key', [['ExtractField$Key', { field: 'region' }]]),
  orders('flatten', [['ReplaceField$Value', { exclude: 'codes' }], ['Flatten$Value']]),
  orders('flatten-key', [['Flatten$Key', { delimiter: '-' }]]),
  orders('hoist', [
    ['HoistField$Value', { field: 'o' }],
    ['HoistField$Key', { field: 'k' }],
  ]),
  orders('hoist-flatten', [
    ['ReplaceField$Value', { include: 'bill,ship,at' }],
    ['HoistField$Value', { field: 'o' }],
    ['Flatten$Value'],
  ]),
  orders('insert-key', [['InsertField$Key', { 'topic.field': 't', 'offset.field': 'o!' }]]),
  orders('insert-twice', [['InsertField$Value', { 'topic.field': 'x', 'partition.field': 'x' }]]),
  orders('insert-existing', [['InsertField$Value', { 'topic.field': 'note' }]]),
  orders('mask-all', [
    ['MaskField$Value', { fields: 'tiny,small,count,id,ratio,total,open,note,codes,items,day,hour,at,price' }],
  ]),
  orders('mask-numbers', [
    ['MaskField$Value', { fields: 'tiny,small,count,id,ratio,total,note,price', replacement: '1000.75' }],
  ]),
  orders('mask-date', [['MaskField$Value', { fields: 'day', replacement: '1' }]]),
  orders('mask-struct', [['MaskField$Value', { fields: 'bill' }]]),
  orders('mask-text', [['MaskField$Value', { fields: 'price', replacement: 'x' }]]),
  orders('mask-nulls', [['MaskField$Value', { fields: 'small,total', 'replace.null.with.default': 'false' }]]),
  orders('replace-nulls', [
    ['ReplaceField$Value', { include: 'small,count,at', 'replace.null.with.default': 'false' }],
  ]),
  orders('replace-swap', [['ReplaceField$Value', { renames: 'tiny:small,small:tiny' }]]),
  orders('replace-clash', [['ReplaceField$Value', { renames: 'tiny:note' }]]),
  orders('value-to-key', [['ValueToKey', { fields: 'bill,at,price,count' }]]),
  orders('value-to-key-nulls', [['ValueToKey', { fields: 'count,small', 'replace.null.with.default': 'false' }]]),
  orders('value-to-key-missing', [['ValueToKey', { fields: 'tiny,absent' }]]),
  orders('schema-key', [['SetSchemaMetadata$Key', { 'schema.name': 'k', 'schema.version': '-1' }]]),
  orders('schema-rename', [['SetSchemaMetadata$Value', { 'schema.name': 'renamed' }]]),
  orders('headers', [['HeaderFrom$Value', { fields: 'count,bill,at', headers: 'a,b,trace', operation: 'move' }]]),
  orders('headers-copy', [['HeaderFrom$Value', { fields: 'note,price', headers: 'a,b', operation: 'copy' }]]),
  orders('headers-missing', [['HeaderFrom$Value', { fields: 'absent', headers: 'a', operation: 'copy' }]]),
  ...(['string', 'unix', 'Date', 'Time', 'Timestamp'] as const).flatMap(target =>
    ['day', 'hour', 'at', 'id', 'count'].map(name =>
      orders(`timestamp-${name}-${target}`, [
        ['TimestampConverter$Value', { field: name, 'target.type': target, format: "yyyy-MM-dd'T'HH:mm:ss.SSSZ" }],
      ]),
    ),
  ),
  orders('timestamp-whole', [['TimestampConverter$Value', { 'target.type': 'string', format: 'EEEE d MMMM yyyy G' }]]),
  orders('timestamp-absent', [['TimestampConverter$Value', { field: 'absent', 'target.type': 'unix' }]]),
  ...(['nanoseconds', 'microseconds', 'milliseconds', 'seconds'] as const).flatMap(precision => [
    plain(`timestamp-from-${precision}`, [
      [
        'TimestampConverter$Value',
        { field: 't', 'target.type': 'string', format: 'yyyy-MM-dd HH:mm:ss.SSS', 'unix.precision': precision },
      ],
    ]),
    orders(`timestamp-to-${precision}`, [
      ['TimestampConverter$Value', { field: 'at', 'target.type': 'unix', 'unix.precision': precision }],
    ]),
  ]),
  plain('timestamp-dates', [
    ['TimestampConverter$Value', { field: 't', 'target.type': 'unix', format: 'dd.MM.yyyy HH:mm' }],
  ]),
  plain('timestamp-time', [['TimestampConverter$Value', { field: 't', 'target.type': 'Time', format: 'HH:mm' }]]),
  plain('timestamp-key', [
    ['TimestampConverter$Key', { field: 'at', 'target.type': 'Timestamp', 'unix.precision': 'seconds' }],
  ]),
  plain('timestamp-then-cast', [
    ['TimestampConverter$Value', { field: 't', 'target.type': 'Timestamp', format: 'dd.MM.yyyy HH:mm' }],
    ['Cast$Value', { spec: 't:string' }],
  ]),
  plain('timestamp-then-flatten', [
    ['TimestampConverter$Value', { field: 't', 'target.type': 'Timestamp', format: 'HH:mm' }],
    ['Flatten$Value'],
  ]),
  plain('extract-deep', [['ExtractField$Value', { field: 'deep.a.b.c', 'field.syntax.version': 'V2' }]]),
  plain('extract-quoted', [['ExtractField$Value', { field: 'deep.`a.b`.c', 'field.syntax.version': 'V2' }]]),
  plain('extract-backtick', [['ExtractField$Value', { field: 'deep.`\\`x\\``', 'field.syntax.version': 'V2' }]]),
  plain('extract-key', [['ExtractField$Key', { field: 'id' }]]),
  plain('mask', [['MaskField$Value', { fields: 'n,m,t,deep' }]]),
  plain('mask-replacement', [['MaskField$Value', { fields: 'n', replacement: '1e3' }]]),
  plain('mask-key', [['MaskField$Key', { fields: 'id' }]]),
  plain('value-to-key', [['ValueToKey', { fields: 'n,absent' }]]),
  plain('flatten', [['Flatten$Value', { delimiter: '' }]]),
  plain('flatten-key', [['Flatten$Key']]),
  plain('header-move', [['HeaderFrom$Value', { fields: 'n,absent,deep', headers: 'a,b,c', operation: 'move' }]]),
  plain('insert-header', [
    ['InsertHeader', { header: 'a', 'value.literal': '["x","y"]' }],
    ['InsertHeader', { header: 'b', 'value.literal': '2024-02-29T12:34:56.789Z' }],
    ['InsertHeader', { header: 'c', 'value.literal': '70000' }],
    ['InsertHeader', { header: 'd', 'value.literal': '1.5' }],
    ['InsertHeader', { header: 'e', 'value.literal': 'text' }],
  ]),
  plain(
    'tombstone-not',
    [['HoistField$Value', { field: 'x', predicate: 'p', negate: 'true' }]],
    predicate('RecordIsTombstone'),
  ),
  plain('topics', [
    ['RegexRouter', { regex: '(?<a>s.*?)-(.*)', replacement: '\\$$2.\u0024{a}' }],
    ['TimestampRouter', { 'timestamp.format': "yyyy-'W'ww" }],
  ]),
];
