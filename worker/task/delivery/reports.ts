import type { ReporterConfig } from '../../../config/types.ts';
import type { Slice } from '../../../connector/block.ts';
import { Scope } from '../../../connector/scope.ts';
import type { TaskFact } from '../facts.ts';
import { toFault } from '../kafka-error.ts';
import type { PartitionLane } from '../order/assignment.ts';
import { Fifo } from '../order/fifo.ts';
import type { KafkaFault } from '../ports.ts';
import type { Publisher } from './publisher.ts';
import { createReportWriter, type Outcome, type PrepareReports, type WriteReport } from './report.ts';
import type { Grounds } from './report-parts.ts';

/** Reports on their way at a time: what waits is held by the budget, as the records that it is about. */
const MAX_REPORTS = 1_000;

/** All reports of a slice were acknowledged, or one was refused for good (`fault`), or they were given up. */
export interface ReportEvent {
  readonly kind: 'reported';
  readonly lane: PartitionLane;
  readonly slice: Slice;
  readonly outcome: Outcome;
  readonly acknowledged: boolean;
  readonly fault: KafkaFault | null;
}

export interface ReportsParts {
  readonly reporter: ReporterConfig;
  readonly connector: string;
  readonly taskId: number;
  readonly publisher: Publisher;
  /** Its partition is still this task's. */
  readonly isOurs: (lane: PartitionLane) => boolean;
  readonly post: (event: ReportEvent) => void;
  readonly announce: (fact: TaskFact) => void;
  /** Told of the memory that answers take which reports still have to tell of, and, as a negative number, of its end. */
  readonly keep: (bytes: number) => void;
}

/** A slice whose reports are being written. */
interface Run {
  readonly lane: PartitionLane;
  readonly slice: Slice;
  readonly outcome: Outcome;
  readonly write: WriteReport;
  /** What its answer takes in memory. */
  readonly kept: number;
  /** Index of the next record that no report was begun of. */
  next: number;
  /** Reports begun and not ended, and how many were acknowledged. */
  open: number;
  written: number;
  /** Some of it will never be written. */
  broken: boolean;
  fault: KafkaFault | null;
}

/**
 * Tells topics what became of the records, before their offsets may be committed: a slice has its verdict when all of its
 * reports are acknowledged. Until then its records count as uncommitted and hold their part of the budget, so that what waits is
 * bounded as all is that a task holds.
 */
export class Reports {
  readonly #parts: ReportsParts;
  readonly #prepare: PrepareReports;
  readonly #scope = new Scope();
  readonly #queue = new Fifo<Run>();
  /** Slices whose event the loop has not taken yet. */
  #underWay = 0;
  /** Reports on their way. */
  #open = 0;

  constructor(parts: ReportsParts) {
    this.#parts = parts;
    this.#prepare = createReportWriter(parts.reporter, parts.connector, parts.taskId);
  }

  get idle(): boolean {
    return this.#underWay === 0;
  }

  /** Whether there is a topic for outcomes of this kind. */
  covers(outcome: Outcome): boolean {
    return this.#topicOf(outcome) !== null;
  }

  /** @param slice of which no lane and no request holds anything any more; an outcome that is covered */
  report(lane: PartitionLane, slice: Slice, outcome: Outcome, grounds: Grounds): void {
    const topic = this.#topicOf(outcome)!;
    this.#underWay++;
    lane.assignment.reports++;
    const write = this.#prepare(topic, slice, outcome, grounds);
    const kept = grounds.answer?.body?.bytes ?? 0;
    if (kept > 0) this.#parts.keep(kept);
    const run = { lane, slice, outcome, write, kept, next: slice.start, open: 0, written: 0 };
    this.#queue.push({ ...run, broken: false, fault: null });
    this.#advance();
  }

  /** Stops waiting for reports that have no answer: their records stay uncommitted. */
  abandon(): void {
    this.#scope.abort();
    this.#advance();
  }

  /** A slice's event was taken by the loop. */
  settled(): void {
    this.#underWay--;
  }

  #topicOf(outcome: Outcome): string | null {
    const { success, error } = this.#parts.reporter;
    return (outcome === 'delivered' ? success : error)?.name ?? null;
  }

  /** Begins as many as there is room for. */
  #advance(): void {
    for (let run = this.#queue.first; run !== undefined; run = this.#queue.first) {
      // Its next owner delivers what is left of it, and reports it.
      run.broken ||= this.#scope.aborted || !this.#parts.isOurs(run.lane);
      while (!run.broken && run.next < run.slice.end && this.#open < MAX_REPORTS) this.#begin(run);
      if (!run.broken && run.next < run.slice.end) return;
      run.next = run.slice.end;
      this.#queue.dropFirst();
      if (run.open === 0) this.#end(run);
    }
  }

  #begin(run: Run): void {
    const { publisher, announce, reporter } = this.#parts;
    const { slice, outcome, next: start } = run;
    const { topic, partition, block } = slice;
    const isBatch = outcome === 'delivered' && reporter.granularity === 'batch';
    run.next = isBatch ? slice.end : start + 1;
    run.open++;
    this.#open++;
    const offset = block.offset[start]!;
    const failed = (reason: string, retryInMs: number | null): void =>
      announce({ kind: 'report-failed', topic, partition, offset, reason, retryInMs });
    publisher.publish(run.write(start, run.next), failed, this.#scope).then(
      acknowledged => this.#ended(run, acknowledged, null),
      (thrown: unknown) => this.#ended(run, false, toFault(thrown)),
    );
  }

  #ended(run: Run, acknowledged: boolean, fault: KafkaFault | null): void {
    this.#open--;
    run.open--;
    if (acknowledged) run.written++;
    else run.broken = true;
    run.fault ??= fault;
    // One that is not wholly begun is still the first of the queue.
    if (run.open === 0 && run.next === run.slice.end) this.#end(run);
    this.#advance();
  }

  #end({ lane, slice, outcome, kept, written, broken, fault }: Run): void {
    const { topic, partition } = slice;
    if (kept > 0) this.#parts.keep(-kept);
    if (written > 0) this.#parts.announce({ kind: 'reports-acknowledged', topic, partition, reports: written });
    this.#parts.post({ kind: 'reported', lane, slice, outcome, acknowledged: !broken, fault });
  }
}
