import { isUtf8 } from 'node:buffer';
import type { Block, BytesColumn, ExactHeader, Header, SinkRecord } from './block.ts';
import { FLAG_NULL, valueStart } from './block.ts';

const INT = 4;
const NULL_LENGTH = -1;

/**
 * One record's headers as bytes, for the headers column: int32 count, then for each header int32 name length, the
 * name (UTF-8, if it is text), int32 value length (-1: the value is null) and the value. Integers are little-endian.
 * Order and repeated names are kept, as Kafka keeps them.
 */
export function encodeHeaders(headers: readonly ExactHeader[]): Buffer {
  let size = INT;
  for (const [name, value] of headers) size += INT + Buffer.byteLength(name) + INT + (value?.length ?? 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.writeInt32LE(headers.length, 0);
  for (const [name, value] of headers) {
    const length = typeof name === 'string' ? bytes.write(name, at + INT) : name.copy(bytes, at + INT);
    bytes.writeInt32LE(length, at);
    at = bytes.writeInt32LE(value === null ? NULL_LENGTH : value.length, at + INT + length);
    if (value !== null) at += value.copy(bytes, at);
  }
  return bytes;
}

/** The headers as Connect has them: what is no text in a name is U+FFFD. Values are views into `bytes`. */
export function decodeHeaders(bytes: Buffer): Header[] {
  return eachHeader(bytes, (start, end) => bytes.toString('utf8', start, end));
}

/** What `encodeHeaders` was given. Values, and names that are no text, are views into `bytes`. */
export function decodeExactly(bytes: Buffer): ExactHeader[] {
  return eachHeader(bytes, (start, end) => {
    const name = bytes.subarray(start, end);
    return isUtf8(name) ? name.toString() : name;
  });
}

/** No bytes at all are no headers. */
function eachHeader<Name>(bytes: Buffer, nameAt: (start: number, end: number) => Name): [Name, Buffer | null][] {
  const headers: [Name, Buffer | null][] = [];
  if (bytes.length === 0) return headers;
  const count = bytes.readInt32LE(0);
  let at = INT;
  for (let i = 0; i < count; i++) {
    const nameEnd = at + INT + bytes.readInt32LE(at);
    const name = nameAt(at + INT, nameEnd);
    const length = bytes.readInt32LE(nameEnd);
    at = nameEnd + INT;
    headers.push([name, length === NULL_LENGTH ? null : bytes.subarray(at, at + length)]);
    if (length !== NULL_LENGTH) at += length;
  }
  return headers;
}

/** A view of one entry of a column; null where the record has none, or the column was not asked for. */
export function bytesAt(column: BytesColumn | null, index: number): Buffer | null {
  if (column === null || column.missing[index] !== 0) return null;
  return column.bytes.subarray(index === 0 ? 0 : column.end[index - 1]!, column.end[index]!);
}

/** The value as Kafka held it, also where a converter has changed it; a view. */
export function originalValueAt(block: Block, index: number): Buffer | null {
  const from = block.original ?? block;
  if ((from.flags[index]! & FLAG_NULL) !== 0) return null;
  return from.values.subarray(valueStart(from, index), from.valueEnd[index]!);
}

/**
 * One record of a block as an object, its value as Kafka held it. The bytes are views: copy what must outlive the block.
 * @param where the run or the slice that `index` belongs to
 */
export function recordAt(
  block: Block,
  where: { readonly topic: string; readonly partition: number },
  index: number,
): SinkRecord {
  const headers = bytesAt(block.headers, index);
  return {
    topic: where.topic,
    partition: where.partition,
    offset: block.offset[index]!,
    timestamp: block.timestamp[index]!,
    value: originalValueAt(block, index),
    key: bytesAt(block.keys, index),
    headers: headers === null ? [] : decodeExactly(headers),
  };
}
