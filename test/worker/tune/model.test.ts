import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CostModel, fitModel, fitPoints, knee, requestsPerSecond } from '../../../worker/tune/model.ts';
import { minimize } from '../../../worker/tune/nelder-mead.ts';
import { GRID, PURE, pointOf, seeded, WORKERS } from './models.ts';

function assertNear(actual: number, expected: number, part: number, what: string): void {
  assert.ok(Math.abs(actual / expected - 1) <= part, `${what}: ${actual} in place of ${expected}`);
}

test('a simplex walks down a narrow valley to its lowest place', () => {
  const valley = ([x, y]: readonly number[]): number => (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2;
  const { at, value } = minimize(valley, [-1.2, 1], 0.5, 2_000);
  assert.ok(value < 1e-8);
  assertNear(at[0]!, 1, 1e-3, 'x');
  assertNear(at[1]!, 1, 1e-3, 'y');
});

test('throughput is what side by side and one after another allow, whichever is less', () => {
  assertNear(requestsPerSecond({ ...WORKERS, sharpness: 12 }, 1, 1), 1_000 / 20.05, 0.001, 'one at a time');
  assertNear(requestsPerSecond({ ...WORKERS, sharpness: 12 }, 1_000, 64), 1_000 / 8.75, 0.001, 'many at a time');
  assert.equal(knee(WORKERS, 1_000), 8);
});

test('known costs are found again from points that are a few per cent off', () => {
  const random = seeded(7);
  const fitted = fitPoints(GRID.map(load => pointOf(WORKERS, load, 1 + 0.06 * (random() - 0.5))))!;
  assertNear(fitted.model.requestMs, 20, 0.05, 'a request');
  assertNear(fitted.model.recordMs, 0.05, 0.1, 'a record');
  assertNear(fitted.model.serialRequestMs, 2.5, 0.05, 'a request, one after another');
  assertNear(fitted.model.serialRecordMs, 0.00625, 0.1, 'a record, one after another');
  assert.ok(fitted.error < 0.03, `error ${fitted.error}`);
});

test('an endpoint that no load keeps busy has its knee far beyond what was tried', () => {
  const { model } = fitPoints(GRID.map(load => pointOf(PURE, load)))!;
  assertNear(model.requestMs, 20, 0.02, 'a request');
  assert.ok(knee(model, 1_000) > 128, `knee ${knee(model, 1_000)}`);
});

const between = (least: number, most: number) =>
  fc.double({ min: Math.log(least), max: Math.log(most), noNaN: true }).map(Math.exp);

test('whatever the costs are, what the model says of any load of the grid is as right as the points are', () => {
  const costs: fc.Arbitrary<CostModel> = fc.record({
    requestMs: between(1, 1_000),
    recordMs: between(0.0005, 1),
    serialRequestMs: between(0.01, 50),
    serialRecordMs: between(0.0001, 0.1),
    sharpness: between(1.5, 10),
  });
  fc.assert(
    fc.property(costs, fc.integer(), (model, seed) => {
      const random = seeded(seed);
      const { model: found } = fitPoints(GRID.map(load => pointOf(model, load, 1 + 0.06 * (random() - 0.5))))!;
      for (const { batch, inFlight } of GRID) {
        const [said, truth] = [found, model].map(each => requestsPerSecond(each, batch, inFlight));
        assertNear(said!, truth!, 0.08, `${batch} × ${inFlight}`);
      }
    }),
    { numRuns: 12 },
  );
});

test('one point is explained exactly, and none by nothing', () => {
  const point = pointOf(WORKERS, { batch: 100, inFlight: 4 });
  const { model } = fitPoints([point])!;
  assertNear(requestsPerSecond(model, 100, 4), point.requestsPerSecond, 0.01, 'the point');
  assert.equal(fitModel([]), null);
});

test('a point that was measured badly weighs less than one that was measured well', () => {
  const good = GRID.map(load => pointOf(WORKERS, load));
  const bad = { ...pointOf(WORKERS, { batch: 1, inFlight: 1 }, 0.3), relativeError: Number.POSITIVE_INFINITY };
  const { model } = fitPoints([...good, bad])!;
  assertNear(model.requestMs, 20, 0.03, 'a request');
});

test('points at which too many failed teach nothing, those that were too slow for the user do', () => {
  const slow = { kind: 'latency', text: '' } as const;
  const refused = { kind: 'refused', text: '' } as const;
  const points = GRID.map(load => ({ ...pointOf(WORKERS, load), objection: slow }));
  const wrong = GRID.map(load => ({ ...pointOf(WORKERS, load, 0.1), objection: refused }));
  assert.deepEqual(fitPoints([...points, ...wrong]), fitPoints(points));
});
