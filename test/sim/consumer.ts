import type { Block } from '../../connector/block.ts';
import { blockFromMessages, type KafkaMessage } from '../../connector/block-builder.ts';
import {
  type ConsumerEvent,
  type KafkaConsumer,
  OFFSET_BEGINNING,
  OFFSET_END,
  OFFSET_NONE,
  type Reader,
  type TopicPartition,
  type TopicPartitionOffset,
  type Watermarks,
} from '../../worker/ports.ts';
import { kafkaFault, type SimBroker } from './broker.ts';
import { type Assigned, CODE, type MemberLink } from './group.ts';
import type { Host } from './host.ts';
import type { PartitionLog } from './log.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduled } from './scheduler.ts';

export interface ConsumerOptions {
  readonly protocol: 'eager' | 'cooperative';
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  readonly maxPollMs: number;
  /** How long a read waits for records. */
  readonly readMs: number;
  /** Records the client prefetches. */
  readonly queueRecords: number;
  readonly fetchRecords: number;
  readonly separator: number;
  readonly keysAndHeaders: boolean;
  /** node-rdkafka keeps a pause when a partition is assigned again; other versions undo it. */
  readonly pauseSurvives: boolean;
}

/** What the checker hears of a client. */
export interface ConsumerHooks {
  readonly contract: (broken: string) => never;
  readonly assigned: (log: PartitionLog, offset: number) => void;
  readonly revokeSeen: (logs: readonly PartitionLog[], lost: boolean) => void;
  readonly unassigned: (log: PartitionLog) => void;
  readonly readStarts: () => void;
  readonly readEnds: (block: Block | null, ordinals: ReadonlyMap<number, readonly number[]>) => void;
  /** @returns what to call with the answer. */
  readonly commitStarts: (offsets: readonly { log: PartitionLog; offset: number }[]) => (failed: boolean) => void;
  /** Disconnects with a rebalance event that it has seen and not answered. */
  readonly leftUnanswered: () => void;
  readonly joined: () => void;
  /** Its partitions are no longer its own: the coordinator gave them away, or it gave them up itself. */
  readonly kicked: () => void;
  readonly left: () => void;
  readonly mark: (name: string) => void;
  readonly trace: (text: string) => void;
}

interface Fetched {
  readonly log: PartitionLog;
  /** The next ordinal the application gets. */
  position: number;
  /** The next ordinal to be fetched. */
  next: number;
  paused: boolean;
}

interface Chunk {
  readonly log: PartitionLog;
  from: number;
  readonly to: number;
}

interface Rebalance {
  readonly kind: 'assign' | 'revoke';
  readonly logs: readonly PartitionLog[];
  readonly lost: boolean;
  /** The event is on its way to the listener, or there. */
  delivered: boolean;
  /** The listener has it. */
  seen: boolean;
  readonly then: () => void;
}

type JoinState = 'idle' | 'joining' | 'steady';

/**
 * One client: node-rdkafka's consumer over librdkafka, as its user sees it. Rebalance events and commit answers travel
 * through reads; a rebalance goes on only once assign or unassign answered it; while a revoke waits for its answer
 * nothing is handed out. What the port forbids is a violation at once.
 */
export class SimConsumer implements KafkaConsumer, Reader {
  readonly name = 'portable';
  readonly #host: Host;
  readonly #broker: SimBroker;
  readonly #options: ConsumerOptions;
  readonly #hooks: ConsumerHooks;
  readonly #random: SeededRandom;

  #listener: ((event: ConsumerEvent) => void) | null = null;
  #connected = false;
  #disconnected = false;
  #subscribed = false;
  #unsubscribed = false;

  #memberId: string | null = null;
  #generation = -1;
  #joinState: JoinState = 'idle';
  #rebalance: Rebalance | null = null;
  /** The group no longer counts us: everything is revoked as lost as soon as the rebalance under way is answered. */
  #lost = false;
  #heardAt = 0;
  #polledAt = 0;
  readonly #owned = new Map<number, Fetched>();
  /** Partitions that were paused when they were taken away. */
  readonly #pausedBefore = new Set<number>();

