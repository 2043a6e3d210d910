import type { KafkaFault } from '../task/ports.ts';
import { toFault } from './faults.ts';
import type { Inquiry, LogEnds, TopicDescription } from './inquiry-port.ts';
import kafka from './library.ts';

/** What the two readers' clients are asked in ways of their own. */
export type Answers = Omit<Inquiry, 'topicNames' | 'brokerVersion' | 'close'>;

export function missing(name: string): TopicDescription {
  return {
    name,
    fault: toFault(kafka.CODES.ERRORS.ERR_UNKNOWN_TOPIC_OR_PART),
    id: null,
    partitions: [],
    operations: null,
  };
}

export function joined(
  low: readonly (number | KafkaFault)[],
  high: readonly (number | KafkaFault)[],
): readonly (LogEnds | KafkaFault)[] {
  return low.map((first, i) => {
    const next = high[i]!;
    if (typeof first !== 'number') return first;
    return typeof next === 'number' ? { low: first, high: next } : next;
  });
}
