import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { JsonDataConverter } from '../../connector/converters/json-data.ts';
import { valueText } from '../../connector/java/value-text.ts';
import { JSON_WITH_SCHEMAS, JSON_WITHOUT_SCHEMAS } from '../support/converters.ts';
import { convertOnJvm } from './jvm-converters.ts';

const SEED = 20_261_128;

const PLAIN = new JsonDataConverter(JSON_WITHOUT_SCHEMAS);
const SCHEMAS = new JsonDataConverter(JSON_WITH_SCHEMAS);

/** Names whose hashes meet in few buckets: `Aa` and `BB` have one hash, and so have all texts of as many of them. */
const name = fc.oneof(
  fc.constantFrom('', 'id', 'name', 'Aa', 'BB', 'AaAa', 'BBBB', 'AaBB', 'BBAa', 'é', '😀', 'a b'),
  fc.string({ maxLength: 12, unit: 'grapheme' }),
  fc.array(fc.constantFrom('Aa', 'BB'), { minLength: 4, maxLength: 4 }).map(parts => parts.join('')),
);
const number = fc.oneof(
  fc.constantFrom('0', '-0', '-0.0', '1.0', '100', '1e2', '1E-3', '0.001', '9999999.0', '1e7', '12345678901234567890'),
  fc.constantFrom('9223372036854775808', '-9223372036854775809', '1e400', '-1e400', '4.9E-324', '0.1'),
  fc.maxSafeInteger().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => JSON.stringify(value)),
);
const scalar = fc.oneof(
  number,
  fc.constantFrom('true', 'false', 'null', '""'),
  fc.string({ unit: 'grapheme' }).map(text => JSON.stringify(text)),
);
const { value } = fc.letrec<{ value: string; list: string; map: string }>(tie => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 5 }).map(items => `[${items.join(',')}]`),
  map: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 60 })
    .map(members => `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`),
}));

/** Up to eight keys in each bucket of a table, as many as Java keeps in a list. */
const crowded = [9, 10, 12, 13, 24, 25, 30].flatMap(count => {
  const same = Array.from(
    { length: 8 },
    (_, i) =>
      `"${i
        .toString(2)
        .padStart(3, '0')
        .replace(/./g, bit => (bit === '0' ? 'Aa' : 'BB'))}":${i}`,
  );
  const rest = Array.from({ length: count - 8 }, (_, i) => `"k${i}":${i}`);
  return [`{${[...same, ...rest].join(',')}}`, `{${[...rest, ...same].join(',')}}`];
});

/** Keys of one bucket of 16 and of 32, and of two of 64: the ninth makes the table grow, twice. */
const growing = `{${Array.from({ length: 12 }, (_, i) => `"${String.fromCharCode(32 * (i + 2))}":${i}`).join(',')}}`;

const field = (type: string, name: string, more: object = {}): object => ({
  type,
  field: name,
  optional: true,
  ...more,
});
const KINDS: readonly (readonly [schema: object, payloads: readonly string[]])[] = [
  [field('int8', ''), ['1', '-128', 'null']],
  [field('int64', ''), ['9223372036854775807', '12345678901234567890', '0']],
  [field('float', ''), ['1', '0.1', '1e10', '3.4028235E38', '-0.0', '16777216', '1.0E-5']],
  [field('double', ''), ['1', '0.1', '1e10', '1e-5', '123456789.125', '2.2250738585072014E-308']],
  [field('boolean', ''), ['true', 'false']],
  [field('string', ''), ['"a"', '"a=b, {c}"', '"\\u00e9\\ud83d\\ude00"', 'null']],
  [field('array', '', { items: { type: 'float', optional: true } }), ['[]', '[1,null,2.5]']],
  [field('map', '', { keys: { type: 'string' }, values: { type: 'int64' } }), [growing, ...crowded, '{}']],
  [
    field('map', '', { keys: { type: 'int32' }, values: { type: 'string', optional: true } }),
    ['[[17,"a"],[1,"b"],[33,null],[-1,"d"],[65536,"e"]]'],
  ],
  [field('map', '', { keys: { type: 'int64' }, values: { type: 'int8' } }), ['[[4294967296,1],[-1,2],[1,3],[-2,4]]']],
  [
    field('map', '', { keys: { type: 'boolean' }, values: { type: 'int8' } }),
    ['[[true,1],[false,2]]', '[[false,1],[true,2]]'],
  ],
  [
    field('bytes', '', { name: 'org.apache.kafka.connect.data.Decimal', version: 1, parameters: { scale: '2' } }),
    ['1.50', '-0.01', '123456789012345678901234567890.12', '0.00'],
  ],
  ...['Timestamp', 'Date', 'Time'].map(type => {
    const whole = type === 'Timestamp' ? 'int64' : 'int32';
    const days = ['0', '1', '19000', '-1', '-141427', '-141428', '-719163', '-800000', '3000000'];
    const times = [
      '0',
      '1',
      '86399999',
      '1700000000123',
      '-12219292800000',
      '-12219292800001',
      '-62135769600001',
      '253402300800000',
    ];
    const of = { Timestamp: times, Date: days, Time: ['0', '1', '86399999'] }[type]!;
    return [field(whole, '', { name: `org.apache.kafka.connect.data.${type}`, version: 1 }), of] as const;
  }),
  [
    {
      type: 'struct',
      optional: true,
      fields: [
        field('int32', 'id'),
        field('string', 'name'),
        field('string', 'with default', { default: 'd' }),
        field('struct', 'inner', { fields: [field('double', 'x')] }),
        field('array', 'list', { items: { type: 'string', optional: true } }),
      ],
    },
    [
      '{}',
      '{"id":1,"name":"x"}',
      '{"name":"","inner":{},"list":[]}',
      '{"id":1,"inner":{"x":1e9},"list":["a",null]}',
      '{"name":"a,b=c","inner":{"x":null}}',
    ],
  ],
];

function compare(lines: readonly string[], settings: string, ours: JsonDataConverter) {
  return async () => {
    const theirs = await convertOnJvm(
      lines.map(line => `text:base64:${settings}\t${Buffer.from(line).toString('base64')}`),
    );
    for (const [i, line] of lines.entries()) {
      const { schema, value } = ours.toConnect(Buffer.from(line));
      assert.equal(valueText(schema, value), Buffer.from(theirs[i]!, 'base64').toString(), line);
    }
  };
}

describe('values as Java’s String.valueOf writes them', () => {
  const random = fc.sample(value, { numRuns: 3_000, seed: SEED });
  test(
    'what JsonConverter makes without schemas',
    compare([...random, ...crowded, growing], 'schemas.enable=false', PLAIN),
  );

  const typed = KINDS.flatMap(([schema, payloads]) =>
    payloads.map(payload => `{"schema":${JSON.stringify(schema)},"payload":${payload}}`),
  );
  test('what JsonConverter makes under schemas', compare(typed, 'schemas.enable=true', SCHEMAS));
});
