import type { Answer } from '../answer.ts';
import type { Batch, BatchItem, DeliveryEnd, Verdict } from '../batch.ts';
import type { RecordError } from '../record-error.ts';
import type { ResponseExcerpt } from '../response-excerpt.ts';
import type { RecordOutcome } from './answers/classify.ts';
import type { RecordStatus } from './answers/record-answers.ts';
import type { Tries } from './limits.ts';
import { attached, countRecords, type Part, section } from './parts.ts';

interface Progress {
  /** Index behind the last reported record. */
  cursor: number;
  /** Verdicts behind a record that has none yet, ascending. */
  readonly held: Verdict[];
}

/** Why a record is rejected, and what is kept of the answer that says so. */
export interface Rejection {
  readonly error: RecordError;
  readonly response?: ResponseExcerpt;
}

/** What one request is to carry. */
interface Request {
  readonly parts: readonly Part[];
  /** It is a half of one that was refused for what it carries. */
  readonly halved: boolean;
}

/** Into how many deliveries one is taken apart at a time. */
const MOST_PARTS = 8;

/**
 * One batch on its way: what is left to send, in order, and the verdicts so far. The parts on top of the stack are
 * the next request; bisection puts two halves in the place of a whole, the left one on top.
 */
export class Delivery {
  /** Which attempt of the next request comes, from 1. */
  attempt = 1;
  /** How often the next request was sent, by what came of it. */
  readonly tries: Tries = { outages: 0, repeats: 0 };
  /** The credentials have just been renewed for the next request. */
  reauthenticated = false;
  /** Why the next request was refused last, when something else in it might be taken; null otherwise. */
  #refusal: string | null = null;
  readonly #todo: Request[];
  readonly #report: (verdict: Verdict) => void;
  readonly #haltOnReject: boolean;
  readonly #progress = new Map<BatchItem, Progress>();
  #halted = false;

  private constructor(todo: Request[], report: (verdict: Verdict) => void, haltOnReject: boolean) {
    this.#todo = todo;
    this.#report = report;
    this.#haltOnReject = haltOnReject;
  }

  static of(batch: Batch, report: (verdict: Verdict) => void, haltOnReject: boolean): Delivery {
    const whole = batch.items.map(item => ({ item, start: item.slice.start, end: item.slice.end }));
    return new Delivery([{ parts: whole, halved: false }], report, haltOnReject);
  }

  /** What the next request carries, without what was detached since; null when nothing is left. */
  next(): readonly Part[] | null {
    for (let top = this.#todo.pop(); top !== undefined; top = this.#todo.pop()) {
      const parts = attached(top.parts);
      if (parts.length === 0) continue;
      this.#todo.push(parts === top.parts ? top : { ...top, parts });
      return parts;
    }
    return null;
  }

  /** The next request is a half of one that was refused for what it carries. */
  get halved(): boolean {
    return this.#todo.at(-1)?.halved === true;
  }

  /**
   * The request on top was refused, and is to be repeated.
   * @param reason null when nothing in the request can have been the reason
   * @returns whether that is the second time in a row for the same reason
   */
  refuse(reason: string | null): boolean {
    const again = reason !== null && reason === this.#refusal;
    this.#refusal = reason;
    return again;
  }

