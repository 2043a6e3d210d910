import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { applyEdit, DIST, hunt } from './bugs.ts';
import { PLANTED } from './planted.ts';

test('every planted bug still fits the sources, and changes them', () => {
  for (const { name, edits } of PLANTED) {
    const sources = new Map<string, string>();
    for (const edit of edits) {
      const source = sources.get(edit.file) ?? readFileSync(join(DIST, edit.file), 'utf8');
      const changed = applyEdit(source, edit);
      assert.notEqual(changed, source, name);
      sources.set(edit.file, changed);
    }
  }
});

test('a planted bug is found, and nothing where none is planted', { timeout: 120_000 }, async () => {
  const bug = PLANTED.find(({ name }) => name === 'commit before the answer')!;
  assert.notEqual((await hunt(bug, 200)).seed, null);
  assert.deepEqual(await hunt({ name: 'no bug', edits: [] }, 20), { seed: null, violation: '' });
});

test('planted bugs have names of their own', () => {
  assert.equal(new Set(PLANTED.map(({ name }) => name)).size, PLANTED.length);
});
