import { type Block, FLAG_INVALID, FLAG_NULL, FLAG_OVERSIZE, valueStart } from '../../../connector/block.ts';
import { originalValueAt } from '../../../connector/headers-column.ts';
import { putError, type RecordError } from '../../../connector/record-error.ts';
import type { TaskEndpoint } from '../task.ts';

/** Why a record with FLAG_FAULT can't be delivered to its endpoint. */
export function errorOfFault(
  block: Block,
  index: number,
  { format, converter }: Pick<TaskEndpoint, 'format' | 'converter'>,
): RecordError {
  const flags = block.flags[index]!;
  if ((flags & FLAG_INVALID) !== 0) {
    return block.errors?.get(index) ?? converter.explain(originalValueAt(block, index)!);
  }
  if ((flags & FLAG_OVERSIZE) !== 0) {
    const bytes = block.valueEnd[index]! - valueStart(block, index);
    const message = `the value of ${bytes} bytes does not fit into a request of batch.max.bytes=${format.maxBytes}`;
    return putError(message);
  }
  return putError('the value is null; behavior.on.null.values=ignore skips such records, send sends them');
}

/** A record without a value, which the user has skipped in silence. */
export function isIgnored(block: Block, index: number, { values }: Pick<TaskEndpoint, 'values'>): boolean {
  return values.onNull === 'ignore' && (block.flags[index]! & (FLAG_NULL | FLAG_INVALID)) === FLAG_NULL;
}
