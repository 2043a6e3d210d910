import { isUtf8 } from 'node:buffer';
import type { Block, ValuesColumn } from '../block.ts';
import { FLAG_CHECKED, FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE, FLAG_RAW_NEWLINE } from '../block.ts';
import { explainLenient, lenientJson } from './json-lenient.ts';
import { JsonScanner } from './json-scan.ts';
import { replaceValues } from './replace-values.ts';
import { areUtf8 } from './text-encoding.ts';

export const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';

export interface JsonLimits {
  /** Bytes that one value may have, so that it fits into a request of its own. */
  readonly maxValueBytes: number;
}

const BLANKS = Buffer.from(' \t\r\n');
const SPACE = 0x20;
const LF = 0x0a;
const CR = 0x0d;
/** Valid JSON that begins so is a null. */
const SMALL_N = 0x6e;

/**
 * Kafka Connect's JsonConverter with schemas.enable=false, as far as a delivery needs it: every value is checked, and none
 * is changed that is JSON (RFC 8259, down to 1,000 levels). One that JsonConverter reads all the same is written anew as
 * JSON (`lenientJson`); any other is invalid. An empty value and JSON's null are null ones (JsonConverter's own rule). Each
 * record is judged by its own bytes alone, here or in the reader. Gives the same block where there is nothing to flag.
 */
export function convertJson(block: Block, limits: JsonLimits): Block {
  const { valueEnd, count } = block;
  const gap = block.separator.length;
  let check: JsonCheck | null = null;
  let { flags, original } = block;
  let rewritten: Map<number, Buffer> | null = null;
  let start = 0;
  for (let i = 0; i < count; i++) {
    const end = valueEnd[i]!;
    let size = end - start;
    let found = 0;
    if (end === start) found = FLAG_NULL;
    else if ((flags[i]! & FLAG_CHECKED) === 0) {
      check ??= new JsonCheck(block);
      found = check.judge(start, end);
      if (check.rewritten !== null) {
        rewritten ??= new Map();
        rewritten.set(i, check.rewritten);
        size = check.rewritten.length;
      }
    }
    if (size > limits.maxValueBytes && (found & (FLAG_NULL | FLAG_INVALID)) === 0) found |= FLAG_OVERSIZE;
    if (found !== 0 && (flags[i]! & found) !== found) {
      if (flags === block.flags) flags = block.flags.slice();
      flags[i]! |= found;
      // Bytes that mean a null are still there, for a dead letter.
      if ((found & FLAG_NULL) !== 0) original ??= block;
    }
    start = end + gap;
  }
  if (rewritten !== null) return { ...block, ...replaceValues(block, rewritten), flags, original: original ?? block };
  if (flags === block.flags) return block;
  return original === undefined ? { ...block, flags } : { ...block, flags, original };
}

/** Where the first byte stands that is no blank between tokens. */
function behindBlanks(values: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && values[at]! <= SPACE && BLANKS.includes(values[at]!)) at++;
  return at;
}

/** Judges the values of one buffer. */
export class JsonCheck {
  /** Of the last value that was judged: JSON in its place. */
  rewritten: Buffer | null = null;
  readonly #values: Buffer;
  readonly #scanner: JsonScanner;
  readonly #utf8: boolean;

  constructor({ values, separator }: ValuesColumn) {
    this.#values = values;
    this.#scanner = new JsonScanner(values);
    this.#utf8 = areUtf8(values, separator);
  }

  /** FLAG_NULL, FLAG_INVALID, FLAG_RAW_NEWLINE or 0. */
  judge(start: number, end: number): number {
    const values = this.#values;
    this.rewritten = null;
    const first = behindBlanks(values, start, end);
    // Blanks alone are no value to Jackson, as an empty text.
    if (first === end) return FLAG_NULL;
    if ((!this.#utf8 && !isUtf8(values.subarray(start, end))) || !this.#scanner.scan(start, end)) {
      return this.#judgeLeniently(values.subarray(start, end));
    }
    if (values[first] === SMALL_N) return FLAG_NULL;
    return this.#scanner.newline ? FLAG_RAW_NEWLINE : 0;
  }

  #judgeLeniently(value: Buffer): number {
    const text = lenientJson(value);
    if (text === null) return FLAG_INVALID;
    const first = behindBlanks(text, 0, text.length);
    if (first === text.length || text[first] === SMALL_N) return FLAG_NULL;
    this.rewritten = text;
    // It is JSON now, whose strings hold none.
    return text.includes(LF) || text.includes(CR) ? FLAG_RAW_NEWLINE : 0;
  }
}

/** Why `convertJson` refused a value: one line with the byte position, and nothing of the content. */
export function explainJson(value: Buffer): string {
  if (value[0] === 0) return 'Not JSON: it begins with a zero byte, as Schema Registry formats (Avro, Protobuf) do';
  return `Not JSON: ${explainLenient(value)}`;
}
