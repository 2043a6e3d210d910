import type { ClientParts, Link } from './client.ts';
import type { Fetcher } from './fetcher.ts';
import { type Assigned, CODE, type MemberLink } from './group.ts';
import type { PartitionLog } from './log.ts';

/** A rebalance event, from the moment it is made until the application answers it. */
export interface Rebalance {
  readonly kind: 'assign' | 'revoke';
  readonly logs: readonly PartitionLog[];
  readonly lost: boolean;
  /** A read has taken it out: it is on its way to the listener, or there. */
  delivered: boolean;
  /** The listener has it. */
  seen: boolean;
  /** What goes on once it is answered. */
  readonly then: () => void;
}

/** A client's side of the group: join, sync, heartbeats, losing the membership, leaving. One rebalance at a time. */
export class Membership {
  readonly #parts: ClientParts;
  readonly #link: Link;
  readonly #fetcher: Fetcher;
  readonly #happened: () => void;
  readonly #pollsLate: () => void;
  #memberId: string | null = null;
  #generation = -1;
  #state: 'idle' | 'joining' | 'steady' = 'idle';
  #rebalance: Rebalance | null = null;
  /** The group does not count us any more: all is revoked as lost, once the rebalance under way is answered. */
  #lost = false;
  #leaving = false;
  #fenced = false;
  #heardAt = 0;
  #polledAt = 0;

  /** @param happened there is a rebalance event for a read @param pollsLate max.poll.interval.ms was exceeded */
  constructor(parts: ClientParts, link: Link, fetcher: Fetcher, happened: () => void, pollsLate: () => void) {
    this.#parts = parts;
    this.#link = link;
    this.#fetcher = fetcher;
    this.#happened = happened;
    this.#pollsLate = pollsLate;
  }

  get rebalance(): Rebalance | null {
    return this.#rebalance;
  }

  /** Its static membership was given to another client: librdkafka's fatal error, after which it does nothing any more. */
  get fenced(): boolean {
    return this.#fenced;
  }

