import type { SeededRandom } from './random.ts';
import type { Scheduled, Scheduler } from './scheduler.ts';

/** librdkafka's and Kafka's error codes that the simulated brokers answer. */
export const CODE = {
  offsetReset: -140,
  unknownTopic: 3,
  timedOut: -185,
  topicNotAuthorized: 29,
  transport: -195,
  state: -172,
  requestTimedOut: 7,
  coordinatorLoading: 14,
  notCoordinator: 16,
  illegalGeneration: 22,
  unknownMember: 25,
  rebalanceInProgress: 27,
  fencedInstance: 82,
  fatal: -150,
} as const;

/** A committed offset, and the topic that it was committed for, where the commit said so. */
export interface Committed {
  readonly offset: number;
  readonly topicId: string | null;
}

/** What the coordinator tells a member when a generation is complete. */
export interface Assigned {
  readonly generation: number;
  readonly partitions: readonly number[];
}

export interface MemberLink {
  /** The answer to a join. Called when the generation is complete; the member adds the network's delay. */
  readonly joined: (memberId: string, assigned: Assigned) => void;
  /** The coordinator no longer counts this member. Not known to the member itself until it asks. */
  readonly removed: (memberId: string) => void;
}

interface Member {
  readonly id: string;
  readonly link: MemberLink;
  owned: readonly number[];
  target: number[];
  waiting: boolean;
  lastSeen: number;
  check: Scheduled;
}

export interface GroupOptions {
  readonly protocol: 'eager' | 'cooperative';
  readonly sessionMs: number;
  readonly rebalanceMs: number;
  /** How likely a generation moves a partition that could have stayed. */
  readonly churn: number;
}

/** The coordinator of one consumer group: members, generations, sessions, committed offsets. */
export class Group {
  /** By slot. The coordinator knows names only: an offset outlives its topic, unless the topic's deletion removes it. */
  readonly committed = new Map<number, Committed>();
  readonly #options: GroupOptions;
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #members = new Map<string, Member>();
  readonly #partitions: () => readonly number[];
  #generation = 0;
  #preparing = false;
  #deadline: Scheduled | null = null;
  #completing: Scheduled | null = null;
  #serial = 0;
  /** While the coordinator is away no session runs out. */
  away = false;

  constructor(
    options: GroupOptions,
    parts: { scheduler: Scheduler; random: SeededRandom; partitions: () => readonly number[] },
  ) {
    this.#options = options;
    this.#scheduler = parts.scheduler;
    this.#random = parts.random;
    this.#partitions = parts.partitions;
  }

  get size(): number {
    return this.#members.size;
  }

  has(memberId: string): boolean {
    return this.#members.has(memberId);
  }

  get generation(): number {
    return this.#generation;
  }

  get stable(): boolean {
    return !this.#preparing;
  }

  /** @returns false when the coordinator does not know the member. */
  join(memberId: string | null, owned: readonly number[], link: MemberLink): boolean {
    let member: Member | undefined;
    if (memberId === null) member = this.#admit(link);
    else member = this.#members.get(memberId);
    if (member === undefined) return false;
    member.owned = owned;
    member.waiting = true;
    this.rebalance();
    this.#maybeComplete();
    return true;
  }

  leave(memberId: string): void {
    const member = this.#members.get(memberId);
    if (member !== undefined) this.#remove(member);
  }

