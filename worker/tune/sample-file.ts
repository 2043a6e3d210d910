import { closeSync, openSync, readSync } from 'node:fs';
import type { Block } from '../../connector/block.ts';
import { blockFromMessages, type KafkaMessage } from '../../connector/block-builder.ts';

/** No sample can be taken; the message is one line for the user. */
export class SampleError extends Error {}

export interface SampleLimits {
  readonly records: number;
  readonly bytes: number;
}

/** Of the blocks: whoever sends them parts them by the sink's. */
const SEPARATOR = Buffer.from('\n');
const BLOCK_RECORDS = 1_000;
const NEWLINE = 0x0a;
const OPEN_BRACKET = 0x5b;

/**
 * Records of a file: the members of one JSON array, or each line that is not blank. As records of a partition of `topic`, without key,
 * headers and time.
 * @throws SampleError
 */
export function readSampleFile(path: string, topic: string, limits: SampleLimits): readonly Block[] {
  const { bytes, whole } = readStart(path, limits.bytes);
  const values = (membersOf(bytes, whole) ?? linesOf(bytes, whole)).slice(0, limits.records);
  if (values.length === 0)
    throw new SampleError(whole ? 'it holds no record' : 'its first record is larger than --sample-bytes');
  const messages = values.map((value, offset): KafkaMessage => ({ topic, partition: 0, offset, value, key: null }));
  const blocks: Block[] = [];
  for (let at = 0; at < messages.length; at += BLOCK_RECORDS) {
    blocks.push(
      blockFromMessages(messages.slice(at, at + BLOCK_RECORDS), { separator: SEPARATOR, keys: true, headers: true }),
    );
  }
  return blocks;
}

function readStart(path: string, most: number): { readonly bytes: Buffer; readonly whole: boolean } {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const pieces: Buffer[] = [];
    let length = 0;
    while (length <= most) {
      const piece = Buffer.allocUnsafe(Math.min(1_048_576, most + 1 - length));
      const read = readSync(file, piece);
      if (read === 0) break;
      pieces.push(piece.subarray(0, read));
      length += read;
    }
    const bytes = Buffer.concat(pieces);
    return { bytes: bytes.subarray(0, most), whole: length <= most };
  } catch (error) {
    throw new SampleError((error as Error).message.replace(/, (open|read).*$/, ''));
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** Null where it is no array. */
function membersOf(bytes: Buffer, whole: boolean): readonly Buffer[] | null {
  const first = bytes.find(byte => byte > 0x20);
  if (first !== OPEN_BRACKET) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    // Lines may be arrays.
    return Array.isArray(value) ? value.map(member => Buffer.from(JSON.stringify(member))) : null;
  } catch {
    if (whole || bytes.includes(NEWLINE)) return null;
    throw new SampleError('it is one JSON array that is larger than --sample-bytes');
  }
}

/** A line that goes on beyond what was read is none. */
function linesOf(bytes: Buffer, whole: boolean): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end < 0 && !whole) break;
    const line = bytes.subarray(from, end < 0 ? bytes.length : end);
    if (line.some(byte => byte > 0x20)) lines.push(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
    from = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}
