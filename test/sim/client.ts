import type { Block, ReadAhead } from '../../connector/block.ts';
import type { SimBroker } from './broker.ts';
import type { Host } from './host.ts';
import type { PartitionLog } from './log.ts';
import type { SeededRandom } from './random.ts';

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
  readonly separator: Buffer;
  readonly keys: boolean;
  readonly headers: boolean;
  /** What its reader has done with values; null: it is not the native one. */
  readonly ahead: Pick<ReadAhead, 'json' | 'members'> | null;
  /** node-rdkafka keeps a pause when a partition is assigned again; other versions undo it. */
  readonly pauseSurvives: boolean;
  /** Errors of partitions are told by name, and none is lost. */
  readonly native: boolean;
}

export interface LogOffset {
  readonly log: PartitionLog;
  readonly offset: number;
}

/** What the checker hears of a client. */
export interface ConsumerHooks {
  /** The port's contract is broken: a violation at once. */
  readonly contract: (broken: string) => never;
  readonly assigned: (log: PartitionLog, offset: number) => void;
  readonly revokeSeen: (logs: readonly PartitionLog[], lost: boolean) => void;
  readonly unassigned: (log: PartitionLog) => void;
  /** The partition is fetched anew, from here on: an offset, or the log's beginning, wherever that is. */
  readonly refetched: (log: PartitionLog, offset: number) => void;
  /** Its topic is gone, and the task goes on in another one. */
  readonly replaced: (log: PartitionLog) => void;
  readonly paused: (log: PartitionLog, paused: boolean) => void;
  readonly readStarts: () => void;
  /** A question to the brokers begins. */
  readonly asks: () => void;
  /** @param ordinals of the records handed out, by partition */
  readonly readEnds: (block: Block | null, ordinals: ReadonlyMap<number, readonly number[]>) => void;
  /** @returns what to call with the answer's code, 0 for none. */
  readonly commitStarts: (offsets: readonly LogOffset[]) => (code: number) => void;
  /** The task is told what the group holds. */
  readonly stored: (log: PartitionLog, offset: number) => void;
  /** The coordinator says nothing of this partition but that it may not be asked about. */
  readonly refused: (log: PartitionLog) => void;
  /** The task is told of an error of a fetch. */
  readonly faultTold: () => void;
  /** It unsubscribes: what the group answers to a join is not looked at any more. */
  readonly unsubscribes: () => void;
  /** A call of the client is about to throw. */
  readonly throws: (call: string) => void;
  /** Disconnects with a rebalance event that it has seen and not answered. */
  readonly leftUnanswered: () => void;
  readonly joined: () => void;
  /** The listener was told of a fatal error. */
  readonly fatalSeen: () => void;
  /** Its partitions are no longer its own: the coordinator gave them away, or it gave them up itself. */
  readonly kicked: () => void;
  readonly left: () => void;
  readonly mark: (name: string) => void;
  readonly trace: (text: string) => void;
}

/** What the parts of one client share. */
export interface ClientParts {
  readonly host: Host;
  readonly broker: SimBroker;
  readonly options: ConsumerOptions;
  readonly hooks: ConsumerHooks;
  readonly random: SeededRandom;
}

/** The way between one client and the brokers. */
export class Link {
  readonly #broker: SimBroker;
  readonly #host: Host;
  readonly #random: SeededRandom;
  #cutOffUntil = 0;

  constructor({ broker, host, random }: ClientParts) {
    this.#broker = broker;
    this.#host = host;
    this.#random = random;
  }

  get broken(): boolean {
    return this.#broker.away || this.#host.now < this.#cutOffUntil;
  }

  /** Milliseconds to the brokers, or back. */
  delay(): number {
    return this.#random.between(0.2, 5);
  }

  cutOff(ms: number): void {
    this.#cutOffUntil = Math.max(this.#cutOffUntil, this.#host.now + ms);
  }

  heal(): void {
    this.#cutOffUntil = 0;
  }
}
