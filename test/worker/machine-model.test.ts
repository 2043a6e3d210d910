import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RestartConfig, TargetState } from '../../config/types.ts';
import { ConnectorMachine } from '../../worker/connector-machine.ts';
import { labelled, labelOf, settle, TaskWorld } from './scripted-tasks.ts';

const NAME = 'a';
const TASKS_MAX = 3;
/** Longer than all that a machine waits for by itself, milliseconds. */
const LONG = 120_000;

type Step =
  | { readonly do: 'aim'; readonly target: TargetState }
  | { readonly do: 'reconfigure'; readonly bad: boolean }
  | { readonly do: 'restart'; readonly includeTasks: boolean; readonly onlyFailed: boolean }
  | { readonly do: 'restart-task'; readonly id: number }
  | { readonly do: 'fail' | 'crash' | 'assign'; readonly task: number; readonly partitions: number }
  | { readonly do: 'hang' | 'release' | 'turn' | 'look' }
  | { readonly do: 'advance'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('aim' as const),
    target: fc.constantFrom<TargetState[]>('RUNNING', 'PAUSED', 'STOPPED'),
  }),
  fc.record({ do: fc.constant('reconfigure' as const), bad: fc.boolean() }),
  fc.record({ do: fc.constant('restart' as const), includeTasks: fc.boolean(), onlyFailed: fc.boolean() }),
  fc.record({ do: fc.constant('restart-task' as const), id: fc.nat(TASKS_MAX) }),
  fc.record({ do: fc.constantFrom('fail', 'crash', 'assign'), task: fc.nat(5), partitions: fc.nat(5) }),
  fc.record({ do: fc.constantFrom('hang', 'release', 'turn', 'look') }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 1_000, 6_000, 7_000, 40_000) }),
);

const policies: fc.Arbitrary<RestartConfig> = fc
  .constantFrom(0, 2, null)
  .map(max => ({ max, backoffMs: 1_000, backoffMaxMs: 4_000 }));

/** A machine, and what was asked of it. */
class Run {
  readonly world = new TaskWorld();
  readonly #restart: RestartConfig;
  readonly #unused: string[] = [];
  readonly #machine: ConnectorMachine;
  #configs = 0;
  #target: TargetState;
  #newest: string;

