import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CLIENT_KEYS } from '../../config/kafka/keys.ts';
import { REFUSED_CLIENT_KEYS } from '../../config/kafka/refused.ts';
import { renderMigrating } from '../../config/migrating.ts';
import { renderReference } from '../../config/reference.ts';
import { IGNORED_KEYS, REFUSED_KEYS } from '../../config/schema/connect-keys.ts';
import type { KeySpec } from '../../config/schema/key-spec.ts';
import { schemas } from '../../config/schema/schema.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SPECS = Object.values(schemas).flatMap(table => Object.values<KeySpec<unknown>>(table));

test('reference: the committed files are what the schema says', () => {
  assert.equal(readFileSync(join(ROOT, 'config/REFERENCE.md'), 'utf8'), renderReference());
  assert.equal(readFileSync(join(ROOT, 'config/MIGRATING.md'), 'utf8'), renderMigrating());
});

test('reference: it names every key there is, with default and variable', () => {
  const reference = renderReference();
  const rows = reference.split('\n').filter(line => line.startsWith('|'));
  for (const { key, default: fallback, env, sensitive } of SPECS) {
    const row = rows.find(line => line.startsWith(`| \`${key}\` `) && line.includes(`${env}\``));
    assert(row !== undefined, key);
    if (fallback !== null && fallback !== '') assert(row.includes(`\`${fallback}\``), `${key}: ${row}`);
    assert.equal(/(?<!\w)_secret_(?!\w)/.test(row), sensitive, key);
  }
  const named = [
    ...Object.values(IGNORED_KEYS).flatMap(keys => keys.map(({ key }) => key)),
    ...Object.values(REFUSED_KEYS).flatMap(keys => keys.map(({ key }) => key)),
    ...CLIENT_KEYS.map(({ key }) => key),
    ...REFUSED_CLIENT_KEYS.map(({ pattern }) => pattern),
  ];
  for (const key of named) assert(reference.includes(`\`${key}\``), key);
});

test('schema: every default is a value that its own format takes, and every key is there once', () => {
  for (const table of Object.values(schemas)) {
    const specs = Object.values<KeySpec<unknown>>(table);
    for (const spec of specs) assert.doesNotThrow(() => spec.read(spec.default), spec.key);
    assert.equal(new Set(specs.map(({ key }) => key)).size, specs.length);
    for (const { doc, key } of specs) assert(doc.length > 15, key);
  }
  const variables = Object.values(schemas.connector).map(({ env }) => env);
  assert.equal(new Set(variables).size, variables.length);
});

test('reference: the check fails on drift with one line, and rendering mends it', t => {
  const copy = mkdtempSync(join(tmpdir(), 'tailrace-reference-'));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(join(ROOT, 'dist/config'), join(copy, 'dist/config'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(copy, 'config'));
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(copy, 'dist/config/render-reference.js'), ...args],
      {
        encoding: 'utf8',
      },
    );
    return { status, output: stdout + stderr };
  };
  const outdated = (...names: string[]) =>
    names.map(name => `${name} is out of date: run "make docs" and commit it\n`).join('');
  const drift = (...names: string[]) => ({ status: 1, output: outdated(...names) });
  const fine = { status: 0, output: '' };
  assert.deepEqual(run('--check'), drift('config/REFERENCE.md', 'config/MIGRATING.md'), 'no file yet');
  assert.deepEqual(run(), fine);
  assert.deepEqual(run('--check'), fine);
  writeFileSync(join(copy, 'config/REFERENCE.md'), 'x', { flag: 'a' });
  assert.deepEqual(run('--check'), drift('config/REFERENCE.md'));
});
