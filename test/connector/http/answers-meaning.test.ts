import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from './answering.ts';
import { MEANINGS } from './answers-meaning.ts';

for (const { name, http, fine, rows } of MEANINGS) {
  describe(`what an answer means, byte for byte, where ${name}`, () => {
    for (const row of rows) it(`${row.verdict}: ${row.name}`, () => run(row, http, { bytes: fine }));
  });
}

describe('the table of meanings', () => {
  it('is long enough, and has each answer once', () => {
    const names = MEANINGS.flatMap(({ name, rows }) => rows.map(row => `${name}: ${row.name}`));
    assert.ok(names.length >= 60);
    assert.equal(new Set(names).size, names.length);
  });
});
