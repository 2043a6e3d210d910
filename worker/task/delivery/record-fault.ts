import type { ValuesConfig } from '../../../config/types.ts';
import { FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE, type Slice, valueStart } from '../../../connector/block.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { putError, type RecordError } from '../../../connector/record-error.ts';
import type { TaskEndpoint } from '../task.ts';

/** Whether a record that no request can carry is left out without a word. */
export function isIgnored({ block, start }: Slice, { onNull }: Pick<ValuesConfig, 'onNull'>): boolean {
  return onNull === 'ignore' && (block.flags[start]! & (FLAG_NULL | FLAG_INVALID)) === FLAG_NULL;
}

/** Why no request can carry the record at the slice's start, which has one of FLAG_FAULT. */
export function faultOf(
  { block, start }: Slice,
  { converter, format }: Pick<TaskEndpoint, 'converter' | 'format'>,
): RecordError {
  const flags = block.flags[start]!;
  if ((flags & FLAG_INVALID) !== 0)
    return block.errors?.get(start) ?? converter.explain(originalValueAt(block, start)!);
  if ((flags & FLAG_OVERSIZE) !== 0) {
    const bytes = block.valueEnd[start]! - valueStart(block, start);
    return putError(`the value of ${bytes} bytes does not fit into a request of batch.max.bytes=${format.maxBytes}`);
  }
  return putError('the value is null; behavior.on.null.values=ignore skips such records, send sends them');
}