  /** @returns an error code, 0 for none. */
  heartbeat(memberId: string, generation: number): number {
    const member = this.#members.get(memberId);
    if (member === undefined) return CODE.unknownMember;
    member.lastSeen = this.#scheduler.now;
    if (generation !== this.#generation) return CODE.illegalGeneration;
    return this.#preparing && !member.waiting ? CODE.rebalanceInProgress : 0;
  }

  /** @returns the error code with which the whole commit is refused, 0 when it was applied. */
  commit(memberId: string | null, generation: number, apply: () => void): number {
    const member = memberId === null ? undefined : this.#members.get(memberId);
    if (member === undefined) return CODE.unknownMember;
    if (generation !== this.#generation) return CODE.illegalGeneration;
    member.lastSeen = this.#scheduler.now;
    apply();
    return 0;
  }

  /** Starts a new generation unless one is being prepared. */
  rebalance(): void {
    if (this.#preparing || this.#members.size === 0) return;
    this.#preparing = true;
    this.#deadline = this.#scheduler.after(this.#options.rebalanceMs, () => {
      for (const member of [...this.#members.values()]) if (!member.waiting) this.#remove(member);
      this.#maybeComplete();
    });
  }

  #admit(link: MemberLink): Member {
    const id = `m${++this.#serial}`;
    const check = this.#scheduler.after(this.#options.sessionMs, () => this.#checkSession(member));
    const member: Member = { id, link, owned: [], target: [], waiting: false, lastSeen: this.#scheduler.now, check };
    this.#members.set(id, member);
    return member;
  }

  #checkSession(member: Member): void {
    const { now } = this.#scheduler;
    if (this.away || member.waiting) member.lastSeen = now;
    const left = member.lastSeen + this.#options.sessionMs - now;
    if (left > 0) member.check = this.#scheduler.after(left, () => this.#checkSession(member));
    else this.#remove(member);
  }

  #remove(member: Member): void {
    if (!this.#members.delete(member.id)) return;
    this.#scheduler.cancel(member.check);
    member.link.removed(member.id);
    if (this.#members.size > 0) this.rebalance();
    this.#maybeComplete();
  }

  #maybeComplete(): void {
    if (!this.#preparing || this.#completing !== null) return;
    if (this.#members.size > 0 && ![...this.#members.values()].every(member => member.waiting)) return;
    this.#completing = this.#scheduler.after(this.#random.between(0, 50), () => {
      this.#completing = null;
      if (this.#members.size > 0 && ![...this.#members.values()].every(member => member.waiting)) return;
      this.#complete();
    });
  }

  #complete(): void {
    if (this.#deadline !== null) this.#scheduler.cancel(this.#deadline);
    this.#preparing = false;
    if (this.#members.size === 0) return;
    this.#generation++;
    if (this.#options.protocol === 'eager') this.#assignAnew();
    else this.#assignSticky();
    for (const member of this.#members.values()) {
      member.waiting = false;
      member.lastSeen = this.#scheduler.now;
      member.link.joined(member.id, { generation: this.#generation, partitions: member.target });
    }
  }

  #assignAnew(): void {
    const members = [...this.#members.values()];
    if (this.#random.chance(this.#options.churn)) this.#random.shuffle(members);
    for (const member of members) member.target = [];
    this.#partitions().forEach((p, i) => {
      members[i % members.length]!.target.push(p);
    });
  }

  /** KIP-429: what must move is taken away first, and given to its new owner in a later generation. */
  #assignSticky(): void {
    const members = [...this.#members.values()];
    const all = this.#partitions();
    const free = new Set(all);
    const quota = Math.ceil(all.length / members.length);
    for (const member of members) {
      member.target = member.owned.filter(p => free.delete(p));
      while (member.target.length > quota) this.#give(member);
      if (members.length > 1 && member.target.length > 0 && this.#random.chance(this.#options.churn))
        this.#give(member);
    }
    for (const p of free) {
      const open = members.filter(({ target }) => target.length < quota);
      (open.length > 0 ? this.#random.pick(open) : this.#random.pick(members)).target.push(p);
    }
    this.#balance(members);
  }

  /** Members with two more than the poorest lose one, so that the next generation can give it on. */
  #balance(members: readonly Member[]): void {
    const least = Math.min(...members.map(({ target }) => target.length));
    for (const member of members) {
      if (member.target.length > least + 1 && member.target.some(p => member.owned.includes(p))) this.#give(member);
    }
  }

  /** Takes one partition away from a member that has it; its giving it up starts the next generation. */
  #give(member: Member): void {
    const held = member.target.filter(p => member.owned.includes(p));
    const given = this.#random.pick(held);
    member.target = member.target.filter(p => p !== given);
  }
}
