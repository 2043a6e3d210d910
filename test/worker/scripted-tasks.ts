import type { ConnectorConfig } from '../../config/types.ts';
import type { MachineParts } from '../../worker/connector-machine.ts';
import type { BuiltTask } from '../../worker/running-task.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import type { Task, TaskEnd, TaskStatus } from '../../worker/task/task.ts';
import type { Log } from '../../worker/telemetry/log.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { connectorConfig, taskStatus } from './statuses.ts';

export const CLEAN: TaskEnd = { clean: true, trace: null };

/** A task whose behaviour the test decides: what it tells, and whether it ends when it is stopped. */
export class ScriptedTask implements Task {
  readonly config: ConnectorConfig;
  readonly id: number;
  readonly calls: string[] = [];
  /** Deadlines that it was given. */
  readonly stops: number[] = [];
  closed = 0;
  isPaused = false;
  /** From when on it may be left behind, running or not: two seconds, less what others need, past its deadline. */
  goneAt = Number.POSITIVE_INFINITY;
  trace: string | null = null;
  lastVerdictAt: number | null = null;
  end!: (end: TaskEnd) => void;
  reject!: (error: Error) => void;
  readonly #announce: (fact: TaskFact) => void;
  readonly #world: TaskWorld;
  readonly #run: Promise<TaskEnd>;

  constructor(world: TaskWorld, config: ConnectorConfig, id: number, announce: (fact: TaskFact) => void) {
    this.#world = world;
    this.config = config;
    this.id = id;
    this.#announce = announce;
    this.#run = new Promise((resolve, reject) => {
      this.end = resolve;
      this.reject = reject;
    });
  }

  /** Whether it is a member of its group. */
  get isAlive(): boolean {
    return this.calls.includes('run') && this.closed === 0;
  }

  run(): Promise<TaskEnd> {
    this.calls.push('run');
    return this.#run;
  }

  pause(): void {
    this.calls.push('pause');
    this.isPaused = true;
  }

  resume(): void {
    this.calls.push('resume');
    this.isPaused = false;
  }

  stop(deadlineMs: number): void {
    this.stops.push(deadlineMs);
    this.goneAt = Math.min(this.goneAt, this.#world.clock.now() + deadlineMs + 1_700);
    if (!this.#world.isHanging) this.end({ clean: this.trace === null, trace: this.trace });
  }

  status(): TaskStatus {
    const state = this.trace !== null ? 'FAILED' : this.isPaused ? 'PAUSED' : 'RUNNING';
    return taskStatus({ state, trace: this.trace, lastVerdictAt: this.lastVerdictAt });
  }

  tell(fact: TaskFact): void {
    this.#announce(fact);
  }

  /** It leaves its group and waits to be stopped. */
  fail(reason: string): void {
    this.trace = reason;
    this.tell({ kind: 'task-state', state: 'FAILED', reason });
  }

  crash(reason: string): void {
    this.trace = reason;
    this.tell({ kind: 'task-crashed', reason });
  }

  /** It gets partitions 0 up to `partitions` of its topic. */
  assign(partitions: number, topic = 'orders'): void {
    const list = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 }));
    this.tell({ kind: 'partitions-assigned', partitions: list });
  }
}

/** Where scripted tasks are built, for connectors that need nothing else. */
export class TaskWorld {
  readonly clock: ManualClock = createManualClock();
  readonly lines: string[] = [];
  /** All that were built, in order. */
  readonly built: ScriptedTask[] = [];
  /** Who announced what, and who was forgotten. */
  readonly heard: { readonly who: string; readonly fact: TaskFact }[] = [];
  readonly announcers: string[] = [];
  readonly forgotten: string[] = [];
  /** Of connectors: whether they could be started. */
  readonly starts: boolean[] = [];
  /** Tasks do not end when they are stopped. */
  isHanging = false;
  /** Nothing can be built. */
  isBroken = false;
  readonly log: Log = {
    write: (level, text) => this.lines.push(`${level} ${text}`),
    writes: () => true,
    with: () => this.log,
  };

  parts(name: string): MachineParts {
    return {
      build: (config, id, announce) => this.#build(config, id, announce),
      announcer: (config, id) => {
        const who = `${name}-${id} of ${labelOf(config)}`;
        this.announcers.push(who);
        return {
          announce: fact => this.heard.push({ who, fact }),
          forget: () => this.forgotten.push(who),
        };
      },
      started: good => this.starts.push(good),
      gracefulMs: 5_000,
      clock: this.clock,
      random: () => 1,
      log: this.log,
    };
  }

  #build(config: ConnectorConfig, id: number, announce: (fact: TaskFact) => void): BuiltTask {
    if (this.isBroken || isBad(config)) throw new Error(`${labelOf(config)} can't be built`);
    const task = new ScriptedTask(this, config, id, announce);
    this.built.push(task);
    return {
      task,
      close: async () => {
        task.closed += 1;
      },
    };
  }

  /** All that were stopped and did not end do so. */
  release(): void {
    this.isHanging = false;
    for (const task of this.built) if (task.stops.length > 0) task.end({ clean: false, trace: task.trace });
  }

  get last(): ScriptedTask {
    return this.built.at(-1)!;
  }

  /** Members of the group of a connector. */
  alive(name: string): readonly ScriptedTask[] {
    return this.built.filter(task => task.config.name === name && task.isAlive);
  }

  /** What runs, as `<id>:<label of its configuration>`, `(paused)` behind those that are. */
  running(name: string): readonly string[] {
    return this.alive(name)
      .map(({ id, config, isPaused }) => `${id}:${labelOf(config)}${isPaused ? ' (paused)' : ''}`)
      .sort();
  }
}

/** @param label tells configurations of one connector apart; one with `bad` in it can't be built */
export function labelled(name: string, label: string, changes: Partial<ConnectorConfig> = {}): ConnectorConfig {
  return { ...connectorConfig(name), properties: { name, label }, ...changes };
}

export function labelOf({ properties }: Pick<ConnectorConfig, 'properties'>): string {
  return String(properties['label'] ?? 'unlabelled');
}

function isBad(config: ConnectorConfig): boolean {
  return labelOf(config).includes('bad');
}

/** All that waits for no timer and for nothing outside happens. */
export async function settle(): Promise<void> {
  await new Promise(setImmediate);
}
