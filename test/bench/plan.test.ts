import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growthPlan } from './growth-plan.ts';
import { plan, select } from './plan.ts';

const SCENES = plan(2_000_000);
const ids = (scenes: typeof SCENES): string[] => scenes.flatMap(({ cases }) => cases.map(({ id }) => id));

test('every case has a name of its own', () => {
  assert.equal(new Set(ids(SCENES)).size, ids(SCENES).length);
});

test('no case wants more records than its topic holds', () => {
  for (const { topic, cases } of SCENES) for (const each of cases) assert.ok(each.records <= topic.records, each.id);
});

const ALL = { bento: true, native: true };

test('a choice drops cases, and scenes that have none left', () => {
  assert.deepEqual(ids(select(SCENES, /^1KB\/bento-50$/, ALL)), ['1KB/bento-50']);
  assert.deepEqual(select(SCENES, /nothing/, ALL), []);
});

test('what is not on the machine is left out', () => {
  const left = ids(select(SCENES, null, { bento: false, native: false }));
  assert.ok(left.length > 0);
  assert.deepEqual(
    left.filter(id => /bento|native|block/.test(id)),
    [],
  );
});

test('topics of one name are the same', () => {
  const topics = growthPlan(2_000_000).flatMap(({ steps }) => steps.map(({ topic }) => topic));
  for (const topic of topics) {
    assert.deepEqual(
      topics.find(({ name }) => name === topic.name),
      topic,
    );
  }
});

test('steps of a series have names of their own', () => {
  const steps = growthPlan(2_000_000).flatMap(series => series.steps.map(({ id }) => id));
  assert.equal(new Set(steps).size, steps.length);
});
