import type { PlannedStep } from './member-step.ts';
import type { ConnectRecord } from './record.ts';

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
