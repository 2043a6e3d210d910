import { isUtf8 } from 'node:buffer';
import type { Block, BytesColumn, Header, Run, SinkRecord } from './block.ts';
import { FLAG_NULL, putSeparator } from './block.ts';
import { encodeHeaders } from './headers-column.ts';

/** A message as node-rdkafka's `consume(n)` hands it out. */
export interface KafkaMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp?: number;
  readonly value: Buffer | null;
  readonly key?: Buffer | string | null | undefined;
  /** One object a header, in order; names may repeat. */
  readonly headers?: readonly Readonly<Record<string, Buffer | string | null>>[];
}

export interface BlockOptions {
  /** What stands behind each value. UTF-8, so that it never becomes a part of a neighbour's. */
  readonly separator: Buffer;
  readonly keys: boolean;
  readonly headers: boolean;
}

const COMMA = Buffer.from(',');
const NO_BYTES = Buffer.alloc(0);

/** Which messages make which runs. `order` is null when the messages already stand partition by partition. */
interface Grouping {
  readonly runs: readonly Run[];
  readonly order: Uint32Array | null;
}

function findGroup(groups: readonly KafkaMessage[], message: KafkaMessage): number {
  for (let g = groups.length - 1; g >= 0; g--) {
    const first = groups[g]!;
    if (first.partition === message.partition && first.topic === message.topic) return g;
  }
  return -1;
}

/** Groups by partition, in the order in which the partitions first appear; the order inside a partition is kept. */
function group(messages: readonly KafkaMessage[]): Grouping {
  const groups: KafkaMessage[] = [];
  const sizes: number[] = [];
  const groupOf = new Uint32Array(messages.length);
  let grouped = true;
  let current = -1;
  let previous: KafkaMessage | undefined;
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i]!;
    if (previous === undefined || message.partition !== previous.partition || message.topic !== previous.topic) {
      current = findGroup(groups, message);
      if (current >= 0) grouped = false;
      else {
        current = groups.push(message) - 1;
        sizes.push(0);
      }
      previous = message;
    }
    groupOf[i] = current;
    sizes[current]!++;
  }
  return layOut(groups, sizes, grouped ? null : groupOf);
}

/** A stable counting sort by group. */
function layOut(groups: readonly KafkaMessage[], sizes: readonly number[], groupOf: Uint32Array | null): Grouping {
  const next = new Uint32Array(groups.length);
  const runs: Run[] = [];
  let start = 0;
  for (let g = 0; g < groups.length; g++) {
    const { topic, partition } = groups[g]!;
    next[g] = start;
    runs.push({ topic, topicId: null, partition, start, end: start + sizes[g]! });
    start += sizes[g]!;
  }
  if (groupOf === null) return { runs, order: null };
  const order = new Uint32Array(groupOf.length);
  for (let i = 0; i < groupOf.length; i++) order[next[groupOf[i]!]!++] = i;
  return { runs, order };
}

function keysColumn(messages: readonly KafkaMessage[], order: Uint32Array | null): BytesColumn {
  let size = 0;
  for (const { key } of messages) {
    if (key !== null && key !== undefined) size += typeof key === 'string' ? Buffer.byteLength(key) : key.length;
  }
  const bytes = Buffer.allocUnsafeSlow(size);
  const end = new Uint32Array(messages.length);
  const missing = new Uint8Array(messages.length);
  let at = 0;
  for (let i = 0; i < messages.length; i++) {
    const { key } = messages[order === null ? i : order[i]!]!;
    if (key === null || key === undefined) missing[i] = 1;
    else at += typeof key === 'string' ? bytes.write(key, at) : key.copy(bytes, at);
    end[i] = at;
  }
  return { bytes, end, missing };
}

function headersOf(message: KafkaMessage): Header[] {
  const headers: Header[] = [];
  for (const entry of message.headers ?? []) {
    for (const [name, value] of Object.entries(entry)) {
      headers.push([name, typeof value === 'string' ? Buffer.from(value) : value]);
    }
    // node-rdkafka assigns each name, and what is assigned to this one becomes the prototype.
    const prototype: unknown = Object.getPrototypeOf(entry);
    if (Buffer.isBuffer(prototype)) headers.push(['__proto__', prototype]);
  }
  return headers;
}

function headersColumn(messages: readonly KafkaMessage[], order: Uint32Array | null): BytesColumn {
  const parts: Buffer[] = [];
  const end = new Uint32Array(messages.length);
  const missing = new Uint8Array(messages.length);
  let size = 0;
  for (let i = 0; i < messages.length; i++) {
    const message = messages[order === null ? i : order[i]!]!;
    if (message.headers === undefined || message.headers.length === 0) missing[i] = 1;
    else {
      const part = encodeHeaders(headersOf(message));
      parts.push(part);
      size += part.length;
    }
    end[i] = size;
  }
  return { bytes: parts.length === 0 ? NO_BYTES : Buffer.concat(parts, size), end, missing };
}

/**
 * A block of the messages of one read: each value is copied once. Runs come in the order in which the partitions
 * first appear, and the records of a partition stay in the order in which they arrived.
 */
export function blockFromMessages(messages: readonly KafkaMessage[], options: BlockOptions): Block {
  const { separator } = options;
  if (!isUtf8(separator)) throw new RangeError('a separator must be UTF-8');
  const count = messages.length;
  const { runs, order } = group(messages);
  let size = count * separator.length;
  for (let i = 0; i < count; i++) size += messages[i]!.value?.length ?? 0;
  const values = Buffer.allocUnsafeSlow(size);
  const valueEnd = new Uint32Array(count);
  const offset = new Float64Array(count);
  const timestamp = new Float64Array(count);
  const flags = new Uint8Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const message = messages[order === null ? i : order[i]!]!;
    const { value } = message;
    if (value === null || value === undefined) flags[i] = FLAG_NULL;
    else {
      values.set(value, at);
      at += value.length;
    }
    valueEnd[i] = at;
    at = putSeparator(values, at, separator);
    offset[i] = message.offset;
    timestamp[i] = message.timestamp ?? -1;
  }
  const keys = options.keys ? keysColumn(messages, order) : null;
  const headers = options.headers ? headersColumn(messages, order) : null;
  return { count, values, valueEnd, separator, offset, timestamp, flags, keys, headers, runs };
}

/** A record as written by hand: what is left out is offset `i`, no time, key or headers, on partition `t`-0. */
export type RecordLike = Partial<Omit<SinkRecord, 'value'>> & { readonly value: Buffer | string | null };

/**
 * A block of records that exist as objects (a transform's answer, a test's input). Keys and headers are kept unless
 * the options say otherwise; the separator is a comma.
 */
export function buildBlock(records: readonly RecordLike[], options: Partial<BlockOptions> = {}): Block {
  const messages = records.map(
    ({ topic = 't', partition = 0, offset, timestamp = -1, value, key = null, headers = [] }, i): KafkaMessage => ({
      topic,
      partition,
      offset: offset ?? i,
      timestamp,
      value: typeof value === 'string' ? Buffer.from(value) : value,
      key,
      headers: headers.map(([name, bytes]) => ({ [String(name)]: bytes })),
    }),
  );
  return blockFromMessages(messages, { separator: COMMA, keys: true, headers: true, ...options });
}
