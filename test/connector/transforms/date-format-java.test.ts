import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { javaDateFormat } from '../../../connector/java/date-format.ts';

const PROGRAM = fileURLToPath(new URL('../../../../test/connector/transforms/FormatDates.java', import.meta.url));
const CASES = 8000;

const COMMON = [
  ...[
    'yyyy-MM-dd',
    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    'yyyyMMdd',
    'yyyyMMddHHmmssSSS',
    'yy-M-d',
  ],
  ...[
    'EEE, d MMM yyyy HH:mm:ss Z',
    'EEEE dd MMMM yyyy G',
    'hh:mm:ss a',
    'KK:mm a',
    'kk:mm',
    'DDD/yyyy',
    'YYYY-ww-u',
    'YYYY-MM-dd',
  ],
  ...[
    'yyyy-MM-dd HH:mm:ss.SSSSSS',
    "yyyy-MM-dd'T'HH:mm:ss.SSSX",
    "h 'o''clock' a, z",
    'MM/dd/yyyy',
    'yyyy.W.F E',
    'LLL LLLL LL',
    "''yyyy",
  ],
];
const LETTERS = 'GyYMLwWDdFEuaHkKhmsSZX';
const letter = fc
  .tuple(fc.constantFrom(...LETTERS), fc.integer({ min: 1, max: 5 }))
  .map(([char, count]) => char.repeat(count));
const literal = fc.constantFrom('-', '/', ':', ' ', ', ', '.', "'T'", "''", '');
const random = fc.array(fc.tuple(letter, literal), { minLength: 1, maxLength: 6 }).map(parts => parts.flat().join(''));
const pattern = fc.oneof(fc.constantFrom(...COMMON), random);
/** The years 1 to 3000, half of them of our days. */
const moment = fc.oneof(
  fc.integer({ min: -62_135_596_800_000, max: 32_500_000_000_000 }),
  fc.integer({ min: 0, max: 2_000_000_000_000 }),
);
const change = fc.record({
  at: fc.nat(30),
  insert: fc.constantFrom(
    '',
    '',
    '',
    ' ',
    '0',
    '99',
    '-',
    'x',
    'Z',
    '+01:00',
    '-0530',
    '+01',
    'GMT+2:00',
    'PST',
    'utc',
    'JULY',
    'b',
  ),
  remove: fc.nat(2),
});

test('dates: patterns are written and read as SimpleDateFormat does', context => {
  if (spawnSync('java', ['-version']).error) return context.skip('no java on the PATH');
  const now = Date.now();
  const cases = fc
    .sample(fc.tuple(pattern, moment, moment, fc.boolean(), change), CASES)
    .map(([pattern, ms, other, mutate, how]) => {
      const text = write(pattern, other, now) ?? '';
      return {
        pattern,
        ms,
        text: mutate ? text.slice(0, how.at) + how.insert + text.slice(how.at + how.remove) : text,
      };
    });
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const java = spawnSync('java', ['-Xshare:auto', '-XX:TieredStopAtLevel=1', PROGRAM], {
    input: cases.map(({ pattern, ms, text }) => `${encode(pattern)} ${ms} ${encode(text)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(java.status, 0, java.stderr);
  const answers = java.stdout.split('\n');
  for (const [index, each] of cases.entries()) {
    // Where numbers roll over into the Julian calendar or beyond the year 9999, Java has rules of its own.
    const read = Number(/-?\d+$/.exec(answers[index]!)?.[0] ?? 0);
    if (read < -11_676_096_000_000 || read > 253_402_300_800_000) continue;
    // A Z in UTC makes Uzbekistan's time of it, whose abbreviation Java knows and the reference says is refused here.
    if (each.text.includes('UZT')) continue;
    assert.equal(answer(each.pattern, each.ms, each.text, now), answers[index], JSON.stringify(each));
  }
});

function write(pattern: string, ms: number, now: number): string | null {
  try {
    return javaDateFormat(pattern, () => now).format(ms);
  } catch {
    return null;
  }
}

function answer(pattern: string, ms: number, text: string, now: number): string {
  try {
    const { format, parse } = javaDateFormat(pattern, () => now);
    return `${format(ms)} | ${parse(text) ?? '-'}`;
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}
