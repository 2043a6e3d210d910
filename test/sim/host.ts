import type { Clock } from '../../connector/ports.ts';
import type { Scheduled, Scheduler } from './scheduler.ts';

/** `loop`: JavaScript. `native`: the Kafka client's own threads, which go on while the event loop is stuck. */
export type Lane = 'loop' | 'native';

/** 2026-01-01, where every simulation's wall clock starts. */
const WALL_START = 1_767_225_600_000;

/** One operating-system process: whatever happens to it happens through here, so that it can be killed and frozen. */
export class Host {
  readonly name: string;
  #alive = true;
  readonly #scheduler: Scheduler;
  readonly #clockStart: number;
  readonly #frozen = { loop: false, native: false };
  #backlog: { lane: Lane; event: Scheduled }[] = [];
  /** Set by every event of this process; whoever watches it clears it. */
  touched = false;
  wallOffset = 0;

  constructor(name: string, scheduler: Scheduler, clockStart: number) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#clockStart = clockStart;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get frozen(): boolean {
    return this.#frozen.loop;
  }

  get now(): number {
    return this.#scheduler.now;
  }

  /** Runs it in this process after `delayMs`, later when the process is frozen then, never when it is dead. */
  post(lane: Lane, delayMs: number, run: () => void): Scheduled {
    const event = this.#scheduler.after(delayMs, () => this.#execute(lane, handle));
    const handle: Scheduled = { at: event.at, order: event.order, run };
    return handle;
  }

  cancel(event: Scheduled): void {
    event.run = null;
  }

  freeze(lanes: readonly Lane[]): void {
    for (const lane of lanes) this.#frozen[lane] = true;
  }

  thaw(): void {
    this.#frozen.loop = false;
    this.#frozen.native = false;
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const { lane, event } of backlog) this.#scheduler.after(0, () => this.#execute(lane, event));
  }

  kill(): void {
    this.#alive = false;
    this.#backlog = [];
  }

  clock(): Clock {
    return {
      now: () => this.#scheduler.now + this.#clockStart,
      wall: () => WALL_START + this.#scheduler.now + this.wallOffset,
      timer: (ms, callback) => {
        const event = this.post('loop', Math.min(ms, 0x7fffffff), callback);
        return () => this.cancel(event);
      },
    };
  }

  #execute(lane: Lane, event: Scheduled): void {
    if (!this.#alive || event.run === null) return;
    if (this.#frozen[lane]) {
      this.#backlog.push({ lane, event });
      return;
    }
    const { run } = event;
    event.run = null;
    this.touched = true;
    run();
  }
}
