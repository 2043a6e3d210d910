import type { Block, BytesColumn, TransformedColumns } from '../block.ts';
import { printJson } from '../data/json-print.ts';
import type { Value } from '../data/model.ts';
import type { ConnectRecord } from '../data/record.ts';
import { encodeHeaders } from '../headers-column.ts';
import { ValueWriter } from '../value-writer.ts';

/** What a chain of transforms is asked for beside the values that are sent, for who routes by it. */
export interface Wanted {
  readonly keys: boolean;
  readonly headers: boolean;
  /** The values as JSON. */
  readonly values: boolean;
}

/** Fills the columns of what transforms made of topics, timestamps, keys and headers. */
export class TransformedWriter {
  readonly #wanted: Wanted;
  #topic: string[] = [];
  #timestamp = new Float64Array(0);
  #keys: (Buffer | null)[] = [];
  #headers: (Buffer | null)[] = [];
  readonly #values: ValueWriter | null;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#values = wanted.values ? new ValueWriter() : null;
  }

  /** Whether `putValue` is to be called, once for each record. */
  get wantsValues(): boolean {
    return this.#values !== null;
  }

  begin(block: Block): void {
    const { count } = block;
    this.#values?.begin(block);
    this.#topic = new Array<string>(count).fill('');
    this.#timestamp = new Float64Array(count).fill(-1);
    this.#keys = new Array<Buffer | null>(count).fill(null);
    this.#headers = new Array<Buffer | null>(count).fill(null);
  }

  /** @param record null: it was dropped or refused, and goes nowhere */
  put(index: number, record: ConnectRecord | null): void {
    if (record === null) return;
    this.#topic[index] = record.topic;
    this.#timestamp[index] = record.timestamp ?? -1;
    if (this.#wanted.keys) this.#keys[index] = record.key === null ? null : Buffer.from(printJson(record.key));
    if (this.#wanted.headers) {
      this.#headers[index] = encodeHeaders(record.headers.map(({ name, value }) => [name, bytesOf(value)]));
    }
  }

  /** @param json of the next record; null: it has no value to look into */
  putValue(json: string | null): void {
    if (json === null) this.#values?.nothing();
    else this.#values?.text(json);
  }

  finish(): TransformedColumns {
    return {
      topic: this.#topic,
      timestamp: this.#timestamp,
      keys: this.#wanted.keys ? column(this.#keys) : null,
      headers: this.#wanted.headers ? column(this.#headers) : null,
      values: this.#values?.finish() ?? null,
    };
  }
}

/** Texts and bytes as they are, anything else as JSON. */
function bytesOf(value: Value): Buffer | null {
  if (value === null || Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'string' ? value : printJson(value));
}

function column(entries: readonly (Buffer | null)[]): BytesColumn {
  const end = new Uint32Array(entries.length);
  const missing = new Uint8Array(entries.length);
  let at = 0;
  for (const [index, entry] of entries.entries()) {
    if (entry === null) missing[index] = 1;
    at += entry?.length ?? 0;
    end[index] = at;
  }
  return { bytes: Buffer.concat(entries.filter(entry => entry !== null)), end, missing };
}
