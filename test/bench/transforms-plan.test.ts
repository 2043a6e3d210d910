import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrivingBytes } from './contender.ts';
import { select } from './plan.ts';
import { transformsPlan } from './transforms-plan.ts';

const SCENES = transformsPlan(2_000_000);
const cases = SCENES.flatMap(scene => scene.cases.map(each => ({ ...each, topic: scene.topic })));

test('every case has a name of its own, and no more records than its topic', () => {
  assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
  for (const { id, records, topic } of cases) assert.ok(records <= topic.records, id);
});

test('topics of one name are the same', () => {
  const topics = SCENES.map(({ topic }) => topic);
  for (const topic of topics) {
    assert.deepEqual(
      topics.find(({ name }) => name === topic.name),
      topic,
    );
  }
});

test('both workers meet every chain, and Bento what passes as it is', () => {
  const all = { bento: true, native: true };
  for (const { name, cases: each } of select(SCENES, null, all)) {
    const kinds = each.map(({ contender }) => contender.kind);
    assert.deepEqual(kinds, name.endsWith('/raw') ? ['connect', 'bento', 'tailrace'] : ['connect', 'tailrace'], name);
  }
  const without = select(SCENES, null, { bento: false, native: true }).flatMap(scene => scene.cases);
  assert.ok(without.every(({ contender }) => contender.kind !== 'bento'));
});

test('of each chain all records arrive, and all of one size', () => {
  const sizes = cases.map(({ id, contender, topic }) => [id, arrivingBytes(contender, topic)] as const);
  const of = new Map(sizes);
  const at220 = (chain: string): number => of.get(`220B/${chain}/tailrace`)!;
  assert.equal(at220('none'), 220);
  assert.equal(at220('raw'), 220);
  assert.equal(at220('insert'), 220 + ',"source":"kafka","topic":"events-220"'.length);
  assert.equal(at220('replace'), 220 - ',"shop":1000'.length + 'time'.length - 'ts'.length);
  assert.equal(at220('mask'), 220 - '000000000000'.length - '100.01'.length + '0.0'.length);
  assert.equal(at220('hoist'), 220 + '{"event":}'.length);
  assert.equal(at220('extract'), '{"id":123456789,"level":1}'.length);
  assert.equal(at220('route'), 220);
  assert.equal(at220('filter'), 220);
  assert.equal(at220('timestamp'), 220 - '1700000000000'.length + '"2023-11-14T22:13:20.000Z"'.length);
  assert.equal(at220('flatten'), 220 - '"user":{"id":1,"level":1}'.length + '"user_id":1,"user_level":1'.length);
  assert.equal(at220('cast'), 220 + 4);
  assert.equal(at220('extract-nested'), '123456789'.length);
  assert.equal(at220('cast-nested'), at220('flatten') + 2);
  assert.equal(at220('schemas'), 220);
  assert.equal(of.get('1KB/schemas/tailrace'), 1024);
  // The JVM writes a chain's values with as many bytes, Bento passes them.
  for (const [id, bytes] of of) {
    assert.equal(bytes, of.get(id.replace(/\w+$/, 'tailrace')), id);
  }
});
