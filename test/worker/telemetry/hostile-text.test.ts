import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../../config/secret.ts';
import { parseCommand } from '../../../worker/cli/parse.ts';
import { failureIn } from '../../../worker/kafka/client-log.ts';
import { toFault } from '../../../worker/kafka/faults.ts';
import { createLog } from '../../../worker/telemetry/log.ts';
import { createLoggers } from '../../../worker/telemetry/loggers.ts';
import { createMasking } from '../../../worker/telemetry/masking.ts';
import { cut, excerpt } from '../../../worker/telemetry/text.ts';

const MEGABYTE = 1024 * 1024;
const SECRETS = ['0123456789-secret', 'x'.repeat(4000), 'a://a:a'];
/** For what takes milliseconds. A quadratic pattern takes minutes for a megabyte. */
const GENEROUS = { timeout: 60_000 };

/** A megabyte of repetitions, and something behind that keeps a pattern from matching. */
function megabyteOf(unit: string, end = ''): string {
  return unit.repeat(Math.ceil(MEGABYTE / unit.length)) + end;
}

/** The worst that there is for each pattern that foreign text comes to: long runs of what its repetitions take. */
const WORST: readonly (readonly [pattern: string, text: string])[] = [
  ['a scheme without its end', megabyteOf('x')],
  ['schemes', megabyteOf('x://')],
  ['a user without its end', `x://${megabyteOf('u:')}`],
  ['many ends of a user', `x://${megabyteOf('@')}`],
  ['users side by side', megabyteOf('x://u:p@')],
  ['words before a scheme', megabyteOf('a.a-')],
  ['Bearer and blanks', `Bearer${megabyteOf(' ')}`],
  ['Bearer and Bearer', megabyteOf('Bearer ')],
  ['Bearer without an end', `Bearer ${megabyteOf('a')}`],
  ['Basic and little', megabyteOf('basic a\t')],
  ['authorization and blanks', megabyteOf('authorization    :    ')],
  ['authorization and quotes', megabyteOf('authorization"\\"\\: "\\"\\ basic ')],
  ['authorization', megabyteOf('authorization')],
  ['the beginning of a secret', megabyteOf('0123456789-secre')],
  ['a long secret, nearly', megabyteOf(`${'x'.repeat(3999)}y`)],
  ['frames', megabyteOf('\n    at ')],
  ['nearly frames', megabyteOf('\n   at ')],
  ['line ends', megabyteOf('\n')],
  ['blanks', megabyteOf(' \t', 'x')],
  ['controls', megabyteOf('\u001b\u0085\u202e\u0000')],
  ['halves of pairs', megabyteOf('\ud800')],
  ['pairs', megabyteOf('\u{1f600}')],
  ['threads', `[thrd:${megabyteOf('[thrd:')}`],
  ['times', megabyteOf(' (after 1')],
  ['digits of a time', ` (after ${megabyteOf('1')}`],
  ['a name and itself', `${megabyteOf('a')}: ${megabyteOf('a')}x`],
  ['colons', megabyteOf('a:')],
  ['names of errors', megabyteOf('Error')],
  ['colons and digits', megabyteOf(':1', 'x')],
  ['brackets', megabyteOf('[')],
];

function logged(readable: boolean, write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  const masking = createMasking(SECRETS.map(value => new Secret(value)));
  write(
    createLog({
      loggers: createLoggers('TRACE', () => 0),
      readable,
      masking,
      writer: { write: text => lines.push(text) },
    }),
  );
  return lines.join('');
}

test('no line is quadratic in what it is made of, nor longer than is allowed', GENEROUS, () => {
  for (const readable of [false, true]) {
    for (const [pattern, text] of WORST) {
      const line = logged(readable, log =>
        log.with({ connector: text }).write('error', text, {
          event: 'task-state',
          reason: text,
          [text]: text,
          error: new Error(text),
          deep: { list: [text, text] },
        }),
      );
      assert.ok(Buffer.byteLength(line) < 130 * 1024, `${pattern}: ${Buffer.byteLength(line)}`);
      if (!readable) JSON.parse(line);
      for (const secret of SECRETS) assert.ok(!line.includes(secret), pattern);
    }
  }
});

test('what brokers, endpoints and command lines say is read in linear time', GENEROUS, () => {
  for (const [, text] of WORST) {
    toFault(Object.assign(new Error(text), { origin: text, stack: `Error: ${text}` }));
    toFault({ message: 'x', stack: text });
    for (const facility of ['FAIL', 'FATAL', 'OIDC']) failureIn({ severity: 3, facility, message: text } as never);
    parseCommand(['run', `--${text}`], 0);
    parseCommand(['run', '--override', text], 0);
    assert.ok(excerpt(text, 500).length < 600);
  }
});

test('a text is cut at a character, and tells how many are missing', () => {
  const cases: readonly (readonly [text: string, bytes: number, expected: string])[] = [
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcdef… (1 characters left out)'],
    ['ab\u{1f600}cd', 5, 'ab… (4 characters left out)'],
    ['ab\u{1f600}cd', 6, 'ab\u{1f600}… (2 characters left out)'],
    ['äöü', 5, 'äö… (1 characters left out)'],
    ['""""', 6, '"""… (1 characters left out)'],
    ['\u0000\u0000', 11, '\u0000… (1 characters left out)'],
    ['', 0, ''],
  ];
  for (const [text, bytes, expected] of cases) assert.equal(cut(text, bytes), expected);
  assert.equal(excerpt('a\u001b[31m\nb\u0085c\u202e', 100), 'a[31m bc');
  assert.equal(excerpt(megabyteOf('a'), 10), `aaaaaaaaaa… (${MEGABYTE - 10} characters left out)`);
});

test('a cut leaves no half of a secret behind', () => {
  const secret = `begin-${'s'.repeat(2000)}-end`;
  for (let before = 12_000; before < 17_000; before += 37) {
    const lines: string[] = [];
    const log = createLog({
      loggers: createLoggers('INFO', () => 0),
      readable: false,
      masking: createMasking([new Secret(secret)]),
      writer: { write: text => lines.push(text) },
    });
    log.write('info', `${'-'.repeat(before)}${secret}${secret.repeat(20)}`, { event: 'task-state' });
    log.write('info', `${'-'.repeat(before)} https://user:${'p'.repeat(500)}@host/`, { event: 'task-state' });
    assert.ok(!lines.join('').includes('begin-s') && !lines.join('').includes('ssss'), String(before));
    assert.ok(!lines.join('').includes('user:p'), String(before));
  }
});
