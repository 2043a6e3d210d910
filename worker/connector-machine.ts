import type { ConnectorConfig, TargetState } from '../config/types.ts';
import type { Clock, Random } from '../connector/ports.ts';
import type { BuiltTask } from './running-task.ts';
import type { ConnectorState, ConnectorStatus } from './status.ts';
import { SupervisedTask } from './supervised-task.ts';
import type { TaskFact } from './task/facts.ts';
import type { TaskEnd } from './task/task.ts';
import type { Log } from './telemetry/log.ts';

/** Builds one task of a connector; throws when that can't be done with this configuration. */
export type BuildTask = (config: ConnectorConfig, id: number, announce: (fact: TaskFact) => void) => BuiltTask;

/** Where one task announces its facts. */
export interface TaskAnnouncer {
  announce(fact: TaskFact): void;
  /** The task is gone: what is kept of it elsewhere goes too. */
  forget(): void;
}

export interface MachineParts {
  /** Its first task starts behind this. */
  readonly after?: Promise<void>;
  readonly build: BuildTask;
  readonly announcer: (config: ConnectorConfig, id: number) => TaskAnnouncer;
  /** What tasks have to end where somebody restarts, replaces, stops or removes them, milliseconds. */
  readonly gracefulMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface RestartRequest {
  readonly includeTasks: boolean;
  readonly onlyFailed: boolean;
}

interface Slot {
  readonly config: ConnectorConfig;
  readonly task: SupervisedTask;
  /** From its start on; before, the task of the same id that it replaces has one. */
  announcer: TaskAnnouncer | null;
}

/**
 * One connector from its creation to its removal. What was asked for (its target state, its configuration) counts from when it was asked; a queue of
 * transitions brings the tasks there, one after the other, each to what is asked for by the time that it runs:
 *
 *   target    RUNNING: tasks run with the newest configuration, `tasks.max` of them or one for each partition; PAUSED: those there are stay in
 *             the group and read nothing, none is made or replaced; STOPPED: there are none.
 *   state     the target, or FAILED: no task could be built with the newest configuration. Those of the one before go on, as in Kafka
 *             Connect, where they live until the connector has given new ones.
 *
 * A FAILED task changes nothing for its connector. Once `leave` was called there is no way back.
 */
export class ConnectorMachine {
  readonly name: string;
  readonly #parts: MachineParts;
  readonly #slots = new Map<number, Slot>();
  #config: ConnectorConfig;
  #target: TargetState;
  /** Built with the newest configuration and not yet started. */
  #first: Slot | null = null;
  #trace: string | null = null;
  #isRestarting = false;
  #isLeaving = false;
  readonly #topics = new Set<string>();
  #transitions: Promise<void>;

  constructor(config: ConnectorConfig, target: TargetState, parts: MachineParts) {
    this.name = config.name;
    this.#config = config;
    this.#target = target;
    this.#parts = parts;
    this.#transitions = parts.after ?? Promise.resolve();
  }

  get config(): ConnectorConfig {
    return this.#config;
  }

  get target(): TargetState {
    return this.#target;
  }

