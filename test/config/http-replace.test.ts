import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, connectorOf, faultLines, type Keys, parse } from './written.ts';

const KEY = 'http.body.replace';
const SINGLE = { 'batch.format': 'single' };

function replaceOf(keys: Keys) {
  const { route } = connectorOf({ ...SINGLE, ...keys }).http;
  return route?.replace ?? null;
}

function steps(patterns: string, replacements: string, more: Keys = {}) {
  // In a properties file a backslash is written twice.
  const escaped = (text: string): string => text.replaceAll('\\', '\\\\');
  const keys = { [`${KEY}.patterns`]: escaped(patterns), [`${KEY}.replacements`]: escaped(replacements), ...more };
  return replaceOf(keys)!.steps.map(({ pattern, replacement }) => [
    pattern,
    ...replacement.map(part => (typeof part === 'object' && 'source' in part ? { macro: part.source } : part)),
  ]);
}

test('replacements: without patterns nothing is looked at', () => {
  assert.equal(connectorOf(SINGLE).http.route, null);
  const { notices } = parse({ connector: { ...SINGLE, [`${KEY}.replacements`]: 'x', [`${KEY}.timeout.ms`]: '5' } });
  assert.match(
    notices.join('\n'),
    /\.replacements, .*\.timeout\.ms have no effect: http\.body\.replace\.patterns is empty/,
  );
});

test('replacements: for each pattern one, empty ones too', () => {
  assert.deepEqual(steps('^~$', '{"a":~}'), [
    ['^', '{"a":'],
    ['$', '}'],
  ]);
  assert.deepEqual(steps('a', ''), [['a']]);
  assert.deepEqual(steps('a~b', '~'), [['a'], ['b']]);
  assert.deepEqual(steps('a~b|c', '1|2', { [`${KEY}.separator`]: '|', [`${KEY}.patterns`]: 'a|b' }), [
    ['a', '1'],
    ['b', '2'],
  ]);
  assert.deepEqual(steps('a;;b;', 'x;;y;', { [`${KEY}.separator`]: ';;' }), [
    ['a', 'x'],
    ['b;', 'y;'],
  ]);
});

test('replacements: groups, macros and signs that stand for themselves', () => {
  assert.deepEqual(steps('(?<key>a)(b)', '$2${key}\\$\\\\$10'), [
    ['(?<key>a)(b)', { group: 2 }, { group: 'key' }, '$\\', { group: 1 }, '0'],
  ]);
  assert.deepEqual(steps('(a)', '${key}-$1${value:/a|none}$${x}${header:X-Y}'), [
    ['(a)', { macro: '${key}' }, '-', { group: 1 }, { macro: '${value:/a|none}' }, '${x}', { macro: '${header:X-Y}' }],
  ]);
});

test('replacements: what a config provider gives holds no macros; in a pattern it stands as it is', () => {
  const connector = { ...SINGLE, [`${KEY}.patterns`]: '${env:P}', [`${KEY}.replacements`]: '${env:R}' };
  const worker = { 'config.providers': 'env', 'config.providers.env.class': 'EnvVarConfigProvider' };
  const config = parse({ worker, connector, env: { P: 'a\\d', R: '<${key}>' } });
  assert.deepEqual(config.connectors[0]!.http.route!.replace!.steps, [{ pattern: 'a\\d', replacement: ['<${key}>'] }]);
});

const FAULTS: readonly (readonly [
  patterns: string,
  replacements: string,
  key: string,
  message: RegExp,
  more?: Keys,
])[] = [
  ['a~b', 'x', 'replacements', /^has 1 for the 2 of http\.body\.replace\.patterns: they must be as many/],
  ['a', 'x~y', 'replacements', /^has 2 for the 1/],
  ['a~', 'x~y', 'patterns', /\(number 2\) that is refused: it is empty/],
  ['x~(a', '~', 'patterns', /\(number 2\) that is refused: missing closing \)/],
  ['(?=a)', 'x', 'patterns', /can not be matched in linear time/],
  ['(?m)^', 'x', 'patterns', /\(\?m\) knows other line ends in Java/],
  ['(?sm:^)', 'x', 'patterns', /\(\?m\) knows other line ends in Java/],
  ['(a)', '$2', 'replacements', /\(number 1\) that is refused: No group 2/],
  ['(?<n>a)', '${m}', 'replacements', /macro that is not known/],
  ['a', '${key', 'replacements', /has no closing brace/],
  [`a~${'b'.repeat(10_000)}`, 'x~y', 'patterns', /is longer than 10000 characters/],
  ['a', 'x$', 'replacements', /group index is missing/],
  ['a', 'x', 'patterns', /batch\.format=array can not hold/, { 'batch.format': 'array' }],
  ['a', 'x', 'patterns', /batch\.format=ndjson can not hold/, { 'batch.format': 'ndjson' }],
  ['a', 'x', 'patterns', /values are bytes: take StringConverter/, { 'value.converter': 'ByteArrayConverter' }],
  ['a', 'x', 'separator', /must be one sign or more/, { [`${KEY}.separator`]: '' }],
];

for (const [patterns, replacements, key, message, more] of FAULTS) {
  test(`replacements, refused: ${patterns} by ${replacements}${more ? ` with ${JSON.stringify(more)}` : ''}`, () => {
    const connector = { ...SINGLE, [`${KEY}.patterns`]: patterns, [`${KEY}.replacements`]: replacements, ...more };
    const lines = faultLines({ connector });
    assert.equal(lines.length, 1, lines.join('\n'));
    const [, , written, ...rest] = lines[0]!.split(' ');
    assert.equal(written, `${KEY}.${key}`);
    assert.match(rest.join(' '), message);
  });
}

test('replacements: requests without a body leave them unused', () => {
  const connector = { ...SINGLE, 'http.method': 'GET', [`${KEY}.patterns`]: 'a', [`${KEY}.replacements`]: 'b' };
  const { notices, connectors } = parse({ connector });
  assert.match(notices.join('\n'), /\.patterns, .*\.replacements have no effect: requests have no body/);
  assert.equal(connectors[0]!.http.route!.replace, null);
});

test('batch.key: only what holds macros parts records', () => {
  assert.equal(connectorOf({ 'batch.key': 'someKey' }).http.route, null);
  const { batchKey } = connectorOf({ 'batch.key': '${topic}-${key|none}' }).http.route!;
  assert.deepEqual(
    batchKey!.map(part => (typeof part === 'string' ? part : part.source)),
    ['${topic}', '-', '${key|none}'],
  );
  assertFault({ connector: { 'batch.key': '${nothing}' } }, 'invalid', 'batch.key', /macro that is not known/);
});

test('batch.key: of one record there is nothing to part', () => {
  for (const keys of [
    SINGLE,
    { 'batch.max.records': '1' },
    { 'http.method': 'DELETE', 'http.url': 'https://h/${key}' },
  ]) {
    const { notices, connectors } = parse({ connector: { ...keys, 'batch.key': '${key}' } });
    assert.match(notices.join('\n'), /batch\.key has no effect: a request carries one record/);
    assert.equal(connectors[0]!.http.route?.batchKey ?? null, null);
  }
});
