import type { RecordError } from './record-error.ts';
import type { Splice } from './splice.ts';

/**
 * Records travel in blocks: the records of one read, in columns. A block is immutable once a stage has handed it on;
 * a stage that changes something (flags, values) derives a new block that shares the other columns.
 */

/** The record's value is null (a tombstone). Its slot in `values` is empty. */
export const FLAG_NULL = 1;
/** The value converter refused the value. */
export const FLAG_INVALID = 2;
/**
 * The value holds a raw CR or LF between its tokens, in whose place line formats send blanks. Where values are separated by
 * something else, nobody needs to look for it.
 */
export const FLAG_RAW_NEWLINE = 4;
/** The value alone, inside the envelope, is larger than a request may be. */
export const FLAG_OVERSIZE = 8;
/** A transform dropped the record: it ends a slice, and counts as skipped. */
export const FLAG_FILTERED = 16;
/** The reader has seen that the value is JSON: `convertJson` need not. Who writes other values takes it away. */
export const FLAG_CHECKED = 32;
/** Any of these takes the record out of the batches: it ends a slice and is dealt with alone. */
export const FLAG_FAULT = FLAG_NULL | FLAG_INVALID | FLAG_OVERSIZE;

/** A contiguous range of a block's records, all of one partition, offsets ascending. */
export interface Run {
  readonly topic: string;
  /** Which topic of this name the reader's client knew when it had handed out the records; null where it can't tell. */
  readonly topicId: string | null;
  readonly partition: number;
  /** Index of the first record. */
  readonly start: number;
  /** Index behind the last record. */
  readonly end: number;
}

/** Byte strings of varying length, one a record, back to back; `end[i]` is where the i-th ends. */
export interface BytesColumn {
  readonly bytes: Buffer;
  readonly end: Uint32Array;
  /** 1 where the record has no such thing at all (a null key, as against an empty one). */
  readonly missing: Uint8Array;
}

/** Values back to back, a separator behind each. */
export interface ValuesColumn {
  readonly values: Buffer;
  readonly valueEnd: Uint32Array;
  /** UTF-8 of any length, also empty. */
  readonly separator: Buffer;
}

/** Numbers of `MembersColumn.places` a member. */
export const MEMBER_SIZE = 4;
/** Members of an object beyond which `MembersColumn` does not tell where they stand. */
export const MOST_MEMBERS = 1_024;
/** Names that `MembersColumn` tells apart. */
export const MOST_NAMES = 255;

/** What a member's value is, by its first byte; of numbers, whether they are written without fraction and exponent. */
export const MEMBER_KINDS = ['object', 'array', 'string', 'integer', 'fraction', 'true', 'false', 'null'] as const;
export type MemberKind = (typeof MEMBER_KINDS)[number];

/**
 * Where the members of the values stand that are JSON objects: of those that the check has accepted, that have one to MOST_MEMBERS
 * members, no name twice, and no escape in a name. Of any other value there are none.
 */
export interface MembersColumn {
  /**
   * Four numbers a member, in the order in which they are written: where its name begins, with its quote; where its value begins
   * and ends; and its kind (an index into MEMBER_KINDS) + 256 × its name. Places are bytes of `values`. A name is its index, from
   * 1 on, among those that were asked for; any other is 0.
   */
  readonly places: Uint32Array;
  /** For each value, how many members there are up to its last one. */
  readonly end: Uint32Array;
}

/** Where a request goes and how, as records decide it. One object stands for one destination, as long as it is remembered. */
export interface Destination {
  readonly method: string;
  /** Of the same origin for all. */
  readonly url: URL;
  /** Lower-case names; they win over those of all requests. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its requests have no body, and carry one record. */
  readonly bodiless: boolean;
  /** It is where a record without a value is deleted. */
  readonly removes: boolean;
  /** Its address has something of the record itself in it, and not of its topic or partition alone. */
  readonly ofRecord: boolean;
  /** About what it takes in memory. */
  readonly bytes: number;
}

/** Which destination each record has, as an index into the few of its block. */
export interface DestinationsColumn {
  readonly of: Uint32Array;
  readonly table: readonly Destination[];
}

/** What transforms made of a record beside its value, for who routes by it. Texts as bytes. */
export interface TransformedColumns {
  readonly topic: readonly string[];
  readonly timestamp: Float64Array;
  /** Null where no transform looks at keys: they are the block's. */
  readonly keys: BytesColumn | null;
  readonly headers: BytesColumn | null;
  /** The values as JSON, where a route looks into them and the block's are written in another way; else null. */
  readonly values: ValuesColumn | null;
}

/** Values as they were, and which of them were null. */
export interface OriginalValues extends ValuesColumn {
  readonly flags: Uint8Array;
}

export interface Block {
  readonly count: number;
  /** All values in one buffer, the whole separator behind each, so that a range of it is the inside of a JSON array. */
  readonly values: Buffer;
  /** Where each value ends (its separator follows). A value starts a separator's length behind the end of the one before. */
  readonly valueEnd: Uint32Array;
  readonly separator: Buffer;
  readonly offset: Float64Array;
  /** Epoch milliseconds; -1 when the record has none. */
  readonly timestamp: Float64Array;
  /** FLAG_… bits, one byte a record. */
  readonly flags: Uint8Array;
  /** Filled only when something asks for them (a dead letter queue does). */
  readonly keys: BytesColumn | null;
  /** Each record's headers, encoded by `encodeHeaders`. */
  readonly headers: BytesColumn | null;
  readonly runs: readonly Run[];
  /** Only as a reader hands it out, where it was asked for them. */
  readonly members?: MembersColumn;
  /** The values as JSON strings, where a reader was asked for them and all values are UTF-8: those of null and of too many bytes as they are. */
  readonly quoted?: ValuesColumn;
  /** The values as Kafka held them, index for index, where a converter has written others: dead letters carry these. */
  readonly original?: OriginalValues;
  /** Only where records decide where they go. */
  readonly destinations?: DestinationsColumn;
  /** Only between the transforms and the route that asks for it. */
  readonly transformed?: TransformedColumns;
  /** Gives the memory of a column back that has it to itself: now, and not when the collector finds it. See `freeBlock`. */
  readonly free?: (column: ArrayBufferView) => void;
  /** Writes values that are put together of these; what connector/splice.ts does by default. */
  readonly splice?: Splice;
  /** Why records with FLAG_INVALID are refused, by index; of those without an entry the value converter knows. */
  readonly errors?: ReadonlyMap<number, RecordError>;
}

