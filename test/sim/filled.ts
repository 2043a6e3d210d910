import type { Batch } from '../../connector/batch.ts';
import { valueStart } from '../../connector/block.ts';
import { Violation } from './violation.ts';

export interface Filling {
  /** What bodies of a topic's records are full at; null: nothing but the limits. */
  readonly targetOf: (topic: string) => number | null;
}

/** A body that holds as many bytes as it is to have takes no further record. */
export function checkFilled({ items, records, bytes }: Batch, { targetOf }: Filling): void {
  const targetBytes = targetOf(items[0]!.slice.topic);
  if (targetBytes === null || records < 2) return;
  const { block, end } = items.at(-1)!.slice;
  const last = block.valueEnd[end - 1]! - valueStart(block, end - 1) + block.separator.length;
  if (bytes - last < targetBytes) return;
  throw new Violation(
    'port',
    `a body of ${bytes - last} bytes, of ${targetBytes} that it was to have, got one more record`,
  );
}
