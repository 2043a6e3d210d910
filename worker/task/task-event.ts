import type { Block } from '../../connector/block.ts';
import type { FlightEvent } from './delivery/flights.ts';
import type { DeadLetterEvent } from './delivery/rejections.ts';
import type { ReportEvent } from './delivery/reports.ts';
import type { StoredEvent } from './group/committer.ts';
import type { LookupEvent } from './group/rebalance.ts';
import type { WatchEvent } from './group/stall-watch.ts';
import type { TopicEvent } from './group/topics.ts';
import type { ConsumerEvent, KafkaFault } from './ports.ts';

/** What the task's loop waits for: the first of any of these. */
export type TaskEvent =
  | { readonly kind: 'stop'; readonly deadlineMs: number }
  | { readonly kind: 'connected' }
  /** Connecting failed for something that waiting can't mend. */
  | { readonly kind: 'connect-failed'; readonly fault: KafkaFault }
  | { readonly kind: 'block'; readonly block: Block | null }
  | { readonly kind: 'read-failed'; readonly fault: KafkaFault }
  | { readonly kind: 'consumer'; readonly event: ConsumerEvent }
  | LookupEvent
  | StoredEvent
  | WatchEvent
  | TopicEvent
  | FlightEvent
  | DeadLetterEvent
  | ReportEvent
  | { readonly kind: 'disconnected' }
  /** A timer fired or the user asked for something: the state says what. */
  | { readonly kind: 'wake' };
