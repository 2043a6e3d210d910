import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from '../../../config/secret.ts';
import { createLog } from '../../../worker/telemetry/log.ts';
import { createLoggers, type LevelName } from '../../../worker/telemetry/loggers.ts';
import { createMasking } from '../../../worker/telemetry/masking.ts';

function capture(options: { level?: LevelName; readable?: boolean; secrets?: readonly string[] } = {}) {
  const lines: string[] = [];
  const log = createLog({
    loggers: createLoggers(options.level ?? 'TRACE', () => 0),
    readable: options.readable ?? false,
    masking: createMasking((options.secrets ?? []).map(value => new Secret(value))),
    writer: { write: text => lines.push(text) },
  });
  return { log, lines, json: () => lines.map(line => JSON.parse(line) as Record<string, unknown>) };
}

test('a line is one JSON object with level, time, text and fields', () => {
  const { log, lines, json } = capture();
  log.with({ connector: 'orders', task: 0 }).write('warn', 'it\nbroke', { event: 'task-state', status: 503 });
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.indexOf('\n'), lines[0]!.length - 1);
  const [line] = json();
  assert.match(String(line!['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(
    { ...line, time: '' },
    { level: 'warn', time: '', connector: 'orders', task: 0, event: 'task-state', status: 503, msg: 'it\nbroke' },
  );
});

test('lines below the level are not written', () => {
  const { log, lines } = capture({ level: 'WARN' });
  log.write('info', 'no', { event: 'task-state' });
  log.with({ connector: 'a' }).write('debug', 'no', { event: 'task-state' });
  log.write('error', 'yes', { event: 'task-state' });
  assert.equal(lines.length, 1);
});

test('for a terminal a line is short, without steering characters and without fields', () => {
  const { log, lines } = capture({ readable: true });
  log.with({ connector: 'orders', task: 0 }).write('warn', 'bad \u001b[2Jthing\nnext\u202e', { event: 'task-state' });
  assert.match(lines[0]!, /^\d\d:\d\d:\d\d\.\d{3} WARN {2}orders\/0 bad \[2Jthing next\n$/);
});

const CANARIES = ['canary-password', 'p"q\\uoted-canary', 'ünïcode-canary/+=', 'multi\nline-canary'];

function renderings(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), Buffer.from(value).toString('base64')];
}

for (const readable of [false, true]) {
  test(`no secret survives in a ${readable ? 'readable' : 'JSON'} line, in any encoding`, () => {
    const { log, lines } = capture({ readable, secrets: CANARIES });
    for (const canary of CANARIES) {
      for (const text of renderings(canary)) {
        const error = new Error(`refused: ${text}`);
        log.write('error', `it said ${text}.`, { event: 'task-state', error, nested: { deep: [text] }, [text]: 1 });
        log.with({ at: text }).write('error', 'child', { event: 'task-state' });
      }
      log.write('error', 'typed', {
        event: 'task-state',
        value: new Secret(canary),
        list: [new Secret(canary)],
        shown: inspect(new Secret(canary)),
      });
    }
    const all = lines.join('');
    for (const canary of CANARIES) for (const text of renderings(canary)) assert.ok(!all.includes(text), text);
    assert.ok(all.includes('[hidden]'));
    if (!readable) for (const line of lines) JSON.parse(line);
  });
}

test('credentials that no configuration holds are recognised by name and by form', () => {
  const { log, lines } = capture();
  log.write('info', 'sent Bearer eyJhbGciOi.JIUzI1NiJ9_x and basic dXNlcjpwYXNz', {
    event: 'task-state',
    authorization: 'one',
    headers: { Authorization: 'two', 'Set-Cookie': 'three', accept: 'kept' },
    url: 'https://user:four@example.org/path',
  });
  const all = lines.join('');
  for (const gone of ['eyJhbGciOi', 'dXNlcjpwYXNz', 'one', 'two', 'three', 'four'])
    assert.ok(!all.includes(gone), gone);
  for (const kept of ['kept', 'example.org/path']) assert.ok(all.includes(kept), kept);
});