  #chunks: Chunk[] = [];
  #fetching = false;
  #rotation = 0;
  /** Answers and faults that wait for a read. */
  #ops: { readonly event: ConsumerEvent; readonly seen: () => void }[] = [];

  #reading = false;
  #waitingRead: Scheduled | null = null;
  #finishRead: ((maxRecords: number) => void) | null = null;
  #readMax = 0;
  #commitArrivesAt = 0;
  /** Until when this client reaches no broker. */
  #cutOffUntil = 0;

  constructor(parts: {
    host: Host;
    broker: SimBroker;
    options: ConsumerOptions;
    hooks: ConsumerHooks;
    random: SeededRandom;
  }) {
    this.#host = parts.host;
    this.#broker = parts.broker;
    this.#options = parts.options;
    this.#hooks = parts.hooks;
    this.#random = parts.random;
  }

  // ---- what the simulation does to it

  cutOff(ms: number): void {
    this.#cutOffUntil = Math.max(this.#cutOffUntil, this.#host.now + ms);
  }

  heal(): void {
    this.#cutOffUntil = 0;
  }

  wake(): void {
    this.#fetchSoon();
  }

  /** In the group, nothing waits for an answer. */
  get settled(): boolean {
    return this.#joinState === 'steady' && this.#rebalance === null && !this.#lost;
  }

  get rebalancing(): boolean {
    return this.#rebalance?.delivered === true;
  }

  // ---- KafkaConsumer

