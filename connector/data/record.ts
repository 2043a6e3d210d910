import type { PlannedStep } from './member-step.ts';
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

/**
 * One transform of a connector's chain, its predicate included. The chain is an array of them: whoever applies it takes
 * them in order, stops at a null, and lays what is thrown to the transform that threw it.
 */
export interface RecordTransformation {
  /** As Kafka Connect calls it, for dead letters: e.g. org.apache.kafka.connect.transforms.InsertField$Value. */
  readonly className: string;
  /** It reads or writes the record's key: else it is neither fetched from Kafka nor converted. */
  readonly needsKey: boolean;
  /** The same of the headers. */
  readonly needsHeaders: boolean;
  /** The same said by the names of members, where it can be: an object of JSON need not be read for it then. */
  readonly planned?: PlannedStep | null;
  /**
   * @returns null to drop the record.
   * @throws ConnectError (its `javaClassName` goes into the dead letter) for a record that it can't transform
   */
  apply(record: ConnectRecord): ConnectRecord | null;
}