test('a short secret does not mask ordinary words', () => {
  const { log, json } = capture({ secrets: ['id'] });
  log.write('info', 'a valid line', { event: 'task-state' });
  assert.equal(json()[0]!['msg'], 'a valid line');
});

test('our own sentences about schemes keep their words, and credentials lose theirs', () => {
  const { log, json } = capture();
  const kept = [
    'the bearer token endpoint did not answer',
    'http.auth.type=basic tokens are not refreshed',
    'Basic authentication is refused',
    'bearer credentials',
    'Authorization: refused',
    'it is basic: see https://host/path?mail=a',
  ];
  const masked: readonly (readonly [text: string, expected: string])[] = [
    ['Bearer abc123def', 'Bearer [hidden]'],
    ['a basic dXNlcjpwYXNz, b', 'a basic [hidden], b'],
    ['BEARER  abcdefghijklmnopqrstuvwxyz', 'BEARER  [hidden]'],
    ['bearer secret==', 'bearer [hidden]'],
    ['Authorization: Bearer plain', 'Authorization: Bearer [hidden]'],
    ['{"authorization":"Basic ab"}', '{"authorization":"Basic [hidden]"}'],
    ['Proxy-Authorization=bearer x', 'Proxy-Authorization=bearer [hidden]'],
    ['at https://user:p@ss@host/path', 'at https://[hidden]@host/path'],
    ['sasl_ssl://u@host:9092', 'sasl_ssl://[hidden]@host:9092'],
  ];
  for (const text of kept) log.write('info', text, { event: 'task-state' });
  for (const [text] of masked) log.write('info', text, { event: 'task-state' });
  assert.deepEqual(
    json().map(({ msg }) => msg),
    [...kept, ...masked.map(([, expected]) => expected)],
  );
});

test('a JSON line steers no terminal either, and still says the same', () => {
  const { log, lines, json } = capture();
  const text = 'a\u001b[2J\u009b1m\u007f\u202eb\u2028';
  log.with({ connector: text }).write('warn', text, { event: 'task-state', [text]: text });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  assert.doesNotMatch(lines[0]!, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
  assert.deepEqual(json()[0], { ...json()[0], connector: text, msg: text, [text]: text });
});

test('a number that a secret equals does not break the line', () => {
  const { log, json } = capture({ secrets: ['1234567'] });
  log.write('info', 'at 1234567', { event: 'task-state', offset: 1_234_567 });
  assert.deepEqual([json()[0]!['msg'], json()[0]!['offset']], ['at [hidden]', 1_234_567]);
});

test('fields of any kind are written, and none breaks the line', () => {
  const { log, json } = capture();
  const circle: Record<string, unknown> = { name: 'round' };
  circle['self'] = circle;
  const trap = {
    get thrown() {
      throw new Error('never');
    },
  };
  const own = Object.fromEntries([['__proto__', 'own']]);
  log.write('info', 'x', {
    event: 'task-state',
    circle,
    trap,
    own,
    big: 1n,
    list: Array.from({ length: 1000 }, (_, i) => i),
    at: new Date(0),
  });
  const [line] = json();
  assert.match(JSON.stringify(line!['circle']), /left out/);
  assert.deepEqual(line!['trap'], { thrown: '(unreadable)' });
  assert.equal(Object.getOwnPropertyDescriptor(line!['own'], '__proto__')?.value, 'own');
  assert.deepEqual([line!['big'], line!['at']], ['1', '1970-01-01T00:00:00.000Z']);
  assert.equal((line!['list'] as unknown[]).at(-1), '… (900 left out)');
});

test('an error has its frames whatever its message is, and its message once', () => {
  const { log, json } = capture();
  log.write('error', 'it broke', { event: 'task-state', error: new RangeError(`long ${'x'.repeat(100_000)}`) });
  const error = json()[0]!['error'] as { name: string; message: string; stack: string };
  assert.match(error.message, /^long x+… \(\d+ characters left out\)$/);
  assert.match(error.stack, /^RangeError: long x+… \(\d+ characters left out\)\n {4}at .*log\.test/);
  assert.ok(error.stack.length < 8000);
});
