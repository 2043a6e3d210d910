import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TargetState } from '../../config/types.ts';
import { createSupervisor } from '../../worker/supervisor.ts';
import { labelled, labelOf, settle, TaskWorld } from './scripted-tasks.ts';

const NAMES = ['a', 'b'] as const;

type Step =
  | { readonly do: 'add'; readonly name: string; readonly target: TargetState }
  | { readonly do: 'remove'; readonly name: string; readonly deadlineMs: number }
  | { readonly do: 'change' | 'restart'; readonly name: string }
  | { readonly do: 'hang' | 'release' | 'turn' }
  | { readonly do: 'advance'; readonly ms: number };

const name = fc.constantFrom(...NAMES);
const deadlineMs = fc.constantFrom(0, 1_000, 5_000);
const target = fc.constantFrom<TargetState[]>('RUNNING', 'PAUSED', 'STOPPED');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), name, target }),
  fc.record({ do: fc.constant('remove' as const), name, deadlineMs }),
  fc.record({ do: fc.constantFrom('change', 'restart'), name }),
  fc.record({ do: fc.constantFrom('hang', 'release', 'turn') }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 1_700, 7_000) }),
);

/** What is there by what was asked for: the label of its newest configuration, and its target. */
type Model = Map<string, { label: string; readonly target: TargetState }>;

class Run {
  readonly world = new TaskWorld();
  readonly supervisor = createSupervisor(one => this.world.parts(one));
  readonly #model: Model = new Map();
  #configs = 0;

  async take(one: Step): Promise<void> {
    switch (one.do) {
      case 'add':
        if (this.#model.has(one.name)) assert.throws(() => this.supervisor.add(this.#config(one.name), one.target));
        else {
          const config = this.#config(one.name);
          this.supervisor.add(config, one.target).start();
          this.#model.set(one.name, { label: labelOf(config), target: one.target });
        }
        return;
      case 'remove':
        assert.equal(this.supervisor.remove(one.name, one.deadlineMs), this.#model.delete(one.name));
        return;
      case 'change': {
        const known = this.#model.get(one.name);
        if (known === undefined) return;
        const config = this.#config(one.name);
        known.label = labelOf(config);
        this.supervisor.get(one.name)!.reconfigure(config);
        return;
      }
      case 'restart':
        this.supervisor.get(one.name)?.restart({ includeTasks: true, onlyFailed: false });
        return;
      case 'hang':
        this.world.isHanging = true;
        return;
      case 'release':
        return this.world.release();
      case 'turn':
        return settle();
      case 'advance':
        this.world.clock.advance(one.ms);
        return settle();
    }
  }

  #config(one: string) {
    this.#configs += 1;
    return labelled(one, `v${this.#configs}`);
  }

  /** Whoever else of its name still runs was left behind when its time was up. */
  check(): void {
    for (const one of NAMES) {
      const now = this.world.clock.now();
      const current = this.world.alive(one).filter(task => task.goneAt > now);
      assert(current.length <= 1, `${one} is a member of its group twice`);
    }
    assert.deepEqual(
      this.supervisor.status().map(({ config }) => config.name),
      [...this.#model.keys()],
    );
  }

  /** All that hangs lets go: what was asked for is what there is. */
  async rest(): Promise<void> {
    this.world.release();
    for (let i = 0; i < 3; i++) {
      await settle();
      this.world.clock.advance(10_000);
    }
    await settle();
    for (const one of NAMES) {
      const wanted = this.#model.get(one);
      const runs = this.world.alive(one).map(({ config }) => labelOf(config));
      assert.deepEqual(runs, wanted?.target === 'RUNNING' ? [wanted.label] : []);
      assert.equal(this.world.forgotten.filter(who => who.startsWith(one)).length + runs.length, this.#begun(one));
    }
  }

  /** How many tasks were given an announcer. */
  #begun(one: string): number {
    return this.world.announcers.filter(who => who.startsWith(one)).length;
  }

  async stop(withinMs: number): Promise<void> {
    this.supervisor.stop(withinMs);
    this.world.clock.advance(withinMs + 1_700);
    await this.supervisor.ended;
    const before = this.world.announcers.length;
    await settle();
    this.world.clock.advance(100_000);
    await settle();
    assert.equal(this.world.announcers.length, before, 'nothing begins any more');
  }
}

test('whatever comes, goes and hangs: none is a member twice, at rest there is what was asked for, the end comes in time', async () => {
  const runs = fc.asyncProperty(
    fc.array(step, { maxLength: 40, size: 'max' }),
    fc.boolean(),
    deadlineMs,
    async (steps, atRest, withinMs) => {
      const run = new Run();
      for (const one of steps) {
        await run.take(one);
        run.check();
      }
      if (atRest) await run.rest();
      await run.stop(withinMs);
    },
  );
  await fc.assert(runs, { numRuns: 400, includeErrorInReport: true });
});
