import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stylesOf } from '../../../worker/cli/terminal.ts';
import { bytesJson, bytesLines, isText } from '../../../worker/dead-letters/bytes.ts';
import { groupNameOf, type ReplayIdentity } from '../../../worker/dead-letters/group-name.ts';
import { readLetter } from '../../../worker/dead-letters/letter.ts';
import { type Look, letterJson, renderLetter } from '../../../worker/dead-letters/render.ts';
import { parsePlace } from '../../../worker/dead-letters/show.ts';
import { contextHeaders, letterRecord } from './letters.ts';

const asIs = (text: string): string => text;
const lines = (bytes: Buffer | null): readonly string[] => bytesLines(bytes, asIs, 'more');

test('bytes are shown as text where they are, else in hexadecimal; null and empty are told apart', () => {
  assert.deepEqual(lines(null), ['(null)']);
  assert.deepEqual(lines(Buffer.alloc(0)), ['(empty)']);
  assert.deepEqual(lines(Buffer.from('a\r\n"ü"\n\u202eb')), ['a', '"ü"', '\\u202eb']);
  assert.deepEqual(lines(Buffer.of(0x41, 0xff)), [`00000000  41 ff${' '.repeat(42)}  A.`]);
  assert.equal(lines(Buffer.from('\u001b[2J'))[0]!.startsWith('00000000  1b 5b'), true);
});

test('what is long is cut, and that is told', () => {
  const text = lines(Buffer.from('x'.repeat(20_000)));
  assert.equal(text.at(-1), '… (12000 characters more: more)');
  assert.equal(text.length, 9);
  const binary = lines(Buffer.alloc(1_000, 0xff));
  assert.equal(binary.at(-1), '… (744 bytes more: more)');
  assert.equal(binary.length, 17);
});

test('a secret is hidden before a text is cut', () => {
  const mask = (text: string): string => text.replaceAll('hunter2', '[hidden]');
  const bytes = Buffer.from(`${'x'.repeat(7_996)}hunter2`);
  assert.ok(!bytesLines(bytes, mask, 'more').join('').includes('hunt'));
});

test('bytes in JSON are exact', () => {
  assert.equal(bytesJson(null), null);
  assert.deepEqual(bytesJson(Buffer.from('ü')), { text: 'ü' });
  assert.deepEqual(bytesJson(Buffer.of(0xff)), { base64: '/w==' });
  assert.equal(isText(Buffer.from('a\tb\n')), true);
  assert.equal(isText(Buffer.from('a\u007f')), false);
});

test('places are written in two ways', () => {
  assert.deepEqual(parsePlace('0:17'), { topic: null, partition: 0, offset: 17 });
  assert.deepEqual(parsePlace('a-b-3-4-17'), { topic: 'a-b-3', partition: 4, offset: 17 });
  for (const wrong of ['', '0', '0:', ':1', '-1:0', '0:1x', 'a-1', '1-2', '99999999999:1', '0:99999999999999999']) {
    assert.equal(parsePlace(wrong), null, wrong);
  }
});

const IDENTITY: ReplayIdentity = {
  topic: 'orders-dlq',
  connector: 'c',
  target: 'origin',
  samePartition: false,
  originTopic: null,
  filter: {
    cause: null,
    stage: null,
    className: null,
    connector: 'c',
    partitions: [],
    from: null,
    to: null,
    since: null,
    until: null,
  },
};

test('a group is one for a target and a filter', () => {
  const { filter } = IDENTITY;
  const names = [
    IDENTITY,
    { ...IDENTITY, target: 'endpoint' as const },
    { ...IDENTITY, connector: 'd' },
    { ...IDENTITY, samePartition: true },
    { ...IDENTITY, filter: { ...filter, partitions: [1, 2] } },
    { ...IDENTITY, filter: { ...filter, from: 1 } },
    { ...IDENTITY, filter: { ...filter, to: 1 } },
    { ...IDENTITY, filter: { ...filter, cause: 'x' } },
    { ...IDENTITY, filter: { ...filter, stage: 'x' } },
  ].map(groupNameOf);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^tailrace-replay-orders-dlq-[0-9a-f]{12}$/);
  assert.equal(groupNameOf({ ...IDENTITY, filter: { ...filter, partitions: [2, 1, 2] } }), names[4]);
  assert.ok(groupNameOf({ ...IDENTITY, topic: 'x'.repeat(249) }).length <= 249);
});

const look = (width: number): Look => ({
  shown: asIs,
  mask: asIs,
  styles: stylesOf({ terminal: false, env: {} }),
  width,
});

test('a letter says what is not told, and its own headers alone', () => {
  const silent = renderLetter(readLetter(letterRecord({ headers: [], timestamp: -1, key: null })), look(40));
  for (const part of [
    'no stage',
    '(no message)',
    'origin      (not told)',
    'time        (not told)',
    'headers (0)',
    '(null)',
  ]) {
    assert.ok(silent.includes(part), part);
  }
  const json = letterJson(readLetter(letterRecord({ headers: [[Buffer.of(0xff), null], ...contextHeaders()] })));
  assert.deepEqual((json as { headers: unknown }).headers, [{ name: { base64: '/w==' }, value: null }]);
});
