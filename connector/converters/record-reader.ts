import type { Block, Run } from '../block.ts';
import type { ConnectHeader, ConnectRecord } from '../data/record.ts';
import type { RecordTransformation } from '../data/transformation.ts';
import { bytesAt, decodeHeaders } from '../headers-column.ts';
import { SOME_VALUE } from '../plan/plan.ts';
import type { RecordError } from '../record-error.ts';
import { type DataConverter, NOTHING, type SchemaAndValue } from './data-converter.ts';
import { toRecordError } from './record-errors.ts';

/** A value that nobody looks into. */
export const SOMETHING: SchemaAndValue = { schema: null, value: SOME_VALUE };

const NO_HEADERS: readonly ConnectHeader[] = [];

type OwnRecord = { -readonly [Field in keyof ConnectRecord]: ConnectRecord[Field] };
type ValueAt = (block: Block, index: number) => SchemaAndValue | null;

function emptyRecord(): OwnRecord {
  return {
    topic: '',
    partition: 0,
    offset: 0,
    timestamp: null,
    keySchema: null,
    key: null,
    valueSchema: null,
    value: null,
    headers: NO_HEADERS,
  };
}

/** Makes records of a block's, in Kafka Connect's order: key, value, headers, and then the transforms. */
export class RecordReader {
  /** Why the last record was refused. */
  error: RecordError | null = null;
  readonly #key: DataConverter | null;
  readonly #headers: DataConverter | null;
  readonly #again = emptyRecord();

  /** Null where nothing needs the keys, or the headers. */
  constructor(key: DataConverter | null, headers: DataConverter | null) {
    this.#key = key;
    this.#headers = headers;
  }

  /**
   * @param value gives null for one that is refused, or is to be dropped
   * @returns null for a record that a converter refused, or that is to be dropped
   */
  read(block: Block, run: Run, index: number, value: ValueAt): ConnectRecord | null {
    const record = emptyRecord();
    return this.#fill(record, block, run, index, value) ? record : null;
  }

  /** The same into one record that is used again: nobody may keep it. */
  readAgain(block: Block, run: Run, index: number, value: ValueAt): ConnectRecord | null {
    return this.#fill(this.#again, block, run, index, value) ? this.#again : null;
  }

  /** @returns null for a record that a transform refused or dropped, or that there is not */
  transform(record: ConnectRecord | null, transformations: readonly RecordTransformation[]): ConnectRecord | null {
    let current = record;
    for (const transformation of transformations) {
      if (current === null) return null;
      try {
        current = transformation.apply(current);
      } catch (error) {
        this.error = toRecordError('TRANSFORMATION', transformation.className, error);
        return null;
      }
    }
    return current;
  }

  #fill(record: OwnRecord, block: Block, run: Run, index: number, value: ValueAt): boolean {
    this.error = null;
    const key = this.#keyAt(block, index);
    const read = key === null ? null : value(block, index);
    const headers = read === null ? null : this.#headersAt(block, index);
    if (key === null || read === null || headers === null) return false;
    const timestamp = block.timestamp[index]!;
    record.topic = run.topic;
    record.partition = run.partition;
    record.offset = block.offset[index]!;
    record.timestamp = timestamp < 0 ? null : timestamp;
    record.keySchema = key.schema;
    record.key = key.value;
    record.valueSchema = read.schema;
    record.value = read.value;
    record.headers = headers;
    return true;
  }

  #keyAt(block: Block, index: number): SchemaAndValue | null {
    const converter = this.#key;
    if (converter === null) return NOTHING;
    try {
      return converter.toConnect(bytesAt(block.keys, index));
    } catch (error) {
      this.error = toRecordError('KEY_CONVERTER', converter.className, error);
      return null;
    }
  }

  #headersAt(block: Block, index: number): readonly ConnectHeader[] | null {
    const converter = this.#headers;
    const bytes = converter === null ? null : bytesAt(block.headers, index);
    if (converter === null || bytes === null) return NO_HEADERS;
    try {
      return decodeHeaders(bytes).map(([name, value]) => ({ name, ...converter.toConnect(value) }));
    } catch (error) {
      this.error = toRecordError('HEADER_CONVERTER', converter.className, error);
      return null;
    }
  }
}
