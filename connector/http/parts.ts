import type { BatchItem } from '../batch.ts';
import { type Destination, destinationAt } from '../block.ts';

/** Some records of one item, `start` … `end` as indices into its block. What a request carries is a list of parts. */
export interface Part {
  readonly item: BatchItem;
  readonly start: number;
  readonly end: number;
}

export function countRecords(parts: readonly Part[]): number {
  let records = 0;
  for (const part of parts) records += part.end - part.start;
  return records;
}

/** Those that still belong to somebody. */
export function attached(parts: readonly Part[]): readonly Part[] {
  return parts.some(part => part.item.detached) ? parts.filter(part => !part.item.detached) : parts;
}

/** Where each record stands, counted over all parts, by its id: `topic-partition-offset`. */
export function recordIds(parts: readonly Part[]): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  for (const { item, start, end } of parts) {
    const { topic, partition, block } = item.slice;
    for (let i = start; i < end; i++) ids.set(`${topic}-${partition}-${block.offset[i]}`, ids.size);
  }
  return ids;
}

/** The records `from` … `to`, counted over all parts. */
export function section(parts: readonly Part[], from: number, to: number): Part[] {
  const found: Part[] = [];
  let before = 0;
  for (const { item, start, end } of parts) {
    const first = Math.max(start, start + from - before);
    const last = Math.min(end, start + to - before);
    if (first < last) found.push({ item, start: first, end: last });
    before += end - start;
  }
  return found;
}

/**
 * Where a request with these parts goes; null: where all go.
 * @throws TypeError for parts that do not go to the same place
 */
export function destinationOf(parts: readonly Part[]): Destination | null {
  const { item, start } = parts[0]!;
  const destination = destinationAt(item.slice.block, start);
  for (const { item: other, start: from, end: to } of parts) {
    const { block } = other.slice;
    if (destinationAt(block, from) === destination && destinationAt(block, to - 1) === destination) continue;
    throw new TypeError('these records do not go to the same place');
  }
  return destination;
}
