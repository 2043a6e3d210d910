import type { Macro } from '../../config/route/types.ts';
import { type Block, type BytesColumn, FLAG_NULL, type Header, type Run, valueStart } from '../block.ts';
import type { DataConverter } from '../converters/data-converter.ts';
import { JsonScanner } from '../converters/json-scan.ts';
import { printJson, printString } from '../data/json-print.ts';
import { bytesAt, decodeHeaders } from '../headers-column.ts';
import { lastHeader } from './headers.ts';
import { textOfBytes, textOfJson } from './json-text.ts';
import { Pointers } from './pointers.ts';

/** How what a record holds is to be read. */
export interface ViewOptions {
  /** Makes text of keys; null: they are UTF-8 texts. */
  readonly keyConverter: DataConverter | null;
  /** What the values of a block are: JSON; JSON whose strings were texts, which may hold JSON; or texts as they came. */
  readonly values: 'json' | 'quoted-texts' | 'texts';
}

/** A range of bytes that is one JSON value. */
export interface JsonRange {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A macro as it is looked up: `slot` of the pointers into key or value, -1 for all of it. */
export interface Field {
  readonly macro: Macro;
  readonly slot: number;
}

const NOTHING = Buffer.alloc(0);

/** One record at a time, as macros see it. What a record has not, or has as JSON's null, is null. */
export class RecordView {
  readonly #options: ViewOptions;
  readonly #keyPointers = new Pointers();
  readonly #valuePointers = new Pointers();
  #block!: Block;
  #run!: Run;
  #index = 0;
  /** Whether the pointers were followed for this record. */
  #keyFound = false;
  #valueFound = false;
  /** What the pointers' places are in. */
  #keyBytes: Buffer = NOTHING;
  #valueBytes: Buffer = NOTHING;
  #headers: readonly Header[] | null = null;
  #scanner: { readonly values: Buffer; readonly scanner: JsonScanner } | null = null;

  constructor(options: ViewOptions) {
    this.#options = options;
  }

  field(macro: Macro): Field {
    if (!('pointer' in macro) || macro.pointer.length === 0) return { macro, slot: -1 };
    const pointers = macro.kind === 'key' ? this.#keyPointers : this.#valuePointers;
    return { macro, slot: pointers.add(macro.pointer) };
  }

  move(block: Block, run: Run, index: number): void {
    this.#block = block;
    this.#run = run;
    this.#index = index;
    this.#keyFound = false;
    this.#valueFound = false;
    this.#headers = null;
  }

  /** The record's own, without what stands in for it. */
  text({ macro, slot }: Field): string | null {
    const { transformed, offset, timestamp } = this.#block;
    const { topic, partition } = this.#run;
    const index = this.#index;
    switch (macro.kind) {
      case 'topic':
        return transformed?.topic[index] ?? topic;
      case 'partition':
        return String(partition);
      case 'offset':
        return String(offset[index]);
      case 'timestamp': {
        const ms = (transformed?.timestamp ?? timestamp)[index]!;
        return ms < 0 ? null : String(ms);
      }
      case 'record.id':
        return `${topic}-${partition}-${offset[index]}`;
      case 'header': {
        const value = lastHeader(this.headers, macro.name);
        return value === null ? null : textOfBytes(value);
      }
      case 'key':
        return slot < 0 ? this.#keyText() : textOfRange(this.#keyAt(slot));
      case 'value':
        return slot < 0 ? this.#valueText() : textOfRange(this.#valueAt(slot));
    }
  }

