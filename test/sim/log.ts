import { OFFSET_BEGINNING, OFFSET_END } from '../../worker/task/ports.ts';
import type { SeededRandom } from './random.ts';
import { drawTold, type Tells, type Told } from './told.ts';

/**
 * What a record is. `good`: delivered. `invalid`: not JSON. `null`: a tombstone. `poison`: the endpoint answers 400 to a
 * body that holds it. `oversize`: alone too large for a request. `heavy`: the endpoint answers 413 to it, even alone.
 * `dropped`: a transform drops it, whatever else it is good for. `undeletable`: a tombstone whose DELETE the endpoint answers with
 * 400. `stray`: it does not tell what its address is made of.
 */
export type RecordKind =
  | 'good'
  | 'invalid'
  | 'null'
  | 'poison'
  | 'oversize'
  | 'heavy'
  | 'dropped'
  | 'undeletable'
  | 'stray';

/** What the endpoint refuses, whoever asks. */
export const REFUSED: ReadonlySet<RecordKind> = new Set(['poison', 'heavy', 'undeletable']);

export interface LogRecord {
  readonly offset: number;
  readonly kind: RecordKind;
  readonly value: Buffer | null;
  /** The value as text. */
  readonly text: string;
  readonly timestamp: number;
  /** Only where the connector has a route. */
  readonly told?: Told;
}

/** Nothing is wrong with it. @param sendable what may be part of a request at all */
export function isGood(kind: RecordKind, sendable: ReadonlySet<RecordKind>): boolean {
  return kind === 'dropped' || (sendable.has(kind) && !REFUSED.has(kind));
}

/** Whether it has an address, if it tells one. @param nulls whether what has no value has one */
export function isAddressed(kind: RecordKind, nulls: boolean): boolean {
  if (kind === 'null' || kind === 'undeletable') return nulls;
  return kind === 'good' || kind === 'poison' || kind === 'heavy' || kind === 'oversize';
}

/** How often each kind of record and each kind of hole in the offsets comes up. */
export interface Mixture {
  readonly invalid: number;
  readonly null: number;
  readonly poison: number;
  readonly oversize: number;
  readonly heavy: number;
  readonly dropped: number;
  readonly undeletable: number;
  readonly newline: number;
  readonly gap: number;
  readonly marker: number;
  readonly maxPadding: number;
  readonly oversizeBytes: number;
  /** How often a good record is one of about the size that just fits into a request alone. */
  readonly near: number;
  /** The largest value that does. */
  readonly nearBytes: number;
  /** Whether some are just too large, too. */
  readonly beyond: boolean;
  /** Null without a route. */
  readonly tells: Tells | null;
}

/**
 * The log of one partition of one topic. A record is known by its ordinal: its place among the records, holes not counted.
 * A topic that is created anew has logs of its own: `slot` is what they share with those of the topic before.
 */
export class PartitionLog {
  readonly index: number;
  readonly slot: number;
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** Its topic was deleted. */
  gone = false;
  /** Retention has deleted its beginning. */
  trimmed = false;
  /** An unclean election has cut off its end; whoever had read that far may go back, once. */
  truncated = false;
  readonly records: LogRecord[] = [];
  /** Where its last record goes. */
  #to = -1;
  /** The next offset. */
  end: number;
  /** The first offset that the log has. */
  low: number;
  /** The error code that every fetch of it ends with; 0 is none. */
  fault = 0;
  /** Since when no fetch of it succeeds; null when the last one did. */
  spoiledSince: number | null = null;

  constructor(index: number, topic: string, partition: number, firstOffset: number, before?: PartitionLog) {
    this.index = index;
    this.slot = before?.slot ?? index;
    this.topic = topic;
    this.topicId = before === undefined ? `${topic}#0` : nextId(before.topicId);
    this.partition = partition;
    this.low = firstOffset;
    this.end = firstOffset;
  }

