import type { Schema, Value } from './model.ts';

/** A header of a record; names may repeat, and their order counts. */
export interface ConnectHeader {
  readonly name: string;
  /** Null: a schemaless value. */
  readonly schema: Schema | null;
  readonly value: Value;
}

/**
 * Connect's SinkRecord: one record as converters make it and transforms change it. Immutable, its values included: a
 * transform derives another one (`{ ...record, value }`) and copies the maps, arrays and structs that it changes.
 */
export interface ConnectRecord {
  /** A transform may change it; what is committed and dead-lettered keeps the original one. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch milliseconds; null when the record has none. */
  readonly timestamp: number | null;
  readonly keySchema: Schema | null;
  readonly key: Value;
  readonly valueSchema: Schema | null;
  readonly value: Value;
  readonly headers: readonly ConnectHeader[];
}