  /** The same as a JSON value; ranges hold until the next record. */
  json(field: Field): JsonRange | string | null {
    const { macro, slot } = field;
    if (macro.kind === 'value') {
      if (slot >= 0) return this.#valueAt(slot);
      if (this.#kind !== 'texts') return this.#value;
    }
    if (macro.kind === 'key' && (slot >= 0 || this.#hasJsonKey)) {
      return slot < 0 ? this.#jsonKey : this.#keyAt(slot);
    }
    const text = this.text(field);
    if (text === null) return null;
    return macro.kind === 'partition' || macro.kind === 'offset' || macro.kind === 'timestamp'
      ? text
      : printString(text);
  }

  get headers(): readonly Header[] {
    if (this.#headers === null) {
      const encoded = bytesAt(this.#block.transformed?.headers ?? this.#block.headers, this.#index);
      this.#headers = encoded === null ? [] : decodeHeaders(encoded);
    }
    return this.#headers;
  }

  /** Values that are written in another way have their JSON beside them. */
  get #kind(): ViewOptions['values'] {
    return this.#block.transformed?.values ? 'quoted-texts' : this.#options.values;
  }

  get #value(): JsonRange | null {
    const block = this.#block;
    const index = this.#index;
    if ((block.flags[index]! & FLAG_NULL) !== 0) return null;
    const column = block.transformed?.values ?? block;
    return { bytes: column.values, start: valueStart(column, index), end: column.valueEnd[index]! };
  }

  #valueText(): string | null {
    const range = this.#value;
    if (range === null) return null;
    return this.#kind === 'texts' ? rangeText(range) : textOfRange(range);
  }

  #valueAt(slot: number): JsonRange | null {
    if (!this.#valueFound) {
      this.#valueFound = true;
      this.#valueBytes = this.#follow(this.#valuePointers, this.#value, this.#kind);
    }
    return placeIn(this.#valueBytes, this.#valuePointers, slot);
  }

  /** Key texts that transforms or a converter other than of texts have made are JSON. */
  get #hasJsonKey(): boolean {
    return this.#transformedKeys !== null || this.#options.keyConverter !== null;
  }

  get #transformedKeys(): BytesColumn | null {
    return this.#block.transformed?.keys ?? null;
  }

  get #jsonKey(): JsonRange | null {
    const transformed = this.#transformedKeys;
    const { keyConverter } = this.#options;
    const bytes = bytesAt(transformed ?? this.#block.keys, this.#index);
    if (bytes === null) return null;
    const json = transformed === null ? Buffer.from(printJson(keyConverter!.toConnect(bytes).value)) : bytes;
    return { bytes: json, start: 0, end: json.length };
  }

  #keyText(): string | null {
    if (this.#hasJsonKey) return textOfRange(this.#jsonKey);
    return bytesAt(this.#block.keys, this.#index)?.toString('utf8') ?? null;
  }

  #keyAt(slot: number): JsonRange | null {
    if (!this.#keyFound) {
      this.#keyFound = true;
      const bytes = bytesAt(this.#block.keys, this.#index);
      const plain = bytes === null ? null : { bytes, start: 0, end: bytes.length };
      const range = this.#hasJsonKey ? this.#jsonKey : plain;
      this.#keyBytes = this.#follow(this.#keyPointers, range, this.#hasJsonKey ? 'quoted-texts' : 'texts');
    }
    return placeIn(this.#keyBytes, this.#keyPointers, slot);
  }

  /** @returns the bytes that the pointers' places are in */
  #follow(pointers: Pointers, range: JsonRange | null, kind: ViewOptions['values']): Buffer {
    const json = range === null ? null : this.#jsonIn(range, kind);
    pointers.find(json?.bytes ?? NOTHING, json?.start ?? 0, json?.end ?? 0);
    return json?.bytes ?? NOTHING;
  }

  /** Null for a text that is no JSON. */
  #jsonIn(range: JsonRange, kind: ViewOptions['values']): JsonRange | null {
    if (kind === 'json' || (kind === 'quoted-texts' && range.bytes[range.start] !== QUOTE)) return range;
    if (kind === 'texts') return this.#scannerOf(range.bytes).scan(range.start, range.end) ? range : null;
    const bytes = Buffer.from(textOfRange(range)!);
    return new JsonScanner(bytes).scan(0, bytes.length) ? { bytes, start: 0, end: bytes.length } : null;
  }

  #scannerOf(values: Buffer): JsonScanner {
    if (this.#scanner?.values !== values) this.#scanner = { values, scanner: new JsonScanner(values) };
    return this.#scanner.scanner;
  }
}

const QUOTE = 0x22;

function placeIn(bytes: Buffer, pointers: Pointers, slot: number): JsonRange | null {
  const place = pointers.at(slot);
  return place === null ? null : { bytes, start: place.start, end: place.end };
}

function textOfRange(range: JsonRange | null): string | null {
  return range === null ? null : textOfJson(range.bytes, range.start, range.end);
}

function rangeText({ bytes, start, end }: JsonRange): string {
  return textOfBytes(bytes.subarray(start, end));
}
