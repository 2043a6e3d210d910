import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Block, FLAG_INVALID, FLAG_NULL, valueAt } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { createConverter } from '../../connector/converters/choose.ts';
import { createTransforms } from '../../connector/transforms/create.ts';
import { JSON_WITH_SCHEMAS, PLAIN_JSON } from '../support/converters.ts';
import { bigUtf16, latin1, REWRITTEN, utf16, utf32 } from '../support/json-values.ts';
import { convertOnJvm } from './jvm-converters.ts';
import { comparable } from './side-by-side.ts';

const SEED = 20_261_127;
const REFUSED = 'refused';
const FORMAT = { bare: false, maxValueBytes: 10_000_000 };
const deep = (levels: number, inside: string): string => '['.repeat(levels) + inside + ']'.repeat(levels);
const deepObject = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const VALUES: readonly (string | Buffer)[] = [
  ...['{"a":[1,true,null,"x"]}', '""', '{}', '[]', '0', '1E+05', '0.10', ' \t\r\n{"a" : 1}\n', 'true', 'null', 'nullx'],
  ...['', ' ', '\n\t', '\f1', '\v1', '\u00a01', '+1', '.5', '1.', '1e', '1e+', '-', 'Infinity', '-Infinity', '1_000'],
  ...[
    '{"a":1,"a":2}',
    '{"a":{"x":1},"b":2,"a":{"y":3}}',
    '{"":1}',
    '[1,,2]',
    '{,}',
    '[,1]',
    '{a:1}',
    '/**/1',
    '1 /* */',
    '#\n1',
  ],
  ...[
    '"\t"',
    '"\u007f"',
    '"\\u0001"',
    '"\\x"',
    '"\\u12"',
    '"\\ud800"',
    '"\\udc00\\ud800a"',
    '"\\uD83D\\uDE00"',
    '"\u2028"',
  ],
  ...[deep(600, '1'), deep(1_000, ''), deep(1_000, '1'), deep(1_001, ''), deep(1_001, '1'), deepObject(600)],
  ...[
    deepObject(1_000),
    deepObject(1_001),
    `{"a":${'7'.repeat(18)}}`,
    `[0.${'3'.repeat(500)}]`,
    `${'0'.repeat(2_000)}7`,
  ],
  ...[`"${'x'.repeat(100_000)}"`, `{"${'n'.repeat(50_000)}":1}`, `{"a":"${'\\n'.repeat(1_000)}"}`],
  ...[
    'true,',
    'true"',
    'true!',
    'true$',
    'true_',
    'true\u007f',
    'true\u0001',
    'null null',
    'null]',
    '"a""b"',
    '[1]\u0000',
    '{} \ufeff',
  ],
  ...[
    '{"a":1}\n{"a":2}\n',
    '{"a" 1}',
    '{"a":',
    '[',
    '"a',
    ':',
    '[true1]',
    '[01x]',
    '{"a":nul}',
    '[1 2]',
    '00]',
    '1\u000b',
  ],
  ...[
    '"é"',
    '',
    ' ',
    'null',
    '\ufeff',
    '12',
    '[1,2]',
    '{"z":007}',
    '"\ufeff"',
    'true\u3000x',
    'true\u00e9',
    'null\u20ac',
    'true\ufffd',
    'true\u{10400}',
  ].flatMap(text => [utf16(text), bigUtf16(text), utf32(text), utf32(text, true)]),
  ...[
    '\xef\xbb',
    '\xef\xbb\xbf',
    '\xfe\xff',
    '\xff\xfe\x00\x00',
    '\x00\x00\xfe\xff',
    '\xff',
    '"\xc3"',
    '"\x80"',
    '"\xf8\x88\x80\x80"',
  ].map(latin1),
  Buffer.from('0000000007024869', 'hex'),
  Buffer.from('00000003e80448656c6c6f', 'hex'),
];

/** What is not as with JsonConverter, on purpose, and what there is instead. */
const OTHERWISE: ReadonlyMap<string | Buffer, string> = new Map<string | Buffer, string>([
  // Numbers stay as they were written: JsonConverter makes them Long, which wraps, and Double.
  ['9223372036854775808', '9223372036854775808'],
  ['-9223372036854775809', '-9223372036854775809'],
  ['1e400', '1e400'],
  ['-0', '-0'],
  ['-00', '-0'],
  ['0.1000000000000000055', '0.1000000000000000055'],
  // Longer ones than Jackson reads stay as they are too.
  ['1'.repeat(1_001), '1'.repeat(1_001)],
  ['1e9999999999', '1e9999999999'],
  [`{"${'n'.repeat(50_001)}":1}`, `{"${'n'.repeat(50_001)}":1}`],
  // Four bytes that stand for no character: Jackson makes two halves of them, others in names than in texts.
  [latin1('"\xf4\x90\x80\x80"'), REFUSED],
  [latin1('{"\xf0\x80\x80\x80":1}'), REFUSED],
  [latin1('"\xf0\x80\x80\x80"'), REFUSED],
]);

/** What the converter of a connector makes of values; with a transform each is a member `v`, and a null one too. */
function convertAll(values: readonly (string | Buffer)[], schemas: boolean, hoisted: boolean): readonly string[] {
  const config = { ...PLAIN_JSON, valueConverter: { ...JSON_WITH_SCHEMAS, schemas } };
  const hoist = { kind: 'HoistField', part: 'value', field: 'v' } as const;
  const transforms = hoisted ? [{ alias: 'hoist', className: 'HoistField', settings: hoist, predicate: null }] : [];
  const converter = createConverter(
    config,
    FORMAT,
    createTransforms(transforms, () => 0),
  );
  const block = buildBlock(values.map(value => ({ value })));
  const converted = converter.convert(block);
  return values.map(
    (value, i) =>
      outcomeOf(converted, i) ?? refusal(converted, i, converter.explain(Buffer.from(value as string)).message),
  );
}