  append(random: SeededRandom, mixture: Mixture, timestamp: number): void {
    if (random.chance(mixture.gap)) this.end += random.int(1, 20);
    const key = `${this.index}/${this.records.length}`;
    const told = this.#tell(random, mixture.tells, key);
    const head = `"k":"${key}"${told?.members ?? ''}`;
    let kind = drawKind(random, mixture);
    let text = drawText(kind, head, random, mixture);
    if (kind === 'good' && random.chance(mixture.near)) {
      const over = random.int(-1, mixture.beyond ? 1 : 0);
      text = textOf(head, mixture.nearBytes + over);
      if (over > 0) kind = 'oversize';
    }
    if (mixture.tells?.strays && told?.to === -1 && isAddressed(kind, mixture.tells.nullsGo)) kind = 'stray';
    const value = text === '' ? null : Buffer.from(text);
    this.records.push({ offset: this.end++, kind, value, text, timestamp, ...(told !== null && { told }) });
    if (random.chance(mixture.marker)) this.end++;
  }

  #tell(random: SeededRandom, tells: Tells | null, key: string): Told | null {
    if (tells === null) return null;
    const told = drawTold(random, tells, key, this.#to, this.index);
    if (told.to >= 0) this.#to = told.to;
    return told;
  }

  /** Retention deletes what stands before this record, or everything there is. */
  loseBefore(ordinal: number): void {
    this.low = Math.max(this.low, this.records[ordinal]?.offset ?? this.end);
    this.trimmed = true;
  }

  /** The leader of an unclean election has nothing from this record on. */
  loseFrom(ordinal: number): void {
    this.end = this.records[ordinal]!.offset;
    this.records.length = ordinal;
    this.truncated = true;
  }

  /** The ordinal of the first record at or behind an offset. */
  ordinalAt(offset: number): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.records[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The offset of a record that there is, or the first that the next one may have. */
  offsetAt(ordinal: number): number {
    const record = this.records[ordinal];
    if (record !== undefined) return record.offset;
    return this.doneAt;
  }

  /** The offset behind the last record: what a group that has done everything has committed at least. */
  get doneAt(): number {
    const last = this.records.at(-1);
    return last === undefined ? this.low : last.offset + 1;
  }
}

function nextId(topicId: string): string {
  const [topic, serial] = topicId.split('#');
  return `${topic}#${Number(serial) + 1}`;
}

function drawKind(random: SeededRandom, mixture: Mixture): RecordKind {
  const x = random.next();
  let sum = 0;
  for (const kind of ['invalid', 'null', 'poison', 'oversize', 'heavy', 'dropped', 'undeletable'] as const) {
    sum += mixture[kind];
    if (x < sum) return kind;
  }
  return 'good';
}

function drawText(kind: RecordKind, head: string, random: SeededRandom, mixture: Mixture): string {
  const padding = 'x'.repeat(random.int(0, mixture.maxPadding));
  const newline = random.chance(mixture.newline) ? '\n' : '';
  switch (kind) {
    case 'null':
    case 'undeletable':
      return '';
    case 'invalid':
      return `{${head},"x":`;
    case 'poison':
      return `{${head},${newline}"poison":1,"x":"${padding}"}`;
    case 'oversize':
      return `{${head},"x":"${'x'.repeat(mixture.oversizeBytes)}"}`;
    case 'heavy':
      return `{${head},${newline}"heavy":1,"x":"${padding}"}`;
    default:
      return `{${head},${newline}"x":"${padding}"}`;
  }
}

/** A good record of exactly so many bytes. */
function textOf(head: string, bytes: number): string {
  const empty = `{${head},"x":""}`;
  return `${empty.slice(0, -2)}${'x'.repeat(bytes - Buffer.byteLength(empty))}"}`;
}

/** Where a client begins that is given this offset, or one of librdkafka's logical ones. */
export function startOf(log: PartitionLog, offset: number): number {
  if (offset === OFFSET_BEGINNING) return log.low;
  return offset === OFFSET_END ? log.end : offset;
}

/** The key says which record it is, so that dead letters and reports can be recognised. */
export function keyOf({ index, records }: PartitionLog, ordinal: number): string {
  return records[ordinal]?.told?.key ?? `${index}/${ordinal}`;
}
