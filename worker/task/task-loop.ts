import type { Block } from '../../connector/block.ts';
import { Alarm } from './alarm.ts';
import { Departure } from './departure.ts';
import type { TaskFact, TaskState } from './facts.ts';
import { Inbox } from './inbox.ts';
import type { Credit } from './intake/budget.ts';
import type { Arrival } from './intake/intake.ts';
import { KafkaError, toFault } from './kafka-error.ts';
import { Lease, sessionTimeoutOf } from './lease.ts';
import type { ConsumerEvent, KafkaFault, TopicPartition } from './ports.ts';
import { createStages, type Stages } from './stages.ts';
import type { Task, TaskEnd, TaskParts, TaskStatus } from './task.ts';
import type { TaskEvent } from './task-event.ts';
import { keyOf } from './topic-partition.ts';

const WAKE: TaskEvent = { kind: 'wake' };
const LONGEST_MESSAGE = 500;

export function createTask(parts: TaskParts): Task {
  return new TaskLoop(parts);
}

/**
 * The loop of one task, and the only owner of its lanes, ledgers and offsets. It waits for the first of: a block, a
 * verdict, an event of the client, a timer; it never awaits one of them alone, and never HTTP.
 *
 * States: UNASSIGNED (connecting) → RUNNING ⇄ PAUSED → departing → left; FAILED is departing, or left, with a trace.
 */
class TaskLoop implements Task {
  readonly #parts: TaskParts;
  readonly #inbox = new Inbox<TaskEvent>();
  readonly #stages: Stages;
  readonly #alarm: Alarm;
  readonly #opening = new AbortController();
  readonly #lease: Lease;
  #state: TaskState = 'UNASSIGNED';
  #trace: string | null = null;
  /** What the status says of it: nothing of a record. */
  #shownTrace: string | null = null;
  #connected = false;
  #paused = false;
  #stopping = false;
  /** Something has thrown in a turn: the stages are not to be trusted any more. */
  #broken = false;
  #departure: Departure | null = null;
  #reading = false;
  #arrived: { readonly block: Block; readonly arrivals: readonly Arrival[] } | null = null;
  #faultOfClient: string | null = null;

