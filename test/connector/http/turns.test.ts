import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Turn, Turns } from '../../../connector/http/turns.ts';
import { Scope } from '../../../connector/scope.ts';

/** Endpoints that share so many requests in flight. */
class Rig {
  readonly failing: boolean[];
  readonly turns: readonly Turn[];
  /** What each has entered, and not left. */
  readonly held: number[];
  readonly order: number[] = [];

  constructor(limit: number, endpoints: number) {
    const turns = new Turns(limit);
    this.failing = Array.from({ length: endpoints }, () => false);
    this.held = this.failing.map(() => 0);
    this.turns = this.failing.map((_, index) => turns.join(() => this.failing[index]!));
  }

  ask(endpoint: number, scope = new Scope()): Promise<boolean> {
    return this.turns[endpoint]!.enter(scope).then(entered => {
      if (entered) this.held[endpoint]!++;
      if (entered) this.order.push(endpoint);
      return entered;
    });
  }

  async leave(endpoint: number): Promise<void> {
    this.held[endpoint]!--;
    this.turns[endpoint]!.leave();
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

test('turns: one endpoint leaves a place to each of the others, up to half of them', async () => {
  for (const [limit, endpoints, most] of [
    [8, 1, 8],
    [8, 2, 7],
    [8, 3, 6],
    [8, 15, 4],
    [2, 2, 1],
    [1, 2, 1],
    [1, 15, 1],
  ] as const) {
    const rig = new Rig(limit, endpoints);
    for (let i = 0; i < 20; i++) void rig.ask(0);
    await settled();
    assert.equal(rig.held[0], most, `${limit} for ${endpoints}`);
  }
});

test('turns: one that fails has its equal part, and all that fail leave one place', async () => {
  const rig = new Rig(8, 2);
  rig.failing[0] = true;
  for (let i = 0; i < 20; i++) void rig.ask(0);
  await settled();
  assert.equal(rig.held[0], 4);
  const many = new Rig(8, 15);
  for (let endpoint = 0; endpoint < 14; endpoint++) many.failing[endpoint] = true;
  for (let endpoint = 0; endpoint < 14; endpoint++) void many.ask(endpoint);
  await settled();
  assert.equal(many.order.length, 7);
  assert.equal(await many.ask(14), true);
});

test('turns: those that wait are served around and around', async () => {
  const rig = new Rig(1, 3);
  for (const endpoint of [0, 0, 0, 1, 2, 2]) void rig.ask(endpoint);
  await settled();
  while (rig.order.length < 6) await rig.leave(rig.order.at(-1)!);
  assert.deepEqual(rig.order.toSorted(), [0, 0, 0, 1, 2, 2]);
  assert.deepEqual(new Set(rig.order.slice(0, 3)), new Set([0, 1, 2]));
});

test('turns: who gives up waiting takes no turn', async () => {
  const rig = new Rig(1, 2);
  await rig.ask(0);
  const scope = new Scope();
  const given = rig.ask(1, scope);
  scope.abort();
  assert.equal(await given, false);
  assert.equal(await rig.ask(1, scope), false);
  const next = rig.ask(1);
  await rig.leave(0);
  assert.equal(await next, true);
});

test('turns: never more than the limit, and whoever waits comes to it once the others leave', async () => {
  const step = fc.tuple(fc.nat(3), fc.constantFrom('ask', 'leave', 'fail', 'heal'));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60 }), async (limit, steps) => {
      const rig = new Rig(limit, 4);
      let asked = 0;
      for (const [endpoint, what] of steps) {
        if (what === 'ask') {
          asked++;
          void rig.ask(endpoint);
        } else if (what === 'leave' && rig.held[endpoint]! > 0) await rig.leave(endpoint);
        else if (what === 'fail' || what === 'heal') rig.failing[endpoint] = what === 'fail';
        await settled();
        assert.ok(rig.held.reduce((sum, held) => sum + held, 0) <= limit);
      }
      for (let round = 0; round < asked; round++) {
        const endpoint = rig.held.findIndex(held => held > 0);
        if (endpoint >= 0) await rig.leave(endpoint);
      }
      assert.equal(rig.order.length, asked);
    }),
    { numRuns: 200 },
  );
});
