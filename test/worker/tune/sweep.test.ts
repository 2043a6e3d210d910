import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CostModel } from '../../../worker/tune/model.ts';
import { fastest, type Load, type Objection, type Point } from '../../../worker/tune/point.ts';
import { type Sweep, sweep } from '../../../worker/tune/sweep.ts';
import { GRID, PURE, pointOf, RATE, SERIAL, seeded, WORKERS } from './models.ts';

interface Scene {
  readonly model: CostModel;
  readonly objectionTo?: (load: Load) => Objection | null;
  /** So many can be measured. */
  readonly most?: number;
  readonly roomFor?: (batch: number) => number;
}

async function swept(scene: Scene): Promise<Sweep & { readonly asked: readonly Load[] }> {
  const { model, objectionTo = () => null, most = Number.POSITIVE_INFINITY, roomFor = () => 64 } = scene;
  const random = seeded(3);
  const asked: Load[] = [];
  const result = await sweep(
    async (load): Promise<Point | null> => {
      if (asked.length >= most) return null;
      asked.push(load);
      const kind = objectionTo(load);
      const objection = kind === null ? null : { kind, text: kind };
      return { ...pointOf(model, load, 1 + 0.04 * (random() - 0.5)), objection };
    },
    { mostRecords: 10_000, mostInFlight: 64, roomFor, suggest: () => null },
  );
  return { ...result, asked };
}

for (const [name, model] of Object.entries({ WORKERS, PURE, SERIAL, RATE })) {
  test(`${name}: the best of the sweep is as good as the best of a full grid`, async () => {
    const { points, complete } = await swept({ model });
    const best = Math.max(...GRID.map(load => pointOf(model, load).recordsPerSecond));
    assert.ok(complete);
    assert.ok(fastest(points)!.recordsPerSecond >= 0.96 * best);
    assert.ok(points.length <= 60, `${points.length} points`);
  });
}

test('no load is measured twice', async () => {
  const { asked } = await swept({ model: PURE });
  assert.equal(new Set(asked.map(({ batch, inFlight }) => `${batch} ${inFlight}`)).size, asked.length);
});

test('beyond the knee two doublings that bring nothing are enough', async () => {
  const { points } = await swept({ model: { ...WORKERS, requestMs: 5, recordMs: 0.0125, sharpness: 12 } });
  assert.equal(Math.max(...points.filter(({ batch }) => batch === 100).map(({ inFlight }) => inFlight)), 16);
});

test('one request at a time comes first, from small batches to large', async () => {
  const { asked } = await swept({ model: WORKERS });
  assert.deepEqual(
    asked.slice(0, 6).map(({ batch, inFlight }) => [batch, inFlight]),
    [
      [1, 1],
      [10, 1],
      [100, 1],
      [1_000, 1],
      [10_000, 1],
      [10_000, 2],
    ],
  );
});

for (const kind of ['refused', 'errors', 'latency'] as const) {
  test(`${kind}: no more at a time is asked for with a batch than what was objected to`, async () => {
    const { asked } = await swept({ model: PURE, objectionTo: ({ inFlight }) => (inFlight >= 8 ? kind : null) });
    assert.equal(Math.max(...asked.map(({ inFlight }) => inFlight)), 8);
    for (const batch of [1, 10, 100, 1_000, 10_000]) {
      assert.equal(asked.filter(load => load.batch === batch && load.inFlight >= 8).length, 1, `batch ${batch}`);
    }
  });
}

test('a first request that is refused is the last', async () => {
  const { asked } = await swept({ model: PURE, objectionTo: () => 'refused' });
  assert.deepEqual(asked, [{ batch: 1, inFlight: 1 }]);
});

test('what is too slow alone is not tried larger, but closer to what was not', async () => {
  const { asked, points } = await swept({
    model: SERIAL,
    objectionTo: ({ batch }) => (batch > 400 ? 'latency' : null),
  });
  assert.ok(asked.every(({ batch }) => batch <= 1_000));
  assert.ok(fastest(points)!.batch <= 400);
});

test('the largest body that the endpoint takes is looked for, and more is never sent at a time', async () => {
  const { asked, points } = await swept({
    model: PURE,
    objectionTo: ({ batch }) => (batch > 2_500 ? 'too-large' : null),
  });
  const largest = fastest(points)!.batch;
  assert.ok(largest > 1_500 && largest <= 2_500, `${largest}`);
  assert.ok(asked.filter(({ batch }) => batch > 2_500).every(({ inFlight }) => inFlight === 1));
});

test('what has no room where it is to run is not measured, and that is no bound', async () => {
  const { asked, complete } = await swept({ model: PURE, roomFor: batch => Math.max(1, Math.floor(20_000 / batch)) });
  assert.ok(asked.every(({ batch, inFlight }) => batch * inFlight <= 20_000));
  assert.ok(complete);
});

test('where the bounds are reached there is what was measured by then', async () => {
  const { points, complete } = await swept({ model: WORKERS, most: 7 });
  assert.equal(points.length, 7);
  assert.equal(complete, false);
});

test('records that go one by one have one batch size', async () => {
  const asked: Load[] = [];
  const measure = async (load: Load): Promise<Point> => {
    asked.push(load);
    return pointOf(WORKERS, load);
  };
  await sweep(measure, { mostRecords: 1, mostInFlight: 16, roomFor: () => 64, suggest: () => null });
  assert.ok(asked.every(({ batch }) => batch === 1));
  assert.equal(Math.max(...asked.map(({ inFlight }) => inFlight)), 16);
});

test('what all points suggest is measured, before the neighbours of the best, and once', async () => {
  const asked: Load[] = [];
  const measure = async (load: Load): Promise<Point> => {
    asked.push(load);
    return pointOf(WORKERS, load);
  };
  const suggestion = { batch: 4_000, inFlight: 9 };
  await sweep(measure, { mostRecords: 10_000, mostInFlight: 64, roomFor: () => 64, suggest: () => suggestion });
  const at = asked.findIndex(({ batch }) => batch === suggestion.batch);
  assert.deepEqual(asked[at], suggestion);
  assert.ok(asked.slice(0, at).every(({ batch }) => [1, 10, 100, 1_000, 10_000].includes(batch)));
  assert.equal(asked.filter(({ batch }) => batch === suggestion.batch).length, 1);
});

test('a larger batch for which there is no room is tried with fewer at a time', async () => {
  const { asked } = await swept({
    model: PURE,
    roomFor: batch => Math.max(1, Math.floor(64_000 / batch)),
  });
  assert.ok(
    asked.some(({ batch, inFlight }) => batch === 10_000 && inFlight === 6),
    'just as many as there is room for',
  );
});