function outcomeOf(block: Block, index: number): string | null {
  if ((block.flags[index]! & FLAG_INVALID) !== 0) return null;
  return (block.flags[index]! & FLAG_NULL) !== 0 ? 'null' : valueAt(block, index)!.toString();
}

function refusal(block: Block, index: number, message: string): string {
  return `${REFUSED}: ${block.errors?.get(index)?.message ?? message}`;
}

async function jvm(values: readonly (string | Buffer)[], schemas: boolean): Promise<readonly string[]> {
  const lines = values.map(
    value => `base64:schemas.enable=${schemas}\t${Buffer.from(value as string).toString('base64')}`,
  );
  return (await convertOnJvm(lines)).map(answer => answer.replace(/^org\.apache\.\S+Exception: /, `${REFUSED}: `));
}

function same(ours: string, theirs: string, value: string | Buffer, hoisted = false): void {
  const shown = JSON.stringify(value.toString('latin1').slice(0, 80));
  if (ours.startsWith(REFUSED) || theirs.startsWith(REFUSED)) assert.equal(ours, theirs, shown);
  else assert.deepEqual(comparable(ours), comparable(hoisted ? `{"v":${theirs}}` : theirs), shown);
}

const table = [...new Set([...VALUES, ...REWRITTEN.map(([value]) => value)])].filter(value => {
  const text = value.toString('latin1');
  return ![...OTHERWISE.keys()].some(other => other.toString('latin1') === text);
});

describe('values of all kinds beside JsonConverter', () => {
  test('it takes the same, and with the same meaning', async t => {
    t.diagnostic(`${table.length} values`);
    assert.ok(table.length >= 60);
    const theirs = await jvm(table, false);
    // Duplicates are left to the endpoint where nothing is done to the value.
    const once = (json: string): string =>
      /"a":.*"a":/.test(json) && json.length < 100 ? JSON.stringify(JSON.parse(json)) : json;
    for (const [i, ours] of convertAll(table, false, false).entries()) same(once(ours), theirs[i]!, table[i]!);
    for (const [i, ours] of convertAll(table, false, true).entries()) same(ours, theirs[i]!, table[i]!, true);
  });

  test('it takes the same with schemas: bare, and as a payload', async () => {
    const theirs = await jvm(table, true);
    for (const [i, ours] of convertAll(table, true, false).entries()) same(ours, theirs[i]!, table[i]!);
    const payloads = table.filter(value => typeof value === 'string').map(text => `{"schema":null,"payload":${text}}`);
    const unwrapped = await jvm(payloads, true);
    for (const [i, ours] of convertAll(payloads, true, false).entries()) same(ours, unwrapped[i]!, payloads[i]!);
    for (const [i, ours] of convertAll(payloads, true, true).entries()) same(ours, unwrapped[i]!, payloads[i]!, true);
  });

  test('what is otherwise is so on purpose', async () => {
    const values = [...OTHERWISE.keys()];
    const theirs = await jvm(values, false);
    for (const [i, ours] of convertAll(values, false, false).entries()) {
      assert.equal(ours.startsWith(REFUSED) ? REFUSED : ours, OTHERWISE.get(values[i]!));
      assert.notEqual(ours, theirs[i]);
    }
  });

  test('it takes the same of values that were damaged', async () => {
    const whole = fc.oneof(
      fc.json({ stringUnit: 'grapheme' }),
      fc.constantFrom('{"a":[007,"x"]}', '[-00.5,true]', '\ufeff{"k":null}', '{"a":1} {"b":2}', 'true x'),
    );
    const bytes = fc.oneof(
      fc.constantFrom(...Buffer.from('{}[]",:\\0017-.eEtn \n\u0000\xef', 'latin1')),
      fc.integer({ min: 0, max: 255 }),
    );
    const encode = fc.constantFrom<(text: string) => Buffer>(
      text => Buffer.from(text),
      text => Buffer.from(text),
      utf16,
      bigUtf16,
    );
    const damaged = fc
      .tuple(whole, encode, fc.nat(), bytes, fc.constantFrom(0, 1, 2))
      .map(([text, encoded, where, byte, how]) => {
        const value = encoded(text);
        const at = where % (value.length + 1);
        return Buffer.concat([
          value.subarray(0, at),
          Buffer.from(how === 1 ? [] : [byte]),
          value.subarray(how === 2 ? at : at + 1),
        ]);
      })
      // Without the numbers and characters of OTHERWISE, and bytes that Jackson's table of names takes for others now and then.
      .filter(value => !/\d{16}|-0|e[+-]?\d|[\xf0-\xff]/i.test(value.toString('latin1').replaceAll('\0', '')));
    const values = fc.sample(damaged, { seed: SEED, numRuns: 6_000 });
    const theirs = await jvm(values, false);
    let taken = 0;
    for (const [i, ours] of convertAll(values, false, true).entries()) {
      same(ours, theirs[i]!, values[i]!, true);
      if (!ours.startsWith(REFUSED)) taken++;
    }
    assert.ok(taken > 1_000, `only ${taken} were taken`);
  });
});