  /** What its tasks have read from since the start, or since `resetTopics`. */
  get topics(): readonly string[] {
    return [...this.#topics];
  }

  resetTopics(): void {
    this.#topics.clear();
  }

  /** Resolves when all that was asked so far is done. */
  get settled(): Promise<void> {
    return this.#transitions;
  }

  /**
   * Builds its first task, where it is to have any.
   * @returns why that can not be done; null when it can
   */
  prepare(): string | null {
    if (this.#target === 'RUNNING') this.#prepareFirst();
    return this.#trace;
  }

  start(): void {
    this.#enqueue(() => this.#settle());
  }

  aim(target: TargetState): void {
    this.#target = target;
    this.#enqueue(() => this.#settle());
  }

  /** Its tasks are replaced by such with the new configuration. */
  reconfigure(config: ConnectorConfig): void {
    this.#config = config;
    this.#enqueue(() => this.#settle());
  }

  /** @returns the status with what is restarted as RESTARTING, as Kafka Connect answers (KIP-745) */
  restart({ includeTasks, onlyFailed }: RestartRequest): ConnectorStatus {
    const before = this.status();
    const withConnector = !onlyFailed || before.state === 'FAILED';
    const tasks = includeTasks ? before.tasks.filter(({ status }) => !onlyFailed || status.state === 'FAILED') : [];
    if (withConnector) this.#enqueue(() => this.#startAnew());
    // All of them are replaced where the connector could not replace them before.
    if (before.state !== 'FAILED') for (const { id } of tasks) this.restartTask(id);
    return {
      ...before,
      state: withConnector ? 'RESTARTING' : before.state,
      tasks: before.tasks.map(slot =>
        tasks.includes(slot) ? { ...slot, status: { ...slot.status, state: 'RESTARTING', trace: null } } : slot,
      ),
    };
  }

  /** @returns whether there is such a task */
  restartTask(id: number): boolean {
    const slot = this.#slots.get(id);
    if (slot === undefined) return false;
    void slot.task.restart(this.#parts.gracefulMs);
    return true;
  }

  /**
   * Ends it for good. A later, shorter deadline wins.
   * @param deadlineMs for all of its tasks together
   */
  async leave(deadlineMs: number): Promise<TaskEnd> {
    this.#isLeaving = true;
    const ends = await Promise.all([...this.#slots.values()].map(({ task }) => task.stop(deadlineMs)));
    await this.#first?.task.stop(0);
    return { clean: ends.every(isClean), trace: null };
  }

  /** What is kept of its tasks elsewhere goes. */
  forget(): void {
    for (const { announcer } of this.#slots.values()) announcer?.forget();
  }

  status(): ConnectorStatus {
    const tasks = [...this.#slots].map(([id, { task }]) => ({ id, status: task.status() }));
    return { config: this.#config, target: this.#target, state: this.#state(), trace: this.#trace, tasks };
  }

  #state(): ConnectorState {
    if (this.#isRestarting) return 'RESTARTING';
    return this.#trace === null ? this.#target : 'FAILED';
  }

  /** A transition never throws: what goes wrong in it is the state of the connector or of a task. */
  #enqueue(transition: () => Promise<void>): void {
    this.#transitions = this.#transitions.then(async () => {
      if (!this.#isLeaving) await transition();
    });
  }

  /** Brings the tasks to the target state. */
  async #settle(): Promise<void> {
    if (this.#target === 'STOPPED') {
      this.#trace = null;
      return this.#endTasks();
    }
    if (this.#target === 'PAUSED') return this.#each(task => task.pause());
    const isFresh = [...this.#slots.values()].every(({ config }) => config === this.#config);
    if (!isFresh || this.#slots.size === 0) return this.#replace();
    this.#each(task => task.resume());
    this.#fill();
  }

  /** The new ones are built before the old ones go: where that fails, these are what there is. */
  async #replace(): Promise<void> {
    if (this.#first?.config !== this.#config) this.#prepareFirst();
    if (this.#first === null) return this.#each(task => task.resume());
    await this.#endTasks();
    // Meanwhile something else may have been asked for, whose turn is next.
    if (this.#target === 'RUNNING' && !this.#isLeaving && this.#first.config === this.#config) this.#fill();
  }

  /**
   * As many tasks as asked, and none without a partition: further ones come when those there are hold more than one each, which with the first
   * one alone are all that this worker is to have. None goes before all are replaced.
   */
  #fill(): void {
    if (this.#first !== null) this.#begin(0, this.#first);
    this.#first = null;
    const held = [...this.#slots.values()].reduce((sum, { task }) => sum + task.status().partitions.length, 0);
    const useful = Math.min(this.#config.tasksMax, held);
    for (let id = this.#slots.size; id < useful; id++) this.#begin(id, this.#make(id));
  }

  #begin(id: number, slot: Slot): void {
    slot.announcer = this.#parts.announcer(this.#config, id);
    this.#slots.set(id, slot);
    slot.task.start();
  }

  #make(id: number): Slot {
    const config = this.#config;
    const { build, clock, random, log } = this.#parts;
    const announce = (fact: TaskFact): void => {
      slot.announcer?.announce(fact);
      if (fact.kind === 'partitions-assigned') this.#assigned(config);
      else if (fact.kind === 'block-received') for (const topic of fact.topics) this.#topics.add(topic);
    };
    const task = new SupervisedTask({
      restart: config.restart,
      build: heard => build(config, id, heard),
      announce,
      clock,
      random,
      log: log.with({ task: id }),
    });
    const slot: Slot = { config, task, announcer: null };
    return slot;
  }

  /** Sets `#first`, or `#trace` where that can't be built. */
  #prepareFirst(): void {
    void this.#first?.task.stop(0);
    const slot = this.#make(0);
    this.#trace = slot.task.fault;
    this.#first = this.#trace === null ? slot : null;
    if (this.#trace !== null) this.#parts.log.write('error', `Connector FAILED: ${this.#trace}`);
  }

  #assigned(config: ConnectorConfig): void {
    if (this.#slots.size >= config.tasksMax) return;
    this.#enqueue(async () => {
      if (this.#target === 'RUNNING' && config === this.#config && this.#slots.size > 0) this.#fill();
    });
  }

  async #startAnew(): Promise<void> {
    if (this.#trace === null) return;
    this.#isRestarting = true;
    await this.#settle();
    this.#isRestarting = false;
  }

  #each(change: (task: SupervisedTask) => void): void {
    for (const { task } of this.#slots.values()) change(task);
  }

  async #endTasks(): Promise<void> {
    const { gracefulMs, log } = this.#parts;
    if (this.#slots.size > 0) log.write('info', 'Its tasks end: they finish what is in flight and leave their group');
    const leaving = [...this.#slots.values()];
    await Promise.all(leaving.map(({ task }) => task.stop(gracefulMs)));
    for (const { announcer } of leaving) announcer?.forget();
    this.#slots.clear();
  }
}

/** A task that FAILED, and was left so, is no clean end. */
function isClean(end: TaskEnd): boolean {
  return end.clean && end.trace === null;
}
