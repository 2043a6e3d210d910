import type { ConnectorConfig } from '../config/types.ts';
import type { Clock, Random } from '../connector/ports.ts';
import type { BuiltTask } from './running-task.ts';
import type { TaskSlot } from './status.ts';
import { SupervisedTask } from './supervised-task.ts';
import type { TaskFact } from './task/facts.ts';
import type { TaskEnd } from './task/task.ts';
import type { Log } from './telemetry/log.ts';

/** Builds one task of a connector; throws when that can't be done with this configuration. */
export type BuildTask = (config: ConnectorConfig, id: number, announce: (fact: TaskFact) => void) => BuiltTask;

/** Where one task announces its facts. */
export interface TaskAnnouncer {
  announce(fact: TaskFact): void;
  /** The task is gone: what is kept of it elsewhere goes too. Idempotent. */
  forget(): void;
}

export interface TasksParts {
  readonly build: BuildTask;
  readonly announcer: (config: ConnectorConfig, id: number) => TaskAnnouncer;
  /** What tasks have to end where somebody restarts, replaces, stops or removes them, milliseconds. */
  readonly gracefulMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A task and what it is a task of. */
export interface ConnectorTask {
  readonly id: number;
  readonly config: ConnectorConfig;
  readonly task: SupervisedTask;
  /** Over all lives of the task. Null before its start: the one of the same id that it replaces still has one. */
  announcer: TaskAnnouncer | null;
}

/** The tasks of one connector, by their ids, and what they tell. All that there are at a time have the same configuration. */
export class ConnectorTasks {
  readonly #parts: TasksParts;
  readonly #wanted: () => void;
  readonly #tasks = new Map<number, ConnectorTask>();
  /** Partitions that they have had since there are any, as many as matter. */
  readonly #seen = new Set<string>();
  readonly #topics = new Set<string>();

  /** @param wanted called when `fill` would begin some */
  constructor(parts: TasksParts, wanted: () => void) {
    this.#parts = parts;
    this.#wanted = wanted;
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** Theirs; null while there are none. */
  get config(): ConnectorConfig | null {
    return this.#all[0]?.config ?? null;
  }

  /** What they have read from since the start, or since `resetTopics`; those before them too. */
  get topics(): readonly string[] {
    return [...this.#topics];
  }

  resetTopics(): void {
    this.#topics.clear();
  }

  status(): readonly TaskSlot[] {
    return this.#all.map(({ id, config, task }) => ({ id, config, status: task.status() }));
  }

  get(id: number): ConnectorTask | undefined {
    return this.#tasks.get(id);
  }

  /** A task that is none of them before `begin`. */
  make(config: ConnectorConfig, id: number): ConnectorTask {
    const { build, log, ...parts } = this.#parts;
    const task = new SupervisedTask({
      ...parts,
      restart: config.restart,
      build: announce => build(config, id, announce),
      announce: fact => this.#heard(one, fact),
      log: log.with({ task: id }),
    });
    const one: ConnectorTask = { id, config, task, announcer: null };
    return one;
  }

  begin(one: ConnectorTask): void {
    one.announcer = this.#parts.announcer(one.config, one.id);
    this.#tasks.set(one.id, one);
    one.task.start();
  }

  /** As many as asked, and none without a partition: the first one alone has all that are this worker's. None goes before all do. */
  fill(config: ConnectorConfig): void {
    for (let id = this.size; id < this.#useful(config); id++) this.begin(this.make(config, id));
  }

  pause(): void {
    for (const { task } of this.#all) task.pause();
  }

  resume(): void {
    for (const { task } of this.#all) task.resume();
  }

  /** @returns whether there is such a task */
  restart(id: number): boolean {
    const one = this.#tasks.get(id);
    void one?.task.restart();
    return one !== undefined;
  }

  /** Ends them; until `forget` they can be asked how they are. `deadlineMs` for all together; a later, shorter one wins. */
  stop(deadlineMs: number): Promise<readonly TaskEnd[]> {
    return Promise.all(this.#all.map(({ task }) => task.stop(deadlineMs)));
  }

  /** They have ended, and what is kept of them elsewhere goes. */
  forget(): void {
    for (const { announcer } of this.#all) announcer?.forget();
    this.#tasks.clear();
    this.#seen.clear();
  }

  get #all(): readonly ConnectorTask[] {
    return [...this.#tasks.values()];
  }

  #useful({ tasksMax }: ConnectorConfig): number {
    return Math.max(1, Math.min(tasksMax, this.#seen.size));
  }

  #heard(one: ConnectorTask, fact: TaskFact): void {
    one.announcer?.announce(fact);
    // Of one that was left behind nothing counts.
    if (this.#tasks.get(one.id) !== one) return;
    if (fact.kind === 'block-received') for (const topic of fact.topics) this.#topics.add(topic);
    else if (fact.kind === 'partitions-assigned') this.#assigned(one.config, fact.partitions);
  }

  #assigned(config: ConnectorConfig, partitions: (TaskFact & { readonly kind: 'partitions-assigned' })['partitions']) {
    for (const { topic, partition } of partitions) {
      if (this.#seen.size < config.tasksMax) this.#seen.add(`${topic}/${partition}`);
    }
    if (this.#useful(config) > this.size) this.#wanted();
  }
}
