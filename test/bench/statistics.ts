/** @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The smallest value that at least this part of all values does not exceed (nearest rank).
 * @param part from 0 to 1
 * @throws RangeError when there are no values.
 */
export function percentile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError('the percentile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}
