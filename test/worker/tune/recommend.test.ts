import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CostModel, fitPoints } from '../../../worker/tune/model.ts';
import { isAllowed, type Load, type Point } from '../../../worker/tune/point.ts';
import { createPredictor, type Prediction } from '../../../worker/tune/predict.ts';
import { recommend, type Wishes } from '../../../worker/tune/recommend.ts';
import { sweep } from '../../../worker/tune/sweep.ts';
import { GRID, PURE, pointOf, RATE, SERIAL, seeded, WORKERS } from './models.ts';

const ANY: Wishes = { latencyP99Ms: null, mostInFlight: null };

async function recommended(
  model: CostModel,
  wishes: Wishes,
  seed: number,
  objection: (point: Point) => Point['objection'] = () => null,
): Promise<{ readonly prediction: Prediction | null; readonly points: readonly Point[] }> {
  const random = seeded(seed);
  const measure = async (load: Load): Promise<Point> => {
    const point = pointOf(model, load, 1 + 0.06 * (random() - 0.5));
    return { ...point, objection: objection(point) };
  };
  const { points } = await sweep(measure, {
    mostRecords: 10_000,
    mostInFlight: Math.min(64, wishes.mostInFlight ?? 64),
    roomFor: () => 64,
    suggest: () => null,
  });
  const fitted = fitPoints(points);
  return {
    prediction: fitted === null ? null : recommend(points, createPredictor(fitted.model, points), wishes),
    points,
  };
}

for (const [name, model] of Object.entries({ WORKERS, PURE, SERIAL, RATE })) {
  test(`${name}: what is recommended reaches 0.95 of the best of a full grid, as predicted within 15 %`, async () => {
    const best = Math.max(...GRID.map(load => pointOf(model, load).recordsPerSecond));
    for (let seed = 1; seed <= 5; seed++) {
      const { prediction } = await recommended(model, ANY, seed);
      const truth = pointOf(model, prediction!).recordsPerSecond;
      const load = `${prediction!.batch} × ${prediction!.inFlight}`;
      assert.ok(truth >= 0.95 * best, `seed ${seed}, ${load}: ${truth} of ${best}`);
      assert.ok(
        Math.abs(prediction!.recordsPerSecond / truth - 1) <= 0.15,
        `seed ${seed}, ${load}: predicted ${prediction!.recordsPerSecond}`,
      );
    }
  });
}

test('eight workers are kept busy by about eight requests, not by more', async () => {
  const { prediction } = await recommended({ ...WORKERS, sharpness: 12 }, ANY, 1);
  assert.ok(prediction!.inFlight >= 8 && prediction!.inFlight <= 12, `${prediction!.inFlight}`);
});

test('where one record after another is the limit, two or three at a time are enough', async () => {
  const { prediction } = await recommended(SERIAL, ANY, 1);
  assert.ok(prediction!.inFlight <= 3, `${prediction!.inFlight}`);
});

test('never more at a time than there are partitions', async () => {
  const { prediction } = await recommended(PURE, { ...ANY, mostInFlight: 3 }, 1);
  assert.equal(prediction!.inFlight, 3);
});

test('within an objective for latency, and nearly the best of what it allows', async () => {
  const limit = 60;
  const late = (point: Point) => (point.p99Ms > limit ? { kind: 'latency' as const, text: '' } : null);
  const { prediction } = await recommended(WORKERS, { ...ANY, latencyP99Ms: limit }, 1, late);
  const truth = pointOf(WORKERS, prediction!);
  assert.ok(truth.p99Ms <= limit * 1.1, `${truth.p99Ms} ms`);
  const allowed = GRID.map(load => pointOf(WORKERS, load)).filter(({ p99Ms }) => p99Ms <= limit);
  assert.ok(truth.recordsPerSecond >= 0.95 * Math.max(...allowed.map(point => point.recordsPerSecond)));
});

test('never more than what was measured, nor what was objected to', async () => {
  const refused = ({ batch, inFlight }: Load) => batch * inFlight > 8_000;
  const { prediction, points } = await recommended(PURE, ANY, 2, point =>
    refused(point) ? { kind: 'refused', text: 'too many' } : null,
  );
  const { batch, inFlight } = prediction!;
  assert.ok(!refused(prediction!), `${batch} × ${inFlight}`);
  assert.ok(
    points.some(point => isAllowed(point) && point.batch >= batch),
    'a batch as large was taken',
  );
  assert.ok(
    points.some(point => isAllowed(point) && point.inFlight >= inFlight),
    'as many at a time were taken',
  );
});

test('nothing is recommended where nothing is allowed', async () => {
  const { prediction } = await recommended(PURE, ANY, 1, () => ({ kind: 'refused', text: 'busy' }));
  assert.equal(prediction, null);
});

test('what was measured near by corrects a model that is wrong there', () => {
  const load = { batch: 100, inFlight: 4 };
  const points = [
    ...GRID.filter(({ batch }) => batch !== 100).map(each => pointOf(WORKERS, each)),
    pointOf(WORKERS, load, 0.5),
  ];
  const { recordsPerSecond } = createPredictor(WORKERS, points)(load);
  const truth = points.at(-1)!.recordsPerSecond;
  assert.ok(recordsPerSecond < 1.3 * truth, `${recordsPerSecond} in place of ${truth}`);
});

test('latencies follow from throughput and requests in flight', () => {
  const { p50Ms, p99Ms } = createPredictor(
    WORKERS,
    GRID.map(load => pointOf(WORKERS, load)),
  )({ batch: 1_000, inFlight: 32 });
  const truth = pointOf(WORKERS, { batch: 1_000, inFlight: 32 });
  assert.ok(Math.abs(p50Ms / truth.p50Ms - 1) < 0.05);
  assert.ok(Math.abs(p99Ms / truth.p99Ms - 1) < 0.05);
});

test('what large batches have no room for is looked for with smaller ones', async () => {
  const roomFor = (batch: number): number => Math.max(1, Math.floor(70_000 / batch));
  const suggest = (points: readonly Point[]): Load | null =>
    recommend(points, createPredictor(fitPoints(points)!.model, []), { ...ANY, roomFor });
  const measure = async (load: Load): Promise<Point> => pointOf(WORKERS, load);
  const { points } = await sweep(measure, { mostRecords: 10_000, mostInFlight: 64, roomFor, suggest });
  assert.ok(points.every(({ batch, inFlight }) => inFlight <= roomFor(batch)));
  const truth = recommend(points, createPredictor(fitPoints(points)!.model, points), ANY)!.recordsPerSecond;
  const sizes = [1_000, 2_000, 3_000, 5_000, 7_000, 10_000];
  const loads = sizes.flatMap(batch => [4, 6, 8, 12, 16, 32].map(inFlight => ({ batch, inFlight })));
  const best = Math.max(
    ...loads.filter(load => load.inFlight <= roomFor(load.batch)).map(load => pointOf(WORKERS, load).recordsPerSecond),
  );
  assert.ok(truth >= 0.95 * best, `${truth} of ${best}`);
});
