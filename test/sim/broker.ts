import {
  type CommitOffset,
  type CommittedOffset,
  type KafkaFault,
  OFFSET_NONE,
  type TopicIds,
  type TopicPartition,
} from '../../worker/task/ports.ts';
import type { SimConsumer } from './consumer.ts';
import { CODE, Group, type GroupOptions } from './group.ts';
import { type Mixture, PartitionLog } from './log.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** How often the brokers do what they should not; 0 is never. */
export interface BrokerFaults {
  /** A commit is refused with a group error, and not applied. */
  commitError: number;
  /** A commit never arrives; the client reports a timeout. */
  commitRequestLost: number;
  /** A commit is applied, its answer is lost; the client reports a timeout. */
  commitReplyLost: number;
  /** A commit's answer takes up to 20 s, so that later ones overtake it. */
  commitDelayed: number;
  /** A commit is up to 1 s on its way: a new generation overtakes it. */
  commitLate: number;
  /** A call of the client throws. */
  callThrows: number;
  /** A converter throws: a defect of ours. */
  convertThrows: number;
  /** Asking for committed offsets fails. */
  lookupError: number;
  /** An answer to a question takes up to its whole time, and is old when it comes. */
  lookupSlow: number;
  /** A fetch ends with an error that the client takes for a lasting one: it gives the partition up. */
  fetchGivenUp: number;
  /** What is fetched arrives only after up to 20 s. */
  fetchSlow: number;
  /** Producing a dead letter fails, before or after it was written. */
  produceError: number;
  /** A dead letter has its answer only after a long time. */
  produceHeld: number;
  /** A commit is applied or not, and never answered. */
  commitUnanswered: number;
  /** Unsubscribing brings no revoke. */
  leaveUnanswered: number;
  /** A disconnect does not end, or takes up to ten minutes. */
  disconnectHung: number;
}

export const NO_BROKER_FAULTS: BrokerFaults = {
  commitError: 0,
  commitRequestLost: 0,
  commitReplyLost: 0,
  commitDelayed: 0,
  commitLate: 0,
  callThrows: 0,
  convertThrows: 0,
  lookupError: 0,
  lookupSlow: 0,
  fetchGivenUp: 0,
  fetchSlow: 0,
  produceError: 0,
  produceHeld: 0,
  commitUnanswered: 0,
  leaveUnanswered: 0,
  disconnectHung: 0,
};

export interface BrokerHooks {
  readonly committed: (p: number, before: number | undefined, offset: number) => void;
  readonly mark: (name: string) => void;
}

/** An error as librdkafka reports it. */
export function kafkaFault(code: number, message: string): Error & { code: number; fatal: boolean } {
  return Object.assign(new Error(message), { code, fatal: false });
}

/** The simulated cluster: logs that grow, and one group. */
export class SimBroker {
  /** By index: the logs of today's topics, and of those that were deleted. */
  readonly logs: PartitionLog[] = [];
  readonly group: Group;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly hooks: BrokerHooks;
  faults: BrokerFaults;
  /** All brokers are away. */
  away = false;
  readonly clients = new Set<SimConsumer>();
  readonly #byTopic = new Map<string, PartitionLog[]>();
  readonly #visible = new Set<number>();
  /** Slots whose offsets nobody may commit, and the code that says so. */
  readonly refused = new Map<number, number>();
  /** Slots that were visible once: their partitions come back with their topic. */
  readonly #revealed = new Set<number>();

