import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectError } from '../../../connector/data/errors.ts';
import { type Schema, Struct, type Value } from '../../../connector/data/model.ts';
import type { ConnectRecord } from '../../../connector/data/record.ts';
import { Decimal, JavaDate } from '../../../connector/data/scalars.ts';
import {
  arrayOf,
  BOOLEAN,
  BYTES,
  dateSchema,
  decimalSchema,
  FLOAT32,
  FLOAT64,
  INT8,
  INT32,
  INT64,
  mapOf,
  OPTIONAL_INT32,
  OPTIONAL_STRING,
  primitive,
  STRING,
  structOf,
  timeSchema,
  timestampSchema,
} from '../../../connector/data/schemas.ts';
import type { Keys } from '../../config/written.ts';
import { contentOf, MOMENT, recordOf, structRecord, transformOf } from './applying.ts';

type Fields = Readonly<Record<string, readonly [Schema, Value]>>;
type Case = readonly [type: string, keys: Keys, before: Fields, behind: Readonly<Record<string, string>> | RegExp];

const TIMESTAMP = timestampSchema();
const DEFAULTED = primitive('INT32', { optional: true, default: 7 });
const INNER = structOf([
  ['x', INT32],
  ['y', OPTIONAL_STRING],
]);
const inner = (x: number, y: string | null): Struct => new Struct(INNER).put('x', x).put('y', y);

