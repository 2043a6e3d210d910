import type { Block } from '../../connector/block.ts';
import { blockFromMessages } from '../../connector/block-builder.ts';
import {
  type ConsumerEvent,
  type KafkaConsumer,
  type KafkaFault,
  OFFSET_BEGINNING,
  OFFSET_END,
  OFFSET_NONE,
  type Reader,
  type TopicPartition,
  type TopicPartitionOffset,
  type Watermarks,
} from '../../worker/task/ports.ts';
import { kafkaFault } from './broker.ts';
import { type ClientParts, Link } from './client.ts';
import { Fetcher } from './fetcher.ts';
import { CODE } from './group.ts';
import type { PartitionLog } from './log.ts';
import { Membership, type Rebalance } from './membership.ts';
import type { Scheduled } from './scheduler.ts';

const MAX_READ = 10_000;
const CODE_MAX_POLL_EXCEEDED = -147;

/** As the native reader's: what is read of the values after they were freed is garbage. */
function freeable(block: Block): Block {
  return { ...block, free: () => block.values.fill('#') };
}

/**
 * One client: node-rdkafka's consumer over librdkafka, as its user sees it. Rebalance events and commit answers travel
 * through reads; a rebalance goes on only once assign or unassign answered it; while a revoke waits for its answer
 * nothing is handed out. What the port forbids is a violation at once.
 */
export class SimConsumer implements KafkaConsumer, Reader {
  readonly name = 'portable';
  readonly #parts: ClientParts;
  readonly #link: Link;
  readonly #fetcher: Fetcher;
  readonly #membership: Membership;

