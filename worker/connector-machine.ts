import type { ConnectorConfig, TargetState, WrittenProperties } from '../config/types.ts';
import { type ConnectorTask, ConnectorTasks, type TasksParts } from './connector-tasks.ts';
import type { ConnectorState, ConnectorStatus, RestartRequest } from './status.ts';

/** Properties that no configuration can be made of. */
export interface UnusableConfig {
  readonly name: string;
  readonly properties: WrittenProperties;
  /** Why not, without secrets. */
  readonly fault: string;
}

export interface MachineParts extends TasksParts {
  /** Its first task starts behind this. */
  readonly after?: Promise<void>;
  /** Told at each try to start it, with whether that can be done. */
  readonly started: (good: boolean) => void;
}

type AnyConfig = ConnectorConfig | UnusableConfig;

/**
 * One connector from its creation to its removal. What was asked for (its target state, its configuration) counts from when it was asked; a queue of
 * transitions brings the tasks there, one after the other, each to what is asked for by the time that it runs:
 *
 *   target    RUNNING: tasks run with the newest configuration, `tasks.max` of them or one for each partition; PAUSED: those there are stay in
 *             the group and read nothing, none is replaced, and only one that was built before is begun; STOPPED: there are none.
 *   state     the target, or FAILED: no task could be built with the newest configuration. Those of the one before go on, as in Kafka
 *             Connect, where they live until the connector has given new ones. What can't be used at all is FAILED whatever the target.
 *
 * A FAILED task changes nothing for its connector. Once `leave` was called there is no way back.
 */
export class ConnectorMachine {
  readonly name: string;
  readonly #parts: MachineParts;
  readonly #tasks: ConnectorTasks;
  #config: AnyConfig;
  #target: TargetState;
  /** Built with the newest configuration and not yet started; those that it replaces may still be ending. */
  #first: ConnectorTask | null = null;
  /** Why that could not be built. */
  #fault: string | null = null;
  #isRestarting = false;
  #isLeaving = false;
  /** Configurations that tasks may still run with, and whom to tell when none does. */
  readonly #inUse = new Map<AnyConfig, () => void>();
  #transitions: Promise<void>;

  /** @param whenUnused called once, when nothing runs with this configuration any more and nothing will */
  constructor(config: AnyConfig, target: TargetState, parts: MachineParts, whenUnused = (): void => undefined) {
    this.name = config.name;
    this.#config = config;
    this.#target = target;
    this.#parts = parts;
    this.#tasks = new ConnectorTasks(parts, () => this.#enqueue(() => this.#settle()));
    this.#transitions = parts.after ?? Promise.resolve();
    this.#inUse.set(config, whenUnused);
  }

  /** The one that was given last. */
  get config(): AnyConfig {
    return this.#config;
  }

  get target(): TargetState {
    return this.#target;
  }

  /** Nothing of it is a member of its group, and nothing will be before its target changes. */
  get isStopped(): boolean {
    return this.#target === 'STOPPED' && this.#tasks.size === 0;
  }

  /** What its tasks have read from since the start, or since `resetTopics`. */
  get topics(): readonly string[] {
    return this.#tasks.topics;
  }

  resetTopics(): void {
    this.#tasks.resetTopics();
  }

  /** Resolves when all that was asked so far is done. */
  get settled(): Promise<void> {
    return this.#transitions;
  }

