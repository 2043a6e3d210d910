import type { BatchConfig } from '../../config/types.ts';
import type { BodyFormat } from '../batch.ts';
import { type Block, FLAG_RAW_NEWLINE, putSeparator, rangeBytes, valueStart } from '../block.ts';
import { destinationOf, type Part } from './parts.ts';

const COMMA = Buffer.from(',');
const LINE_END = Buffer.from('\n');
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;

interface Layout {
  readonly prefix: string;
  readonly suffix: string;
  readonly separator: Buffer;
  /** Whether a separator stands behind the last record too. */
  readonly trailing: boolean;
  readonly contentType: string;
}

function layoutOf(config: BatchConfig): Layout {
  const json = { separator: COMMA, trailing: false, contentType: 'application/json' };
  switch (config.format) {
    case 'array':
      return { ...json, prefix: '[', suffix: ']' };
    case 'envelope':
      return { ...json, prefix: config.envelopePrefix, suffix: config.envelopeSuffix };
    case 'single':
      return { ...json, separator: LINE_END, prefix: '', suffix: '' };
    case 'ndjson':
      return { separator: LINE_END, trailing: true, contentType: 'application/x-ndjson', prefix: '', suffix: '' };
    case 'joined': {
      const { prefix, suffix, content } = config;
      const separator = Buffer.from(config.separator);
      return { separator, trailing: false, contentType: JOINED_TYPES[content], prefix, suffix };
    }
  }
}

const JOINED_TYPES = {
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  bytes: 'application/octet-stream',
} as const;

export function bodyFormat(config: BatchConfig): BodyFormat {
  return formatOf(config, layoutOf(config));
}

function formatOf(config: BatchConfig, { prefix, suffix, separator, trailing }: Layout): BodyFormat {
  const { maxRecords, maxBytes } = config;
  const targetBytes = Math.min(config.targetBytes ?? maxBytes, maxBytes);
  const around = Buffer.byteLength(prefix) + Buffer.byteLength(suffix);
  const bytesOf = (sliceBytes: number, slices: number): number =>
    around + sliceBytes + (trailing ? slices : slices - 1) * separator.length;
  const maxValueBytes = maxBytes - bytesOf(0, 1);
  const verbatim = config.format === 'joined';
  const bare = verbatim || config.format === 'single';
  return { separator, bare, verbatim, maxRecords, maxBytes, targetBytes, maxValueBytes, bytesOf };
}

export interface Encoder {
  readonly format: BodyFormat;
  readonly contentType: string;
  /** The body that carries these parts, in their order: values copied by range. */
  encode(parts: readonly Part[]): Buffer;
  /** The memory of this body may be written again: it was sent, and nobody will look at it. */
  reuse(body: Buffer): void;
}

const EMPTY = Buffer.alloc(0);
const LEAST_BYTES = 4_096;
const MOST_KEPT = 16;
/** Of all that is kept. A body that needs more than half of it is let go. */
const MOST_KEPT_BYTES = 16 * 1_048_576;

/** Memory for bodies: what was just sent is still in the processor's cache, and no garbage. */
class BodyMemory {
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;

  take(bytes: number): Buffer {
    if (bytes > MOST_KEPT_BYTES / 2) return Buffer.allocUnsafeSlow(bytes);
    const last = this.#kept.pop();
    if (last !== undefined) {
      this.#keptBytes -= last.length;
      if (last.length >= bytes) return last.subarray(0, bytes);
    }
    return Buffer.allocUnsafeSlow(Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(bytes)))).subarray(0, bytes);
  }

  give(body: Buffer): void {
    const { byteLength } = body.buffer;
    if (byteLength > MOST_KEPT_BYTES / 2 || this.#keptBytes + byteLength > MOST_KEPT_BYTES) return;
    if (this.#kept.length >= MOST_KEPT) return;
    this.#kept.push(Buffer.from(body.buffer));
    this.#keptBytes += byteLength;
  }
}

export function createEncoder(config: BatchConfig): Encoder {
  const layout = layoutOf(config);
  const format = formatOf(config, layout);
  const prefix = Buffer.from(layout.prefix);
  const suffix = Buffer.from(layout.suffix);
  const lines = config.format === 'ndjson';
  const memory = new BodyMemory();

  function encode(parts: readonly Part[]): Buffer {
    let bytes = 0;
    for (const part of parts) bytes += rangeBytes(part.item.slice.block, part.start, part.end);
    const body = memory.take(format.bytesOf(bytes, parts.length));
    let at = prefix.copy(body, 0);
    for (let i = 0; i < parts.length; i++) {
      const { item, start, end } = parts[i]!;
      const block = item.slice.block;
      if (i > 0 && !layout.trailing) at = putSeparator(body, at, layout.separator);
      const copied = block.values.copy(body, at, valueStart(block, start), block.valueEnd[end - 1]!);
      if (copied !== rangeBytes(block, start, end)) throw new TypeError('the values of these records were freed');
      if (lines) blankRawNewlines(body, at, block, start, end);
      at += copied;
      if (layout.trailing) at = putSeparator(body, at, layout.separator);
    }
    suffix.copy(body, at);
    return body;
  }

  return {
    format,
    contentType: layout.contentType,
    encode(parts) {
      if (destinationOf(parts)?.bodiless === true) return EMPTY;
      for (const { item, start, end } of parts) {
        const { separator } = item.slice.block;
        const joined = end - start > 1 && separator !== layout.separator && !separator.equals(layout.separator);
        const crowded = config.format === 'single' && (parts.length > 1 || end - start > 1);
        if (joined || crowded) throw new TypeError(`these records can not be one ${config.format} body`);
      }
      return encode(parts);
    },
    reuse: body => {
      if (body !== EMPTY) memory.give(body);
    },
  };
}

/** JSON allows raw line breaks between its tokens, where a blank means the same; a line format does not. */
function blankRawNewlines(body: Buffer, at: number, block: Block, start: number, end: number): void {
  const shift = at - valueStart(block, start);
  for (let i = start; i < end; i++) {
    if ((block.flags[i]! & FLAG_RAW_NEWLINE) === 0) continue;
    const stop = block.valueEnd[i]! + shift;
    for (let k = valueStart(block, i) + shift; k < stop; k++) {
      if (body[k] === NEWLINE || body[k] === RETURN) body[k] = BLANK;
    }
  }
}
