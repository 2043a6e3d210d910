import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from '../../../config/secret.ts';
import { createLog, type LogLevel } from '../../../worker/telemetry/log.ts';

function capture(options: { level?: LogLevel; readable?: boolean; secrets?: readonly string[] } = {}) {
  const lines: string[] = [];
  const log = createLog({
    level: options.level ?? 'trace',
    readable: options.readable ?? false,
    secrets: (options.secrets ?? []).map(value => new Secret(value)),
    writer: { write: text => lines.push(text) },
  });
  return { log, lines, json: () => lines.map(line => JSON.parse(line) as Record<string, unknown>) };
}

test('a line is one JSON object with level, time, text and fields', () => {
  const { log, lines, json } = capture();
  log.with({ connector: 'orders', task: 0 }).write('warn', 'it\nbroke', { status: 503 });
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.indexOf('\n'), lines[0]!.length - 1);
  const [line] = json();
  assert.match(String(line!['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(
    { ...line, time: '' },
    { level: 'warn', time: '', connector: 'orders', task: 0, status: 503, msg: 'it\nbroke' },
  );
});

test('lines below the level are not written', () => {
  const { log, lines } = capture({ level: 'warn' });
  log.write('info', 'no');
  log.with({ connector: 'a' }).write('debug', 'no');
  log.write('error', 'yes');
  assert.equal(lines.length, 1);
});

test('for a terminal a line is short, without steering characters and without fields', () => {
  const { log, lines } = capture({ readable: true });
  log.with({ connector: 'orders', task: 0 }).write('warn', 'bad \u001b[2Jthing\nnext\u202e', { event: 'x' });
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
        log.write('error', `it said ${text}.`, { error, nested: { deep: [text] }, [text]: 1 });
        log.with({ at: text }).write('error', 'child');
      }
      log.write('error', 'typed', {
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
  log.write('info', 'a valid line');
  assert.equal(json()[0]!['msg'], 'a valid line');
});