  #listener: ((event: ConsumerEvent) => void) | null = null;
  #connected = false;
  #disconnected = false;
  #subscribed = false;
  /** Answers and faults that wait for a read. */
  #ops: { readonly event: ConsumerEvent; readonly seen: () => void }[] = [];
  #reading = false;
  #waitingRead: Scheduled | null = null;
  #finishRead: (() => void) | null = null;
  #commitArrivesAt = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#link = new Link(parts);
    const blocked = (): boolean => this.#disconnected || this.#membership.rebalance?.kind === 'revoke';
    this.#fetcher = new Fetcher(parts, this.#link, blocked, () => this.#news());
    this.#membership = new Membership(
      parts,
      this.#link,
      this.#fetcher,
      () => this.#news(),
      () => {
        const message = 'application maximum poll interval exceeded';
        this.#op({ kind: 'fault', fault: { code: CODE_MAX_POLL_EXCEEDED, message, fatal: false } });
      },
    );
  }

  // ---- what the simulation does to it

  cutOff(ms: number): void {
    this.#link.cutOff(ms);
  }

  heal(): void {
    this.#link.heal();
  }

  /** Another client takes its static membership. */
  fence(): void {
    const { hooks } = this.#parts;
    if (!this.#membership.fence()) return;
    hooks.mark('fenced: fatal to the client');
    const fault = { code: CODE.fencedInstance, message: 'another client has this group.instance.id', fatal: true };
    this.#op({ kind: 'fault', fault }, () => hooks.fatalSeen());
  }

  wake(): void {
    this.#fetcher.fetchSoon();
  }

  // ---- KafkaConsumer

  listen(listener: (event: ConsumerEvent) => void): void {
    if (this.#listener !== null || this.#connected) this.#parts.hooks.contract('listen is called once, before connect');
    this.#listener = listener;
  }

  connect(signal: AbortSignal): Promise<void> {
    const { host, random } = this.#parts;
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        if (signal.aborted || this.#disconnected) return reject(kafkaFault(CODE.timedOut, 'connect was given up'));
        if (this.#link.broken) {
          host.post('native', 500, attempt);
          return;
        }
        this.#connected = true;
        resolve();
      };
      host.post('loop', random.between(0.4, 210), attempt);
    });
  }

  subscribe(): void {
    this.#change('subscribe');
    if (this.#subscribed) this.#parts.hooks.contract('subscribed twice');
    this.#subscribed = true;
    this.#parts.broker.clients.add(this);
    this.#membership.subscribe();
  }

  committed(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly TopicPartitionOffset[]> {
    const { broker } = this.#parts;
    return this.#ask(timeoutMs, () =>
      partitions.map(({ topic, partition }) => {
        const { index } = broker.logOf({ topic, partition });
        return { topic, partition, offset: broker.group.committed.get(index) ?? OFFSET_NONE };
      }),
    );
  }

  async stored(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly (number | KafkaFault)[]> {
    const { broker, hooks } = this.#parts;
    const logs = partitions.map(partition => broker.logOf(partition));
    const answers = await this.#ask(timeoutMs, () =>
      logs.map(({ index }) => {
        const code = broker.refused.get(index);
        if (code === CODE.topicNotAuthorized) return { code, message: 'not authorized', fatal: false };
        return broker.group.committed.get(index) ?? OFFSET_NONE;
      }),
    );
    answers.forEach((answer, i) => {
      if (typeof answer === 'number') hooks.stored(logs[i]!, answer);
    });
    return answers;
  }

  watermarks(partition: TopicPartition, timeoutMs: number): Promise<Watermarks> {
    return this.#ask(timeoutMs, () => {
      const { low, end } = this.#parts.broker.logOf(partition);
      return { low, high: end };
    });
  }

  cachedHigh(partition: TopicPartition): number | null {
    const log = this.#parts.broker.logOf(partition);
    return this.#fetcher.knowsEnd(log) ? log.end : null;
  }

  partitionCount(topic: string, timeoutMs: number): Promise<number> {
    return this.#ask(timeoutMs, () => this.#parts.broker.partitionCount(topic));
  }

  assign(partitions: readonly TopicPartitionOffset[]): void {
    this.#change('assign');
    const { then } = this.#answer('assign', partitions);
    for (const target of partitions) {
      const log = this.#parts.broker.logOf(target);
      const offset = startOf(log, target.offset);
      this.#fetcher.assign(log, offset);
      this.#parts.hooks.assigned(log, offset);
    }
    then();
    this.#fetcher.fetchSoon();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.#change('unassign');
    const { logs, then } = this.#answer('revoke', partitions);
    for (const log of logs) this.#unassign(log);
    then();
    this.#fetcher.fetchSoon();
  }

  refetch(partitions: readonly TopicPartitionOffset[], all: readonly TopicPartitionOffset[]): void {
    this.#change('refetch');
    const { broker, hooks, options } = this.#parts;
    if (this.#membership.rebalance !== null) hooks.mark('refetched while a rebalance waits');
    for (const target of options.protocol === 'cooperative' ? partitions : all) {
      const log = broker.logOf(target);
      if (!this.#fetcher.owns(log)) hooks.contract(`refetch of ${log.topic}-${log.partition}, not owned`);
      this.#fetcher.refetch(log, startOf(log, target.offset));
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#change('pause');
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#change('resume');
    this.#setPaused(partitions, false);
  }

  commit(offsets: readonly TopicPartitionOffset[]): void {
    const { broker, random, hooks } = this.#parts;
    if (!this.#connected || this.#disconnected) throw kafkaFault(CODE.state, 'the client is not connected');
    if (random.chance(broker.faults.callThrows)) {
      hooks.throws('commit');
      throw kafkaFault(CODE.state, 'commit fails');
    }
    const targets = offsets.map(target => ({ log: this.#parts.broker.logOf(target), offset: target.offset }));
    for (const { log } of targets) {
      if (this.#fetcher.owns(log)) continue;
      this.#parts.hooks.contract(`I4: commit for ${log.topic}-${log.partition}, not owned`);
    }
    this.#sendCommit(offsets, this.#parts.hooks.commitStarts(targets));
  }

  unsubscribe(): void {
    this.#change('unsubscribe');
    this.#membership.unsubscribe();
  }

  disconnect(): Promise<void> {
    this.#mayChange('disconnect');
    const { host, broker, hooks, random } = this.#parts;
    this.#disconnected = true;
    // As the adapter does it: closing answers what nobody else will answer any more.
    if (this.#membership.rebalance?.seen === true) hooks.leftUnanswered();
    for (const log of this.#fetcher.logs) this.#unassign(log);
    const hung = random.chance(broker.faults.disconnectHung);
    if (hung) hooks.mark('disconnect hangs');
    this.#membership.leave(hung && random.chance(0.5));
    broker.clients.delete(this);
    return new Promise(resolve => {
      if (hung && random.chance(0.5)) return;
      host.post('loop', hung ? random.logInt(1_000, 600_000) : random.between(0.4, 510), resolve);
    });
  }

  // ---- Reader

  read(maxRecords: number): Promise<Block | null> {
    const { host, hooks, options, random } = this.#parts;
    if (this.#reading) hooks.contract('a read while a read is in flight');
    if (!this.#connected || this.#disconnected) hooks.contract('a read on a client that is not connected');
    this.#reading = true;
    this.#membership.polled();
    hooks.readStarts();
    return new Promise(resolve => {
      this.#finishRead = () => this.#collect(Math.max(1, Math.min(maxRecords, MAX_READ)), resolve);
      const wait = this.#hasNews ? random.between(0.02, 1) : options.readMs;
      this.#waitingRead = host.post('native', wait, () => this.#serve());
    });
  }

  interrupt(): void {
    if (this.#waitingRead !== null) this.#serveSoon(this.#waitingRead);
  }

  #serve(): void {
    this.#waitingRead = null;
    const finish = this.#finishRead;
    this.#finishRead = null;
    finish?.();
  }

  /** Pops records, hands events to the listener, resolves: three things that take turns of their own. */
  #collect(maxRecords: number, resolve: (block: Block | null) => void): void {
    const { host, hooks, options, random } = this.#parts;
    const ordinals = new Map<number, number[]>();
    const messages = this.#fetcher.pop(random.chance(0.3) ? random.int(1, maxRecords) : maxRecords, ordinals);
    this.#deliverOps();
    host.post('loop', random.between(0, 0.5), () => {
      this.#reading = false;
      this.#membership.polled();
      const { separator, keys } = options;
      const columns = { separator, keys, headers: keys };
      const block = messages.length === 0 ? null : freeable(blockFromMessages(messages, columns));
      hooks.readEnds(block, ordinals);
      resolve(block);
    });
  }

  #deliverOps(): void {
    const { host, random } = this.#parts;
    const ops = this.#ops;
    this.#ops = [];
    for (const { event, seen } of ops) {
      host.post('loop', random.between(0, 0.6), () => {
        seen();
        this.#listener?.(event);
      });
    }
    const { rebalance } = this.#membership;
    if (rebalance === null || rebalance.delivered) return;
    rebalance.delivered = true;
    host.post('loop', random.between(0, 0.6), () => this.#tell(rebalance));
  }

  #tell(rebalance: Rebalance): void {
    const { kind, logs, lost } = rebalance;
    const { hooks } = this.#parts;
    rebalance.seen = true;
    hooks.trace(`${kind}${lost ? ' (lost)' : ''} ${logs.map(({ index }) => index).join(',')}`);
    if (kind === 'revoke') hooks.revokeSeen(logs, lost);
    this.#listener?.({ kind, partitions: logs.map(({ topic, partition }) => ({ topic, partition })) });
  }

  get #hasNews(): boolean {
    return this.#ops.length > 0 || this.#membership.rebalance?.delivered === false || this.#fetcher.hasRecords;
  }

  /** There may be something for a read that waits. */
  #news(): void {
    if (this.#waitingRead !== null && this.#hasNews) this.#serveSoon(this.#waitingRead);
  }

  #serveSoon(read: Scheduled): void {
    const { host, random } = this.#parts;
    host.cancel(read);
    this.#waitingRead = host.post('native', random.between(0, 0.5), () => this.#serve());
  }

  #op(event: ConsumerEvent, seen: () => void = () => {}): void {
    this.#ops.push({ event, seen });
    this.#news();
  }

  #sendCommit(offsets: readonly TopicPartitionOffset[], answered: (code: number) => void): void {
    const { host, broker, hooks } = this.#parts;
    const { faults, random, scheduler } = broker;
    const { memberId, generation } = this.#membership.identity;
    const unanswered = random.chance(faults.commitUnanswered);
    if (unanswered) hooks.mark('commit never answered');
    const answer = (code: number, delay: number): void => {
      if (unanswered) return;
      host.post('native', delay, () => {
        const fault = code === 0 ? null : { code, message: `commit failed (${code})`, fatal: false };
        this.#op({ kind: 'commit-answer', fault, offsets }, () => answered(code));
      });
    };
    if (this.#membership.fenced) return answer(CODE.fatal, 0);
    if (this.#link.broken || random.chance(faults.commitRequestLost)) {
      hooks.mark('commit request lost');
      return answer(CODE.timedOut, random.between(1_000, 12_000));
    }
    const lost = random.chance(faults.commitReplyLost);
    const slow = random.chance(faults.commitDelayed) ? random.between(1_000, 20_000) : 0;
    // One connection: what was sent first arrives first.
    this.#commitArrivesAt = Math.max(host.now + this.#link.delay(), this.#commitArrivesAt);
    scheduler.after(this.#commitArrivesAt - host.now, () => {
      const code = broker.commit(memberId, generation, offsets);
      if (code === CODE.illegalGeneration || code === CODE.unknownMember) hooks.mark('commit of an old generation');
      if (lost) hooks.mark('commit reply lost');
      if (slow > 0) hooks.mark('commit answer late');
      answer(lost ? CODE.requestTimedOut : code, this.#link.delay() + slow + (lost ? random.between(500, 10_000) : 0));
    });
  }

  // ---- small things

  #answer(kind: 'assign' | 'revoke', partitions: readonly TopicPartition[]): Rebalance {
    const { hooks } = this.#parts;
    const { rebalance } = this.#membership;
    if (rebalance === null || !rebalance.seen) return hooks.contract(`an answer (${kind}) without an event`);
    if (rebalance.kind !== kind) hooks.contract(`${kind} as the answer to a ${rebalance.kind} event`);
    const same =
      partitions.length === rebalance.logs.length &&
      rebalance.logs.every(log => partitions.some(tp => tp.topic === log.topic && tp.partition === log.partition));
    if (!same) hooks.contract(`${kind} answers with other partitions than the event's`);
    this.#membership.answer();
    return rebalance;
  }

  #unassign(log: PartitionLog): void {
    this.#fetcher.unassign(log);
    this.#parts.hooks.unassigned(log);
  }

  #setPaused(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const target of partitions) {
      const known = this.#fetcher.pause(this.#parts.broker.logOf(target), paused);
      if (!known) throw kafkaFault(CODE.state, `${target.topic}-${target.partition} is not assigned`);
    }
  }

  /** assign, unassign, pause and the like: only between reads, only while connected. May throw. */
  #change(what: string): void {
    const { hooks, broker, random } = this.#parts;
    this.#mayChange(what);
    if (!this.#connected) hooks.contract(`${what} before connect`);
    if (!random.chance(broker.faults.callThrows)) return;
    hooks.throws(what);
    throw kafkaFault(CODE.state, `${what} fails`);
  }

  #mayChange(what: string): void {
    const { hooks } = this.#parts;
    if (this.#reading) hooks.contract(`${what} while a read is in flight`);
    if (this.#disconnected) hooks.contract(`${what} after disconnect`);
  }

  #ask<T>(timeoutMs: number, answer: () => T): Promise<T> {
    const { host, broker, hooks, random } = this.#parts;
    return new Promise((resolve, reject) => {
      if (this.#link.broken || random.chance(broker.faults.lookupError)) {
        hooks.mark('lookup failed');
        const error = kafkaFault(CODE.timedOut, 'the brokers did not answer in time');
        host.post('loop', random.between(timeoutMs / 4, timeoutMs), () => reject(error));
        return;
      }
      broker.scheduler.after(this.#link.delay(), () => {
        const value = answer();
        host.post('loop', this.#link.delay(), () => resolve(value));
      });
    });
  }
}

function startOf(log: PartitionLog, offset: number): number {
  if (offset === OFFSET_BEGINNING) return log.low;
  return offset === OFFSET_END ? log.end : offset;
}
