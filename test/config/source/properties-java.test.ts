import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parseProperties } from '../../../config/source/properties.ts';

const PROGRAM = fileURLToPath(new URL('../../../../test/config/source/LoadProperties.java', import.meta.url));
const CASES = 5000;

// A truncated \u at the end of a line is left out: there Java reads on into its line buffer's former content.
const PIECES = [
  ...['a', 'b.c', 'key', '1', 'é', '\u2028', '😀', '\u0000', '\u001f'],
  ...[' ', '  ', '\t', '\f', '\n', '\r', '\r\n', '\n\n'],
  ...['=', ':', '#', '!', '\\', '\\\\', '\\\n', '\\\r\n', '\\\r', '\\ ', '\\=', '\\#', '\\n', '\\t', '\\x'],
  ...['\\u0041', '\\u00e9', '\\uD83D', '\\u000a', '\\uq123', '\\u12q4'],
];

test('properties: files are read as Java itself reads them', t => {
  if (spawnSync('java', ['-version']).error) {
    t.skip('no java on the PATH');
    return;
  }
  const file = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map(pieces => pieces.join(''));
  const texts = fc.sample(file, CASES);
  const java = spawnSync('java', ['-Xshare:auto', '-XX:TieredStopAtLevel=1', PROGRAM], {
    input: texts.map(text => `${encode(text)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(java.status, 0, java.stderr);
  const answers = java.stdout.split('\n');
  for (const [index, text] of texts.entries()) assert.equal(load(text), answers[index], JSON.stringify(text));
});

function load(text: string): string {
  const { entries, malformedLines } = parseProperties(text);
  if (malformedLines.length > 0) return 'malformed';
  const properties = new Map(entries.map(({ key, value }) => [encode(key), encode(value)]));
  const sorted = [...properties].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, value]) => `${key}=${value}`).join(',');
}

function encode(text: string): string {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0')).join('');
}
