import { MOST_MEMBERS } from '../../../connector/block.ts';
import type { RecordLike } from '../../../connector/block-builder.ts';

const members = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"${index === 0 ? 'id' : `m${index}`}":${index}`).join(',')}}`;

const nested = (levels: number): string => `${'{"n":'.repeat(levels)}1${'}'.repeat(levels)}`;

/** Values that are easy to get wrong where nothing is parsed. */
export const AWKWARD_VALUES: readonly string[] = [
  '{ }',
  ' \n{ "id" :\t1 ,\r\n"name" : "x" }\n',
  '{"id":1,"name":"a","id":2}',
  '{"id":{"a":1,"a":2},"name":{"id":[{"id":1,"id":2}]}}',
  '{"\\u0069d":1,"name":"escaped"}',
  '{"id":1,"\\u0069d":2}',
  '{"n":1,"\\"":2}',
  '{"n":1.0,"m":-0,"t":1e5,"id":0.1000000000000000055}',
  '{"n":-0.0,"m":1E+400,"t":123456789012345678901234567890,"id":1e-400}',
  `{"id":${'9'.repeat(1_001)},"n":0.${'1'.repeat(1_001)},"name":1}`,
  '{"id":"\\ud800","name":"\\udc00\\ud83d\\ude00","n":"\\u0000\\b\\f"}',
  '{"id":"\\"quoted\\"","name":"back\\\\slash","n":"\\/"}',
  '{"id":"}{][,:","name":"\\\\\\"}","n":"\\\\"}',
  '{"id":"\u2028\u2029\u007f","name":"\ufeff","n":"\ufffd"}',
  '{"__proto__":1,"constructor":{"prototype":2},"toString":null}',
  '{"":0," ":1,"id ":2,"idx":3,"i":4}',
  '{"id":[],"name":{},"n":[[]],"m":[{}],"t":{"a":{}}}',
  '{"id":true,"name":false,"n":null,"flag":"true"}',
  '{"price":"1.5","flag":"","ts":"","when":""}',
  '{"id":"12","n":" 12","m":"1_2","t":"٣"}',
  '{"t":9223372036854775808,"ts":-9223372036854775809,"id":9223372036854775807}',
  members(MOST_MEMBERS),
  members(MOST_MEMBERS + 1),
  nested(999),
  nested(1_000),
  nested(1_001),
  '{"n":{"n":{"n":0},"n":1}}',
  '{"n":{"n":{},"n":""},"id":{"id":1,"id":{"id":2}}}',
  '{"":{"n":1},"n":2}',
  '{"n":{"m":1},"n.m":2,"n_m":3,"nm":4}',
  '{"n":{"\\u006d":1},"m":{"":{"":3}}}',
  '{"n":{"m":[{"m":1}],"t":{ }, "id" : null }}',
  '[{"id":1}]',
  ' null ',
  'true',
  '-0',
  '',
  ' ',
  '{"id":1',
  '{"id":1,}',
  '{"id":01}',
  '{"id":1}}',
  "{'id':1}",
  '{"id":1e}',
  '{"id":"\u0001"}',
];

export const AWKWARD: readonly RecordLike[] = [
  ...AWKWARD_VALUES.map(value => ({ value, key: Buffer.from('{"id":1}') })),
  { value: null },
  { value: '{"id":1,"name":"without time"}', timestamp: -1 },
  { value: '{"id":1,"name":"at the beginning"}', timestamp: 0 },
  { value: '{"id":1}', topic: 'plain', headers: [['origin', null]] },
  { value: '{"id":1}', topic: 's-plain', headers: [['added', Buffer.of(0xff)]] },
  { value: Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d]) },
];
