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

test('a choice drops cases, and scenes that have none left', () => {
  assert.deepEqual(ids(select(SCENES, /^1KB\/bento-50$/, true)), ['1KB/bento-50']);
  assert.ok(ids(select(SCENES, null, false)).every(id => !id.includes('bento')));
  assert.deepEqual(select(SCENES, /nothing/, true), []);
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
