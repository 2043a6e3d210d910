import type { KafkaMessage } from '../../connector/block-builder.ts';
import { CODE_OFFSET_RESET } from '../../worker/task/kafka-error.ts';
import type { ConsumerEvent } from '../../worker/task/ports.ts';
import { DROP, KEEP } from './chain.ts';
import type { ClientParts, Link } from './client.ts';
import { keyOf, type PartitionLog, startOf } from './log.ts';
import type { SeededRandom } from './random.ts';

interface Fetched {
  /** Of the topic that the client knows. */
  log: PartitionLog;
  /** The next offset the application gets. */
  position: number;
  /** The next ordinal to be fetched. */
  next: number;
  paused: boolean;
  /** The client met an error that it takes for a lasting one: it fetches this partition no more. */
  givenUp: boolean;
  /** The end of the log that was told last since the fetch began. */
  endTold: number | null;
  /** The error that was told last, and no fetch has succeeded since. */
  said: number;
  /** No fetch of it before. */
  notBefore: number;
}

/** The client goes on by itself after every error of a fetch; of this one it tells once. */
const CODE_DENIED = 29;
const CODE_DAMAGED = -199;
const CODE_NO_SUCH_FORMAT = -170;
const DENIED_PAUSE_MS = 5_000;
const FAULT_PAUSE_MS = 500;

interface Chunk {
  readonly log: PartitionLog;
  from: number;
  readonly to: number;
  /** In the place of records: an error, or the end of the log. */
  readonly note: Note | null;
}

export type Note = Extract<ConsumerEvent, { readonly kind: 'end-of-partition' | 'fault' }>;

/** A client's assignment and its prefetch: one queue for all partitions, bounded; a pause throws its part away. */
export class Fetcher {
  readonly #parts: ClientParts;
  readonly #link: Link;
  /** Nothing is fetched or handed out: a revoke waits for its answer. */
  readonly #blocked: () => boolean;
  readonly #arrived: () => void;
  /** Which topics the client knows, by name: the ids of its last metadata. */
  readonly #topicIds = new Map<string, string>();
  #refreshing = false;
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

  /** Each by the first log of its partition. */
  get logs(): PartitionLog[] {
    return [...this.#owned.keys()].map(slot => this.#parts.broker.logs[slot]!);
  }

  get size(): number {
    return this.#owned.size;
  }

  get allPaused(): boolean {
    for (const { paused } of this.#owned.values()) if (!paused) return false;
    return this.#owned.size > 0;
  }

  get hasRecords(): boolean {
    return this.#chunks.length > 0 && !this.#blocked();
  }

  owns(log: PartitionLog): boolean {
    return this.#owned.has(log.slot);
  }

  /** The end of its log as the client knows it: once something of it was fetched since it was assigned. */
  endOf({ slot }: PartitionLog): number | null {
    const fetched = this.#owned.get(slot);
    return fetched !== undefined && fetched.next > 0 ? fetched.log.end : null;
  }

  assign({ slot }: PartitionLog, offset: number): void {
    const paused = this.#parts.options.pauseSurvives && this.#pausedBefore.has(slot);
    if (paused) this.#parts.hooks.mark('assigned while still paused');
    const fresh = { givenUp: false, endTold: null, said: 0, notBefore: 0 };
    const fetched = { log: this.#known(slot), position: 0, next: 0, paused, ...fresh };
    this.#owned.set(slot, fetched);
    this.#begin(fetched, offset);
  }

  refetch({ slot }: PartitionLog, offset: number): void {
    const fetched = this.#owned.get(slot)!;
    if (fetched.givenUp) this.#parts.hooks.mark('a partition that was given up is fetched anew');
    fetched.givenUp = false;
    fetched.notBefore = 0;
    this.#begin(fetched, offset);
    this.fetchSoon();
  }

  #begin(fetched: Fetched, offset: number): void {
    fetched.position = startOf(fetched.log, offset);
    this.#purge(fetched);
  }

  // ---- which topics it knows

  topicId(topic: string): string | null {
    return this.#topicIds.get(topic) ?? null;
  }

  /** The answer to a metadata request: what is fetched from now on is of these topics, and goes on at the old offsets. */
  metadata(): void {
    const { broker, hooks } = this.#parts;
    for (const [topic, id] of broker.topicIds(['t0', 't1', 't2'])) {
      const before = this.#topicIds.get(topic);
      this.#topicIds.set(topic, id!);
      if (before !== undefined && before !== id) hooks.trace(`${topic} is ${id} now`);
    }
    for (const fetched of this.#owned.values()) {
      const { log, next } = fetched;
      const now = this.#known(log.slot);
      if (now === log) continue;
      const offset = log.offsetAt(next);
      fetched.log = now;
      fetched.next = now.ordinalAt(offset);
      fetched.endTold = null;
      this.#checkRange(fetched, offset);
    }
    this.fetchSoon();
  }

  #known(slot: number): PartitionLog {
    const { broker } = this.#parts;
    const { topic } = broker.logs[slot]!;
    const id = this.#topicIds.get(topic) ?? broker.topicIds([topic]).get(topic) ?? null;
    if (id !== null) this.#topicIds.set(topic, id);
    return broker.logIn(slot, id);
  }

  /** With no offset reset of its own, the client gives the partition up. @returns whether it can be fetched from there */
  #checkRange(fetched: Fetched, offset: number): boolean {
    const { log } = fetched;
    if (fetched.givenUp) return false;
    if (offset >= log.low && offset <= log.end) return true;
    this.#parts.hooks.mark('fetch out of range');
    fetched.givenUp = true;
    this.#tellFault(log, CODE_OFFSET_RESET);
    this.#arrived();
    return false;
  }