  /**
   * Builds its first task, unless it is to have none.
   * @returns why that can not be done; null when it can
   */
  prepare(): string | null {
    if (this.#target !== 'STOPPED') this.#prepareFirst();
    return this.#trace;
  }

  start(): void {
    this.#enqueue(() => this.#settle());
  }

  aim(target: TargetState): void {
    this.#target = target;
    this.#enqueue(() => this.#settle());
  }

  /**
   * Its tasks are replaced by such with the new configuration.
   * @param whenUnused as for the constructor
   */
  reconfigure(config: AnyConfig, whenUnused = (): void => undefined): void {
    this.#config = config;
    this.#fault = null;
    this.#inUse.set(config, whenUnused);
    this.#enqueue(() => this.#settle());
  }

  /** @returns the status with what is restarted as RESTARTING, as Kafka Connect answers (KIP-745) */
  restart({ includeTasks, onlyFailed }: RestartRequest): ConnectorStatus {
    const before = this.status();
    const withConnector = !onlyFailed || before.state === 'FAILED';
    const tasks = includeTasks ? before.tasks.filter(({ status }) => !onlyFailed || status.state === 'FAILED') : [];
    if (withConnector) this.#enqueue(() => this.#startAnew());
    for (const { id } of tasks) {
      const one = this.#tasks.get(id);
      // The connector may have replaced them all.
      this.#enqueue(async () => void (this.#tasks.get(id) === one && this.#tasks.restart(id)));
    }
    return {
      ...before,
      state: withConnector ? 'RESTARTING' : before.state,
      tasks: before.tasks.map(slot =>
        tasks.includes(slot) ? { ...slot, status: { ...slot.status, state: 'RESTARTING' } } : slot,
      ),
    };
  }

  /** @returns whether there is such a task */
  restartTask(id: number): boolean {
    return this.#tasks.restart(id);
  }

  /**
   * Ends it for good. A later, shorter deadline wins.
   * @param deadlineMs for all of its tasks together
   * @returns whether all of it ended in good order; what FAILED, and was left so, did not
   */
  async leave(deadlineMs: number): Promise<boolean> {
    this.#isLeaving = true;
    this.#dropFirst();
    const ends = await this.#tasks.stop(deadlineMs);
    return this.#trace === null && ends.every(end => end.clean && end.trace === null);
  }

  /** It has left, and what is kept of it elsewhere goes. */
  forget(): void {
    this.#tasks.forget();
    for (const whenUnused of this.#inUse.values()) whenUnused();
    this.#inUse.clear();
  }

  status(): ConnectorStatus {
    const state = this.#state();
    const trace = state === 'FAILED' ? this.#trace : null;
    return { config: this.#config, target: this.#target, state, trace, tasks: this.#tasks.status() };
  }

  get #trace(): string | null {
    return 'fault' in this.#config ? this.#config.fault : this.#fault;
  }

  #state(): ConnectorState {
    if (this.#isRestarting) return 'RESTARTING';
    return this.#trace === null ? this.#target : 'FAILED';
  }

  /** What goes wrong in a transition is the state of the connector or of a task; that one throws is a defect. */
  #enqueue(transition: () => Promise<void>): void {
    this.#transitions = this.#transitions.then(async () => {
      if (this.#isLeaving) return;
      try {
        await transition();
      } catch (error) {
        this.#failed(`Internal error: ${error instanceof Error ? error.message : String(error)}`, { error });
      }
      if (!this.#isLeaving) this.#dropUnused();
    });
  }

  /** Brings the tasks to the target state. */
  async #settle(): Promise<void> {
    if (this.#first !== null && this.#first.config !== this.#config) this.#dropFirst();
    switch (this.#target) {
      case 'STOPPED':
        this.#fault = null;
        this.#dropFirst();
        return this.#endTasks();
      case 'PAUSED':
        this.#beginFirst();
        return this.#tasks.pause();
      case 'RUNNING':
        if (this.#tasks.config !== this.#config) return this.#replace();
        this.#tasks.resume();
        this.#tasks.fill(this.#config);
    }
  }

  /** The new ones are built before the old ones go: where that fails, these are what there is. */
  async #replace(): Promise<void> {
    if (this.#first === null) this.#prepareFirst();
    if (this.#first === null) return this.#tasks.resume();
    await this.#endTasks();
    // Meanwhile something else may have been asked for, whose turn is next.
    if (this.#target === 'RUNNING' && !this.#isLeaving && this.#first.config === this.#config) this.#beginFirst();
  }

  /** Sets `#first`, or `#fault` where that can't be built. */
  #prepareFirst(): void {
    if ('fault' in this.#config) return this.#parts.started(false);
    const first = this.#tasks.make(this.#config, 0);
    const fault = first.task.prepare();
    this.#parts.started(fault === null);
    if (fault !== null) return this.#failed(fault);
    this.#fault = null;
    this.#first = first;
  }

  #beginFirst(): void {
    if (this.#first === null) return;
    if (this.#target === 'PAUSED') this.#first.task.pause();
    this.#tasks.begin(this.#first);
    this.#first = null;
  }

  #dropFirst(): void {
    void this.#first?.task.stop(0);
    this.#first = null;
  }

  #failed(reason: string, fields = {}): void {
    this.#fault = reason;
    this.#parts.log.write('error', `Connector FAILED: ${reason}`, { event: 'connector-failed', ...fields });
  }

  async #startAnew(): Promise<void> {
    if (this.#fault === null) return;
    // One that is PAUSED is tried when it is resumed.
    this.#fault = null;
    this.#isRestarting = true;
    await this.#settle().finally(() => {
      this.#isRestarting = false;
    });
  }

  async #endTasks(): Promise<void> {
    const { gracefulMs, log } = this.#parts;
    const text = 'Its tasks end: they finish what is in flight and leave their group';
    if (this.#tasks.size > 0) log.write('info', text, { event: 'connector-tasks-end' });
    await this.#tasks.stop(gracefulMs);
    // What the worker tells of last is kept.
    if (!this.#isLeaving) this.#tasks.forget();
  }

  #dropUnused(): void {
    for (const [config, whenUnused] of this.#inUse) {
      if (config === this.#config || config === this.#tasks.config) continue;
      this.#inUse.delete(config);
      whenUnused();
    }
  }
}
