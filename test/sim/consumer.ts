import type { Block } from '../../connector/block.ts';
import {
  type CommitOffset,
  type CommittedOffset,
  type ConsumerEvent,
  type KafkaConsumer,
  type KafkaFault,
  type LogEnd,
  OFFSET_BEGINNING,
  OFFSET_NONE,
  type Reader,
  type TopicIds,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../../worker/task/ports.ts';
import { blockOf } from './blocks.ts';
import { kafkaFault } from './broker.ts';
import { type ClientParts, Link } from './client.ts';
import { Commits } from './commits.ts';
import { Fetcher, type Note } from './fetcher.ts';
import { CODE } from './group.ts';
import { type PartitionLog, startOf } from './log.ts';
import { Manners } from './manners.ts';
import { Membership, type Rebalance } from './membership.ts';
import { Pool } from './pool.ts';
import type { Scheduled } from './scheduler.ts';
import { Started } from './started.ts';
import { maybeThrow } from './throwing.ts';

const MAX_READ = 10_000;
const CODE_MAX_POLL_EXCEEDED = -147;

type Offsets = readonly TopicPartitionOffset[];

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
  readonly #pool = new Pool();
  readonly #started = new Started();

  #listener: ((event: ConsumerEvent) => void) | null = null;
  #connected = false;
  #disconnected = false;
  #subscribed = false;
  /** Answers and faults that wait for a read. */
  #ops: { readonly event: ConsumerEvent; readonly seen: () => void }[] = [];
  #reading = false;
  #waitingRead: Scheduled | null = null;
  #finishRead: (() => void) | null = null;
  /** By slot: the log of the topic that the task says its assignment is for. */
  readonly #made = new Map<number, PartitionLog>();
  readonly #manners: Manners;
  readonly #commits: Commits;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#link = new Link(parts);
    const blocked = (): boolean => this.#disconnected || this.#membership.rebalance?.kind === 'revoke';
    this.#fetcher = new Fetcher(parts, this.#link, blocked, () => this.#news());
    this.#manners = new Manners(parts, this.#fetcher);
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
    this.#commits = new Commits(parts, this.#link, this.#membership, (event, seen) => this.#op(event, seen));
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

  /** Everything assigned is paused. */
  get allPaused(): boolean {
    return this.#fetcher.allPaused;
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

  committed(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly CommittedOffset[]> {
    const { broker } = this.#parts;
    const answer = this.#ask(timeoutMs, () =>
      partitions.map(({ topic, partition }) => {
        const { slot } = broker.logOf({ topic, partition });
        const committed = broker.group.committed.get(slot) ?? { offset: OFFSET_NONE, topicId: null };
        return { topic, partition, ...committed, end: broker.logIn(slot, null).end };
      }),
    );
    return answer.then(found => {
      this.#started.committed(found);
      return found.map(({ end, ...offset }) => offset);
    });
  }

  readonly stored: KafkaConsumer['stored'] = async (partitions, timeoutMs) => {
    const { broker, hooks } = this.#parts;
    const logs = partitions.map(partition => broker.logOf(partition));
    const answers = await this.#ask(timeoutMs, () => partitions.map(partition => broker.held(partition)), true);
    for (const [i, answer] of answers.entries()) {
      if ('offset' in answer) hooks.stored(broker.logIn(logs[i]!.slot, answer.topicId), answer.offset);
      else hooks.refused(logs[i]!);
    }
    return answers;
  };

  topicIds(topics: readonly string[], timeoutMs: number): Promise<TopicIds> {
    const { broker, host } = this.#parts;
    return this.#ask(timeoutMs, () => {
      host.post('native', 0, () => this.#fetcher.metadata());
      return broker.topicIds(topics);
    });
  }

  knownTopicIds(topics: readonly string[]): TopicIds {
    return new Map(topics.map(topic => [topic, this.#fetcher.topicId(topic)]));
  }

  offsets(
    partitions: readonly TopicPartition[],
    at: LogEnd,
    timeoutMs: number,
  ): Promise<readonly (number | KafkaFault)[]> {
    const { broker } = this.#parts;
    this.#manners.asked(partitions.map(partition => broker.logOf(partition)));
    return this.#ask(timeoutMs, () =>
      partitions.map(partition => {
        const log = broker.living(broker.logOf(partition).slot);
        if (log === null) return kafkaFault(CODE.unknownTopic, 'the topic does not exist');
        return at === OFFSET_BEGINNING ? log.low : log.end;
      }),
    );
  }

  cachedHigh(partition: TopicPartition): number | null {
    return this.#fetcher.endOf(this.#parts.broker.logOf(partition));
  }

  partitionCounts(topics: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, number>> {
    const { broker } = this.#parts;
    const answer = this.#ask(timeoutMs, () => new Map(topics.map(topic => [topic, broker.partitionCount(topic)])));
    return answer.then(counts => {
      for (const [topic, count] of counts) this.#started.counted(topic, count);
      return counts;
    });
  }

  assign(partitions: Offsets): void {
    this.#change('assign');
    const { then } = this.#answer('assign', partitions);
    for (const target of partitions) {
      this.#fetcher.assign(this.#parts.broker.logOf(target), target.offset);
      this.#begin(target);
      const log = this.madeFor(target);
      const isFirst = log.index === log.slot && !log.gone && !this.#parts.broker.group.committed.has(log.slot);
      if (isFirst && startOf(log, target.offset) < this.#started.earliest(target))
        this.#parts.hooks.contract(
          `I7: ${log.topic}-${log.partition} is read from ${target.offset}, the group was new to it`,
        );
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

  refetch(partitions: Offsets, all: Offsets): Offsets {
    this.#change('refetch');
    const { broker, hooks, options } = this.#parts;
    if (this.#membership.rebalance !== null) hooks.mark('refetched while a rebalance waits');
    const renewed = partitions.filter(target => this.#isRenewed(target));
    if (renewed.length === 0) this.#manners.refetched();
    for (const target of partitions) {
      if (options.native && !renewed.includes(target) && !this.#fetcher.isGivenUp(broker.logOf(target)))
        hooks.contract(`I23: ${target.topic}-${target.partition} is assigned anew, and the client fetches it`);
    }
    const anew = options.protocol === 'cooperative' ? partitions : all;
    for (const target of anew) {
      const log = broker.logOf(target);
      if (!this.#fetcher.owns(log)) hooks.contract(`refetch of ${log.topic}-${log.partition}, not owned`);
      this.#fetcher.refetch(log, target.offset);
      if (!renewed.includes(target)) hooks.refetched(this.madeFor(target), target.offset);
    }
    for (const target of renewed) {
      hooks.mark('a topic created anew is read');
      hooks.replaced(this.madeFor(target));
      this.#begin(target);
    }
    return anew;
  }

  /** The task goes on with it in another topic. */
  #isRenewed(target: CommitOffset): boolean {
    return target.topicId !== undefined && target.topicId !== this.madeFor(target).topicId;
  }

  #begin({ topicId = null, offset, ...partition }: CommitOffset): void {
    const { broker, hooks } = this.#parts;
    const { slot } = broker.logOf(partition);
    const log = broker.logIn(slot, topicId);
    this.#made.set(slot, log);
    hooks.assigned(log, startOf(log, offset));
  }

  madeFor(partition: TopicPartition): PartitionLog {
    const log = this.#parts.broker.logOf(partition);
    return this.#made.get(log.slot) ?? log;
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#change('pause');
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#change('resume');
    this.#setPaused(partitions, false);
  }

  commit(offsets: readonly CommitOffset[]): void {
    const { broker, random, hooks } = this.#parts;
    if (!this.#connected || this.#disconnected) throw kafkaFault(CODE.state, 'the client is not connected');
    maybeThrow('commit', broker, random, hooks.throws);
    const targets = offsets.map(target => {
      const log = this.madeFor(target);
      return { log: this.#parts.broker.logIn(log.slot, target.topicId ?? log.topicId), offset: target.offset };
    });
    for (const { log } of targets) {
      if (this.#fetcher.owns(log)) continue;
      this.#parts.hooks.contract(`I4: commit for ${log.topic}-${log.partition}, not owned`);
    }
    this.#commits.send(offsets, this.#parts.hooks.commitStarts(targets));
  }

  unsubscribe(): void {
    this.#change('unsubscribe');
    this.#parts.hooks.unsubscribes();
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
    return new Promise((resolve, reject) => {
      this.#finishRead = () => this.#collect(Math.max(1, Math.min(maxRecords, MAX_READ)), resolve, reject);
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
    if (finish === null) return;
    if (this.#pool.free === 0) this.#parts.hooks.contract('I23: a read waits, questions hold all threads of the pool');
    this.#pool.take(give => {
      give();
      finish();
    });
  }

  /** Pops records, hands events to the listener, resolves: three things that take turns of their own. */
  #collect(maxRecords: number, resolve: (block: Block | null) => void, reject: (fault: unknown) => void): void {
    const { host, hooks, options, random } = this.#parts;
    const ordinals = new Map<number, number[]>();
    const notes: Note[] = [];
    const limit = random.chance(0.3) ? random.int(1, maxRecords) : maxRecords;
    const messages = this.#fetcher.pop(limit, ordinals, notes, !options.native);
    const ids = new Map(messages.map(({ topic }) => [topic, this.#fetcher.topicId(topic)]));
    this.#deliverOps();
    host.post('loop', random.between(0, 0.5), () => {
      this.#reading = false;
      this.#membership.polled();
      const block = blockOf(messages, options, ids);
      hooks.readEnds(block, ordinals);
      for (const note of notes) if (options.native || note.kind !== 'fault') this.#listener?.(note);
      // consume(n) drops an error that follows a record, and does not say of which partition it is.
      const fault = options.native ? undefined : notes.find(note => note.kind === 'fault')?.fault;
      const told = options.native ? notes.some(({ kind }) => kind === 'fault') : fault !== undefined && block === null;
      if (told) hooks.faultTold();
      if (fault === undefined || block !== null) resolve(block);
      else reject(kafkaFault(fault.code, fault.message));
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
    if (kind === 'revoke') {
      hooks.revokeSeen(
        logs.map(log => this.madeFor(log)),
        lost,
      );
    }
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
    this.#parts.hooks.unassigned(this.madeFor(log));
  }

  #setPaused(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const target of partitions) {
      const log = this.#parts.broker.logOf(target);
      const known = this.#fetcher.pause(log, paused);
      if (known) this.#parts.hooks.paused(this.madeFor(log), paused);
      else throw kafkaFault(CODE.state, `${target.topic}-${target.partition} is not assigned`);
    }
  }

  /** assign, unassign, pause and the like: only between reads, only while connected. May throw. */
  #change(what: string): void {
    const { hooks, broker, random } = this.#parts;
    this.#mayChange(what);
    if (!this.#connected) hooks.contract(`${what} before connect`);
    maybeThrow(what, broker, random, hooks.throws);
  }

  #mayChange(what: string): void {
    const { hooks } = this.#parts;
    if (this.#reading) hooks.contract(`${what} while a read is in flight`);
    if (this.#disconnected) hooks.contract(`${what} after disconnect`);
  }

  /** @param last it may be asked by a task that leaves, of its last commit */
  #ask<T>(timeoutMs: number, answer: () => T, last = false): Promise<T> {
    const { broker, hooks, random } = this.#parts;
    if (!last) hooks.asks();
    return new Promise((resolve, reject) => {
      this.#pool.take(give => {
        if (this.#link.broken || random.chance(broker.faults.lookupError)) {
          hooks.mark('lookup failed');
          const error = kafkaFault(CODE.timedOut, 'the brokers did not answer in time');
          return this.#endQuestion(random.between(timeoutMs / 4, timeoutMs), give, () => reject(error));
        }
        const slow = random.chance(broker.faults.lookupSlow) ? random.between(0, timeoutMs) : 0;
        broker.scheduler.after(this.#link.delay(), () => {
          const value = answer();
          this.#endQuestion(this.#link.delay() + slow, give, () => resolve(value));
        });
      });
    });
  }

  /** The thread is free as soon as the client has the answer; JavaScript hears of it when it can. */
  #endQuestion(afterMs: number, give: () => void, tell: () => void): void {
    const { host } = this.#parts;
    host.post('native', afterMs, () => {
      give();
      host.post('loop', 0, tell);
    });
  }
}