  constructor(parts: TaskParts) {
    const announce: TaskParts['announce'] = fact => {
      this.#watchClient(fact);
      parts.announce(fact);
    };
    this.#parts = { ...parts, announce };
    this.#alarm = new Alarm(parts.clock, () => this.#inbox.post(WAKE));
    this.#lease = new Lease(parts.clock, sessionTimeoutOf(parts.config));
    this.#stages = createStages(this.#parts, {
      post: event => this.#inbox.post(event),
      fail: (reason, shown) => this.#fail(reason, shown),
    });
  }

  async run(): Promise<TaskEnd> {
    this.#open();
    while (!this.#stopping || this.#departure?.over !== true) {
      await this.#inbox.arrival();
      this.#turn();
    }
    this.#alarm.cancel();
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
      trace: this.#shownTrace,
      reader: reader.name,
      sink: sink.state,
      clientFault: this.#faultOfClient,
      commitFault: this.#stages.committer.fault(now),
      partitions: [...this.#stages.assignments.values()].map(one => ({
        ...one.status(now),
        high: consumer.cachedHigh(one),
      })),
      topics: this.#stages.tally.snapshot(),
      missingTopics: this.#stages.topics.missing,
      requestsInFlight: this.#stages.flights.size,
      bufferedBytes: this.#stages.budget.used,
      lastPollAt: this.#lease.lastPollAt,
      lastVerdictAt: this.#stages.settlement.lastVerdictAt,
      idle: this.#isIdle(),
    };
  }

  #open(): void {
    const { consumer } = this.#parts;
    const { signal } = this.#opening;
    const connect = async (): Promise<void> => {
      consumer.listen(event => this.#inbox.post({ kind: 'consumer', event }));
      await this.#stages.publisher?.open(signal);
      await consumer.connect(signal);
    };
    connect().then(
      () => this.#inbox.post({ kind: 'connected' }),
      (error: unknown) => this.#inbox.post({ kind: 'connect-failed', fault: toFault(error) }),
    );
  }

  /** Whatever throws in a turn ends the task, and never the loop: the other events are taken, the departure goes on. */
  #turn(): void {
    const now = this.#parts.clock.now();
    for (const event of this.#inbox.drain()) {
      try {
        this.#apply(event, now);
      } catch (error: unknown) {
        this.#broke(error, now);
      }
    }
    try {
      this.#tick(now);
    } catch (error: unknown) {
      this.#broke(error, now);
    }
  }

  // What happened

  #apply(event: TaskEvent, now: number): void {
    if (this.#broken) return this.#applyBroken(event, now);
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
        return this.#stages.rebalance.startsFound(event.partitions, event.starts);
      case 'start-offsets-failed':
        return this.#stages.rebalance.startsFailed(event.partitions, event.error, now);
      case 'stored-offsets':
        return this.#stages.committer.stored(event, now);
      case 'verdict':
        return this.#stages.settlement.verdict(event.flight, event.verdict, this.#stages.rejections, now);
      case 'delivery-end':
        return this.#stages.settlement.deliveryEnd(event.flight, event.end);
      case 'dead-letter':
        this.#stages.rejections.settled();
        return this.#stages.settlement.deadLetter(event, now);
      case 'reported':
        this.#stages.reports!.settled();
        return this.#stages.settlement.reported(event, now);
      case 'topics':
      case 'topics-unknown':
      case 'topic-starts':
      case 'topic-starts-failed':
        return this.#stages.topics.answer(event, now);
      case 'looked':
        return this.#stages.stallWatch.looked(event, now);
      case 'disconnected':
        return this.#departure?.disconnected();
      case 'wake':
        return;
    }
  }

  /** What a task that leaves without its stages still has to know. */
  #applyBroken(event: TaskEvent, now: number): void {
    switch (event.kind) {
      case 'stop':
        this.#stopping = true;
        return this.#depart(event.deadlineMs, now);
      case 'block':
      case 'read-failed':
        return this.#readEnded(now);
      case 'disconnected':
        return this.#departure?.disconnected();
      default:
        return;
    }
  }

  #join(): void {
    const { consumer } = this.#parts;
    // The departure has given it up already.
    if (this.#departure !== null) return;
    this.#connected = true;
    try {
      consumer.subscribe();
    } catch (error: unknown) {
      this.#fail(`can not subscribe: ${toFault(error).message}`);
    }
  }

  #readEnded(now: number): void {
    this.#reading = false;
    this.#lease.readEnded(now);
  }

  #received(block: Block | null, now: number): void {
    if (block === null || this.#departure !== null) return;
    this.#arrived = { block, arrivals: this.#stages.intake.receive(block, now) };
  }

  #consumerEvent(event: ConsumerEvent, now: number): void {
    switch (event.kind) {
      case 'assign':
        this.#checkEndpoints(event.partitions);
        return this.#stages.rebalance.accept(event);
      case 'revoke':
        return this.#stages.rebalance.accept(event);
      case 'commit-answer':
        if (event.fault !== null) this.#stages.rebalance.commitRefused(event.fault);
        if (event.fault !== null) this.#stages.topics.fault(event.fault);
        return this.#stages.committer.answer(event.fault, event.offsets, now);
      case 'end-of-partition': {
        const assignment = this.#stages.assignments.get(keyOf(event));
        if (assignment === undefined) return;
        // Never of an older epoch: readers tell it before their read ends, and nothing is assigned under a read.
        assignment.progressed(now);
        assignment.endSeen = event.offset;
        return;
      }
      case 'fault':
        return this.#clientFault(event.fault, now);
    }
  }

  /** Before anything of it is read. */
  #checkEndpoints(partitions: readonly TopicPartition[]): void {
    const { endpoints } = this.#parts;
    const stray = endpoints ? partitions.find(({ topic }) => endpoints.of(topic) === null) : undefined;
    if (stray === undefined) return;
    this.#fail(
      `the connector reads ${stray.topic}, which no endpoint has: name it in endpoints.<alias>.topics, let an ` +
        'endpoints.<alias>.topics.regex match it, or leave it out of topics.regex. Nothing of it was read',
    );
  }

  #watchClient(fact: TaskFact): void {
    if (fact.kind === 'client-fault') this.#faultOfClient = fact.fault.message;
    else if (fact.kind === 'block-received') this.#faultOfClient = null;
    else if (fact.kind === 'partitions-assigned' && fact.partitions.length > 0) this.#faultOfClient = null;
  }

  #clientFault(fault: KafkaFault, now: number): void {
    this.#parts.announce({ kind: 'client-fault', fault });
    if (fault.fatal) return this.#fail(fault.message);
    if (this.#departure !== null) return;
    this.#stages.topics.fault(fault);
    this.#stages.stallWatch.fault(fault, now);
  }

  #fail(reason: string, shown = reason): void {
    if (this.#trace !== null) return;
    this.#trace = reason;
    this.#shownTrace = shown;
    this.#setState('FAILED');
    this.#depart(this.#parts.worker.taskShutdownGracefulTimeoutMs, this.#parts.clock.now());
  }

  /**
   * Something has thrown: a converter, a call of the client, a defect of ours. What the stages hold is in doubt, so nothing is
   * committed any more; what the group asks is answered by the client as it closes.
   */
  #broke(error: unknown, now: number): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#trace ??= describe(error);
    this.#shownTrace ??= error instanceof KafkaError ? this.#trace : 'internal error: the log says which';
    this.#opening.abort();
    this.#departure ??= this.#newDeparture(this.#parts.worker.taskShutdownGracefulTimeoutMs, now);
    this.#departure.breakOff(now);
    try {
      const stack = error instanceof Error ? framesOf(error) : '';
      this.#parts.announce({ kind: 'internal-error', reason: describe(error), stack });
      this.#setState('FAILED');
    } catch {
      // It may be telling that throws.
    }
    this.#inbox.post(WAKE);
  }

  #newDeparture(deadlineMs: number, now: number): Departure {
    this.#stages.questions.close();
    const { consumer, announce } = this.#parts;
    const post = (event: TaskEvent): void => this.#inbox.post(event);
    return new Departure({ ...this.#stages, consumer, announce, post }, { deadlineMs, now, member: this.#connected });
  }

  #depart(deadlineMs: number, now: number): void {
    this.#opening.abort();
    if (this.#departure !== null) return this.#departure.hasten(deadlineMs, now);
    this.#departure = this.#newDeparture(deadlineMs, now);
    for (const { lane } of this.#stages.assignments.values()) this.#stages.settlement.discard(lane, lane.clear());
  }

  // What follows from it

  /**
   * One turn. The client's assignment and pauses change only while no read is in flight; the next read is started
   * before the last block is converted, so that the two overlap.
   */
  #tick(now: number): void {
    if (this.#broken) {
      this.#departure!.advance(now, this.#reading);
      this.#alarm.set(this.#departure!.until, now);
      return;
    }
    this.#stages.budget.advance(now, this.#stages.intake.limit);
    if (this.#stages.budget.credit !== 'open') this.#stages.relief.relieve(now);
    if (this.#reading && this.#wantsClient(now)) this.#parts.reader.interrupt();
    if (this.#isMember()) this.#stages.rebalance.advance(now, !this.#reading, this.#departure !== null);
    if (this.#departure === null && !this.#reading && this.#stages.rebalance.idle) {
      this.#stages.topics.advance(now);
      this.#stages.stallWatch.recover(now);
    }
    this.#departure?.advance(now, this.#reading);
    if (this.#isMember()) {
      this.#read(now);
      this.#stages.committer.tick(this.#stages.assignments.values(), this.#stages.roster.someEager, now);
    }
    if (this.#isMember() && this.#departure === null) {
      this.#push(now);
      this.#takeFaults();
      this.#submit(now);
      this.#stages.stallWatch.tick(now);
      this.#stages.topics.tick(now);
      this.#setState(this.#paused ? 'PAUSED' : 'RUNNING');
    }
    this.#stages.flights.readmit();
    this.#arm(now);
  }

  #read(now: number): void {
    if (this.#reading) return;
    const { credit } = this.#stages.budget;
    if (credit === 'waiting' && this.#departure === null && this.#stages.rebalance.idle) return;
    this.#stages.intake.brake(this.#brakes(credit), now);
    const read = this.#parts.reader.read(this.#stages.intake.readSize);
    this.#reading = true;
    this.#lease.readBegins(now);
    read.then(
      block => this.#inbox.post({ kind: 'block', block }),
      (error: unknown) => this.#inbox.post({ kind: 'read-failed', fault: toFault(error) }),
    );
  }

  /** Whether all partitions are to be paused. */
  #brakes(credit: Credit): boolean {
    return this.#paused || this.#departure !== null || credit !== 'open';
  }

  /** Something is due that may only be done while no read is in flight. */
  #wantsClient(now: number): boolean {
    const { rebalance, intake, budget, topics } = this.#stages;
    return (
      this.#departure !== null ||
      !rebalance.idle ||
      topics.wantsClient ||
      intake.wantsBrake(this.#brakes(budget.credit), now)
    );
  }

  #push(now: number): void {
    if (this.#arrived === null) return;
    const { block, arrivals } = this.#arrived;
    this.#arrived = null;
    this.#stages.intake.push(block, arrivals, now);
  }

  #takeFaults(): void {
    const { rejections, roster } = this.#stages;
    for (const lane of roster.faulty) {
      if (!rejections.hasRoom) return;
      rejections.takeFaults(lane);
    }
  }

  #submit(now: number): void {
    if (this.#maySend(now)) this.#stages.outlets.submit(now);
  }

  #maySend(now: number): boolean {
    if (this.#departure !== null || this.#paused) return false;
    return this.#lease.holds(now);
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
    if (
      !this.#connected ||
      this.#stages.flights.size > 0 ||
      !this.#stages.rejections.idle ||
      this.#stages.reports?.idle === false ||
      !this.#stages.rebalance.idle ||
      !this.#stages.topics.idle
    )
      return false;
    for (const one of this.#stages.assignments.values()) if (one.ledger.unresolved > 0 || one.hasProgress) return false;
    return true;
  }

  /** Sets the timer for the next thing that is due without an event. */
  #arm(now: number): void {
    let at = this.#departure?.until ?? Math.min(this.#stages.stallWatch.nextAt, this.#stages.topics.nextAt);
    if (this.#isMember()) at = Math.min(at, this.#stages.rebalance.nextAt(now), this.#stages.committer.nextAt(now));
    if (this.#departure === null && !this.#reading) at = Math.min(at, this.#stages.budget.pauseAt);
    if (this.#maySend(now)) at = Math.min(at, this.#stages.outlets.nextAt);
    this.#alarm.set(at, now);
  }
}

/** One line for the user. Of a text that did not parse, V8's message quotes a piece: a record's, most likely. */
function describe(error: unknown): string {
  if (error instanceof KafkaError) return `the Kafka client refused a call: ${error.message}`;
  if (!(error instanceof Error)) return `internal error: ${String(error).slice(0, LONGEST_MESSAGE)}`;
  const text = error instanceof SyntaxError ? error.name : `${error.name}: ${error.message}`;
  return `internal error: ${text.slice(0, LONGEST_MESSAGE)}`;
}

/** Where it was thrown, without the message that V8 puts before it. */
function framesOf({ stack = '' }: Error): string {
  return stack.slice(Math.max(0, stack.search(/^ {4}at /m)));
}