  /**
   * What is left, in several deliveries of whole lanes; null when it is all of one lane. At most a few at a time: where
   * one of many lanes is in trouble it is found in few requests, and an outage does not make one of each lane.
   */
  apart(): readonly Delivery[] | null {
    const lanes = new Map<unknown, number>();
    for (const { parts } of [...this.#todo].reverse()) for (const { item } of attached(parts)) lanes.set(item.lane, 0);
    if (lanes.size < 2) return null;
    const each = Math.ceil(lanes.size / MOST_PARTS);
    let next = 0;
    for (const lane of lanes.keys()) lanes.set(lane, Math.floor(next++ / each));
    return Array.from({ length: Math.ceil(lanes.size / each) }, (_, group) => {
      const of = (parts: readonly Part[]) => attached(parts).filter(({ item }) => lanes.get(item.lane) === group);
      const all = this.#todo.map(request => ({ ...request, parts: of(request.parts) }));
      const todo = all.filter(({ parts }) => parts.length > 0);
      const delivery = new Delivery(todo, this.#report, this.#haltOnReject);
      delivery.attempt = this.attempt;
      Object.assign(delivery.tries, this.tries);
      delivery.#refusal = this.#refusal;
      for (const { item } of todo.flatMap(({ parts }) => parts)) {
        const progress = this.#progress.get(item);
        if (progress !== undefined) delivery.#progress.set(item, progress);
      }
      return delivery;
    });
  }

  get end(): DeliveryEnd {
    return { kind: this.#halted ? 'halted' : 'done' };
  }

  /** The request on top was confirmed. */
  deliver(answer: Answer): void {
    for (const part of this.#take().parts) this.#settle({ kind: 'delivered', ...part, answer });
  }

  /** The request on top was refused for what it carries: with several records in it, each half is tried alone. */
  reject(rejection: Rejection): void {
    const { parts } = this.#take();
    if (countRecords(parts) > 1) return this.#halve({ parts, halved: true });
    this.#settle({ kind: 'rejected', ...parts[0]!, ...rejection });
    // One that was taken away fails nothing: what stands behind it in other lanes is sent.
    if (this.#haltOnReject && !parts[0]!.item.detached) this.#halt();
  }

  /** The request on top is not tried again: each of its records is rejected, or, where that halts it, the first. */
  giveUp(rejection: Rejection): void {
    const parts = attached(this.#take().parts);
    const rejected = this.#haltOnReject ? section(parts, 0, 1) : parts;
    for (const part of rejected) this.#settle({ kind: 'rejected', ...part, ...rejection });
    if (this.#haltOnReject && rejected.length > 0) this.#halt();
  }

  /** The request on top is too large. */
  split(): void {
    this.#halve(this.#take());
  }

  /**
   * The request on top was answered record by record; what must be sent again is on top afterwards.
   * @param rejectionOf gives the rejection of the record at an index, or, as long as nothing of the answer is kept, of those with
   *   the same status behind it too
   * @returns how many records that are
   */
  settle(
    statuses: readonly RecordStatus[],
    outcomeOf: (status: RecordStatus) => RecordOutcome,
    rejectionOf: (index: number) => Rejection,
    answer: Answer,
  ): number {
    const { attempt, tries } = this;
    const { outages, repeats } = tries;
    const { parts, halved } = this.#take();
    const again: Part[] = [];
    let rejected = false;
    for (let from = 0, to = 1; from < statuses.length; from = to, to++) {
      const outcome = outcomeOf(statuses[from]!);
      const status = statuses[from]!;
      const rejection = outcome === 'reject' ? rejectionOf(from) : null;
      const isOwn = rejection?.response !== undefined;
      while (!isOwn && to < statuses.length && statuses[to] === status) to++;
      const ofRun = status === 'taken' ? answer : { ...answer, status };
      const run = section(parts, from, to);
      for (const part of run) {
        if (outcome === 'delivered') this.#settle({ kind: 'delivered', ...part, answer: ofRun });
        else if (rejection !== null) this.#settle({ kind: 'rejected', ...part, ...rejection });
        // Once halted, only what stands before the rejected record is worth another attempt.
        else if (!(rejected && this.#haltOnReject)) again.push(part);
      }
      rejected ||= outcome === 'reject' && run.some(({ item }) => !item.detached);
    }
    if (rejected && this.#haltOnReject) this.#halt();
    if (again.length > 0) {
      this.#todo.push({ parts: again, halved });
      this.attempt = attempt;
      Object.assign(tries, { outages, repeats });
    }
    return countRecords(again);
  }

  #take(): Request {
    this.attempt = 1;
    this.tries.outages = 0;
    this.tries.repeats = 0;
    this.#refusal = null;
    return this.#todo.pop()!;
  }

  #halve({ parts, halved }: Request): void {
    const records = countRecords(parts);
    const middle = Math.ceil(records / 2);
    const half = (from: number, to: number): Request => ({ parts: section(parts, from, to), halved });
    this.#todo.push(half(middle, records), half(0, middle));
  }

  /** With errors.tolerance=none nothing behind a rejected record is sent any more. */
  #halt(): void {
    this.#halted = true;
    this.#todo.length = 0;
  }

  /** Reports a verdict as soon as everything before it in its item has been reported. */
  #settle(verdict: Verdict): void {
    const progress = this.#progressOf(verdict.item);
    const { held } = progress;
    const at = held.findLastIndex(other => other.start < verdict.start);
    held.splice(at + 1, 0, verdict);
    while (held.length > 0 && held[0]!.start === progress.cursor) {
      const ready = held.shift()!;
      progress.cursor = ready.end;
      this.#report(ready);
    }
  }

  #progressOf(item: BatchItem): Progress {
    let progress = this.#progress.get(item);
    if (progress === undefined) {
      progress = { cursor: item.slice.start, held: [] };
      this.#progress.set(item, progress);
    }
    return progress;
  }
}
