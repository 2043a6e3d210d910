import type { RestartConfig } from '../config/types.ts';
import type { Clock, Random } from '../connector/ports.ts';
import { type BuiltTask, type RunningTask, startTask } from './running-task.ts';
import type { TaskFact } from './task/facts.ts';
import { NOTHING_KNOWN, type TaskEnd, type TaskStatus } from './task/task.ts';
import type { Log } from './telemetry/log.ts';

export interface SupervisedTaskParts {
  readonly restart: RestartConfig;
  /** Builds the task for another life. @throws when that can't be done */
  readonly build: (announce: (fact: TaskFact) => void) => BuiltTask;
  /** Hears what its present life tells. */
  readonly announce: (fact: TaskFact) => void;
  /** What a life has to end where another one is to begin, milliseconds. */
  readonly gracefulMs: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Its lines carry the task's name. */
  readonly log: Log;
}

/**
 * One task of a connector over all its lives: a life ends when somebody restarts it, or when it FAILED and may try again.
 *
 * prepared → running ⇄ restarting (the old life ends, then a new one is built) → leaving → over. A running life that is FAILED waits for its next
 * attempt, or for `restart`; one that could not be built is FAILED without a life.
 */
export class SupervisedTask {
  readonly #parts: SupervisedTaskParts;
  #built: BuiltTask | null = null;
  #running: RunningTask | null = null;
  /** Why there is no life. */
  #fault: string | null = null;
  /** Lives are counted: what an old one still says is nothing of this one. */
  #life = 0;
  /** That another one is to follow: what befalls it now is no reason to try again. */
  #lastLife = 0;
  #isStarted = false;
  #isPaused = false;
  #isLeaving = false;
  #restarting: Promise<void> | null = null;
  /** Restarts by itself in a row, without a verdict between them. */
  #attempts = 0;
  /** Set while it waits for the next of them. */
  #cancelAttempt: (() => void) | null = null;

  constructor(parts: SupervisedTaskParts) {
    this.#parts = parts;
  }

  /**
   * Builds its first life.
   * @returns why that can't be done; null when it can
   */
  prepare(): string | null {
    this.#build();
    return this.#fault;
  }

  /** Begins the life that was built, or builds one; where that can't be done, the task is FAILED. */
  start(): void {
    const { clock, log, announce } = this.#parts;
    this.#isStarted = true;
    announce({ kind: 'task-state', state: 'UNASSIGNED', reason: null });
    if (this.#built === null) this.#build();
    if (this.#built === null) {
      return this.#heard(this.#life, { kind: 'task-state', state: 'FAILED', reason: this.#fault });
    }
    this.#running = startTask(this.#built, this.#isPaused, clock, log);
    this.#built = null;
  }

  pause(): void {
    this.#isPaused = true;
    this.#running?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#running?.resume();
  }

  /** Ends this life and begins another; one restart at a time. */
  restart(): Promise<void> {
    this.#attempts = 0;
    return this.#another();
  }

  /** It has `deadlineMs` to end. A later, shorter deadline wins. Resolves as `RunningTask.ended` does. */
  async stop(deadlineMs: number): Promise<TaskEnd> {
    this.#isLeaving = true;
    this.#cancelWait();
    if (this.#running === null) {
      void this.#built?.close().catch(() => undefined);
      this.#built = null;
      return { clean: this.#fault === null, trace: this.#fault };
    }
    this.#running.stop(deadlineMs);
    return await this.#running.ended;
  }

  status(): TaskStatus {
    const status = this.#running?.status() ?? this.#built?.task.status() ?? UNBUILT;
    const comesBack = this.#restarting !== null || this.#cancelAttempt !== null;
    if (comesBack && !this.#isLeaving) return { ...status, state: 'RESTARTING' };
    return this.#fault === null ? status : { ...status, state: 'FAILED', trace: this.#fault };
  }

  #build(): void {
    const life = ++this.#life;
    try {
      this.#built = this.#parts.build(fact => this.#heard(life, fact));
      this.#fault = null;
    } catch (error) {
      this.#fault = error instanceof Error ? error.message : String(error);
    }
  }

  async #another(): Promise<void> {
    this.#cancelWait();
    this.#restarting ??= this.#replace().finally(() => {
      this.#restarting = null;
    });
    await this.#restarting;
  }

  async #replace(): Promise<void> {
    this.#lastLife = this.#life;
    this.#running?.stop(this.#parts.gracefulMs);
    await this.#running?.ended;
    if (this.#isLeaving) return;
    this.#running = null;
    this.start();
  }

  /** In the midst of a turn of the task's loop: nothing is done to it here. */
  #heard(life: number, fact: TaskFact): void {
    if (life !== this.#life) return;
    this.#parts.announce(fact);
    const failure = this.#failureIn(fact);
    const isWaiting = this.#cancelAttempt !== null;
    if (failure === null || failure.policy.max === 0 || isWaiting || !this.#goesOn(life)) return;
    this.#wait(0, () => {
      if (this.#goesOn(life)) this.#comeBack(failure);
    });
  }

  #goesOn(life: number): boolean {
    return this.#isStarted && life === this.#life && life !== this.#lastLife && !this.#isLeaving;
  }

  #failureIn(fact: TaskFact): Failure | null {
    if (fact.kind === 'task-crashed') return { policy: CRASHES, reason: fact.reason };
    if (fact.kind !== 'task-state' || fact.state !== 'FAILED') return null;
    return { policy: this.#parts.restart, reason: fact.reason };
  }

  /** A life in which a record got its verdict was not in vain: attempts are counted from there. */
  #comeBack({ policy, reason }: Failure): void {
    if (this.#running !== null && this.#running.status().lastVerdictAt !== null) this.#attempts = 0;
    if (policy.max !== null && this.#attempts >= policy.max) return;
    const longest = Math.min(policy.backoffMs * 2 ** this.#attempts, policy.backoffMaxMs);
    this.#attempts += 1;
    const inMs = Math.round(longest * (0.5 + this.#parts.random() / 2));
    this.#parts.announce({ kind: 'task-restart', attempt: this.#attempts, of: policy.max, inMs, reason });
    this.#wait(inMs, () => void this.#another());
  }

  #wait(ms: number, then: () => void): void {
    this.#cancelWait();
    this.#cancelAttempt = this.#parts.clock.timer(ms, () => {
      this.#cancelAttempt = null;
      then();
    });
  }

  #cancelWait(): void {
    this.#cancelAttempt?.();
    this.#cancelAttempt = null;
  }
}

interface Failure {
  readonly policy: RestartConfig;
  readonly reason: string | null;
}

/** A process that ends by itself is started again in any case: nothing says that the next one would. */
const CRASHES: RestartConfig = { max: 10, backoffMs: 1_000, backoffMaxMs: 30_000 };

/** What is shown of a task that could not be built. */
const UNBUILT: TaskStatus = { ...NOTHING_KNOWN, state: 'FAILED', reader: 'none', idle: true };