const CASES: readonly Case[] = [
  [
    'Cast$Value',
    { spec: 'a:string,b:int8,c:int64,d:float32,e:boolean,f:string' },
    {
      a: [FLOAT32, Math.fround(0.1)],
      b: [INT64, 300n],
      c: [FLOAT64, -2.9],
      d: [STRING, '1.5'],
      e: [INT32, 2],
      f: [BYTES, Buffer.from('ab')],
      g: [INT32, 1],
    },
    {
      a: 'STRING "0.1"',
      b: 'INT8 44',
      c: 'INT64 -2n',
      d: 'FLOAT32 1.5',
      e: 'BOOLEAN true',
      f: 'STRING "YWI="',
      g: 'INT32 1',
    },
  ],
  [
    'Cast$Value',
    { spec: 'a:int64,b:int32,c:int32,d:int32,e:string,f:string,g:string,h:string' },
    {
      a: [TIMESTAMP, new JavaDate(MOMENT)],
      b: [dateSchema(), new JavaDate(86_400_000)],
      c: [timeSchema(), new JavaDate(1000)],
      d: [decimalSchema(2), new Decimal(-12_345n, 2)],
      e: [TIMESTAMP, new JavaDate(MOMENT)],
      f: [dateSchema(), new JavaDate(86_400_000)],
      g: [timeSchema(), new JavaDate(1000)],
      h: [decimalSchema(8), new Decimal(1n, 8)],
    },
    {
      a: `INT64 ${MOMENT}n`,
      b: 'INT32 1',
      c: 'INT32 1000',
      d: 'INT32 -123',
      e: 'STRING "2024-02-29T12:34:56.789Z"',
      f: 'STRING "1970-01-02"',
      g: 'STRING "00:00:01.000Z"',
      h: 'STRING "1E-8"',
    },
  ],
  ['Cast$Value', { spec: 'a:string' }, { a: [DEFAULTED, null] }, { a: 'STRING? "7"' }],
  [
    'Cast$Value',
    { spec: 'a:string', 'replace.null.with.default': 'false' },
    { a: [DEFAULTED, null] },
    { a: 'STRING? null' },
  ],
  [
    'Cast$Value',
    { spec: 'a:int8' },
    { a: [BYTES, Buffer.from('a')] },
    /^Unexpected type in Cast transformation: class \[B$/,
  ],
  [
    'Flatten$Value',
    {},
    { a: [INNER, inner(1, null)], b: [INNER.with({ optional: true }), null], c: [arrayOf(INNER), []], d: [INT32, 1] },
    {
      'a.x': 'INT32 1',
      'a.y': 'STRING? null',
      'b.x': 'INT32? null',
      'b.y': 'STRING? null',
      c: 'ARRAY []',
      d: 'INT32 1',
    },
  ],
  [
    'Flatten$Value',
    {},
    { a: [mapOf(STRING, INT32), new Map()] },
    /^Flatten transformation does not support MAP for record with schemas \(for field a\)\.$/,
  ],
  [
    'Flatten$Value',
    { delimiter: '' },
    { a: [INNER, inner(1, null)], ax: [INT32, 1] },
    /^Cannot create field because of field name duplication ax$/,
  ],
  ['HoistField$Value', { field: 'h' }, { a: [INT32, 1] }, { h: 'STRUCT {"a":1}' }],
  [
    'InsertField$Value',
    {
      'topic.field': 't!',
      'partition.field': 'p',
      'offset.field': 'o!',
      'timestamp.field': 'ts',
      'static.field': 's',
      'static.value': 'v',
    },
    { a: [INT32, 1] },
    {
      a: 'INT32 1',
      t: 'STRING "events"',
      p: 'INT32? 3',
      o: 'INT64 42n',
      ts: `INT64 Timestamp? ${MOMENT}`,
      s: 'STRING? "v"',
    },
  ],
  [
    'InsertField$Value',
    { 'topic.field': 'a' },
    { a: [INT32, 1] },
    /^Cannot create field because of field name duplication a$/,
  ],
  [
    'MaskField$Value',
    { fields: 'a,b,c,d,e,f,g' },
    {
      a: [INT8, 1],
      b: [FLOAT64, 1.5],
      c: [TIMESTAMP, new JavaDate(5)],
      d: [decimalSchema(2), new Decimal(5n, 2)],
      e: [BOOLEAN, true],
      f: [arrayOf(INT32), [1]],
      g: [mapOf(STRING, INT32), new Map([['k', 1]])],
    },
    {
      a: 'INT8 0',
      b: 'FLOAT64 0',
      c: 'INT64 Timestamp 0',
      d: 'BYTES Decimal 0',
      e: 'BOOLEAN false',
      f: 'ARRAY []',
      g: 'MAP {}',
    },
  ],
  [
    'MaskField$Value',
    { fields: 'a,b,c', replacement: '300' },
    { a: [INT8, 1], b: [INT64, 5n], c: [decimalSchema(0), new Decimal(5n, 0)] },
    { a: 'INT8 44', b: 'INT64 300n', c: 'BYTES Decimal 300' },
  ],
  ['MaskField$Value', { fields: 'a' }, { a: [BYTES, Buffer.from('x')] }, /^Cannot mask value of type: class \[B$/],
  [
    'MaskField$Value',
    { fields: 'a' },
    { a: [INNER, inner(1, null)] },
    /^Cannot mask value of type: class org\.apache\.kafka\.connect\.data\.Struct$/,
  ],
  [
    'ReplaceField$Value',
    { exclude: 'b', renames: 'a:x' },
    { a: [DEFAULTED, null], b: [INT32, 1], c: [STRING, 'c'] },
    { x: 'INT32? 7', c: 'STRING "c"' },
  ],
  ['SetSchemaMetadata$Value', { 'schema.name': 'n' }, { a: [INT32, 1] }, { a: 'INT32 1' }],
  [
    'TimestampConverter$Value',
    { field: 'a', 'target.type': 'string', format: 'yyyy' },
    { a: [TIMESTAMP, new JavaDate(MOMENT)], b: [INT32, 1] },
    { a: 'STRING "2024"', b: 'INT32 1' },
  ],
  [
    'TimestampConverter$Value',
    { field: 'a', 'target.type': 'Date' },
    { a: [timestampSchema({ optional: true }), new JavaDate(MOMENT)] },
    { a: 'INT32 Date? 1709164800000' },
  ],
  [
    'TimestampConverter$Value',
    { field: 'a', 'target.type': 'Time' },
    { a: [INT64, BigInt(MOMENT)] },
    { a: 'INT32 Time 45296789' },
  ],
  [
    'TimestampConverter$Value',
    { field: 'a', 'target.type': 'unix' },
    { a: [timeSchema(), new JavaDate(5)] },
    { a: 'INT64 5n' },
  ],
  [
    'TimestampConverter$Value',
    { field: 'a', 'target.type': 'unix' },
    { a: [INT32, 1] },
    /^Schema Schema\{INT32\} does not correspond to a known timestamp type format$/,
  ],
  ['ValueToKey', { fields: 'z' }, { a: [INT32, 1] }, /^Field does not exist: z$/],
  ['ExtractField$Value', { field: 'z' }, { a: [INT32, 1] }, /^Unknown field: z$/],
  [
    'HeaderFrom$Value',
    { fields: 'a', headers: 'h', operation: 'move' },
    { a: [INT32, 1], b: [STRING, 'x'] },
    { b: 'STRING "x"' },
  ],
];

for (const [type, keys, before, behind] of CASES) {
  test(`with a schema: ${type} ${JSON.stringify(keys)} of ${Object.keys(before)}`, () => {
    const apply = transformOf(type, keys);
    const record = structRecord(before);
    const left = contentOf(record.value);
    if (behind instanceof RegExp) throwsConnect(() => apply(record), behind);
    else {
      const { value, valueSchema } = apply(record)!;
      assert.deepEqual(contentOf(value), behind);
      assert.ok((value as Struct).schema === valueSchema, 'the value has the schema of the record');
      assert.ok(apply(record)!.valueSchema === valueSchema, 'one schema is derived from one schema');
    }
    assert.deepEqual(contentOf(record.value), left, 'the record that was given is left alone');
  });
}

function throwsConnect(run: () => unknown, message: RegExp): void {
  assert.throws(run, (error: unknown) => {
    assert(error instanceof ConnectError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

const apply = (type: string, keys: Keys, record: ConnectRecord): ConnectRecord => transformOf(type, keys)(record)!;

test('with a schema: a struct keeps its name, version and documentation', () => {
  const record = structRecord({ a: [INT32, 1] }, { name: 'n', version: 2, doc: 'd', optional: true });
  const { valueSchema } = apply('InsertField$Value', { 'topic.field': 't' }, record);
  assert.deepEqual([valueSchema!.name, valueSchema!.version, valueSchema!.doc], ['n', 2, 'd']);
  assert.equal(valueSchema!.optional, false, "InsertField's schema is required, as Kafka Connect's");
  assert.equal(apply('Cast$Value', { spec: 'a:string' }, record).valueSchema!.optional, true);
});

test('with a schema: SetSchemaMetadata renames the schema and keeps the rest', () => {
  const record = structRecord({ a: [INT32, 1] }, { name: 'n', version: 2 });
  const { valueSchema } = apply('SetSchemaMetadata$Value', { 'schema.version': '3' }, record);
  assert.deepEqual([valueSchema!.name, valueSchema!.version], ['n', 3]);
  throwsConnect(
    () => apply('SetSchemaMetadata$Key', { 'schema.name': 'k' }, recordOf({ keySchema: OPTIONAL_INT32, key: null })),
    /^Cannot list fields on non-struct type$/,
  );
});

test('with a schema: ExtractField gives the field with its schema, its default for a null', () => {
  const record = structRecord({ a: [DEFAULTED, null], b: [INNER, inner(5, 'z')] });
  const whole = apply('ExtractField$Value', { field: 'a' }, record);
  assert.ok(whole.valueSchema === DEFAULTED);
  assert.equal(whole.value, 7);
  assert.equal(apply('ExtractField$Value', { field: 'a', 'replace.null.with.default': 'false' }, record).value, null);
  assert.equal(apply('ExtractField$Value', { field: 'b.y', 'field.syntax.version': 'V2' }, record).value, 'z');
  const nothing = apply('ExtractField$Value', { field: 'a' }, { ...record, value: null });
  assert.deepEqual([nothing.value, nothing.valueSchema === DEFAULTED], [null, true]);
});

test('with a schema: ValueToKey makes a struct of the fields in the order of the list', () => {
  const { key, keySchema } = apply('ValueToKey', { fields: 'b,a' }, structRecord({ a: [INT32, 1], b: [STRING, 'x'] }));
  assert.deepEqual(contentOf(key), { b: 'STRING "x"', a: 'INT32 1' });
  assert.ok((key as Struct).schema === keySchema);
});

test('with a schema: headers have the schemas of their fields', () => {
  const record = structRecord({ a: [TIMESTAMP, new JavaDate(5)] });
  const keys = { fields: 'a', headers: 'h', operation: 'copy' };
  assert.deepEqual(apply('HeaderFrom$Value', keys, record).headers, [
    { name: 'h', schema: TIMESTAMP, value: new JavaDate(5) },
  ]);
  throwsConnect(() => apply('HeaderFrom$Value', { ...keys, fields: 'z' }, record), /^Field does not exist: z$/);
});

test('with a schema: a whole primitive is hoisted, cast and converted', () => {
  const text = recordOf({ valueSchema: STRING, value: '12' });
  assert.deepEqual(contentOf(apply('HoistField$Value', { field: 'h' }, text).value), { h: 'STRING "12"' });
  const cast = apply('Cast$Value', { spec: 'int64' }, text);
  assert.deepEqual([cast.valueSchema!.type, cast.value], ['INT64', 12n]);
  const date = apply('TimestampConverter$Value', { 'target.type': 'Timestamp', format: 'yyyy' }, text);
  assert.deepEqual([date.valueSchema!.name, (date.value as JavaDate).ms], [TIMESTAMP.name, -61_788_700_800_000]);
  throwsConnect(
    () => apply('HoistField$Value', { field: 'h' }, recordOf({ valueSchema: STRING, value: null })),
    /^Invalid value: null used for required field: "h", schema type: STRING$/,
  );
});

for (const [type, keys] of [
  ['InsertField$Value', { 'topic.field': 't' }],
  ['ReplaceField$Value', { exclude: 'a' }],
  ['MaskField$Value', { fields: 'a' }],
  ['ValueToKey', { fields: 'a' }],
  ['Flatten$Value', {}],
] as const) {
  test(`with a schema: ${type} refuses a primitive`, () => {
    throwsConnect(
      () => apply(type, keys, recordOf({ valueSchema: INT32, value: 1 })),
      /^Only Struct objects supported for \[.*\], found: java\.lang\.Integer$/,
    );
  });
}
