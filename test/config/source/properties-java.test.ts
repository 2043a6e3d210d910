import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Findings } from '../../../config/findings.ts';
import { systemFiles } from '../../../config/source/files.ts';
import { parseProperties } from '../../../config/source/properties.ts';
import { readSource } from '../../../config/source/source-text.ts';
import { writtenInProperties } from '../../../config/source/written.ts';

const PROGRAM = fileURLToPath(new URL('../../../../test/config/source/LoadProperties.java', import.meta.url));
const CASES = 5000;

// A truncated \u at the end of a line is left out: there Java reads on into its line buffer's former content.
const PIECES = [
  ...['a', 'b.c', 'key', '1', 'é', '\u2028', '😀', '\u0000', '\u001f'],
  ...[' ', '  ', '\t', '\f', '\n', '\r', '\r\n', '\n\n'],
  ...['=', ':', '#', '!', '\\', '\\\\', '\\\n', '\\\r\n', '\\\r', '\\ ', '\\=', '\\#', '\\n', '\\t', '\\x'],
  ...['\\u0041', '\\u00e9', '\\uD83D', '\\u000a', '\\uq123', '\\u12q4'],
];

/** What Java answers to each line. */
function java(input: readonly string[], ...args: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync('java', ['-Xshare:auto', '-XX:TieredStopAtLevel=1', PROGRAM, ...args], {
    input: input.map(line => `${line}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, stderr);
  return stdout.split('\n');
}

const skip = spawnSync('java', ['-version']).error === undefined ? false : 'no java on the PATH';

test('properties: files are read as Java itself reads them', { skip }, () => {
  const file = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map(pieces => pieces.join(''));
  const texts = fc.sample(file, CASES);
  const answers = java(texts.map(encode));
  for (const [index, text] of texts.entries()) assert.equal(load(text), answers[index], JSON.stringify(text));
});

test('properties: bytes that are no UTF-8 are read as Java reads them, and a remark says where it reads others otherwise', {
  skip,
}, t => {
  const directory = mkdtempSync(join(tmpdir(), 'tailrace-encodings-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'file');
  const letter = fc.constantFrom(
    'a',
    '1',
    ' ',
    '\u00e9',
    '\u00df',
    '\u00a0',
    '\u20ac',
    '\u{1f600}',
    '\ufeff',
    '\\u00e9',
  );
  const line = fc.tuple(letter, letter, fc.boolean());
  // Each key once: of a repeated one only the last counts.
  const print = ([key, value, latin1]: [string, string, boolean], at: number) =>
    Buffer.from(`k${at}${key}=${value}x\n`, latin1 ? 'latin1' : 'utf8');
  const file = fc.array(line, { minLength: 1, maxLength: 4 }).map(lines => Buffer.concat(lines.map(print)));
  const files = fc.sample(file, 1000);
  const answers = java(
    files.map(bytes => bytes.toString('hex')),
    'bytes',
  );
  const seen = { alike: 0, remarked: 0 };
  for (const [index, bytes] of files.entries()) {
    writeFileSync(path, bytes);
    const findings = new Findings();
    const written = writtenInProperties(readSource(path, systemFiles, findings)!, findings);
    const own = new Map([...written].map(([key, { text }]) => [encode(key), encode(text)]));
    const alike = sorted(own) === answers[index];
    const remarked = findings.notices.some(notice =>
      / which the JVM reads as ISO-8859-1| byte order mark/.test(notice),
    );
    assert.equal(alike, !remarked, `${bytes.toString('hex')} ${findings.notices.join()}`);
    seen[alike ? 'alike' : 'remarked']++;
  }
  assert(seen.alike > 100 && seen.remarked > 100, JSON.stringify(seen));
});

function load(text: string): string {
  const { entries, malformedLines } = parseProperties(text);
  if (malformedLines.length > 0) return 'malformed';
  const properties = new Map(entries.map(({ key, value }) => [encode(key), encode(value)]));
  return sorted(properties);
}

function sorted(properties: ReadonlyMap<string, string>): string {
  const entries = [...properties].sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, value]) => `${key}=${value}`).join(',');
}

function encode(text: string): string {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0')).join('');
}
