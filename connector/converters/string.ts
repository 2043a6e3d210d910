import type { Block, ValuesColumn } from '../block.ts';
import { FLAG_NULL, putSeparator } from '../block.ts';
import { areUtf8, type DecodeText } from './text-encoding.ts';
import { flagOversize } from './verbatim.ts';

export const STRING_CONVERTER = 'org.apache.kafka.connect.storage.StringConverter';

export interface StringOptions {
  /** Turns other bytes than UTF-8 into text; null when the values are UTF-8. */
  readonly decode: DecodeText | null;
  /** The text becomes a JSON string, for bodies that are JSON; else it goes as it is, in UTF-8. */
  readonly quoted: boolean;
  /** Bytes that one value may have, so that it fits into a request of its own. */
  readonly maxValueBytes: number;
}

/**
 * Kafka Connect's StringConverter: every value is text, and what is no text in its encoding becomes U+FFFD, as in Java.
 * A null stays null. The block that it gives keeps the values as they were in `original`, when they had to change.
 */
export function convertString(block: Block, options: StringOptions): Block {
  const ahead = options.quoted && options.decode === null ? block.quoted : undefined;
  const { values, valueEnd } = ahead ?? textsOf(block, options);
  const flags = flagOversize(block, valueEnd, options.maxValueBytes);
  if (values === block.values) return flags === block.flags ? block : { ...block, flags };
  // What a reader has told is of the values as it read them.
  const { quoted, members, ...columns } = block;
  return { ...columns, values, valueEnd, flags, original: block.original ?? block };
}

function textsOf(block: Block, { decode, quoted, maxValueBytes }: StringOptions): ValuesColumn {
  let text: ValuesColumn = block;
  if (decode !== null) text = reencode(block, decode);
  else if (!areUtf8(block.values, block.separator)) text = reencode(block, bytes => bytes.toString('utf8'));
  return quoted ? quote(text, block, maxValueBytes) : text;
}

/** Every value decoded and written as UTF-8. */
function reencode({ values, valueEnd, count, separator }: Block, decode: DecodeText): ValuesColumn {
  const parts: Buffer[] = [];
  const end = new Uint32Array(count);
  let start = 0;
  let size = 0;
  for (let i = 0; i < count; i++) {
    const part = Buffer.from(decode(values.subarray(start, valueEnd[i]!)));
    parts.push(part, separator);
    end[i] = size + part.length;
    size = end[i]! + separator.length;
    start = valueEnd[i]! + separator.length;
  }
  return { values: Buffer.concat(parts, size), valueEnd: end, separator };
}

/**
 * Every value but the null ones as a JSON string. Its bytes pass as the characters of Latin-1: what JSON.stringify escapes is
 * ASCII (RFC 8259 §7), and the bytes of longer characters come out as they went in. One that is too large without quotes
 * is never sent, and stays as it is.
 */
function quote(text: ValuesColumn, { count, flags, separator }: Block, maxValueBytes: number): ValuesColumn {
  const strings: (string | null)[] = [];
  const valueEnd = new Uint32Array(count);
  const gap = separator.length;
  let start = 0;
  let size = 0;
  for (let i = 0; i < count; i++) {
    const end = text.valueEnd[i]!;
    const isNull = (flags[i]! & FLAG_NULL) !== 0;
    const tooLarge = end - start > maxValueBytes;
    const string = isNull || tooLarge ? null : JSON.stringify(text.values.toString('latin1', start, end));
    strings.push(string);
    size += string === null ? end - start : string.length;
    valueEnd[i] = size;
    size += gap;
    start = end + gap;
  }
  const values = Buffer.allocUnsafeSlow(size);
  start = 0;
  for (let i = 0; i < count; i++) {
    const end = text.valueEnd[i]!;
    const string = strings[i]!;
    if (string === null) text.values.copy(values, valueEnd[i]! - (end - start), start, end);
    else values.write(string, valueEnd[i]! - string.length, 'latin1');
    putSeparator(values, valueEnd[i]!, separator);
    start = end + gap;
  }
  return { values, valueEnd, separator };
}
