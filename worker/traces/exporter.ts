import type { SamplingConfig } from '../../config/types.ts';
import { backoff } from '../../connector/backoff.ts';
import type { Clock, Random } from '../../connector/ports.ts';
import { Scope, type Signal } from '../../connector/scope.ts';
import { sleep } from '../../connector/sleep.ts';
import type { Attributes, Tracing } from '../../connector/spans.ts';
import type { TaskFact } from '../task/facts.ts';
import { encodeSpans, type OwnedSpan } from './otlp.ts';
import type { Exported } from './receiver.ts';
import { SpanQueue } from './span-queue.ts';

/** The task whose spans they are. */
export interface TracedTask {
  /** What all its spans have. */
  readonly common: Attributes;
  readonly announce: (fact: TaskFact) => void;
  /** Hides secrets in a text. */
  readonly mask: (text: string) => string;
}

/** Exports the spans of a process's tasks. */
export interface Traces {
  of(task: TracedTask): Tracing;
  /** Takes nothing any more, and waits until all that was taken is exported, for `ms` at most. */
  close(ms: number): Promise<void>;
}

export interface ExporterParts {
  readonly sampling: SamplingConfig;
  /** What the spans are of. */
  readonly resource: Attributes;
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  /** One attempt; never rejects. */
  readonly deliver: (body: Buffer, signal: Signal) => Promise<Exported>;
}

interface Entry extends OwnedSpan {
  readonly task: TracedTask;
}

/** A span waits so long for others, milliseconds. */
const LINGER_MS = 1_000;
/** How often an export is tried, and how long it waits in between at most, milliseconds. */
export const ATTEMPTS = 5;
const BACKOFF_MS = 1_000;
const BACKOFF_MAX_MS = 5_000;
/** How often it is told that there was no room, milliseconds. */
const DROPS_MS = 10_000;

/**
 * Sends spans in batches, one export at a time, in the background: whoever ends a span never waits. What there is no room for, and what the receiver
 * does not take in a few attempts, is dropped, counted and told.
 */
export class Exporter implements Traces {
  readonly #parts: ExporterParts;
  readonly #queue = new SpanQueue<Entry>();
  readonly #closing = new Scope();
  readonly #dropped = new Map<TracedTask, number>();
  #cancelDrops: (() => void) | null = null;
  #cancelLinger: (() => void) | null = null;
  #isOpen = true;
  /** Until all that is due has gone; null: nothing is. */
  #running: Promise<void> | null = null;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
  }

  of(task: TracedTask): Tracing {
    const { ratio, byParent } = this.#parts.sampling;
    return {
      byParent,
      samples: traceId => isSampled(traceId, ratio),
      end: span => this.#take({ span, common: task.common, task }),
    };
  }

  async close(ms: number): Promise<void> {
    this.#isOpen = false;
    const cancel = this.#parts.clock.timer(ms, () => this.#closing.abort());
    this.#start();
    await this.#running;
    cancel();
    this.#closing.abort();
    this.#lose(this.#queue.clear(), 'the process ends');
    this.#tellDrops();
  }

  #take(entry: Entry): void {
    if (!this.#isOpen || !this.#queue.push(entry)) return this.#drop(entry.task);
    if (this.#queue.isDue) this.#start();
    else this.#linger();
  }

  #linger(): void {
    this.#cancelLinger ??= this.#parts.clock.timer(LINGER_MS, () => this.#start());
  }

  #start(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = null;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#queue.length === 0 || this.#closing.aborted) return;
      if (this.#queue.isDue) this.#start();
      else this.#linger();
    });
  }

  async #run(): Promise<void> {
    do {
      // Whoever has ended a span goes on first, and what waits for the loop.
      await new Promise<void>(resolve => this.#parts.clock.timer(0, resolve));
      const entries = this.#queue.take();
      // Nothing of this may end a worker that delivers.
      await this.#export(entries).catch(error => this.#lose(entries, `internal error: ${error}`));
    } while (!this.#closing.aborted && (this.#queue.isDue || (!this.#isOpen && this.#queue.length > 0)));
  }

  async #export(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const { resource, version, clock, random, deliver } = this.#parts;
    const body = encodeSpans(tidied(entries), resource, version);
    const started = clock.now();
    for (let attempt = 1; ; attempt++) {
      const exported = await deliver(body, this.#closing);
      if (exported.kind === 'taken') return this.#taken(entries, exported, clock.now() - started);
      if (exported.kind === 'refused' || attempt === ATTEMPTS) return this.#lose(entries, exported.reason);
      if (this.#closing.aborted) return this.#lose(entries, `${exported.reason}; the process ends`);
      await sleep(clock, backoff(attempt, exported.hintMs, BACKOFF_MS, BACKOFF_MAX_MS, random), this.#closing);
    }
  }

  /** Which spans of an export were refused, no receiver says. */
  #taken(entries: readonly Entry[], { rejected, reason }: Extract<Exported, { kind: 'taken' }>, ms: number): void {
    const refused = Math.min(rejected, entries.length);
    for (const [task, spans] of byTask(entries.slice(refused))) task.announce({ kind: 'spans-exported', spans, ms });
    if (refused > 0) this.#lose(entries.slice(0, refused), reason!);
  }

  #lose(entries: readonly Entry[], reason: string): void {
    for (const [task, spans] of byTask(entries)) {
      // Cut behind the mask: half a secret would not be found.
      task.announce({ kind: 'spans-dropped', spans, reason: task.mask(reason).slice(0, MOST_REASON) });
    }
  }

  #drop(task: TracedTask): void {
    this.#dropped.set(task, (this.#dropped.get(task) ?? 0) + 1);
    this.#cancelDrops ??= this.#parts.clock.timer(DROPS_MS, () => this.#tellDrops());
    if (!this.#isOpen) this.#tellDrops();
  }

  #tellDrops(): void {
    this.#cancelDrops?.();
    this.#cancelDrops = null;
    const reason = this.#isOpen ? 'they come faster than the collector takes them' : 'the process ends';
    for (const [task, spans] of this.#dropped) task.announce({ kind: 'spans-dropped', spans, reason });
    this.#dropped.clear();
  }
}

function byTask(entries: readonly Entry[]): ReadonlyMap<TracedTask, number> {
  const counts = new Map<TracedTask, number>();
  for (const { task } of entries) counts.set(task, (counts.get(task) ?? 0) + 1);
  return counts;
}

/** What the user wrote as the address, and what a failure says, may hold what is secret elsewhere. */
function tidied(entries: readonly Entry[]): readonly OwnedSpan[] {
  const known = new Map<Attributes, Attributes>();
  return entries.map(({ span, common, task: { mask } }) => {
    const fixed = known.get(span.fixed) ?? masked(span.fixed, mask);
    known.set(span.fixed, fixed);
    const error = span.error === null ? null : mask(span.error).slice(0, MOST_ERROR);
    return { span: { ...span, fixed, error }, common };
  });
}

function masked(attributes: Attributes, mask: (text: string) => string): Attributes {
  const url = attributes['url.full'];
  return typeof url === 'string' ? { ...attributes, 'url.full': mask(url) } : attributes;
}

const MOST_ERROR = 1_024;
const MOST_REASON = 256;
const RANDOM_DIGITS = 13;

/** By the last 52 bits of the trace's id, which are random: whoever uses the same part of all records the same traces. */
function isSampled(traceId: string, ratio: number): boolean {
  const value = Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16);
  return value >= (1 - ratio) * 16 ** RANDOM_DIGITS;
}
