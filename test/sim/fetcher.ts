import type { KafkaMessage } from '../../connector/block-builder.ts';
import { DROP, KEEP } from './chain.ts';
import type { ClientParts, Link } from './client.ts';
import type { PartitionLog } from './log.ts';
import type { SeededRandom } from './random.ts';

interface Fetched {
  readonly log: PartitionLog;
  /** The next ordinal the application gets. */
  position: number;
  /** The next ordinal to be fetched. */
  next: number;
  paused: boolean;
  /** The client met an error that it takes for a lasting one: it fetches this partition no more. */
  givenUp: boolean;
}

interface Chunk {
  readonly log: PartitionLog;
  from: number;
  readonly to: number;
}

/** A client's assignment and its prefetch: one queue for all partitions, bounded; a pause throws its part away. */
export class Fetcher {
  readonly #parts: ClientParts;
  readonly #link: Link;
  /** Nothing is fetched or handed out: a revoke waits for its answer. */
  readonly #blocked: () => boolean;
  readonly #arrived: () => void;
  readonly #owned = new Map<number, Fetched>();
  /** Partitions that were paused when they were taken away. */
  readonly #pausedBefore = new Set<number>();
  readonly #luck: SeededRandom;
  #chunks: Chunk[] = [];
  #fetching = false;
  #rotation = 0;

  constructor(parts: ClientParts, link: Link, blocked: () => boolean, arrived: () => void) {
    this.#parts = parts;
    this.#link = link;
    this.#luck = parts.random.stream('partitions given up');
    this.#blocked = blocked;
    this.#arrived = arrived;
  }

  get logs(): PartitionLog[] {
    return [...this.#owned.values()].map(({ log }) => log);
  }

  get size(): number {
    return this.#owned.size;
  }

  get hasRecords(): boolean {
    return this.#chunks.length > 0 && !this.#blocked();
  }

  owns(log: PartitionLog): boolean {
    return this.#owned.has(log.index);
  }

  /** Something of it was fetched since it was assigned. */
  knowsEnd(log: PartitionLog): boolean {
    return (this.#owned.get(log.index)?.next ?? 0) > 0;
  }

  assign(log: PartitionLog, offset: number): void {
    const position = log.ordinalAt(offset);
    const paused = this.#parts.options.pauseSurvives && this.#pausedBefore.has(log.index);
    if (paused) this.#parts.hooks.mark('assigned while still paused');
    this.#owned.set(log.index, { log, position, next: position, paused, givenUp: false });
  }

  refetch(log: PartitionLog, offset: number): void {
    const fetched = this.#owned.get(log.index)!;
    if (fetched.givenUp) this.#parts.hooks.mark('a partition that was given up is fetched anew');
    fetched.position = log.ordinalAt(offset);
    fetched.givenUp = false;
    this.#purge(fetched);
    this.fetchSoon();
  }

  unassign(log: PartitionLog): void {
    if (this.#owned.get(log.index)?.paused === true) this.#pausedBefore.add(log.index);
    else this.#pausedBefore.delete(log.index);
    this.#owned.delete(log.index);
  }

  /** @returns false when it is not assigned. */
  pause(log: PartitionLog, paused: boolean): boolean {
    const fetched = this.#owned.get(log.index);
    if (fetched === undefined) return false;
    fetched.paused = paused;
    if (paused) this.#purge(fetched);
    else this.fetchSoon();
    return true;
  }

  /** Drops all that was prefetched; it is fetched again from the application's positions. */
  purgeAll(): void {
    for (const fetched of this.#owned.values()) this.#purge(fetched);
  }

  fetchSoon(): void {
    if (this.#fetching || this.#blocked()) return;
    if (![...this.#owned.values()].some(wants)) return;
    this.#fetching = true;
    this.#parts.host.post('native', this.#parts.random.between(0.5, 15), () => this.#fetch());
  }

  /** Takes up to `limit` records out. @param ordinals filled with what was taken, by partition */
  pop(limit: number, ordinals: Map<number, number[]>): KafkaMessage[] {
    const messages: KafkaMessage[] = [];
    while (messages.length < limit && this.hasRecords) {
      const chunk = this.#chunks[0]!;
      const { log } = chunk;
      const taken = ordinals.get(log.index) ?? [];
      ordinals.set(log.index, taken);
      for (; chunk.from < chunk.to && messages.length < limit; chunk.from++) {
        messages.push(this.#message(log, chunk.from));
        taken.push(chunk.from);
      }
      this.#owned.get(log.index)!.position = chunk.from;
      if (chunk.from === chunk.to) this.#chunks.shift();
    }
    if (messages.length > 0) this.fetchSoon();
    return messages;
  }

  /** The key says which record it is, so that a dead letter can be recognised. */
  #message(log: PartitionLog, ordinal: number): KafkaMessage {
    const { offset, value, timestamp, kind } = log.records[ordinal]!;
    const key = this.#parts.options.keys ? Buffer.from(`${log.index}/${ordinal}`) : null;
    const { topic, partition } = log;
    const headers = this.#parts.options.headers ? [{ [kind === 'dropped' ? DROP : KEEP]: '1' }] : [];
    return { topic, partition, offset, value, timestamp, key, headers };
  }

  #fetch(): void {
    this.#fetching = false;
    if (this.#blocked()) return;
    const { host, random, options } = this.#parts;
    if (this.#link.broken) {
      this.#fetching = true;
      host.post('native', 500, () => this.#fetch());
      return;
    }
    let queued = 0;
    for (const { from, to } of this.#chunks) queued += to - from;
    const wanting = [...this.#owned.values()].filter(wants);
    if (wanting.length === 0 || queued >= options.queueRecords) return;
    const some = random.int(1, wanting.length);
    for (let i = 0; i < some; i++) {
      const fetched = wanting[(this.#rotation + i) % wanting.length]!;
      if (this.#luck.chance(this.#parts.broker.faults.fetchGivenUp)) {
        this.#parts.hooks.mark('a partition is given up by its client');
        fetched.givenUp = true;
        continue;
      }
      const to = Math.min(fetched.log.records.length, fetched.next + random.int(1, options.fetchRecords));
      this.#chunks.push({ log: fetched.log, from: fetched.next, to });
      fetched.next = to;
    }
    this.#rotation += some;
    this.#arrived();
    this.fetchSoon();
  }

  #purge(fetched: Fetched): void {
    this.#chunks = this.#chunks.filter(({ log }) => log !== fetched.log);
    fetched.next = fetched.position;
  }
}

function wants({ log, next, paused, givenUp }: Fetched): boolean {
  return !paused && !givenUp && next < log.records.length;
}