  get identity(): { readonly memberId: string | null; readonly generation: number } {
    return { memberId: this.#memberId, generation: this.#generation };
  }

  polled(): void {
    this.#polledAt = this.#parts.host.now;
  }

  subscribe(): void {
    this.#heardAt = this.#parts.host.now;
    this.polled();
    this.#join();
    this.#beat();
    this.#watchPolls();
  }

  /** All is revoked, then we leave. */
  unsubscribe(): void {
    const { broker, random, hooks } = this.#parts;
    this.#leaving = true;
    if (random.chance(broker.faults.leaveUnanswered)) return hooks.mark('unsubscribed, and no revoke comes');
    if (this.#rebalance === null) this.#giveUpAll();
  }

  /** The answer to the rebalance event. The caller calls its `then` once it has changed the assignment. */
  answer(): void {
    this.#rebalance = null;
  }

  /** @param silent the coordinator is not told */
  leave(silent = false): void {
    const { broker, hooks } = this.#parts;
    const memberId = this.#memberId;
    this.#leaving = true;
    this.#rebalance = null;
    this.#memberId = null;
    this.#state = 'idle';
    hooks.left();
    if (memberId === null || silent) return;
    broker.scheduler.after(this.#link.delay(), () => broker.group.leave(memberId));
  }

  /** @returns false when it is no member */
  fence(): boolean {
    const { broker } = this.#parts;
    const memberId = this.#memberId;
    if (memberId === null || this.#state !== 'steady' || this.#lost || this.#leaving || this.#fenced) return false;
    this.#fenced = true;
    broker.group.leave(memberId);
    this.#loseAll();
    return true;
  }

  // ---- join and sync

  #join(): void {
    if (this.#state === 'joining' || this.#leaving || this.#fenced) return;
    this.#state = 'joining';
    const { host, broker, options } = this.#parts;
    const owned = options.protocol === 'cooperative' ? this.#fetcher.logs.map(({ index }) => index) : [];
    const send = (): void => {
      if (this.#link.broken) {
        host.post('native', 300, send);
        return;
      }
      broker.scheduler.after(this.#link.delay(), () => {
        if (!host.alive || this.#leaving) return;
        const known = broker.group.join(this.#memberId, owned, this.#memberLink());
        if (!known) host.post('native', this.#link.delay(), () => this.#refused());
      });
    };
    host.post('native', 0, send);
  }

  #refused(): void {
    this.#state = 'idle';
    this.#loseAll();
  }

  #memberLink(): MemberLink {
    const { host, hooks } = this.#parts;
    return {
      joined: (memberId, assigned) => {
        const receive = (): void => {
          if (this.#link.broken) host.post('native', 300, receive);
          else this.#joined(memberId, assigned);
        };
        host.post('native', this.#link.delay(), receive);
      },
      removed: memberId => {
        if (memberId === this.#memberId) hooks.kicked();
      },
    };
  }

  /** The answer to the join; the assignment itself comes with the answer to a sync. */
  #joined(memberId: string, assigned: Assigned): void {
    if (this.#lost) return;
    this.#memberId = memberId;
    if (this.#leaving) {
      if (this.#fetcher.size === 0 && this.#rebalance === null) this.leave();
      return;
    }
    const { host, broker, hooks } = this.#parts;
    // The answer may come to one that was removed since, say while it was frozen.
    if (broker.group.has(memberId)) hooks.joined();
    else hooks.kicked();
    // librdkafka takes the generation from this answer: what it commits from now on belongs to it.
    this.#generation = assigned.generation;
    broker.scheduler.after(this.#link.delay(), () => {
      const code = broker.group.heartbeat(memberId, assigned.generation);
      host.post('native', this.#link.delay(), () => {
        if (memberId !== this.#memberId || this.#lost || this.#leaving) return;
        if (code === 0) return this.#synced(assigned);
        this.#state = 'idle';
        if (code === CODE.unknownMember) this.#loseAll();
        else this.#join();
      });
    });
  }

  #synced({ generation, partitions }: Assigned): void {
    const { broker, options, hooks } = this.#parts;
    this.#heardAt = this.#parts.host.now;
    this.#state = 'steady';
    hooks.trace(`joined generation ${generation}: ${partitions.join(',')}`);
    const target = partitions.map(p => broker.logs[p]!);
    if (options.protocol === 'eager') return this.#begin('assign', target, () => this.#settle());
    const added = target.filter(log => !this.#fetcher.owns(log));
    const removed = this.#fetcher.logs.filter(log => !target.includes(log));
    // An assign event comes in any case, be it with no partition.
    if (removed.length === 0) return this.#begin('assign', added, () => this.#settle());
    this.#begin('revoke', removed, () => {
      if (this.#lost || this.#leaving) this.#settle();
      else this.#begin('assign', added, () => this.#rejoin());
    });
  }

  #rejoin(): void {
    if (this.#lost || this.#leaving) return this.#settle();
    this.#state = 'idle';
    this.#join();
  }

  /** An event was answered and nothing follows from it: what had to wait comes now. */
  #settle(): void {
    if (this.#rebalance !== null) return;
    if (this.#lost) this.#loseAll();
    else if (this.#leaving) this.#giveUpAll();
  }

  #begin(kind: 'assign' | 'revoke', logs: readonly PartitionLog[], then: () => void, lost = false): void {
    this.#rebalance = { kind, logs, lost, delivered: false, seen: false, then };
    if (kind === 'revoke') this.#fetcher.purgeAll();
    this.#happened();
  }

  // ---- staying and losing

  #beat(): void {
    const { host, broker, options, hooks } = this.#parts;
    if (this.#leaving) return;
    host.post('native', options.heartbeatMs, () => this.#beat());
    const { memberId, generation } = this.identity;
    if (this.#state !== 'steady' || memberId === null || this.#lost) return;
    if (host.now - this.#heardAt > options.sessionMs) {
      hooks.mark('session timed out at the client');
      return this.#loseAll();
    }
    if (this.#link.broken) return;
    broker.scheduler.after(this.#link.delay(), () => {
      const code = broker.group.heartbeat(memberId, generation);
      host.post('native', this.#link.delay(), () => this.#beatAnswered(memberId, generation, code));
    });
  }

  #beatAnswered(memberId: string, generation: number, code: number): void {
    if (memberId !== this.#memberId || generation !== this.#generation || this.#state !== 'steady') return;
    if (this.#link.broken || this.#lost || this.#leaving) return;
    if (code === 0 || code === CODE.rebalanceInProgress) this.#heardAt = this.#parts.host.now;
    if (code === CODE.unknownMember || code === CODE.illegalGeneration) return this.#loseAll();
    if (code !== CODE.rebalanceInProgress || this.#rebalance !== null) return;
    if (this.#parts.options.protocol === 'cooperative' || this.#fetcher.size === 0) return this.#rejoin();
    this.#begin('revoke', this.#fetcher.logs, () => this.#rejoin());
  }

  #watchPolls(): void {
    const { host, broker, options, hooks } = this.#parts;
    if (this.#leaving) return;
    const left = this.#polledAt + options.maxPollMs - host.now;
    if (left > 0 || this.#state !== 'steady' || this.#fenced) {
      host.post('native', Math.max(left, 1_000), () => this.#watchPolls());
      return;
    }
    hooks.mark('max.poll.interval exceeded');
    this.polled();
    this.#pollsLate();
    const memberId = this.#memberId;
    if (memberId !== null) broker.scheduler.after(this.#link.delay(), () => broker.group.leave(memberId));
    this.#loseAll();
    host.post('native', 1_000, () => this.#watchPolls());
  }

  /** Out of the group: everything is revoked as lost, then we join as a new member. */
  #loseAll(): void {
    this.#lost = true;
    this.#memberId = null;
    this.#parts.hooks.kicked();
    if (this.#rebalance !== null) return;
    const done = (): void => {
      this.#lost = false;
      this.#state = 'idle';
      if (this.#leaving) this.#giveUpAll();
      else this.#join();
    };
    if (this.#fetcher.size === 0) return done();
    this.#parts.hooks.mark('assignment lost');
    this.#begin('revoke', this.#fetcher.logs, done, true);
  }

  #giveUpAll(): void {
    if (this.#fetcher.size === 0) return this.leave();
    this.#begin('revoke', this.#fetcher.logs, () => this.leave());
  }
}
