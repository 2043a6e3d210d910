import { OFFSET_BEGINNING, OFFSET_END } from '../../worker/task/ports.ts';
import type { SeededRandom } from './random.ts';

/**
 * What a record is. `good`: delivered. `invalid`: not JSON. `null`: a tombstone. `poison`: the endpoint answers 400 to a
 * body that holds it. `oversize`: alone too large for a request. `heavy`: the endpoint answers 413 to it, even alone.
 * `dropped`: a transform drops it, whatever else it is good for.
 */
export type RecordKind = 'good' | 'invalid' | 'null' | 'poison' | 'oversize' | 'heavy' | 'dropped';

export interface LogRecord {
  readonly offset: number;
  readonly kind: RecordKind;
  readonly value: Buffer | null;
  /** The value as text. */
  readonly text: string;
  readonly timestamp: number;
}

/** How often each kind of record and each kind of hole in the offsets comes up. */
export interface Mixture {
  readonly invalid: number;
  readonly null: number;
  readonly poison: number;
  readonly oversize: number;
  readonly heavy: number;
  readonly dropped: number;
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
    let kind = drawKind(random, mixture);
    let text = drawText(kind, key, random, mixture);
    if (kind === 'good' && random.chance(mixture.near)) {
      const over = random.int(-1, mixture.beyond ? 1 : 0);
      text = textOf(key, mixture.nearBytes + over);
      if (over > 0) kind = 'oversize';
    }
    const value = kind === 'null' ? null : Buffer.from(text);
    this.records.push({ offset: this.end++, kind, value, text, timestamp });
    if (random.chance(mixture.marker)) this.end++;
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
  for (const kind of ['invalid', 'null', 'poison', 'oversize', 'heavy', 'dropped'] as const) {
    sum += mixture[kind];
    if (x < sum) return kind;
  }
  return 'good';
}

function drawText(kind: RecordKind, key: string, random: SeededRandom, mixture: Mixture): string {
  const padding = 'x'.repeat(random.int(0, mixture.maxPadding));
  const newline = random.chance(mixture.newline) ? '\n' : '';
  switch (kind) {
    case 'null':
      return '';
    case 'invalid':
      return `{"k":"${key}","x":`;
    case 'poison':
      return `{"k":"${key}",${newline}"poison":1,"x":"${padding}"}`;
    case 'oversize':
      return `{"k":"${key}","x":"${'x'.repeat(mixture.oversizeBytes)}"}`;
    case 'heavy':
      return `{"k":"${key}",${newline}"heavy":1,"x":"${padding}"}`;
    default:
      return `{"k":"${key}",${newline}"x":"${padding}"}`;
  }
}

/** A good record of exactly so many bytes. */
function textOf(key: string, bytes: number): string {
  const empty = `{"k":"${key}","x":""}`;
  return `${empty.slice(0, -2)}${'x'.repeat(bytes - empty.length)}"}`;
}

/** Where a client begins that is given this offset, or one of librdkafka's logical ones. */
export function startOf(log: PartitionLog, offset: number): number {
  if (offset === OFFSET_BEGINNING) return log.low;
  return offset === OFFSET_END ? log.end : offset;
}
