import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectError } from '../../../connector/data/errors.ts';
import { printJson } from '../../../connector/data/json-print.ts';
import type { Keys } from '../../config/written.ts';
import { json, recordOf, transformOf } from './applying.ts';

/** Values as JSON before and behind a transform; a RegExp is what its error says. */
type Case = readonly [type: string, keys: Keys, before: string, behind: string | RegExp];

const DATES = { 'target.type': 'string', format: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" };

const CASES: readonly Case[] = [
  ['Cast$Value', { spec: 'a:int8' }, '{"a":300,"b":1}', '{"a":44,"b":1}'],
  ['Cast$Value', { spec: 'a:int16' }, '{"a":70000}', '{"a":4464}'],
  ['Cast$Value', { spec: 'a:int32' }, '{"a":4294967297}', '{"a":1}'],
  ['Cast$Value', { spec: 'a:int32' }, '{"a":1e20}', '{"a":2147483647}'],
  ['Cast$Value', { spec: 'a:int32' }, '{"a":-1.9}', '{"a":-1}'],
  ['Cast$Value', { spec: 'a:int64' }, '{"a":"9223372036854775807"}', '{"a":9223372036854775807}'],
  ['Cast$Value', { spec: 'a:int64' }, '{"a":1e300}', '{"a":9223372036854775807}'],
  ['Cast$Value', { spec: 'a:float64' }, '{"a":5}', '{"a":5.0}'],
  ['Cast$Value', { spec: 'a:float32' }, '{"a":0.1}', '{"a":0.1}'],
  ['Cast$Value', { spec: 'a:float64' }, '{"a":" 1.5e3d "}', '{"a":1500.0}'],
  ['Cast$Value', { spec: 'a:boolean' }, '{"a":"TRUE"}', '{"a":true}'],
  ['Cast$Value', { spec: 'a:boolean' }, '{"a":"yes"}', '{"a":false}'],
  ['Cast$Value', { spec: 'a:boolean' }, '{"a":0.5}', '{"a":false}'],
  ['Cast$Value', { spec: 'a:string,b:string' }, '{"a":1e7,"b":100}', '{"a":"1.0E7","b":"100"}'],
  ['Cast$Value', { spec: 'a:string' }, '{"a":0.0001}', '{"a":"1.0E-4"}'],
  ['Cast$Value', { spec: 'a:string' }, '{"a":1234567.5}', '{"a":"1234567.5"}'],
  ['Cast$Value', { spec: 'a:string' }, '{"a":9007199254740993}', '{"a":"9007199254740993"}'],
  ['Cast$Value', { spec: 'a:string' }, '{}', '{"a":null}'],
  ['Cast$Value', { spec: 'string' }, '12', '"12"'],
  ['Cast$Value', { spec: 'int32' }, '"12"', '12'],
  ['Cast$Value', { spec: 'int32' }, 'null', 'null'],
  ['Cast$Value', { spec: 'a:int8' }, '{"a":"128"}', /^Value \(128\) was out of range for requested data type$/],
  ['Cast$Value', { spec: 'a:int8' }, '{"a":"1.0"}', /^Value \(1\.0\) was out of range for requested data type$/],
  [
    'Cast$Value',
    { spec: 'a:int8' },
    '{"a":[1]}',
    /^Cast transformation does not support casting from ARRAY; supported types are \[INT8, /,
  ],
  [
    'Cast$Value',
    { spec: 'a:int8' },
    '[1]',
    /^Only Map objects supported in absence of schema for \[cast types\], found: java\.util\.ArrayList$/,
  ],

  ['ExtractField$Value', { field: 'a' }, '{"a":{"b":1}}', '{"b":1}'],
  ['ExtractField$Value', { field: 'x' }, '{"a":1}', 'null'],
  ['ExtractField$Value', { field: 'a' }, 'null', 'null'],
  ['ExtractField$Value', { field: 'a.b' }, '{"a":{"b":1},"a.b":2}', '2'],
  ['ExtractField$Value', { field: 'a.b', 'field.syntax.version': 'V2' }, '{"a":{"b":1},"a.b":2}', '1'],
  ['ExtractField$Value', { field: '`a.b`.c', 'field.syntax.version': 'V2' }, '{"a.b":{"c":3}}', '3'],
  ['ExtractField$Value', { field: 'a.b.c', 'field.syntax.version': 'V2' }, '{"a":{"b":null}}', 'null'],
  [
    'ExtractField$Value',
    { field: 'a.b', 'field.syntax.version': 'V2' },
    '{"a":1}',
    /for \[nested field access\], found: java\.lang\.Long$/,
  ],
  ['ExtractField$Value', { field: 'a' }, '"text"', /for \[field extraction\], found: java\.lang\.String$/],

  ['Flatten$Value', {}, '{"a":{"b":{"c":1},"d":[{"e":1}]},"f":null}', '{"a.b.c":1,"a.d":[{"e":1}],"f":null}'],
  [
    'Flatten$Value',
    {},
    `{"${'n'.repeat(2 ** 17)}":{${Array.from({ length: 64 }, (_, i) => `"${i}":1`).join()}}}`,
    /^Flatten transformation would join names of more than 8388608 characters$/,
  ],
  ['Cast$Value', { spec: 'f:string' }, `{"f":${'7'.repeat(1_001)}}`, `{"f":"${'7'.repeat(1_001)}"}`],
  ['Cast$Value', { spec: 'f:string' }, '{"f":-0}', '{"f":"0"}'],
  [
    'Cast$Value',
    { spec: 'f:int64' },
    `{"f":${'7'.repeat(1_001)}}`,
    /^Number value length \(1001\) exceeds the maximum allowed \(1000\)$/,
  ],
  ['Cast$Value', { spec: 'g:int64' }, `{"f":${'7'.repeat(1_001)},"g":1.5}`, `{"f":${'7'.repeat(1_001)},"g":1}`],
  ['Flatten$Value', { delimiter: '_' }, '{"a":{"b":1},"a_b":2}', '{"a_b":2}'],
  ['Flatten$Value', {}, '{"a":{},"b":1}', '{"b":1}'],
  ['Flatten$Value', {}, 'null', 'null'],

  ['HoistField$Value', { field: 'x' }, '{"a":1}', '{"x":{"a":1}}'],
  ['HoistField$Value', { field: 'x' }, 'null', '{"x":null}'],

  [
    'InsertField$Value',
    { 'topic.field': 't', 'partition.field': 'p', 'offset.field': 'o', 'timestamp.field': 'ts' },
    '{"a":1}',
    '{"a":1,"t":"events","p":3,"o":42,"ts":1709210096789}',
  ],
  ['InsertField$Value', { 'static.field': 'a', 'static.value': 'x' }, '{"a":1,"b":2}', '{"a":"x","b":2}'],
  ['InsertField$Value', { 'static.field': 'a', 'static.value': 'x' }, 'null', 'null'],
  [
    'InsertField$Value',
    { 'static.field': 'a', 'static.value': 'x' },
    '1.5',
    /for \[field insertion\], found: java\.lang\.Double$/,
  ],

  [
    'MaskField$Value',
    { fields: 'a,b,c,d,e,f' },
    '{"a":1,"b":"x","c":true,"d":[1],"e":{"x":1},"f":1.5}',
    '{"a":0,"b":"","c":false,"d":[],"e":{},"f":0.0}',
  ],
  ['MaskField$Value', { fields: 'a,z' }, '{"a":null}', '{"a":null,"z":null}'],
  ['MaskField$Value', { fields: 'a,b', replacement: '7' }, '{"a":1.5,"b":"x"}', '{"a":7.0,"b":"7"}'],
  ['MaskField$Value', { fields: 'a', replacement: '7.9' }, '{"a":1}', '{"a":7}'],
  [
    'MaskField$Value',
    { fields: 'a', replacement: 'x' },
    '{"a":1}',
    /^Unable to convert x \(class java\.lang\.String\) to a number$/,
  ],
  [
    'MaskField$Value',
    { fields: 'a', replacement: 'x' },
    '{"a":true}',
    /^Cannot mask value of type class java\.lang\.Boolean with custom replacement\.$/,
  ],
  ['MaskField$Value', { fields: 'a' }, 'null', /for \[mask fields\], found: null$/],

  ['ReplaceField$Value', { exclude: 'a' }, '{"a":1,"b":2}', '{"b":2}'],
  ['ReplaceField$Value', { include: 'b,c', exclude: 'c', renames: 'b:x' }, '{"a":1,"b":2,"c":3}', '{"x":2}'],
  ['ReplaceField$Value', { renames: 'a:b,b:a' }, '{"a":1,"b":2}', '{"b":1,"a":2}'],

  ['SetSchemaMetadata$Value', { 'schema.name': 'n' }, '{"a":1}', /^Schema required for \[updating schema metadata\]$/],
  ['SetSchemaMetadata$Value', { 'schema.name': 'n' }, 'null', 'null'],

  ['TimestampConverter$Value', { field: 'a', ...DATES }, '{"a":1709210096789}', '{"a":"2024-02-29T12:34:56.789Z"}'],
  [
    'TimestampConverter$Value',
    { field: 'a', ...DATES, 'unix.precision': 'seconds' },
    '{"a":1709210096}',
    '{"a":"2024-02-29T12:34:56.000Z"}',
  ],
  [
    'TimestampConverter$Value',
    { field: 'a', ...DATES, 'unix.precision': 'nanoseconds' },
    '{"a":1709210096789012345}',
    '{"a":"2024-02-29T12:34:56.789Z"}',
  ],
  [
    'TimestampConverter$Value',
    { field: 'a', ...DATES, 'target.type': 'unix' },
    '{"a":"2024-02-29T13:34:56.789+01:00"}',
    '{"a":1709210096789}',
  ],
  [
    'TimestampConverter$Value',
    { field: 'a', ...DATES, 'target.type': 'unix', 'unix.precision': 'microseconds' },
    '{"a":"2024-02-29T12:34:56.789Z"}',
    '{"a":1709210096789000}',
  ],
  ['TimestampConverter$Value', { 'target.type': 'unix', format: 'yyyy' }, '"1971"', '31536000000'],
  ['TimestampConverter$Value', { 'target.type': 'unix', format: 'yy' }, '"24"', '1704067200000'],
  ['TimestampConverter$Value', { field: 'a', 'target.type': 'unix', format: 'yyyy' }, '{"b":1}', '{"b":1,"a":null}'],
  ['TimestampConverter$Value', { field: 'a', 'target.type': 'unix' }, 'null', 'null'],
  [
    'TimestampConverter$Value',
    { field: 'a', 'target.type': 'unix', format: 'yyyy' },
    '{"a":"x"}',
    /^Could not parse timestamp: value \(x\) does not match pattern \(yyyy\)$/,
  ],
  [
    'TimestampConverter$Value',
    { field: 'a', 'target.type': 'unix' },
    '{"a":1.5}',
    /^TimestampConverter does not support class java\.lang\.Double objects as timestamps$/,
  ],

  ['ValueToKey', { fields: 'a' }, '[1]', /for \[copying fields from value to key\], found: java\.util\.ArrayList$/],
  ['HeaderFrom$Value', { fields: 'a', headers: 'h', operation: 'move' }, 'null', /for \[header move\], found: null$/],
  ['HeaderFrom$Value', { fields: 'a', headers: 'h', operation: 'move' }, '{"a":1,"b":2}', '{"b":2}'],
  ['HeaderFrom$Value', { fields: 'a', headers: 'h', operation: 'copy' }, '{"a":1,"b":2}', '{"a":1,"b":2}'],
];

for (const [type, keys, before, behind] of CASES) {
  test(`without a schema: ${type} ${JSON.stringify(keys)} of ${before}`, () => {
    const apply = transformOf(type, keys);
    const record = recordOf({ value: json(before) });
    if (typeof behind === 'string') assert.equal(printJson(apply(record)!.value), behind);
    else {
      assert.throws(
        () => apply(record),
        (error: unknown) => {
          assert(error instanceof ConnectError, String(error));
          assert.equal(error.javaClassName, 'org.apache.kafka.connect.errors.DataException');
          assert.match(error.message, behind);
          return true;
        },
      );
    }
    assert.equal(printJson(record.value), printJson(json(before)), 'the record that was given is left alone');
  });
}

test('without a schema: $Key changes the key and nothing else', () => {
  const record = recordOf({ key: json('{"a":1}'), value: json('{"a":1}') });
  const { key, value } = transformOf('ReplaceField$Key', { renames: 'a:b' })(record)!;
  assert.deepEqual([printJson(key), printJson(value)], ['{"b":1}', '{"a":1}']);
});

test('without a schema: ValueToKey takes null for what is missing', () => {
  const { key, keySchema } = transformOf('ValueToKey', { fields: 'a,z' })(recordOf({ value: json('{"a":1,"b":2}') }))!;
  assert.deepEqual([printJson(key), keySchema], ['{"a":1,"z":null}', null]);
});

test('without a schema: fields become headers behind those that are there', () => {
  const headers = [{ name: 'x', schema: null, value: 'first' }];
  const apply = transformOf('HeaderFrom$Value', { fields: 'a,z', headers: 'x,y', operation: 'copy' });
  assert.deepEqual(apply(recordOf({ value: json('{"a":1}'), headers }))!.headers, [
    ...headers,
    { name: 'x', schema: null, value: 1 },
    { name: 'y', schema: null, value: null },
  ]);
});

test('a timestamp is not inserted where the record has none', () => {
  const apply = transformOf('InsertField$Value', { 'timestamp.field': 'ts', 'topic.field': 't' });
  assert.equal(printJson(apply(recordOf({ value: json('{}'), timestamp: null }))!.value), '{"t":"events"}');
});