  constructor(parts: { scheduler: Scheduler; random: SeededRandom; group: GroupOptions; hooks: BrokerHooks }) {
    this.scheduler = parts.scheduler;
    this.random = parts.random;
    this.hooks = parts.hooks;
    this.faults = { ...NO_BROKER_FAULTS };
    this.group = new Group(parts.group, {
      scheduler: parts.scheduler,
      random: parts.random.stream('group'),
      partitions: () => [...this.#visible],
    });
  }

  create(log: PartitionLog): void {
    this.logs.push(log);
    const topic = this.#byTopic.get(log.topic) ?? [];
    topic[log.partition] = log;
    this.#byTopic.set(log.topic, topic);
  }

  /** Makes a partition known to everybody; the group notices and rebalances. */
  reveal(log: PartitionLog): void {
    this.#revealed.add(log.slot);
    if (this.living(log.slot) === null) return;
    this.#visible.add(log.slot);
    this.group.rebalance();
  }

  append({ slot }: PartitionLog, count: number, mixture: Mixture): void {
    const log = this.living(slot);
    for (let i = 0; i < count; i++) log?.append(this.random, mixture, Math.floor(this.scheduler.now));
    for (const client of this.clients) client.wake();
  }

  /** Every fetch of it ends with this error from now on; 0 is none. */
  spoil(log: PartitionLog, fault: number): void {
    log.fault = fault;
    for (const client of this.clients) client.wake();
  }

  setAway(away: boolean): void {
    this.away = away;
    this.group.away = away;
    if (!away) for (const client of this.clients) client.wake();
  }

  /** The first log that the partition had; it stands for the partition. */
  logOf({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.#byTopic.get(topic)?.[partition];
    if (log === undefined) throw new Error(`there is no partition ${topic}-${partition}`);
    return log;
  }

  /** The partition's log of today; null while its topic does not exist. */
  living(slot: number): PartitionLog | null {
    const first = this.logs[slot]!;
    if (!first.gone) return first;
    return this.logs.findLast(log => log.slot === slot && !log.gone) ?? null;
  }

  /** The partition's log in the topic of that id; without a topic, the last one that was deleted; not known, the youngest. */
  logIn(slot: number, topicId: string | null): PartitionLog {
    const all = this.logs.filter(log => log.slot === slot);
    if (topicId === '') return all.findLast(({ gone }) => gone)!;
    return all.find(log => log.topicId === topicId) ?? all.at(-1)!;
  }

  topicIds(topics: readonly string[]): TopicIds {
    const living = this.logs.filter(({ topic, gone }) => topics.includes(topic) && !gone);
    return new Map(living.map(({ topic, topicId }) => [topic, topicId]));
  }

  partitionCount(topic: string): number {
    return this.logs.filter(log => log.topic === topic && !log.gone && this.#visible.has(log.slot)).length;
  }

  // ---- a topic is deleted, and created anew

  /** @param noticed when the coordinator removes what was committed for it, milliseconds from now */
  delete(topic: string, noticed: number): void {
    const logs = this.logs.filter(log => log.topic === topic && !log.gone);
    for (const log of logs) log.gone = true;
    this.scheduler.after(noticed, () => {
      for (const { slot } of logs) {
        const committed = this.group.committed.get(slot);
        if (committed !== undefined && this.living(slot)?.topicId !== committed.topicId)
          this.group.committed.delete(slot);
      }
    });
    for (const client of this.clients) client.wake();
  }

  /** The group notices that the topic is not there. */
  forget(topic: string): void {
    for (const { slot } of this.logs.filter(log => log.topic === topic)) {
      if (this.living(slot) === null && this.#visible.delete(slot)) this.group.rebalance();
    }
  }

  /** Does nothing for a topic that exists. */
  createAnew(topic: string, records: (before: PartitionLog) => number, mixture: Mixture): void {
    const slots = new Set(this.logs.filter(log => log.topic === topic).map(({ slot }) => slot));
    for (const slot of slots) {
      if (this.living(slot) !== null) return;
      const before = this.logIn(slot, null);
      this.logs.push(new PartitionLog(this.logs.length, topic, before.partition, 0, before));
      if (!this.#revealed.has(slot)) continue;
      this.append(before, records(before), mixture);
      if (!this.#visible.has(slot)) this.reveal(before);
    }
  }

  /** What a member that asks is told of its offset. */
  held({ topic, partition }: TopicPartition): CommittedOffset | KafkaFault {
    const { slot } = this.logOf({ topic, partition });
    const code = this.refused.get(slot);
    if (code === CODE.topicNotAuthorized) return { code, message: 'not authorized', fatal: false };
    return { topic, partition, ...(this.group.committed.get(slot) ?? { offset: OFFSET_NONE, topicId: null }) };
  }

  /** The commit request has arrived. @returns the code of the answer. */
  commit(memberId: string | null, generation: number, offsets: readonly CommitOffset[]): number {
    if (this.random.chance(this.faults.commitError)) {
      this.hooks.mark('commit refused');
      return this.random.pick([CODE.rebalanceInProgress, CODE.coordinatorLoading, CODE.notCoordinator]);
    }
    let refusal = 0;
    const code = this.group.commit(memberId, generation, () => {
      for (const target of offsets) refusal = this.#store(target) || refusal;
    });
    if (refusal !== 0) this.hooks.mark(offsets.length > 1 ? 'commit stored in part' : 'commit of a partition refused');
    // As librdkafka reports it: one error for all, whatever was stored.
    return code === 0 ? refusal : code;
  }

  /** @returns the code of the answer */
  #store({ offset, topicId = null, ...partition }: CommitOffset): number {
    const { slot } = this.logOf(partition);
    const log = this.living(slot);
    if (log === null) return CODE.unknownTopic;
    const refused = this.refused.get(slot);
    if (refused !== undefined) return refused;
    const before = this.committedFor(log);
    this.group.committed.set(slot, { offset, topicId });
    if (topicId !== null && topicId !== log.topicId) this.hooks.mark('commit for a topic that is gone');
    else this.hooks.committed(log.index, before, offset);
    return 0;
  }

  /** What the group has committed in this very log. */
  committedFor({ slot, topicId }: PartitionLog): number | undefined {
    const committed = this.group.committed.get(slot);
    return committed === undefined || (committed.topicId ?? topicId) !== topicId ? undefined : committed.offset;
  }
}
