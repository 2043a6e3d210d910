import fc from 'fast-check';
import type { NewRecord } from '../kafka/producing.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const nested = (depth: number, open: string, inside: string, close: string): Buffer =>
  bytes(open.repeat(depth) + inside + close.repeat(depth));

/** What checkers of JSON differ about, each alone and inside an array. */
const HARD: readonly Buffer[] = [
  ...['null', ' null', 'nul', 'nulll', 'true', 'tru', 'truee', 'false', '""', '"', '{}', '[]', '{', '[', ']', ',', ':'],
  ...['0', '-0', '-', '01', '-01', '1.', '.5', '1e', '1e+', '1E+2', '1e400', '-1e400', '1e-400', '0x10', '+1', 'NaN'],
  ...['9223372036854775807', '9223372036854775808', '18446744073709551615', '18446744073709551616', '1.0', '1.00e00'],
  ...['123456789012345678901234567890', `0.${'1'.repeat(400)}`, '1'.repeat(400), '-9223372036854775809', '1 2', '1,'],
  ...['"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', '"\\x"', '"\\u12"', '"\\"', '"\\\\"', '"\\/"'],
  ...['"\t"', '"\n"', '"\u0000"', '"\u001f"', '"\u007f"', '"\u2028"', '\u00001', '1\u0000', '"a"\u0000', '\u0000'],
  ...[
    '007',
    '-007',
    '00',
    '00.50',
    '1e007',
    '[0,00,000]',
    '"007"',
    '{} x',
    '[1]]',
    'true]',
    'truex',
    'null x',
    '{"a":1}{}',
  ],
  ...['{"a":1,"a":2}', '{"a":1,}', '[1,]', '[,1]', '{"a"}', '{"a":}', '{1:2}', "{'a':1}", '[1 2]', '{"a":1 "b":2}'],
  ...[
    '\ufeff{}',
    '{}\ufeff',
    ' \t\r\n{}\r\n\t ',
    '{\n"a"\r:\r\n1}',
    '\v1',
    '\f1',
    '\u00a01',
    '1\u00a0',
    '/**/1',
    '1//',
  ],
]
  .flatMap(text => [bytes(text), bytes(`[${text}]`), bytes(`{"k":${text}}`), bytes(` ${text} `)])
  .concat(
    ['{"é":[007,1]}', '1', '\ufeff[1]', ' ', 'null'].flatMap(text => {
      const little = Buffer.from(text, 'utf16le');
      return [little, Buffer.from(little).swap16(), bytes(`\ufeff${text}`)];
    }),
    [
      [0xff],
      [0xc0, 0x80],
      [0xc0, 0xaf],
      [0xe0, 0x80, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc3],
      [0xf0, 0x9f, 0x98],
    ]
      .map(Buffer.from)
      .flatMap(bad => [bad, Buffer.concat([bytes('"'), bad, bytes('"')]), Buffer.concat([bytes('{}'), bad])]),
  );

const DEEP: readonly Buffer[] = [511, 512, 513, 998, 999, 1_000, 1_001, 1_002, 1_024].flatMap(depth => [
  nested(depth, '[', '', ']'),
  nested(depth, '[', '1', ']'),
  nested(depth, '[', '{}', ']'),
  nested(depth, '{"a":', '1', '}'),
  nested(depth, '{"a":', '{}', '}'),
  nested(depth, '[ ', ' [ ] ', ' ]'),
]);

const document = fc.oneof(
  fc.json(),
  fc.jsonValue().map(value => JSON.stringify(value, null, 1)),
  fc.jsonValue().map(value => JSON.stringify(value, null, '\t').replaceAll('\n', '\r\n')),
);

/** A document with one byte changed, added or taken away. */
const damaged = fc
  .tuple(document, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2))
  .map(([text, where, byte, how]) => {
    const whole = bytes(text);
    const at = where % (whole.length + 1);
    const rest = how === 2 ? at : at + 1;
    return Buffer.concat([whole.subarray(0, at), how === 1 ? bytes('') : Buffer.of(byte), whole.subarray(rest)]);
  });

const value = fc.oneof(
  { weight: 4, arbitrary: document.map(bytes) },
  { weight: 4, arbitrary: damaged },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map(Buffer.from) },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant(bytes('')) },
);
const key = fc.option(fc.uint8Array({ maxLength: 20 }).map(Buffer.from));
/** What node-rdkafka can write: texts without a zero character, and no name alone that a JavaScript object sorts. */
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map(each => each.replaceAll('\u0000', ''));
const headers = fc.array(
  fc.tuple(
    text.map(name => `h${name}`),
    text,
  ),
  { maxLength: 3 },
);
const timestamp = fc.integer({ min: 1, max: 4_102_444_800_000 });

/** Records of all kinds; every hard value is among them. */
export function records(seed: number, count: number, partitions: number): NewRecord[] {
  const partition = fc.nat(partitions - 1);
  const random = fc.sample(fc.record({ value, key, headers, timestamp, partition }), { seed, numRuns: count });
  const hard = [...HARD, ...DEEP].map((each, i) => ({ value: each, partition: i % partitions }));
  const large = [100_000, 990_000].flatMap((size, i) => [
    { value: Buffer.alloc(size, 0x20).fill('1', size - 1), partition: i % partitions },
    { value: bytes(`"${'é'.repeat(size / 2 - 1)}"`), partition: i % partitions },
    { value: Buffer.alloc(size, 0xff), partition: i % partitions },
  ]);
  return [...random, ...hard, ...large];
}
