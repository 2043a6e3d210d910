import { isUtf8 } from 'node:buffer';
import type { Block, ValuesColumn } from '../block.ts';
import { FLAG_NULL, FLAG_OVERSIZE } from '../block.ts';
import type { DecodeText } from './text-encoding.ts';

export const STRING_CONVERTER = 'org.apache.kafka.connect.storage.StringConverter';

export interface StringOptions {
  /** Turns other bytes than UTF-8 into text; null when the values are UTF-8. */
  readonly decode: DecodeText | null;
  /** The text becomes a JSON string, for bodies that are JSON; else it goes as it is, in UTF-8. */
  readonly quoted: boolean;
  /** Bytes that one value may have, so that it fits into a request of its own. */
  readonly maxValueBytes: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX = Buffer.from('0123456789abcdef');

/** How many bytes an ASCII character takes inside a JSON string beyond its own (RFC 8259 §7). */
const EXTRA = new Uint8Array(256);
/** What stands behind the backslash; 0 where the escape is \u00XX. */
const SHORT = new Uint8Array(256);
EXTRA.fill(5, 0, 0x20);
for (const [char, short] of ['""', '\\\\', '\bb', '\tt', '\nn', '\ff', '\rr'].map(pair => Buffer.from(pair))) {
  EXTRA[char!] = 1;
  SHORT[char!] = short!;
}

/**
 * Kafka Connect's StringConverter: every value is text, and what is no text in its encoding becomes U+FFFD, as in Java.
 * A null stays null. The block that it gives keeps the values as they were in `original`, when they had to change.
 */
export function convertString(block: Block, options: StringOptions): Block {
  const { decode } = options;
  let text: ValuesColumn = block;
  if (decode !== null) text = reencode(block, decode);
  else if (!isUtf8(block.values)) text = reencode(block, bytes => bytes.toString('utf8'));
  const { values, valueEnd } = options.quoted ? quote(text, block) : text;
  const flags = flagOversize(block, valueEnd, options.maxValueBytes);
  if (values === block.values) return flags === block.flags ? block : { ...block, flags };
  const original = block.original ?? block;
  return { ...block, values, valueEnd, flags, original };
}

function flagOversize(block: Block, valueEnd: Uint32Array, maxValueBytes: number): Uint8Array {
  let flags = block.flags;
  let start = 0;
  for (let i = 0; i < block.count; i++) {
    if (valueEnd[i]! - start > maxValueBytes) {
      if (flags === block.flags) flags = block.flags.slice();
      flags[i]! |= FLAG_OVERSIZE;
    }
    start = valueEnd[i]! + 1;
  }
  return flags;
}

/** Every value decoded and written as UTF-8. */
function reencode({ values, valueEnd, count, separator }: Block, decode: DecodeText): ValuesColumn {
  const parts: Buffer[] = [];
  const end = new Uint32Array(count);
  const behind = Buffer.of(separator);
  let start = 0;
  let size = 0;
  for (let i = 0; i < count; i++) {
    const part = Buffer.from(decode(values.subarray(start, valueEnd[i]!)));
    parts.push(part, behind);
    end[i] = size + part.length;
    size = end[i]! + 1;
    start = valueEnd[i]! + 1;
  }
  return { values: Buffer.concat(parts, size), valueEnd: end };
}

/** Every value but the null ones as a JSON string. */
function quote(text: ValuesColumn, { count, flags, separator }: Block): ValuesColumn {
  const end = new Uint32Array(count);
  let start = 0;
  let size = 0;
  for (let i = 0; i < count; i++) {
    const last = text.valueEnd[i]!;
    if ((flags[i]! & FLAG_NULL) === 0) {
      size += last - start + 2;
      for (let at = start; at < last; at++) size += EXTRA[text.values[at]!]!;
    }
    end[i] = size++;
    start = last + 1;
  }
  const values = Buffer.allocUnsafeSlow(size);
  start = 0;
  let to = 0;
  for (let i = 0; i < count; i++) {
    const last = text.valueEnd[i]!;
    if ((flags[i]! & FLAG_NULL) === 0) {
      values[to] = QUOTE;
      if (end[i]! - to === last - start + 2) text.values.copy(values, to + 1, start, last);
      else writeEscaped(text.values, start, last, values, to + 1);
      values[end[i]! - 1] = QUOTE;
    }
    values[end[i]!] = separator;
    start = last + 1;
    to = end[i]! + 1;
  }
  return { values, valueEnd: end };
}

function writeEscaped(from: Buffer, start: number, end: number, to: Buffer, position: number): void {
  let put = position;
  for (let at = start; at < end; at++) {
    const byte = from[at]!;
    if (EXTRA[byte] === 0) to[put++] = byte;
    else if (SHORT[byte] !== 0) {
      to[put++] = BACKSLASH;
      to[put++] = SHORT[byte]!;
    } else {
      put += to.write('\\u00', put, 'latin1');
      to[put++] = HEX[byte >> 4]!;
      to[put++] = HEX[byte & 15]!;
    }
  }
}