  constructor(restart: RestartConfig, target: TargetState) {
    this.#restart = restart;
    this.#target = target;
    const first = this.#config(false);
    this.#newest = labelOf(first);
    this.#machine = new ConnectorMachine(first, target, this.world.parts(NAME), () =>
      this.#unused.push(labelOf(first)),
    );
    this.#machine.start();
  }

  #config(bad: boolean) {
    this.#configs += 1;
    return labelled(NAME, `${bad ? 'bad' : 'v'}${this.#configs}`, { tasksMax: TASKS_MAX, restart: this.#restart });
  }

  async take(one: Step): Promise<void> {
    const { world } = this;
    switch (one.do) {
      case 'aim':
        this.#target = one.target;
        return this.#machine.aim(one.target);
      case 'reconfigure': {
        const config = this.#config(one.bad);
        this.#newest = labelOf(config);
        return this.#machine.reconfigure(config, () => this.#unused.push(labelOf(config)));
      }
      case 'restart':
        this.#machine.restart(one);
        return;
      case 'restart-task':
        this.#machine.restartTask(one.id);
        return;
      case 'fail':
        return world.built.at(-1 - one.task)?.fail('no');
      case 'crash':
        return world.built.at(-1 - one.task)?.crash('SIGKILL');
      case 'assign':
        return world.built.at(-1 - one.task)?.assign(one.partitions);
      case 'hang':
        world.isHanging = true;
        return;
      case 'release':
        return world.release();
      case 'turn':
        return settle();
      case 'advance':
        world.clock.advance(one.ms);
        return settle();
      case 'look':
        await this.#come();
        this.#compare();
    }
  }

  /** No two of one name are members of the group at a time, unless the first was left behind when its time was up. */
  check(): void {
    const now = this.world.clock.now();
    const alive = this.world.alive(NAME);
    for (const task of alive) {
      const later = alive.find(
        other => other !== task && other.id === task.id && alive.indexOf(other) > alive.indexOf(task),
      );
      if (later !== undefined) assert(task.goneAt <= now, `${task.id} runs twice`);
    }
    const { state, trace, target, config } = this.#machine.status();
    assert.equal(target, this.#target);
    assert.equal(labelOf(config), this.#newest);
    assert.equal(trace === null, state !== 'FAILED');
  }

  /** Whatever it waits for happens, as far as it can. */
  async #come(): Promise<void> {
    this.world.release();
    for (let i = 0; i < 4; i++) {
      await settle();
      this.world.clock.advance(LONG);
    }
    await settle();
    await this.#machine.settled;
    assert.equal(this.world.clock.timers, 0, 'it waits for nothing any more');
  }

  #compare(): void {
    const { state, tasks } = this.#machine.status();
    const isBad = this.#newest.startsWith('bad');
    const labels = new Set(tasks.map(({ config }) => labelOf(config)));
    assert.deepEqual(
      tasks.map(({ id }) => id),
      tasks.map((_, i) => i),
    );
    assert(labels.size <= 1, 'all tasks have one configuration');
    const alive = this.world.alive(NAME);
    assert.deepEqual(
      alive.map(({ id }) => id).sort(),
      tasks.map(({ id }) => id),
      'what runs is what is told of',
    );
    const paused = alive.map(({ isPaused }) => isPaused);
    switch (this.#target) {
      case 'STOPPED':
        assert.deepEqual([state, tasks], ['STOPPED', []]);
        assert(this.#machine.isStopped);
        break;
      case 'PAUSED':
        assert(state === 'PAUSED' || (isBad && state === 'FAILED'), state);
        assert(paused.every(Boolean));
        break;
      case 'RUNNING':
        assert.equal(state, isBad ? 'FAILED' : 'RUNNING');
        assert(!paused.some(Boolean));
        if (isBad) break;
        assert.deepEqual([...labels], [this.#newest]);
        assert(tasks.length >= 1 && tasks.length <= TASKS_MAX);
    }
    const inUse = new Set([this.#newest, ...labels]);
    const given = Array.from({ length: this.#configs }, (_, i) => i + 1);
    const unused = given.filter(number => ![...inUse].some(label => label.replace(/\D+/, '') === String(number)));
    assert.deepEqual(
      this.#unused.map(label => Number(label.replace(/\D+/, ''))).sort((a, b) => a - b),
      unused,
    );
  }

  /** More partitions bring more tasks, fewer take none away. */
  async grow(): Promise<void> {
    if (this.#target !== 'RUNNING' || this.#newest.startsWith('bad')) return;
    for (const partitions of [2, 1, 5]) {
      const before = this.#machine.status().tasks.length;
      this.world.alive(NAME)[0]!.assign(partitions);
      await this.#machine.settled;
      const after = this.#machine.status().tasks.length;
      assert.equal(after, Math.max(before, Math.min(partitions, TASKS_MAX)));
    }
    this.#compare();
  }

  /** It leaves in time, whatever hangs, and nothing begins any more. */
  async leave(isHanging: boolean, deadlineMs: number): Promise<void> {
    const { world } = this;
    if (isHanging) world.isHanging = true;
    else world.release();
    const left = this.#machine.leave(deadlineMs);
    world.clock.advance(deadlineMs + 1_700);
    await left;
    this.#machine.forget();
    const begun = () => world.built.filter(({ calls }) => calls.includes('run')).length;
    const before = begun();
    this.#machine.aim('RUNNING');
    this.#machine.reconfigure(this.#config(false));
    await this.#come();
    assert.equal(begun(), before);
    const isClosed = world.built.filter(({ calls }) => !calls.includes('run')).every(({ closed }) => closed === 1);
    assert(isClosed, 'what was built and did not run is closed');
    assert.deepEqual(world.alive(NAME), []);
    assert.deepEqual(world.forgotten.length, world.announcers.length, 'of none anything is kept');
  }
}

test('whatever is asked, tells and hangs: at rest the tasks are what was asked for', async () => {
  const runs = fc.asyncProperty(
    policies,
    fc.constantFrom<TargetState[]>('RUNNING', 'PAUSED', 'STOPPED'),
    fc.array(step, { maxLength: 60, size: 'max' }),
    fc.boolean(),
    fc.constantFrom(0, 1_000, 5_000),
    async (policy, target, steps, isHanging, deadlineMs) => {
      const run = new Run(policy, target);
      for (const one of steps) {
        await run.take(one);
        run.check();
      }
      await run.take({ do: 'look' });
      await run.grow();
      await run.leave(isHanging, deadlineMs);
    },
  );
  await fc.assert(runs, { numRuns: 500, includeErrorInReport: true });
});
