import { Batcher } from '../connector/batcher.ts';
import type { Block } from '../connector/block.ts';
import { bodyFormat } from '../connector/http/encode.ts';
import type { Assignment } from './assignment.ts';
import { Budget } from './budget.ts';
import { Committer } from './committer.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { Departure } from './departure.ts';
import { Dispatcher } from './dispatcher.ts';
import type { TaskState } from './facts.ts';
import { Flights } from './flights.ts';
import { Inbox } from './inbox.ts';
import { type Arrival, Intake } from './intake.ts';
import { CODE_OFFSET_RESET, toFault } from './kafka-error.ts';
import type { ConsumerEvent, KafkaFault } from './ports.ts';
import { keyOf, Rebalance } from './rebalance.ts';
import { Rejections } from './rejections.ts';
import { Settlement } from './settlement.ts';
import { StallWatch } from './stall-watch.ts';
import type { Task, TaskEnd, TaskParts, TaskStatus } from './task.ts';
import type { TaskEvent } from './task-event.ts';
import { TopicTally } from './topic-counts.ts';

const WAKE: TaskEvent = { kind: 'wake' };
/** A new request needs a poll more recent than the session timeout less this: another member may own what we hold. */
const LEASE_MARGIN_MS = 2_000;

/**
 * The loop of one task, and the only owner of its lanes, ledgers and offsets. It waits for the first of: a block, a
 * verdict, an event of the client, a timer; it never awaits one of them alone, and never HTTP.
 *
 * States: UNASSIGNED (connecting) → RUNNING ⇄ PAUSED → departing → left; FAILED is departing, or left, with a trace.
 */
