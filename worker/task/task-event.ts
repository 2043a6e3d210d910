import type { DeliveryEnd, Verdict } from '../../connector/batch.ts';
import type { Block, Slice } from '../../connector/block.ts';
import type { Flight } from './delivery/flights.ts';
import type { StartOffset } from './group/start-offsets.ts';
import type { Assignment } from './order/assignment.ts';
import type { ConsumerEvent, KafkaFault, TopicPartition, Watermarks } from './ports.ts';

/** What the task's loop waits for: the first of any of these. */
export type TaskEvent =
  | { readonly kind: 'stop'; readonly deadlineMs: number }
  | { readonly kind: 'connected' }
  /** Connecting failed for something that waiting can't mend. */
  | { readonly kind: 'connect-failed'; readonly fault: KafkaFault }
  | { readonly kind: 'block'; readonly block: Block | null }
  | { readonly kind: 'read-failed'; readonly fault: KafkaFault }
  | { readonly kind: 'consumer'; readonly event: ConsumerEvent }
  | {
      readonly kind: 'start-offsets';
      readonly partitions: readonly TopicPartition[];
      readonly starts: readonly StartOffset[];
    }
  | { readonly kind: 'start-offsets-failed'; readonly partitions: readonly TopicPartition[]; readonly error: unknown }
  | { readonly kind: 'verdict'; readonly flight: Flight; readonly verdict: Verdict }
  | { readonly kind: 'delivery-end'; readonly flight: Flight; readonly end: DeliveryEnd }
  /** A rejected record's dead letter was acknowledged, refused for good (`fault`), or given up. */
  | {
      readonly kind: 'dead-letter';
      readonly assignment: Assignment;
      readonly slice: Slice;
      readonly acknowledged: boolean;
      readonly fault: KafkaFault | null;
    }
  | { readonly kind: 'watermarks'; readonly assignment: Assignment; readonly watermarks: Watermarks }
  | { readonly kind: 'disconnected' }
  /** A timer fired or the user asked for something: the state says what. */
  | { readonly kind: 'wake' };