  /** The brokers refuse to fetch by the id of a topic that is gone: the client asks what there is. */
  #refreshSoon(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const { host } = this.#parts;
    host.post('native', this.#link.delay() + this.#luck.between(50, 1_000), () => {
      this.#refreshing = false;
      if (!this.#link.broken) this.metadata();
      if ([...this.#owned.values()].some(({ log }) => log.gone)) this.#refreshSoon();
    });
  }

  unassign(log: PartitionLog): void {
    if (this.#owned.get(log.slot)?.paused === true) this.#pausedBefore.add(log.slot);
    else this.#pausedBefore.delete(log.slot);
    this.#owned.delete(log.slot);
    this.#chunks = this.#chunks.filter(chunk => chunk.log.slot !== log.slot);
  }

  isGivenUp(log: PartitionLog): boolean {
    return this.#owned.get(log.slot)?.givenUp === true;
  }

  /** The application was told that it has everything, and nothing is wrong with the partition. */
  isQuiet({ slot }: PartitionLog): boolean {
    const fetched = this.#owned.get(slot);
    if (fetched === undefined) return false;
    const { log, endTold, givenUp, said } = fetched;
    return endTold === log.end && !givenUp && said === 0 && log.fault === 0 && !log.gone;
  }

  /** @returns false when it is not assigned. */
  pause(log: PartitionLog, paused: boolean): boolean {
    const fetched = this.#owned.get(log.slot);
    if (fetched === undefined) return false;
    fetched.paused = paused;
    this.#purge(fetched);
    if (!paused) this.fetchSoon();
    return true;
  }

  /** Drops all that was prefetched; it is fetched again from the application's positions. */
  purgeAll(): void {
    for (const fetched of this.#owned.values()) this.#purge(fetched);
  }

  fetchSoon(): void {
    if (this.#fetching || this.#blocked()) return;
    if (![...this.#owned.values()].some(one => this.#wants(one))) return;
    this.#fetching = true;
    const { host, broker, random, hooks } = this.#parts;
    const slow = random.chance(broker.faults.fetchSlow);
    if (slow) hooks.mark('slow fetch');
    host.post('native', slow ? random.logInt(500, 20_000) : random.between(0.5, 15), () => this.#fetch());
  }

  /**
   * Takes up to `limit` records out, and what stands between them.
   * @param ordinals filled with what was taken, by partition
   * @param notes filled with ends of logs and errors
   * @param untilFault the first error is the last thing taken
   */
  pop(limit: number, ordinals: Map<number, number[]>, notes: Note[], untilFault: boolean): KafkaMessage[] {
    const messages: KafkaMessage[] = [];
    while (messages.length < limit && this.hasRecords) {
      const chunk = this.#chunks[0]!;
      const { log, note } = chunk;
      if (note !== null) {
        this.#chunks.shift();
        notes.push(note);
        if (note.kind === 'fault' && untilFault) break;
        continue;
      }
      const taken = ordinals.get(log.index) ?? [];
      ordinals.set(log.index, taken);
      for (; chunk.from < chunk.to && messages.length < limit; chunk.from++) {
        messages.push(this.#message(log, chunk.from));
        taken.push(chunk.from);
      }
      this.#owned.get(log.slot)!.position = log.records[chunk.from - 1]!.offset + 1;
      if (chunk.from === chunk.to) this.#chunks.shift();
    }
    if (messages.length > 0) this.fetchSoon();
    return messages;
  }

  #message(log: PartitionLog, ordinal: number): KafkaMessage {
    const { offset, value, timestamp, kind, told } = log.records[ordinal]!;
    const { options } = this.#parts;
    const key = options.keys ? Buffer.from(keyOf(log, ordinal)) : null;
    const { topic, partition } = log;
    const headers = options.headers ? [{ [kind === 'dropped' ? DROP : KEEP]: '1' }] : [];
    if (options.headers) for (const [name, text] of told?.headers ?? []) headers.push({ [name]: text });
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
    const wanting = [...this.#owned.values()].filter(one => this.#wants(one));
    if (wanting.length === 0 || queued >= options.queueRecords) return;
    const some = random.int(1, wanting.length);
    for (let i = 0; i < some; i++) {
      const fetched = wanting[(this.#rotation + i) % wanting.length]!;
      if (fetched.log.gone) {
        this.#refreshSoon();
        continue;
      }
      if (!this.#checkRange(fetched, fetchOffset(fetched)) || this.#fails(fetched)) continue;
      fetched.said = 0;
      const { log, next } = fetched;
      log.spoiledSince = null;
      const to = Math.min(log.records.length, next + random.int(1, options.fetchRecords));
      if (to > next) this.#chunks.push({ log, from: next, to, note: null });
      else this.#tellEnd(fetched);
      fetched.next = to;
    }
    this.#rotation += some;
    this.#arrived();
    this.fetchSoon();
  }

  #purge(fetched: Fetched): void {
    this.#chunks = this.#chunks.filter(({ log }) => log.slot !== fetched.log.slot);
    fetched.next = fetched.log.ordinalAt(fetched.position);
    fetched.endTold = null;
    fetched.said = 0;
    if (!fetched.log.gone) this.#checkRange(fetched, fetched.position);
  }

  #fails(fetched: Fetched): boolean {
    const { host, broker, hooks } = this.#parts;
    const { log } = fetched;
    const behind = fetched.next < log.records.length;
    if (log.fault !== 0 && (log.fault === CODE_DENIED || behind)) {
      const pause = log.fault === CODE_DENIED ? DENIED_PAUSE_MS : FAULT_PAUSE_MS;
      fetched.notBefore = host.now + pause;
      log.spoiledSince ??= host.now;
      host.post('native', pause, () => this.fetchSoon());
      if (log.fault !== CODE_DENIED || fetched.said !== log.fault) this.#tellFault(log, log.fault);
      fetched.said = log.fault;
      if (log.fault === CODE_DAMAGED) this.#goAstray(fetched);
      return true;
    }
    if (!behind || !this.#luck.chance(broker.faults.fetchGivenUp)) return false;
    hooks.mark('a partition is given up by its client');
    fetched.givenUp = true;
    if (this.#luck.chance(0.5)) this.#tellFault(log, CODE_OFFSET_RESET);
    return true;
  }

  /** It parses on inside the damaged batch, and gives the partition up at what it takes for an offset there. */
  #goAstray(fetched: Fetched): void {
    if (this.#luck.chance(0.5)) this.#tellFault(fetched.log, CODE_NO_SUCH_FORMAT);
    fetched.givenUp = true;
    this.#tellFault(fetched.log, CODE_OFFSET_RESET);
  }

  #tellEnd(fetched: Fetched): void {
    const { log } = fetched;
    const { topic, partition, end } = log;
    fetched.endTold = end;
    this.#note(log, { kind: 'end-of-partition', topic, partition, offset: end });
  }

  #tellFault(log: PartitionLog, code: number): void {
    const { topic, partition } = log;
    this.#parts.hooks.mark(`fetch error ${code}`);
    const message = `fetch error ${code}`;
    this.#note(log, { kind: 'fault', fault: { code, message, fatal: false, at: { topic, partition } } });
  }

  #note(log: PartitionLog, note: Note): void {
    this.#chunks.push({ log, from: 0, to: 0, note });
  }

  /** A fetch of it would bring something: records, the end of the log, an error that was not told. */
  #wants({ log, next, paused, givenUp, endTold, said, notBefore }: Fetched): boolean {
    if (paused || givenUp || this.#parts.host.now < notBefore) return false;
    if (log.gone) return true;
    if (log.fault === CODE_DENIED) return said !== CODE_DENIED;
    return next < log.records.length || endTold !== log.end;
  }
}

/** Where the client's next fetch begins: behind what it has fetched, markers at the end of the log included. */
function fetchOffset({ log, position, next, endTold }: Fetched): number {
  return Math.max(position, next === 0 ? 0 : log.records[next - 1]!.offset + 1, endTold ?? 0);
}