export class TaskLoop implements Task {
  readonly #parts: TaskParts;
  readonly #inbox = new Inbox<TaskEvent>();
  readonly #assignments = new Map<string, Assignment>();
  readonly #tally = new TopicTally();
  readonly #budget: Budget;
  readonly #intake: Intake;
  readonly #batcher: Batcher;
  readonly #flights: Flights;
  readonly #settlement: Settlement;
  readonly #rejections: Rejections;
  readonly #deadLetterQueue: DeadLetterQueue | null;
  readonly #committer: Committer;
  readonly #rebalance: Rebalance;
  readonly #stallWatch: StallWatch;
  readonly #opening = new AbortController();
  readonly #leaseMs: number;
  #state: TaskState = 'UNASSIGNED';
  #trace: string | null = null;
  #connected = false;
  #paused = false;
  #stopping = false;
  #departure: Departure | null = null;
  #reading = false;
  #arrived: { readonly block: Block; readonly arrivals: readonly Arrival[] } | null = null;
  #lastPollAt: number | null = null;
  #timer: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(parts: TaskParts) {
    this.#parts = parts;
    const { config, worker, consumer, clock, random, announce, convert, explain, taskId, producer, sink } = parts;
    const { delivery, errors } = config;
    const now = clock.now();
    const assignments = this.#assignments;
    const tally = this.#tally;
    const post = (event: TaskEvent): void => this.#inbox.post(event);
    const fail = (reason: string): void => this.#fail(reason);
    const budget = new Budget(delivery.bufferMaxBytes);
    const flights = new Flights(sink, new Dispatcher(delivery.maxInFlight), post);
    const tolerance = errors.tolerance;
    const settlement = new Settlement({ assignments, budget, flights, tally, tolerance, announce, fail });
    this.#budget = budget;
    this.#flights = flights;
    this.#settlement = settlement;
    this.#leaseMs = leaseOf(Number(config.kafka.consumer.global['session.timeout.ms'] ?? 45_000));
    this.#batcher = new Batcher(config.batch, bodyFormat(config.batch).bytesOf);
    this.#stallWatch = new StallWatch({ consumer, assignments, post, announce, fail }, now);
    this.#intake = new Intake({ ...delivery, consumer, assignments, budget, tally, convert, announce });
    this.#committer = new Committer({
      consumer,
      announce,
      now,
      intervalMs: worker.offsetFlushIntervalMs,
      timeoutMs: worker.offsetFlushTimeoutMs,
      maxUncommitted: delivery.maxUncommittedRecords,
    });
    this.#rebalance = new Rebalance({
      consumer,
      assignments,
      post,
      announce,
      fail,
      committer: this.#committer,
      autoOffsetReset: config.kafka.autoOffsetReset,
      maxUncommitted: delivery.maxUncommittedRecords,
      drainTimeoutMs: delivery.drainTimeoutMs,
      commitTimeoutMs: worker.offsetFlushTimeoutMs,
      abandon: lost => settlement.abandon(flights.detach(lost)),
      discard: assignment => settlement.discard(assignment.lane.clear()),
    });
    const deadLetterQueue =
      producer === null ? null : new DeadLetterQueue({ config, taskId, producer, clock, random, announce });
    const skip: Settlement['resolve'] = settlement.resolve.bind(settlement);
    this.#deadLetterQueue = deadLetterQueue;
    this.#rejections = new Rejections({
      config,
      explain,
      post,
      announce,
      fail,
      deadLetterQueue,
      skip: (assignment, slice) => skip(assignment, slice, 'skipped'),
    });
  }

  async run(): Promise<TaskEnd> {
    this.#open();
    while (!this.#stopping || this.#departure?.over !== true) {
      await this.#inbox.arrival();
      const now = this.#parts.clock.now();
      for (const event of this.#inbox.drain()) this.#apply(event, now);
      this.#tick(now);
    }
    this.#timer?.cancel();
    await this.#deadLetterQueue?.close(this.#parts.worker.taskShutdownGracefulTimeoutMs);
    return { clean: this.#departure?.unclean !== true, trace: this.#trace };
  }

  pause(): void {
    this.#paused = true;
    this.#inbox.post(WAKE);
  }

  resume(): void {
    this.#paused = false;
    this.#inbox.post(WAKE);
  }

  stop(deadlineMs: number): void {
    this.#inbox.post({ kind: 'stop', deadlineMs });
  }

  status(): TaskStatus {
    const { clock, consumer, reader, sink } = this.#parts;
    const now = clock.now();
    return {
      state: this.#state,
      trace: this.#trace,
      reader: reader.name,
      sink: sink.state,
      partitions: [...this.#assignments.values()].map(one => ({ ...one.status(now), high: consumer.cachedHigh(one) })),
      topics: this.#tally.snapshot(),
      requestsInFlight: this.#flights.size,
      bufferedBytes: this.#budget.used,
      lastPollAt: this.#lastPollAt,
      lastVerdictAt: this.#settlement.lastVerdictAt,
      idle: this.#isIdle(),
    };
  }

  #open(): void {
    const { consumer } = this.#parts;
    const { signal } = this.#opening;
    consumer.listen(event => this.#inbox.post({ kind: 'consumer', event }));
    const connect = async (): Promise<void> => {
      await this.#deadLetterQueue?.open(signal);
      await consumer.connect(signal);
    };
    connect().then(
      () => this.#inbox.post({ kind: 'connected' }),
      (error: unknown) => this.#inbox.post({ kind: 'connect-failed', fault: toFault(error) }),
    );
  }

  // What happened

  #apply(event: TaskEvent, now: number): void {
    switch (event.kind) {
      case 'stop':
        this.#stopping = true;
        return this.#depart(event.deadlineMs, now);
      case 'connected':
        return this.#join();
      case 'connect-failed':
        if (this.#departure === null) this.#fail(`can not connect to Kafka: ${event.fault.message}`);
        return;
      case 'block':
        this.#readEnded(now);
        return this.#received(event.block, now);
      case 'read-failed':
        this.#readEnded(now);
        return this.#clientFault(event.fault, now);
      case 'consumer':
        return this.#consumerEvent(event.event, now);
      case 'start-offsets':
        return this.#rebalance.startsFound(event.partitions, event.starts);
      case 'start-offsets-failed':
        return this.#rebalance.startsFailed(event.partitions, event.error, now);
      case 'verdict':
        return this.#settlement.verdict(event.flight, event.verdict, this.#rejections, now);
      case 'delivery-end':
        return this.#settlement.deliveryEnd(event.flight, event.end);
      case 'dead-letter':
        this.#rejections.settled();
        return this.#settlement.deadLetter(event, now);
      case 'watermarks':
        return this.#stallWatch.answer(event.assignment, event.watermarks);
      case 'disconnected':
        return this.#departure?.disconnected();
      case 'wake':
        return;
    }
  }

  #join(): void {
    const { consumer } = this.#parts;
    if (this.#departure !== null) {
      consumer.disconnect().catch(() => this.#inbox.post(WAKE));
      return;
    }
    this.#connected = true;
    try {
      consumer.subscribe();
    } catch (error: unknown) {
      this.#fail(`can not subscribe: ${toFault(error).message}`);
    }
  }

  #readEnded(now: number): void {
    this.#reading = false;
    this.#lastPollAt = now;
  }

  #received(block: Block | null, now: number): void {
    if (block === null || this.#departure !== null) return;
    this.#arrived = { block, arrivals: this.#intake.receive(block, now) };
  }

  #consumerEvent(event: ConsumerEvent, now: number): void {
    switch (event.kind) {
      case 'assign':
      case 'revoke':
        return this.#rebalance.accept(event);
      case 'commit-answer':
        if (event.fault !== null) this.#rebalance.commitRefused(event.fault);
        return this.#committer.answer(event.fault, event.offsets, now);
      case 'end-of-partition': {
        const assignment = this.#assignments.get(keyOf(event));
        if (assignment !== undefined) assignment.progressAt = now;
        return;
      }
      case 'fault':
        return this.#clientFault(event.fault, now);
    }
  }

  #clientFault(fault: KafkaFault, now: number): void {
    this.#parts.announce({ kind: 'client-fault', fault });
    if (fault.fatal) this.#fail(fault.message);
    else if (fault.code === CODE_OFFSET_RESET && this.#departure === null) this.#stallWatch.check(now, 0);
  }

  #fail(reason: string): void {
    if (this.#trace !== null) return;
    this.#trace = reason;
    this.#setState('FAILED');
    this.#depart(this.#parts.worker.taskShutdownGracefulTimeoutMs, this.#parts.clock.now());
  }

  #depart(deadlineMs: number, now: number): void {
    this.#opening.abort();
    if (this.#departure !== null) return this.#departure.hasten(deadlineMs, now);
    const { consumer, announce } = this.#parts;
    const parts = {
      consumer,
      announce,
      committer: this.#committer,
      rebalance: this.#rebalance,
      flights: this.#flights,
      rejections: this.#rejections,
      assignments: this.#assignments,
      post: (event: TaskEvent): void => this.#inbox.post(event),
    };
    this.#departure = new Departure(parts, { deadlineMs, now, member: this.#connected });
    for (const assignment of this.#assignments.values()) this.#settlement.discard(assignment.lane.clear());
  }

  // What follows from it

  /**
   * One turn. The client's assignment and pauses change only while no read is in flight; the next read is started
   * before the last block is converted, so that the two overlap.
   */
  #tick(now: number): void {
    if (this.#isMember()) this.#rebalance.advance(now, !this.#reading, this.#departure !== null);
    this.#departure?.advance(now, this.#reading);
    if (this.#isMember()) {
      this.#read(now);
      this.#committer.tick([...this.#assignments.values()], now);
    }
    if (this.#isMember() && this.#departure === null) {
      this.#push(now);
      this.#takeFaults();
      this.#submit(now);
      this.#stallWatch.tick(now);
      this.#setState(this.#paused ? 'PAUSED' : 'RUNNING');
    }
    this.#arm(now);
  }

  #read(now: number): void {
    if (this.#reading) return;
    const departing = this.#departure !== null;
    const credit = this.#budget.credit(now);
    if (credit === 'waiting' && !departing && this.#rebalance.idle) return;
    this.#intake.brake(this.#paused || departing || credit !== 'open', now);
    this.#reading = true;
    this.#parts.reader.read(this.#intake.readSize).then(
      block => this.#inbox.post({ kind: 'block', block }),
      (error: unknown) => this.#inbox.post({ kind: 'read-failed', fault: toFault(error) }),
    );
  }

  #push(now: number): void {
    if (this.#arrived === null) return;
    const { block, arrivals } = this.#arrived;
    this.#arrived = null;
    this.#intake.push(block, arrivals, now);
  }

  #takeFaults(): void {
    for (const assignment of this.#assignments.values()) {
      if (!assignment.revoking && assignment.lane.fault !== null) this.#rejections.takeFaults(assignment);
    }
  }

  #submit(now: number): void {
    if (!this.#maySend(now)) return;
    while (this.#flights.hasRoom) {
      const batch = this.#batcher.take(this.#readyLanes(), now);
      if (batch === null) return;
      this.#flights.submit(batch);
    }
  }

  #maySend(now: number): boolean {
    if (this.#departure !== null || this.#paused || this.#lastPollAt === null) return false;
    return now - this.#lastPollAt < this.#leaseMs;
  }

  #readyLanes(): Assignment[] {
    const lanes: Assignment[] = [];
    for (const assignment of this.#assignments.values()) if (assignment.ready) lanes.push(assignment);
    return lanes;
  }

  #setState(state: TaskState): void {
    if (this.#state === state || this.#state === 'FAILED') return;
    this.#state = state;
    this.#parts.announce({ kind: 'task-state', state, reason: this.#trace });
  }

  /** Connected, and not yet closing: the client may be used. */
  #isMember(): boolean {
    return this.#connected && this.#departure?.closed !== true;
  }

  #isIdle(): boolean {
    if (!this.#connected || this.#flights.size > 0 || !this.#rejections.idle || !this.#rebalance.idle) return false;
    for (const one of this.#assignments.values()) if (one.ledger.unresolved > 0 || one.hasProgress) return false;
    return true;
  }

  /** Sets the timer for the next thing that is due without an event. */
  #arm(now: number): void {
    let at = this.#departure?.until ?? this.#stallWatch.nextAt;
    if (this.#isMember()) at = Math.min(at, this.#rebalance.nextAt(now), this.#committer.nextAt(now));
    if (this.#departure === null && !this.#reading) at = Math.min(at, this.#budget.pauseAt);
    if (this.#maySend(now) && this.#flights.hasRoom) at = Math.min(at, this.#batcher.dueAt(this.#readyLanes()));
    if (this.#timer !== null && this.#timer.at <= at && this.#timer.at > now) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (at === Number.POSITIVE_INFINITY) return;
    const cancel = this.#parts.clock.timer(Math.max(1, at - now), () => {
      this.#timer = null;
      this.#inbox.post(WAKE);
    });
    this.#timer = { at, cancel };
  }
}

function leaseOf(sessionTimeoutMs: number): number {
  return Math.max(sessionTimeoutMs / 2, sessionTimeoutMs - LEASE_MARGIN_MS);
}
