import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Value } from '../../../connector/data/model.ts';
import { Decimal, JavaDate } from '../../../connector/data/scalars.ts';
import { parseValue } from '../../../connector/data/values.ts';

/** The schema in a word: its name's last part, or its type, with those of its parts. */
function shape(text: string): readonly [string | null, Value] {
  const { schema, value } = parseValue(text);
  if (schema === null) return [null, value];
  const name = schema.name?.slice(schema.name.lastIndexOf('.') + 1) ?? schema.type;
  const parts = [schema.keySchema, schema.valueSchema].filter(part => part !== undefined);
  return [parts.length === 0 ? name : `${name}<${parts.map(part => part.type).join()}>`, value];
}

const map = (...pairs: [Value, Value][]): Value => new Map(pairs);

const TABLE: readonly (readonly [text: string, schema: string | null, value: Value])[] = [
  ['', 'STRING', ''],
  ['null', null, null],
  ['nullify', 'STRING', 'nullify'],
  ['true', 'BOOLEAN', true],
  ['false', 'BOOLEAN', false],
  ['true}', 'STRING', 'true}'],
  ['truest', 'STRING', 'truest'],
  ['abc', 'STRING', 'abc'],
  [' a b ', 'STRING', ' a b '],
  ['   ', 'STRING', '   '],
  ['0', 'INT8', 0],
  ['-128', 'INT8', -128],
  ['128', 'INT16', 128],
  ['32767', 'INT16', 32767],
  ['32768', 'INT32', 32768],
  ['-2147483648', 'INT32', -2147483648],
  ['2147483648', 'INT64', 2147483648n],
  ['9223372036854775807', 'INT64', 9223372036854775807n],
  ['9223372036854775808', 'Decimal', new Decimal(9223372036854775808n, 0)],
  ['+7', 'INT8', 7],
  ['1.0', 'INT8', 1],
  ['1e3', 'INT16', 1000],
  ['1.5', 'FLOAT32', 1.5],
  ['0.1', 'FLOAT32', Math.fround(0.1)],
  ['1e39', 'FLOAT64', 1e39],
  ['1e400', 'Decimal', new Decimal(1n, -400)],
  ['0x10', 'STRING', '0x10'],
  ['12abc', 'STRING', '12abc'],
  ['.5', 'STRING', '.5'],
  ['2019-08-23', 'Date', new JavaDate(1566518400000)],
  ['2019-08-23T14:34:54.346Z', 'Timestamp', new JavaDate(1566570894346)],
  ['14:34:54.346Z', 'Time', new JavaDate(52494346)],
  ['2019-08-23T14\\:34\\:54.346Z', 'Timestamp', new JavaDate(1566570894346)],
  ['2019-13-01', 'Date', new JavaDate(1577836800000)],
  ['1999-12-3', 'STRING', '1999-12-3'],
  ['1'.repeat(1_000), 'Decimal', new Decimal(BigInt('1'.repeat(1_000)), 0)],
  ['1'.repeat(1_001), 'STRING', '1'.repeat(1_001)],
  [`${'['.repeat(51)}${']'.repeat(51)}`, 'STRING', `${'['.repeat(51)}${']'.repeat(51)}`],
  [`{[${'1,'.repeat(600)}1]:1}`, 'STRING', `{[${'1,'.repeat(600)}1]:1}`],
  ['[]', 'ARRAY', []],
  ['[1, 2,300]', 'ARRAY<INT16>', [1, 2, 300]],
  ['[1, 2.5]', 'ARRAY<FLOAT32>', [1, 2.5]],
  ['[1,4294967296]', 'ARRAY<INT64>', [1n, 4294967296n]],
  ['["a","b c"]', 'ARRAY<STRING>', ['a', 'b c']],
  ['["2019-08-23"]', 'ARRAY<INT32>', [new JavaDate(1566518400000)]],
  ['[1,"a"]', 'ARRAY', [1, 'a']],
  ['[null,null]', 'ARRAY', [null, null]],
  ['[1,null]', 'STRING', '[1,null]'],
  ['[1,]', 'ARRAY<INT8>', [1]],
  ['[,1]', 'STRING', '[,1]'],
  ['[1', 'STRING', '[1'],
  ['[a]', 'STRING', '[a]'],
  ['[[1],[2]]', 'ARRAY<ARRAY>', [[1], [2]]],
  ['{}', 'MAP', map()],
  ['{"a":1,"b":200}', 'MAP<STRING,INT16>', map(['a', 1], ['b', 200])],
  ['{1:true}', 'MAP<INT8,BOOLEAN>', map([1, true])],
  ['{"a":null}', 'MAP<STRING>', map(['a', null])],
  ['{"a":[1]}', 'MAP<STRING,ARRAY>', map(['a', [1]])],
  ['{"a"}', 'STRING', '{"a"}'],
  ['{null:1}', 'STRING', '{null:1}'],
  ['"quoted"', 'STRING', '"quoted"'],
];

describe('values guessed from texts', () => {
  for (const [text, schema, value] of TABLE) {
    it(`${JSON.stringify(text)} is ${schema ?? 'a null'}`, () => {
      assert.deepEqual(shape(text), [schema, value]);
    });
  }
});
