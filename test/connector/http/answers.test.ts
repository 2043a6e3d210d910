import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from './answering.ts';
import { ANSWERS as FRAMED } from './answers.ts';
import { CODED } from './answers-coded.ts';

const ANSWERS = [...FRAMED, ...CODED];

describe('what an endpoint answers, byte for byte', () => {
  for (const row of ANSWERS) it(`${row.verdict}: ${row.name}`, () => run(row));

  it('is tried in enough forms, each once', () => {
    assert.ok(ANSWERS.length >= 80);
    assert.equal(new Set(ANSWERS.map(({ name }) => name)).size, ANSWERS.length);
  });
});