  listen(listener: (event: ConsumerEvent) => void): void {
    if (this.#listener !== null || this.#connected) this.#hooks.contract('listen is called once, before connect');
    this.#listener = listener;
  }

  connect(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const attempt = (): void => {
        if (signal.aborted) return reject(kafkaFault(CODE.timedOut, 'connect was given up'));
        if (this.#unreachable) {
          this.#host.post('native', 500, attempt);
          return;
        }
        this.#connected = true;
        this.#polledAt = this.#host.now;
        resolve();
      };
      this.#host.post('loop', this.#rtt() + this.#random.between(0, 200), attempt);
    });
  }

  subscribe(): void {
    this.#change('subscribe');
    if (this.#subscribed) this.#hooks.contract('subscribed twice');
    this.#subscribed = true;
    this.#heardAt = this.#host.now;
    this.#polledAt = this.#host.now;
    this.#broker.clients.add(this);
    this.#join();
    this.#beat();
    this.#watchPolls();
  }

  committed(partitions: readonly TopicPartition[], timeoutMs: number): Promise<readonly TopicPartitionOffset[]> {
    return this.#ask(timeoutMs, () =>
      partitions.map(({ topic, partition }) => {
        const { index } = this.#broker.logOf({ topic, partition });
        return { topic, partition, offset: this.#broker.group.committed.get(index) ?? OFFSET_NONE };
      }),
    );
  }

  watermarks(partition: TopicPartition, timeoutMs: number): Promise<Watermarks> {
    return this.#ask(timeoutMs, () => {
      const { low, end } = this.#broker.logOf(partition);
      return { low, high: end };
    });
  }

  cachedHigh(partition: TopicPartition): number | null {
    const log = this.#broker.logOf(partition);
    const fetched = this.#owned.get(log.index);
    return fetched === undefined || fetched.next === 0 ? null : log.end;
  }

  partitionCount(topic: string, timeoutMs: number): Promise<number> {
    return this.#ask(timeoutMs, () => this.#broker.partitionCount(topic));
  }

  assign(partitions: readonly TopicPartitionOffset[]): void {
    this.#change('assign');
    const rebalance = this.#answer('assign', partitions);
    for (const { topic, partition, offset } of partitions) {
      const log = this.#broker.logOf({ topic, partition });
      const position = log.ordinalAt(this.#startOffset(log, offset));
      const paused = this.#options.pauseSurvives && this.#pausedBefore.has(log.index);
      if (paused) this.#hooks.mark('assigned while still paused');
      this.#owned.set(log.index, { log, position, next: position, paused });
      this.#hooks.assigned(log, this.#startOffset(log, offset));
    }
    rebalance.then();
    this.#fetchSoon();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.#change('unassign');
    const rebalance = this.#answer('revoke', partitions);
    for (const log of rebalance.logs) {
      const fetched = this.#owned.get(log.index);
      if (fetched?.paused === true) this.#pausedBefore.add(log.index);
      else this.#pausedBefore.delete(log.index);
      this.#owned.delete(log.index);
      this.#hooks.unassigned(log);
    }
    rebalance.then();
    this.#fetchSoon();
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#change('pause');
    for (const fetched of this.#fetchedOf(partitions)) {
      fetched.paused = true;
      this.#purge(fetched);
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#change('resume');
    for (const fetched of this.#fetchedOf(partitions)) fetched.paused = false;
    this.#fetchSoon();
  }

  commit(offsets: readonly TopicPartitionOffset[]): void {
    if (!this.#connected || this.#disconnected) throw kafkaFault(CODE.state, 'the client is not connected');
    const targets = offsets.map(({ topic, partition, offset }) => ({
      log: this.#broker.logOf({ topic, partition }),
      offset,
    }));
    for (const { log } of targets) {
      if (!this.#owned.has(log.index)) this.#hooks.contract(`I4: commit for ${log.topic}-${log.partition}, not owned`);
    }
    this.#sendCommit(offsets, this.#hooks.commitStarts(targets));
  }

  unsubscribe(): void {
    this.#change('unsubscribe');
    this.#unsubscribed = true;
    if (this.#rebalance === null) this.#giveUpAll();
  }

  disconnect(): Promise<void> {
    this.#change('disconnect');
    this.#disconnected = true;
    // As the adapter does it: closing answers what nobody else will answer any more.
    if (this.#rebalance?.seen === true) this.#hooks.leftUnanswered();
    for (const { log } of this.#owned.values()) this.#hooks.unassigned(log);
    this.#owned.clear();
    this.#rebalance = null;
    this.#leave();
    return new Promise(resolve => {
      this.#host.post('loop', this.#rtt() + this.#random.between(0, 500), resolve);
    });
  }

  // ---- Reader

  read(maxRecords: number): Promise<Block | null> {
    if (this.#reading) this.#hooks.contract('a read while a read is in flight');
    if (!this.#connected || this.#disconnected) this.#hooks.contract('a read on a client that is not connected');
    this.#reading = true;
    this.#readMax = Math.max(1, Math.min(maxRecords, 10_000));
    this.#polledAt = this.#host.now;
    this.#hooks.readStarts();
    return new Promise(resolve => {
      this.#finishRead = () => this.#collect(resolve);
      const wait = this.#hasNews ? this.#random.between(0.02, 1) : this.#options.readMs;
      this.#waitingRead = this.#host.post('native', wait, () => this.#serve());
    });
  }

  #serve(): void {
    this.#waitingRead = null;
    const finish = this.#finishRead;
    this.#finishRead = null;
    finish?.(this.#readMax);
  }

  /** Pops records, hands events to the listener, resolves: three things that take turns of their own. */
  #collect(resolve: (block: Block | null) => void): void {
    const ordinals = new Map<number, number[]>();
    const messages = this.#pop(ordinals);
    this.#deliverOps();
    this.#host.post('loop', this.#random.between(0, 0.5), () => {
      this.#reading = false;
      this.#polledAt = this.#host.now;
      const { separator, keysAndHeaders } = this.#options;
      const block =
        messages.length === 0
          ? null
          : blockFromMessages(messages, { separator, keys: keysAndHeaders, headers: keysAndHeaders });
      this.#hooks.readEnds(block, ordinals);
      resolve(block);
    });
  }

  #pop(ordinals: Map<number, number[]>): KafkaMessage[] {
    const messages: KafkaMessage[] = [];
    const limit = this.#random.chance(0.3) ? this.#random.int(1, this.#readMax) : this.#readMax;
    while (messages.length < limit && this.#chunks.length > 0 && !this.#handsOutNothing) {
      const chunk = this.#chunks[0]!;
      const { log } = chunk;
      const seen = ordinals.get(log.index) ?? [];
      ordinals.set(log.index, seen);
      while (chunk.from < chunk.to && messages.length < limit) {
        const { offset, value, timestamp } = log.records[chunk.from]!;
        const key = this.#options.keysAndHeaders ? Buffer.from(`${log.index}/${chunk.from}`) : null;
        messages.push({ topic: log.topic, partition: log.partition, offset, value, timestamp, key });
        seen.push(chunk.from++);
      }
      this.#owned.get(log.index)!.position = chunk.from;
      if (chunk.from === chunk.to) this.#chunks.shift();
    }
    if (messages.length > 0) this.#fetchSoon();
    return messages;
  }

  #deliverOps(): void {
    const ops = this.#ops;
    this.#ops = [];
    for (const { event, seen } of ops) {
      this.#host.post('loop', this.#random.between(0, 0.6), () => {
        seen();
        this.#listener?.(event);
      });
    }
    const rebalance = this.#rebalance;
    if (rebalance === null || rebalance.delivered) return;
    rebalance.delivered = true;
    this.#host.post('loop', this.#random.between(0, 0.6), () => {
      const { kind, logs, lost } = rebalance;
      rebalance.seen = true;
      this.#hooks.trace(`${kind}${lost ? ' (lost)' : ''} ${logs.map(({ index }) => index).join(',')}`);
      if (kind === 'revoke') this.#hooks.revokeSeen(logs, lost);
      this.#listener?.({ kind, partitions: logs.map(({ topic, partition }) => ({ topic, partition })) });
    });
  }

  get #hasNews(): boolean {
    const undelivered = this.#rebalance !== null && !this.#rebalance.delivered;
    return this.#ops.length > 0 || undelivered || (this.#chunks.length > 0 && !this.#handsOutNothing);
  }

  get #handsOutNothing(): boolean {
    return this.#rebalance?.kind === 'revoke';
  }

  /** There is something for a read that waits. */
  #news(): void {
    if (this.#waitingRead === null || !this.#hasNews) return;
    this.#host.cancel(this.#waitingRead);
    this.#waitingRead = this.#host.post('native', this.#random.between(0, 0.5), () => this.#serve());
  }

  #op(event: ConsumerEvent, seen: () => void = () => {}): void {
    this.#ops.push({ event, seen });
    this.#news();
  }

  // ---- fetching

  #fetchSoon(): void {
    if (this.#fetching || this.#handsOutNothing || this.#disconnected) return;
    if (![...this.#owned.values()].some(fetched => this.#wants(fetched))) return;
    this.#fetching = true;
    this.#host.post('native', this.#random.between(0.5, 15), () => this.#fetch());
  }

  #wants({ log, next, paused }: Fetched): boolean {
    return !paused && next < log.records.length;
  }

  #fetch(): void {
    this.#fetching = false;
    if (this.#handsOutNothing) return;
    if (this.#unreachable) {
      this.#fetching = true;
      this.#host.post('native', 500, () => this.#fetch());
      return;
    }
    let queued = 0;
    for (const { from, to } of this.#chunks) queued += to - from;
    const wanting = [...this.#owned.values()].filter(fetched => this.#wants(fetched));
    if (wanting.length === 0 || queued >= this.#options.queueRecords) return;
    const some = this.#random.int(1, wanting.length);
    for (let i = 0; i < some; i++) {
      const fetched = wanting[(this.#rotation + i) % wanting.length]!;
      const to = Math.min(fetched.log.records.length, fetched.next + this.#random.int(1, this.#options.fetchRecords));
      this.#chunks.push({ log: fetched.log, from: fetched.next, to });
      fetched.next = to;
    }
    this.#rotation += some;
    this.#news();
    this.#fetchSoon();
  }

  /** Drops what was prefetched of it; it is fetched again from the application's position. */
  #purge(fetched: Fetched): void {
    this.#chunks = this.#chunks.filter(({ log }) => log !== fetched.log);
    fetched.next = fetched.position;
  }

  // ---- commits

  #sendCommit(offsets: readonly TopicPartitionOffset[], answered: (failed: boolean) => void): void {
    const { faults, random } = this.#broker;
    const [memberId, generation] = [this.#memberId, this.#generation];
    const answer = (code: number, delay: number): void => {
      this.#host.post('native', delay, () => {
        const fault = code === 0 ? null : { code, message: `commit failed (${code})`, fatal: false };
        this.#op({ kind: 'commit-answer', fault, offsets }, () => answered(fault !== null));
      });
    };
    if (this.#unreachable || random.chance(faults.commitRequestLost)) {
      this.#hooks.mark('commit request lost');
      return answer(CODE.timedOut, random.between(1_000, 12_000));
    }
    const lost = random.chance(faults.commitReplyLost);
    const slow = random.chance(faults.commitDelayed) ? random.between(1_000, 20_000) : 0;
    // One connection: what was sent first arrives first.
    this.#commitArrivesAt = Math.max(this.#host.now + this.#oneWay(), this.#commitArrivesAt);
    this.#broker.scheduler.after(this.#commitArrivesAt - this.#host.now, () => {
      const code = this.#broker.commit(memberId, generation, offsets);
      if (code === CODE.illegalGeneration || code === CODE.unknownMember)
        this.#hooks.mark('commit of a zombie refused');
      if (lost) this.#hooks.mark('commit reply lost');
      if (slow > 0) this.#hooks.mark('commit answer late');
      answer(lost ? CODE.requestTimedOut : code, this.#oneWay() + slow + (lost ? random.between(500, 10_000) : 0));
    });
  }

  // ---- membership

  #join(): void {
    if (this.#joinState === 'joining' || this.#unsubscribed) return;
    this.#joinState = 'joining';
    const owned = this.#options.protocol === 'cooperative' ? [...this.#owned.keys()] : [];
    const send = (): void => {
      if (this.#unreachable) {
        this.#host.post('native', 300, send);
        return;
      }
      this.#broker.scheduler.after(this.#oneWay(), () => {
        if (!this.#host.alive || this.#unsubscribed) return;
        const known = this.#broker.group.join(this.#memberId, owned, this.#link());
        if (!known) this.#host.post('native', this.#oneWay(), () => this.#joinRefused());
      });
    };
    this.#host.post('native', 0, send);
  }

  #joinRefused(): void {
    this.#joinState = 'idle';
    this.#loseAll();
  }

  #link(): MemberLink {
    return {
      joined: (memberId, assigned) => {
        const receive = (): void => {
          if (this.#unreachable) this.#host.post('native', 300, receive);
          else this.#joined(memberId, assigned);
        };
        this.#host.post('native', this.#oneWay(), receive);
      },
      removed: memberId => {
        if (memberId === this.#memberId) this.#hooks.kicked();
      },
    };
  }

  /** The answer to the join; the assignment itself comes with the answer to a sync. */
  #joined(memberId: string, assigned: Assigned): void {
    if (this.#lost) return;
    this.#memberId = memberId;
    if (this.#unsubscribed) {
      if (this.#owned.size === 0 && this.#rebalance === null) this.#leave();
      return;
    }
    this.#hooks.joined();
    this.#broker.scheduler.after(this.#oneWay(), () => {
      const code = this.#broker.group.heartbeat(memberId, assigned.generation);
      this.#host.post('native', this.#oneWay(), () => {
        if (memberId !== this.#memberId || this.#lost || this.#unsubscribed) return;
        if (code === 0) return this.#synced(assigned);
        this.#joinState = 'idle';
        if (code === CODE.rebalanceInProgress || code === CODE.illegalGeneration) this.#join();
        else this.#loseAll();
      });
    });
  }

  #synced({ generation, partitions }: Assigned): void {
    this.#generation = generation;
    this.#heardAt = this.#host.now;
    this.#joinState = 'steady';
    this.#hooks.trace(`joined generation ${generation}: ${partitions.join(',')}`);
    const target = partitions.map(p => this.#broker.logs[p]!);
    if (this.#options.protocol === 'eager') {
      this.#begin('assign', target, () => this.#settle());
      return;
    }
    const added = target.filter(({ index }) => !this.#owned.has(index));
    const removed = [...this.#owned.values()].map(({ log }) => log).filter(log => !target.includes(log));
    // An assign event comes in any case, be it with no partition.
    if (removed.length === 0) return this.#begin('assign', added, () => this.#settle());
    this.#begin('revoke', removed, () => {
      if (this.#lost || this.#unsubscribed) this.#settle();
      else this.#begin('assign', added, () => this.#rejoin());
    });
  }

  #rejoin(): void {
    if (this.#lost || this.#unsubscribed) this.#settle();
    else {
      this.#joinState = 'idle';
      this.#join();
    }
  }

  /** A rebalance event was answered and nothing follows from it: what had to wait comes now. */
  #settle(): void {
    if (this.#rebalance !== null) return;
    if (this.#lost) this.#loseAll();
    else if (this.#unsubscribed) this.#giveUpAll();
  }

  #begin(kind: 'assign' | 'revoke', logs: readonly PartitionLog[], then: () => void, lost = false): void {
    this.#rebalance = { kind, logs, lost, delivered: false, seen: false, then };
    if (kind === 'revoke') for (const fetched of this.#owned.values()) this.#purge(fetched);
    this.#news();
  }

  #answer(kind: 'assign' | 'revoke', partitions: readonly TopicPartition[]): Rebalance {
    const rebalance = this.#rebalance;
    if (rebalance === null || !rebalance.delivered) this.#hooks.contract(`${kind} without an event to answer`);
    if (rebalance.kind !== kind) this.#hooks.contract(`${kind} as the answer to a ${rebalance.kind} event`);
    const same =
      partitions.length === rebalance.logs.length &&
      rebalance.logs.every(log => partitions.some(tp => tp.topic === log.topic && tp.partition === log.partition));
    if (!same) this.#hooks.contract(`${kind} answers with other partitions than the event's`);
    this.#rebalance = null;
    return rebalance;
  }

  #beat(): void {
    if (this.#disconnected || this.#unsubscribed) return;
    this.#host.post('native', this.#options.heartbeatMs, () => this.#beat());
    if (this.#joinState !== 'steady' || this.#memberId === null || this.#lost) return;
    if (this.#host.now - this.#heardAt > this.#options.sessionMs) {
      this.#hooks.mark('session timed out at the client');
      return this.#loseAll();
    }
    if (this.#unreachable) return;
    const [memberId, generation] = [this.#memberId, this.#generation];
    this.#broker.scheduler.after(this.#oneWay(), () => {
      const code = this.#broker.group.heartbeat(memberId, generation);
      this.#host.post('native', this.#oneWay(), () => this.#beatAnswered(memberId, generation, code));
    });
  }

  #beatAnswered(memberId: string, generation: number, code: number): void {
    if (memberId !== this.#memberId || generation !== this.#generation || this.#joinState !== 'steady') return;
    if (this.#unreachable || this.#lost || this.#unsubscribed) return;
    if (code === 0 || code === CODE.rebalanceInProgress) this.#heardAt = this.#host.now;
    if (code === CODE.unknownMember || code === CODE.illegalGeneration) return this.#loseAll();
    if (code !== CODE.rebalanceInProgress || this.#rebalance !== null) return;
    if (this.#options.protocol === 'cooperative') return this.#rejoin();
    if (this.#owned.size === 0) return this.#rejoin();
    this.#begin('revoke', this.#ownedLogs(), () => this.#rejoin());
  }

  #watchPolls(): void {
    if (this.#disconnected || this.#unsubscribed) return;
    const left = this.#polledAt + this.#options.maxPollMs - this.#host.now;
    if (left > 0 || this.#joinState !== 'steady') {
      this.#host.post('native', Math.max(left, 1_000), () => this.#watchPolls());
      return;
    }
    this.#hooks.mark('max.poll.interval exceeded');
    this.#polledAt = this.#host.now;
    const message = 'application maximum poll interval exceeded';
    this.#op({ kind: 'fault', fault: { code: -147, message, fatal: false } });
    const memberId = this.#memberId;
    if (memberId !== null) this.#broker.scheduler.after(this.#oneWay(), () => this.#broker.group.leave(memberId));
    this.#loseAll();
    this.#host.post('native', 1_000, () => this.#watchPolls());
  }

  /** Out of the group: everything is revoked as lost, then we join as a new member. */
  #loseAll(): void {
    this.#lost = true;
    this.#memberId = null;
    this.#hooks.kicked();
    if (this.#rebalance !== null) return;
    const done = (): void => {
      this.#lost = false;
      this.#joinState = 'idle';
      if (this.#unsubscribed) this.#giveUpAll();
      else this.#join();
    };
    if (this.#owned.size === 0) return done();
    this.#hooks.mark('assignment lost');
    this.#begin('revoke', this.#ownedLogs(), done, true);
  }

  /** unsubscribe: everything is revoked, then we leave. */
  #giveUpAll(): void {
    if (this.#owned.size === 0) return this.#leave();
    this.#begin('revoke', this.#ownedLogs(), () => this.#leave());
  }

  #leave(): void {
    this.#broker.clients.delete(this);
    const memberId = this.#memberId;
    this.#memberId = null;
    this.#joinState = 'idle';
    if (memberId === null) return;
    this.#hooks.left();
    this.#broker.scheduler.after(this.#oneWay(), () => this.#broker.group.leave(memberId));
  }

  // ---- small things

  #ownedLogs(): PartitionLog[] {
    return [...this.#owned.values()].map(({ log }) => log);
  }

  #fetchedOf(partitions: readonly TopicPartition[]): Fetched[] {
    return partitions.map(target => {
      const fetched = this.#owned.get(this.#broker.logOf(target).index);
      if (fetched === undefined) throw kafkaFault(CODE.state, `${target.topic}-${target.partition} is not assigned`);
      return fetched;
    });
  }

  #startOffset(log: PartitionLog, offset: number): number {
    if (offset === OFFSET_BEGINNING) return log.low;
    return offset === OFFSET_END ? log.end : offset;
  }

  #change(what: string): void {
    if (this.#reading) this.#hooks.contract(`${what} while a read is in flight`);
    if (!this.#connected) this.#hooks.contract(`${what} before connect`);
    if (this.#disconnected) this.#hooks.contract(`${what} after disconnect`);
  }

  #ask<T>(timeoutMs: number, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const broken = this.#unreachable || this.#random.chance(this.#broker.faults.lookupError);
      if (broken) {
        this.#hooks.mark('lookup failed');
        const error = kafkaFault(CODE.timedOut, 'the brokers did not answer in time');
        this.#host.post('loop', this.#random.between(timeoutMs / 4, timeoutMs), () => reject(error));
        return;
      }
      this.#broker.scheduler.after(this.#oneWay(), () => {
        const value = answer();
        this.#host.post('loop', this.#oneWay(), () => resolve(value));
      });
    });
  }

  get #unreachable(): boolean {
    return this.#broker.away || this.#host.now < this.#cutOffUntil;
  }

  #oneWay(): number {
    return this.#random.between(0.2, 5);
  }

  #rtt(): number {
    return this.#oneWay() + this.#oneWay();
  }
}
