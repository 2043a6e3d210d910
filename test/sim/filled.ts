import type { Batch } from '../../connector/batch.ts';
import { valueStart } from '../../connector/block.ts';
import { Violation } from './violation.ts';

/** What a body is full at; null: nothing but the limits. */
export interface Filling {
  readonly targetBytes: number | null;
}

/** A body that holds as many bytes as it is to have takes no further record. */
export function checkFilled({ items, records, bytes }: Batch, { targetBytes }: Filling): void {
  if (targetBytes === null || records < 2) return;
  const { block, end } = items.at(-1)!.slice;
  const last = block.valueEnd[end - 1]! - valueStart(block, end - 1) + block.separator.length;
  if (bytes - last < targetBytes) return;
  throw new Violation(
    'port',
    `a body of ${bytes - last} bytes, of ${targetBytes} that it was to have, got one more record`,
  );
}
