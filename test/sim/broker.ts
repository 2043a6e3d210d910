import {
  type KafkaFault,
  OFFSET_NONE,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../../worker/task/ports.ts';
import type { SimConsumer } from './consumer.ts';
import { CODE, Group, type GroupOptions } from './group.ts';
import type { Mixture, PartitionLog } from './log.ts';
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
  /** Partitions whose offsets nobody may commit, and the code that says so. */
  readonly refused = new Map<number, number>();

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
    this.#visible.add(log.index);
    this.group.rebalance();
  }

  append(log: PartitionLog, count: number, mixture: Mixture): void {
    for (let i = 0; i < count; i++) log.append(this.random, mixture, Math.floor(this.scheduler.now));
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

  logOf({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.#byTopic.get(topic)?.[partition];
    if (log === undefined) throw new Error(`there is no partition ${topic}-${partition}`);
    return log;
  }

  partitionCount(topic: string): number {
    return this.logs.filter(log => log.topic === topic && this.#visible.has(log.index)).length;
  }

  /** What a member that asks is told of its offset. */
  held({ index }: PartitionLog): number | KafkaFault {
    const code = this.refused.get(index);
    if (code === CODE.topicNotAuthorized) return { code, message: 'not authorized', fatal: false };
    return this.group.committed.get(index) ?? OFFSET_NONE;
  }

  /** The commit request has arrived. @returns the code of the answer. */
  commit(memberId: string | null, generation: number, offsets: readonly TopicPartitionOffset[]): number {
    if (this.random.chance(this.faults.commitError)) {
      this.hooks.mark('commit refused');
      return this.random.pick([CODE.rebalanceInProgress, CODE.coordinatorLoading, CODE.notCoordinator]);
    }
    let refusal = 0;
    const code = this.group.commit(memberId, generation, () => {
      for (const target of offsets) {
        const { index } = this.logOf(target);
        const refused = this.refused.get(index);
        if (refused !== undefined) {
          refusal = refused;
          continue;
        }
        const before = this.group.committed.get(index);
        this.group.committed.set(index, target.offset);
        this.hooks.committed(index, before, target.offset);
      }
    });
    if (refusal !== 0) this.hooks.mark(offsets.length > 1 ? 'commit stored in part' : 'commit of a partition refused');
    // As librdkafka reports it: one error for all, whatever was stored.
    return code === 0 ? refusal : code;
  }
}
