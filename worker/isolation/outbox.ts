import type { Clock } from '../../connector/ports.ts';
import type { TaskFact } from '../task/facts.ts';
import type { TaskEnd, TaskStatus } from '../task/task.ts';
import type { FromTask, ToldLine } from './messages.ts';

/** How often news go over at most, milliseconds. */
export const NEWS_MS = 20;
/** How often a status goes over, milliseconds. */
export const STATUS_MS = 200;
/** What one message holds at most, so that a worker with many tasks is never long with one of them. */
const FACTS_AT_ONCE = 4_096;
const LINES_AT_ONCE = 256;
/** What waits at most, while the worker is slow or there is more than it can take. */
export const MOST_FACTS = 32_768;
export const MOST_LINES = 1_024;

/** What a status says otherwise from then on, and others act on. */
const OF_STATUS: ReadonlySet<TaskFact['kind']> = new Set([
  'task-state',
  'internal-error',
  'partitions-assigned',
  'partitions-revoked',
]);

/**
 * What the process of a task tells its worker. One message is under way at a time, and the next goes when the channel has taken it: a worker that is
 * slow, or stands still, is told less, and this process holds no more than the bounds. What there is no room for is counted and told.
 */
export class Outbox {
  readonly #send: (message: FromTask, then: () => void) => void;
  readonly #clock: Clock;
  #facts: TaskFact[] = [];
  #lines: ToldLine[] = [];
  #dropped = { facts: 0, lines: 0 };
  #status: () => TaskStatus | null = () => null;
  #isStatusDue = false;
  #isSending = false;
  #isWaiting = false;

  /** @param send takes a message, and calls back when the channel has */
  constructor(send: (message: FromTask, then: () => void) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  announce(fact: TaskFact): void {
    // Who hears of it looks at the status next.
    if (OF_STATUS.has(fact.kind)) this.#isStatusDue = true;
    if (this.#facts.length < MOST_FACTS) this.#facts.push(fact);
    else this.#dropped.facts += 1;
    this.#soon();
  }

  /** @param line holds no secret, and nothing but plain data */
  line(line: ToldLine): void {
    if (this.#lines.length < MOST_LINES) this.#lines.push(line);
    else this.#dropped.lines += 1;
    this.#soon();
  }

  /** Tells it from now on again and again, which also says that this process is alive. */
  tell(status: () => TaskStatus): void {
    this.#status = status;
    const again = (): void => {
      this.#isStatusDue = true;
      this.#soon();
      this.#clock.timer(STATUS_MS, again);
    };
    again();
  }

  unbuilt(reason: string): void {
    this.#flush();
    this.#send({ kind: 'unbuilt', reason }, () => undefined);
  }

  /** All that waits, and that this is the end; resolves when the channel has taken it. */
  end(end: TaskEnd): Promise<void> {
    this.#isStatusDue = true;
    this.#flush();
    return new Promise(resolve => this.#send({ kind: 'end', end }, resolve));
  }

  #soon(): void {
    if (this.#isWaiting || this.#isSending) return;
    this.#isWaiting = true;
    this.#clock.timer(NEWS_MS, () => {
      this.#isWaiting = false;
      if (!this.#isEmpty) this.#next();
    });
  }

  get #isEmpty(): boolean {
    return this.#facts.length === 0 && this.#lines.length === 0 && !this.#isStatusDue;
  }

  #next(): void {
    this.#isSending = true;
    this.#pass(() => {
      this.#isSending = false;
      if (!this.#isEmpty) this.#soon();
    });
  }

  #flush(): void {
    while (!this.#isEmpty) this.#pass(() => undefined);
  }

  #pass(then: () => void): void {
    const facts = this.#facts.splice(0, FACTS_AT_ONCE);
    const lines = this.#lines.splice(0, LINES_AT_ONCE);
    const status = this.#isStatusDue ? this.#status() : null;
    const dropped = this.#dropped;
    this.#isStatusDue = false;
    this.#dropped = { facts: 0, lines: 0 };
    this.#send({ kind: 'news', facts, lines, status, now: this.#clock.now(), dropped }, then);
  }
}