/** What may be done with values before they are converted, where a reader has a thread for it. */
export interface ReadAhead {
  /** They are checked to be JSON. */
  readonly json: boolean;
  /** And where the members of objects stand is told, these names told apart (at most MOST_NAMES); null: it is not. */
  readonly members: readonly string[] | null;
  /** They become JSON strings, those of more bytes apart; null: they do not. */
  readonly quotedUpTo: number | null;
}

/** Some records of one block, all of one partition, contiguous. */
export interface Slice {
  readonly block: Block;
  readonly topic: string;
  readonly partition: number;
  /** Index of the first record in the block. */
  readonly start: number;
  /** Index behind the last one. */
  readonly end: number;
  /** The ledger's number of the record at `start`; numbers are dense, so the record at `start + k` is `first + k`. */
  readonly first: number;
}

export type Header = readonly [name: string, value: Buffer | null];

/** A header whose name is kept as bytes where they are no UTF-8 text: Kafka's brokers take any. */
export type ExactHeader = readonly [name: string | Buffer, value: Buffer | null];

/** A single record as an object: exists only where one record is looked at (a dead letter, an error, a test). */
export interface SinkRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly value: Buffer | null;
  readonly key: Buffer | null;
  readonly headers: readonly ExactHeader[];
}

/** @returns the number of a value's first member, counted over all values */
export function firstMember({ end }: MembersColumn, index: number): number {
  return index === 0 ? 0 : end[index - 1]!;
}

export function valueStart(block: ValuesColumn, index: number): number {
  return index === 0 ? 0 : block.valueEnd[index - 1]! + block.separator.length;
}

/** Writes a separator. @returns the position behind it */
export function putSeparator(bytes: Buffer, at: number, separator: Buffer): number {
  if (separator.length !== 1) return at + separator.copy(bytes, at);
  bytes[at] = separator[0]!;
  return at + 1;
}

/**
 * Gives the memory of a block back, where its reader can do that: all but the offsets, by which records are named that were let go.
 * Nothing else may be looked at afterwards.
 */
export function freeBlock(block: Block): void {
  const { free, original, quoted, destinations, keys, headers } = block;
  if (free === undefined) return;
  const columns = new Set<Uint8Array | Uint32Array | Float64Array>([block.timestamp]);
  for (const values of [block, original, quoted])
    if (values !== undefined) columns.add(values.values).add(values.valueEnd);
  for (const { flags } of [block, original ?? block]) columns.add(flags);
  for (const bytes of [keys, headers]) if (bytes !== null) columns.add(bytes.bytes).add(bytes.end).add(bytes.missing);
  if (destinations !== undefined) columns.add(destinations.of);
  for (const column of columns) if (isAlone(column)) free(column);
}

/** Small buffers share the memory of Node's pool, and a view may be of more than it shows. */
function isAlone({ byteLength, buffer }: ArrayBufferView): boolean {
  return byteLength > 0 && byteLength === buffer.byteLength;
}

/** Null: where all requests go. */
export function destinationAt({ destinations }: Block, index: number): Destination | null {
  return destinations === undefined ? null : (destinations.table[destinations.of[index]!] ?? null);
}

/** Bytes of the records start … end with the separators between them, without the last one. */
export function rangeBytes(block: Block, start: number, end: number): number {
  return block.valueEnd[end - 1]! - valueStart(block, start);
}

/** A view, not a copy, of one record's value. */
export function valueAt(block: Block, index: number): Buffer | null {
  if ((block.flags[index]! & FLAG_NULL) !== 0) return null;
  return block.values.subarray(valueStart(block, index), block.valueEnd[index]!);
}

/** About what the fixed columns take, a record. */
const COLUMN_BYTES = 21;

/** What these records are of what their block holds in memory: their values, and their part of everything else. Parts add up. */
export function sliceBytes({ block, start, end }: Pick<Slice, 'block' | 'start' | 'end'>): number {
  const beside = blockBytes(block) - block.values.byteLength - block.count * COLUMN_BYTES;
  const each = COLUMN_BYTES + (beside === 0 ? 0 : Math.ceil(beside / block.count));
  return rangeBytes(block, start, end) + block.separator.length + (end - start) * each;
}

/** What a block holds in memory, for the budget: the values and about the columns. */
export function blockBytes(block: Block): number {
  const columns = block.count * COLUMN_BYTES;
  const { values: bytes, original, destinations } = block;
  const values =
    bytes.byteLength + (original === undefined || original.values === bytes ? 0 : original.values.byteLength);
  const routed = destinations === undefined ? 0 : routedBytes(destinations);
  return values + columns + (block.keys?.bytes.byteLength ?? 0) + (block.headers?.bytes.byteLength ?? 0) + routed;
}

/** A destination counts with each block that has it: they may be forgotten by everybody else. */
function routedBytes({ of, table }: DestinationsColumn): number {
  let bytes = of.byteLength;
  for (const destination of table) bytes += destination.bytes;
  return bytes;
}
