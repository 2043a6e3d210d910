import type { Block, Run } from '../block.ts';
import type { ConnectHeader, ConnectRecord } from '../data/record.ts';
import { bytesAt, decodeHeaders } from '../headers-column.ts';
import type { RecordError } from '../record-error.ts';
import { type DataConverter, NOTHING, type SchemaAndValue } from './data-converter.ts';
import { toRecordError } from './record-errors.ts';

const NO_HEADERS: readonly ConnectHeader[] = [];

/** Makes records of a block's, in Kafka Connect's order: key, value, headers. */
export class RecordReader {
  /** Why the last record was refused. */
  error: RecordError | null = null;
  readonly #key: DataConverter | null;
  readonly #headers: DataConverter | null;

  /** Null where nothing needs the keys, or the headers. */
  constructor(key: DataConverter | null, headers: DataConverter | null) {
    this.#key = key;
    this.#headers = headers;
  }

  /**
   * @param value gives null for one that is refused, or is to be dropped
   * @returns null for a record that a converter refused, or that is to be dropped
   */
  read(
    block: Block,
    { topic, partition }: Run,
    index: number,
    value: (block: Block, index: number) => SchemaAndValue | null,
  ): ConnectRecord | null {
    this.error = null;
    const key = this.#keyAt(block, index);
    if (key === null) return null;
    const read = value(block, index);
    if (read === null) return null;
    const headers = this.#headersAt(block, index);
    if (headers === null) return null;
    const timestamp = block.timestamp[index]!;
    return {
      topic,
      partition,
      offset: block.offset[index]!,
      timestamp: timestamp < 0 ? null : timestamp,
      keySchema: key.schema,
      key: key.value,
      valueSchema: read.schema,
      value: read.value,
      headers,
    };
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
